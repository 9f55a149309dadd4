//! A process of its own under load, killed or given a failing disk, on the same store again and again.
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use engines::{Embedded, Settings};
use store::{BlobHash, Commit, CommitError, Engine, EngineError, Found, Partition, PartitionKind, Precondition, Read};

use crate::stage::{clock, commit, fetch, noise, put, store, submit, within};

/// Says to the test binary that it is the child, and where.
const CHILD: &str = "GLASPOST_TEST_CHILD";
const WRITERS: u64 = 20;
/// What the program exits with after a failed sync.
const EXIT_FAILED: i32 = 74;

fn body(writer: u64, n: u64) -> Vec<u8> {
    // every fortieth has several frames, every sixtieth a file of its own
    let length = if n.is_multiple_of(60) {
        1_300_000
    } else if n.is_multiple_of(40) {
        300_000
    } else {
        3_000
    };
    noise(writer * 1_000_000 + n, length)
}

fn account(writer: u64) -> Partition {
    Partition::new(PartitionKind::Account, writer)
}

fn key(n: u64) -> Vec<u8> {
    [&b"e"[..], &n.to_be_bytes()].concat()
}

fn head() -> Vec<u8> {
    b"head".to_vec()
}

/// How many deliveries of `writer` are in the store; each is whole.
async fn delivered(engine: &Embedded, writer: u64) -> u64 {
    let read = |key| engine.read(account(writer), vec![Read::Get(key)]);
    let Found::One(found) = read(head()).await.unwrap().remove(0) else { panic!() };
    let count = found.map_or(0, |head| head.version);
    let all = Read::Scan { from: key(0), to: key(u64::MAX), limit: 1000, reverse: true };
    let Found::Many { items, corrupt, .. } = engine.read(account(writer), vec![all]).await.unwrap().remove(0) else {
        panic!()
    };
    assert!(corrupt.is_empty());
    assert_eq!(items.len() as u64, count.min(1000), "records and head of writer {writer}");
    count
}

/// Every acknowledged delivery is there, byte for byte.
async fn verify(engine: &Embedded, ledger: &Path) -> usize {
    let text = std::fs::read_to_string(ledger).unwrap_or_default();
    let mut acknowledged = vec![0; usize::try_from(WRITERS).unwrap()];
    let lines = text.lines().filter_map(|line| line.split_once(' '));
    for (writer, n) in lines.map(|(writer, n)| (writer.parse::<usize>().unwrap(), n.parse::<u64>().unwrap())) {
        acknowledged[writer] = n + 1;
    }
    for (writer, acknowledged) in (0..).zip(acknowledged) {
        let count = delivered(engine, writer).await;
        assert!(count >= acknowledged, "writer {writer}: {count} of {acknowledged}");
        for n in 0..count {
            let bytes = body(writer, n);
            assert_eq!(fetch(engine, BlobHash::of(&bytes)).await.unwrap(), Some(bytes), "writer {writer}, {n}");
        }
    }
    text.lines().count()
}

async fn deliver(engine: &Embedded, writer: u64, n: u64) -> Result<(), CommitError> {
    let stored = store(engine, &body(writer, n)).await.map_err(|error| match error {
        EngineError::Closed => CommitError::Closed,
        error => panic!("{error}"),
    })?;
    let precondition = if n == 0 { Precondition::Absent(head()) } else { Precondition::Version(head(), n) };
    let delivery = Commit {
        preconditions: vec![precondition],
        writes: vec![put(&head(), n + 1, b""), put(&key(n), n, &stored.hash.0)],
        names_blobs: vec![stored.hash],
        ..commit(account(writer))
    };
    submit(engine, delivery).await.map(drop)
}

/// The child's work: it writes down each acknowledgement before it goes on, until it is killed or the disk fails.
#[test]
fn child() {
    let Some(directory) = std::env::var_os(CHILD).map(PathBuf::from) else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let engine = Arc::new(Embedded::open(&directory.join("store"), clock(), Settings::default()).unwrap());
        let path = directory.join("ledger");
        verify(&engine, &path).await;
        let ledger = std::fs::OpenOptions::new().create(true).append(true).open(&path).unwrap();
        let ledger = Arc::new(Mutex::new(ledger));
        let writers = (0..WRITERS).map(|writer| {
            let (engine, ledger) = (Arc::clone(&engine), Arc::clone(&ledger));
            tokio::task::spawn(async move {
                let mut n = delivered(&engine, writer).await;
                loop {
                    match deliver(&engine, writer, n).await {
                        // one call, so that a kill leaves no part of a line
                        Ok(()) => ledger.lock().unwrap().write_all(format!("{writer} {n}\n").as_bytes()).unwrap(),
                        Err(CommitError::Closed) => return,
                        Err(error) => panic!("{error}"),
                    }
                    n += 1;
                }
            })
        });
        let writers: Vec<_> = writers.collect();
        for writer in writers {
            writer.await.unwrap();
        }
        engine.fatal().await;
    });
    std::process::exit(EXIT_FAILED);
}

fn command(program: &Path, directory: &Path) -> Command {
    let mut command = Command::new(program);
    command.env(CHILD, directory).stdout(std::process::Stdio::null());
    command
}

fn acknowledged(directory: &Path) -> usize {
    std::fs::read(directory.join("ledger")).map_or(0, |bytes| bytes.iter().filter(|byte| **byte == b'\n').count())
}

async fn wait_for(mut met: impl FnMut() -> Option<ExitStatus>, mut enough: impl FnMut() -> bool) {
    within(async {
        while !enough() {
            assert!(met().is_none(), "the child ended by itself");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn r01_killed_under_load_five_times_nothing_acknowledged_is_lost() {
    let directory = tempfile::tempdir().unwrap();
    for round in 0..5 {
        let before = acknowledged(directory.path());
        let mut child = command(&std::env::current_exe().unwrap(), directory.path());
        let mut child = child.args(["child::child", "--exact", "--nocapture"]).spawn().unwrap();
        wait_for(|| child.try_wait().unwrap(), || acknowledged(directory.path()) > before + 300 + round * 37).await;
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let engine = Embedded::open(&directory.path().join("store"), clock(), Settings::default()).unwrap();
    assert!(verify(&engine, &directory.path().join("ledger")).await > 1500);
    for entry in engine.blobs().page(None, 1000).await.unwrap() {
        assert_eq!(BlobHash::of(&fetch(&engine, entry.hash).await.unwrap().unwrap()), entry.hash);
    }
}

#[tokio::test]
async fn r04_a_failed_sync_ends_the_program_and_loses_nothing_acknowledged() {
    let strace = Path::new("/usr/bin/strace");
    if !strace.exists() {
        println!("strace is not installed: `make tools` brings it");
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    for nth in [3, 11, 40, 200] {
        let mut child = command(strace, directory.path());
        // counted by thread: sometimes the packs' sync is the first to reach it, sometimes the log's
        child.args(["-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync", "-e"]);
        child.arg(format!("inject=fsync,fdatasync:error=EIO:when={nth}"));
        child.arg(std::env::current_exe().unwrap()).args(["child::child", "--exact", "--nocapture"]);
        let mut child = child.spawn().unwrap();
        let ended = within(async {
            loop {
                if let Some(status) = child.try_wait().unwrap() {
                    break status;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
        .await;
        // a fault while the store is opened ends the child's test instead: nothing was acknowledged
        assert!(ended.code() == Some(EXIT_FAILED) || nth < 10, "sync {nth}: {ended}");
        let engine = Embedded::open(&directory.path().join("store"), clock(), Settings::default()).unwrap();
        verify(&engine, &directory.path().join("ledger")).await;
    }
    assert!(acknowledged(directory.path()) > 20);
}
