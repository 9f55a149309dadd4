//! The engine's own files on a simulated disk: a power cut at every write and sync, and every operation failing once.
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use engines::{Disk, Embedded, Error, Settings};
use store::{BlobHash, CommitError, Engine, EngineError};
use tempfile::TempDir;
use world::UnixTime;

use crate::simulated::{Fault, SimulatedDisk};
use crate::stage::{SMALL, clock, copy, drop_blob, fetch, in_memory, name, noise, store, within, write};

/// Blobs whose name was acknowledged and that nobody has asked to drop.
#[derive(Default)]
struct Ledger {
    named: BTreeMap<BlobHash, Vec<u8>>,
}

#[derive(Clone)]
enum Step {
    Deliver(Vec<u8>),
    Drop(Vec<u8>),
    Collect,
}

/// Packs sealed and begun, frames in a spool, large files, collection with copying.
fn history() -> Vec<Step> {
    let text = |n: u8| [&noise(u64::from(n), 2_000)[..], &vec![n; 300_000]].concat();
    let bodies = [noise(1, 3_000), noise(2, 40_000), text(3), noise(4, 300_000), noise(5, 30_000), noise(6, 45_000)];
    let mut steps: Vec<Step> = bodies.iter().cloned().map(Step::Deliver).collect();
    steps.extend([1, 3, 5].map(|n: usize| Step::Drop(bodies[n].clone())));
    steps.extend([Step::Collect, Step::Deliver(bodies[3].clone()), Step::Deliver(noise(7, 20_000)), Step::Collect]);
    steps
}

fn open(directory: &TempDir, disk: &SimulatedDisk) -> Result<Embedded, Error> {
    let disk: Arc<dyn Disk> = Arc::new(disk.clone());
    // zeros written in advance would fail at a moment of their own
    let settings = Settings { prepare_bytes: 0, ..SMALL };
    Embedded::open_on(directory.path(), disk, clock(), settings)
}

async fn take(engine: &Embedded, step: &Step, ledger: &mut Ledger) -> Result<(), String> {
    match step {
        Step::Deliver(bytes) => {
            let stored = store(engine, bytes).await.map_err(|error| error.to_string())?;
            name(engine, stored.hash).await.map_err(|error| error.to_string())?;
            ledger.named.insert(stored.hash, bytes.clone());
        }
        Step::Drop(bytes) => {
            let hash = BlobHash::of(bytes);
            if ledger.named.remove(&hash).is_some() {
                drop_blob(engine, hash).await.map_err(|error| error.to_string())?;
            }
        }
        Step::Collect => {
            let later = UnixTime::from_secs(2_000_000);
            let done = engine.blobs().collect(later, Duration::from_secs(3600)).await;
            done.map(drop).map_err(|error| error.to_string())?;
        }
    }
    Ok(())
}

/// Every acknowledged blob is there, and no record names a place that does not hold its blob.
async fn check(engine: &Embedded, ledger: &Ledger, context: &str) {
    for (hash, bytes) in &ledger.named {
        let found = fetch(engine, *hash).await;
        assert!(
            found.as_ref().is_ok_and(|found| found.as_ref() == Some(bytes)),
            "{context}: {hash}: {:?}",
            found.map(drop)
        );
    }
    for entry in engine.blobs().page(None, 1000).await.unwrap() {
        let found = fetch(engine, entry.hash).await;
        let right = matches!(&found, Ok(Some(bytes)) if BlobHash::of(bytes) == entry.hash);
        assert!(right, "{context}: dangling {}: {:?}", entry.hash, found.map(drop));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn r02_a_power_cut_at_any_write_or_sync_of_a_stores_making_leaves_one_that_can_be_made() {
    let mut at = 1;
    loop {
        let (directory, disk, mut ledger) = (in_memory(), SimulatedDisk::new(), Ledger::default());
        disk.set(Fault::CrashAt(at));
        if let Ok(engine) = open(&directory, &disk) {
            // the first blob and the first record
            let _ = within(take(&engine, &Step::Deliver(noise(1, 3_000)), &mut ledger)).await;
        }
        for seed in 0..20 {
            let after = disk.power_cut(at * 31 + seed);
            let copied = in_memory();
            copy(directory.path(), copied.path());
            let context = format!("cut at {at}, seed {seed}");
            let engine = open(&copied, &after).unwrap_or_else(|error| panic!("{context}: {error}"));
            check(&engine, &ledger, &context).await;
            take(&engine, &Step::Deliver(noise(2, 20_000)), &mut Ledger::default()).await.unwrap();
        }
        if disk.operations() < at {
            break;
        }
        at += 1;
    }
    assert!(at > 10, "{at} operations");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn r04_r24_every_operation_on_the_disk_fails_once_and_after_a_failed_sync_nothing_is_written() {
    let steps = history();
    let mut at = 1;
    loop {
        let (directory, mut disk, mut ledger) = (in_memory(), SimulatedDisk::new(), Ledger::default());
        let first = disk.clone();
        first.set(Fault::FailOnce(at));
        let mut engine = open(&directory, &disk).or_else(|_| open(&directory, &disk)).unwrap();
        for (n, step) in steps.iter().enumerate() {
            let before = disk.failed_syncs();
            let Err(first) = within(take(&engine, step, &mut ledger)).await else { continue };
            let context = format!("operation {at}, step {n}: {first}");
            if disk.failed_syncs() > before {
                // after a failed sync every write is refused, and it says so; reading goes on
                assert_eq!(store(&engine, b"more").await, Err(EngineError::Closed), "{context}");
                assert_eq!(write(&engine, Vec::new()).await, Err(CommitError::Closed), "{context}");
                within(engine.fatal()).await;
                within(engine.closed()).await;
                check(&engine, &ledger, &context).await;
                drop(engine);
                disk = disk.power_cut(at);
                engine = open(&directory, &disk).unwrap();
            }
            within(take(&engine, step, &mut ledger)).await.unwrap_or_else(|second| panic!("{context}, then {second}"));
        }
        check(&engine, &ledger, &format!("operation {at}")).await;
        engine.shutdown().await;
        drop(engine);
        let done = first.operations() < at;
        let engine = open(&directory, &disk).or_else(|_| open(&directory, &disk)).unwrap();
        check(&engine, &ledger, &format!("operation {at}, reopened")).await;
        if done {
            break;
        }
        at += 1;
    }
    assert!(at > 60, "{at} operations");
}

#[tokio::test]
async fn r06_growth_is_refused_below_the_reserve_and_deleting_is_not() {
    let (directory, disk) = (in_memory(), SimulatedDisk::new());
    let settings = Settings { reserve_bytes: 1024 * 1024, ..SMALL };
    let real: Arc<dyn Disk> = Arc::new(disk.clone());
    let engine = Embedded::open_on(directory.path(), real, clock(), settings).unwrap();
    let kept = store(&engine, &noise(1, 5_000)).await.unwrap().hash;
    name(&engine, kept).await.unwrap();
    disk.set_free(1024 * 1024 - 1);
    assert_eq!(name(&engine, kept).await, Err(CommitError::NoSpace));
    assert!(!engine.has_room());
    assert_eq!(store(&engine, &noise(2, 50_000)).await, Err(EngineError::NoSpace));
    assert_eq!(store(&engine, &noise(3, 600_000)).await, Err(EngineError::NoSpace));
    assert_eq!(fetch(&engine, kept).await.unwrap(), Some(noise(1, 5_000)));
    drop_blob(&engine, kept).await.unwrap();
    disk.set_free(16 * 1024 * 1024);
    store(&engine, &noise(2, 50_000)).await.unwrap();
    write(&engine, Vec::new()).await.unwrap();
    assert!(engine.has_room());
    assert!(engine.activity().refused_no_space >= 3);
}
