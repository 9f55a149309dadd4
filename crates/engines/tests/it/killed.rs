//! A whole store killed again and again under random histories: each account is, record for record, what the same history
//! gives on the engine in memory, up to its last acknowledged step or the one that was under way.
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use store::memory::Memory;
use store::{Account, CheckDepth, Partition, PartitionKind, Store};

use crate::history::{account, embedded, open, records, step};
use crate::stage::{clock, copy, in_memory, within};

/// Says to the test binary that it is the child, and where.
const CHILD: &str = "GLASPOST_TEST_KILLED";
const ACCOUNTS: u64 = 6;
const KILLS: u64 = 12;

fn home(id: u64) -> Partition {
    Partition::new(PartitionKind::Account, id)
}

/// How many steps of each account were acknowledged.
fn ledger(directory: &Path) -> BTreeMap<u64, u64> {
    let text = std::fs::read_to_string(directory.join("ledger")).unwrap_or_default();
    let lines = text.lines().filter_map(|line| line.split_once(' '));
    lines.map(|(id, n)| (id.parse().unwrap(), n.parse::<u64>().unwrap() + 1)).collect()
}

/// The child's work: every account lives on from where it is, and each step is written down once it is acknowledged.
#[test]
fn child() {
    let Some(directory) = std::env::var_os(CHILD).map(PathBuf::from) else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let store = embedded(&directory.join("store")).await;
        let done = std::fs::read_to_string(directory.join("done")).unwrap_or_default();
        let done: Vec<u64> = done.lines().map(|line| line.parse().unwrap()).collect();
        let file = std::fs::OpenOptions::new().create(true).append(true).open(directory.join("ledger")).unwrap();
        let file = Arc::new(file);
        let lives = (0..ACCOUNTS).map(|id| {
            let (store, file) = (store.clone(), Arc::clone(&file));
            let begin = done.get(usize::try_from(id).unwrap()).copied().unwrap_or(0);
            tokio::task::spawn(async move {
                use std::io::Write as _;
                let account = account(&store, id).await;
                for n in begin.. {
                    step(&store, &account, n).await;
                    // one call, so that a kill leaves no part of a line
                    (&*file).write_all(format!("{id} {n}\n").as_bytes()).unwrap();
                }
            })
        });
        for life in lives.collect::<Vec<_>>() {
            life.await.unwrap();
        }
    });
}

fn spawn(directory: &Path) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.env(CHILD, directory).stdout(Stdio::null());
    command.args(["killed::child", "--exact", "--nocapture"]).spawn().unwrap()
}

async fn wait_for(child: &mut Child, mut enough: impl FnMut() -> bool) {
    within(async {
        while !enough() {
            assert!(child.try_wait().unwrap().is_none(), "the child ended by itself");
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
    })
    .await;
}

/// The same histories, never killed.
struct Reference {
    store: Store,
    accounts: Vec<Account>,
    done: Vec<u64>,
}

impl Reference {
    async fn new() -> Self {
        let store = open(Arc::new(Memory::new(clock()))).await;
        let mut accounts = Vec::new();
        for id in 0..ACCOUNTS {
            accounts.push(account(&store, id).await);
        }
        Self { store, accounts, done: vec![0; usize::try_from(ACCOUNTS).unwrap()] }
    }

    async fn follow(&mut self, at: usize, until: u64) {
        while self.done[at] < until {
            step(&self.store, &self.accounts[at], self.done[at]).await;
            self.done[at] += 1;
        }
    }

    /// Goes on to what was acknowledged, and by one step more where that is what the store holds.
    async fn compare(&mut self, store: &Store, acknowledged: &BTreeMap<u64, u64>) {
        for (at, id) in (0..ACCOUNTS).enumerate() {
            let acknowledged = acknowledged.get(&id).copied().unwrap_or(0);
            let found = records(store, home(id)).await;
            if found.is_empty() && acknowledged == 0 {
                continue;
            }
            self.follow(at, acknowledged).await;
            if records(&self.store, home(id)).await != found {
                self.follow(at, acknowledged + 1).await;
                let expected = records(&self.store, home(id)).await;
                let differ = expected.iter().zip(&found).find(|(expected, found)| expected != found);
                assert!(expected == found, "account {id} after {acknowledged} steps: {differ:?}");
            }
        }
    }
}

#[tokio::test]
async fn r01_after_each_kill_the_store_is_whole_and_has_all_that_was_acknowledged() {
    let directory = in_memory();
    let path = directory.path();
    let mut reference = Reference::new().await;
    for round in 0..KILLS {
        let count = || ledger(path).values().sum::<u64>();
        let before = count();
        let mut child = spawn(path);
        wait_for(&mut child, || count() >= before + 40 + round * 17).await;
        child.kill().unwrap();
        child.wait().unwrap();
        // on a copy: the next child finds the store as the kill left it
        let copied = in_memory();
        copy(&path.join("store"), copied.path());
        let store = embedded(copied.path()).await;
        let report = store.check(CheckDepth::Bytes).await.unwrap();
        assert!(report.is_clean(), "round {round}: {:#?}", report.faults);
        reference.compare(&store, &ledger(path)).await;
        let done: Vec<String> = reference.done.iter().map(u64::to_string).collect();
        std::fs::write(path.join("done"), done.join("\n")).unwrap();
    }
    assert!(reference.done.iter().sum::<u64>() > 1_200, "{:?}", reference.done);
}
