//! A whole store killed again and again under random histories: each account is, record for record, what the same history
//! gives on the engine in memory, up to its last acknowledged step or the one that was under way.
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use engines::Embedded;
use names::AccountId;
use store::memory::Memory;
use store::{
    Account, CheckDepth, Engine, FlagChange, Flags, Key, KeyRange, Keyword, LineEnds, MailboxId, MailboxName, NewEmail,
    Partition, PartitionKind, ReceivedAt, Store, SystemFlags, Uid, Value,
};
use world::Random as _;
use world::scripted::SeededRandom;

use crate::stage::{SMALL, clock, copy, in_memory, noise, within};

/// Says to the test binary that it is the child, and where.
const CHILD: &str = "GLASPOST_TEST_KILLED";
const ACCOUNTS: u64 = 6;
const KILLS: u64 = 12;
/// Each step is one commit at most, so that nothing lies between two of them.
const SEED: u64 = 0x6C61_7370_6F73_7402;

async fn open(engine: Arc<dyn Engine>) -> Store {
    let (world, _, _) = world::scripted::world();
    Store::open(engine, world, store::Settings::default()).await.unwrap()
}

async fn embedded(directory: &Path) -> Store {
    open(Arc::new(Embedded::open(directory, clock(), SMALL).unwrap())).await
}

async fn account(store: &Store, id: u64) -> Account {
    store.create_account(AccountId(id), None, &[]).await.unwrap();
    store.account(AccountId(id)).await.unwrap().acting_as("history")
}

/// Makes step `n` of an account's history: the same on the same state, whatever the engine.
async fn step(store: &Store, account: &Account, n: u64) {
    let random = SeededRandom::new(SEED ^ account.id().0 << 48 ^ n << 16);
    let mailboxes = account.mailboxes().await.unwrap();
    let ids: Vec<MailboxId> = mailboxes.iter().map(|mailbox| mailbox.id).collect();
    let pick = || ids[usize::try_from(random.number()).unwrap() % ids.len()];
    let (one, other) = (pick(), pick());
    let mask = random.number();
    let view = account.view(one).await.unwrap();
    let uids: Vec<Uid> =
        view.iter().map(|message| message.uid).filter(|uid| mask >> (uid.get() % 61) & 1 == 1).take(20).collect();
    match random.number() % 100 {
        0..40 => append(store, account, one, &random, n).await,
        40..60 => {
            let system = SystemFlags::from_bits(random.number().to_le_bytes()[0]);
            let keyword = Keyword::new(["Work", "later", "$Junk"][usize::try_from(random.number() % 3).unwrap()]);
            let flags = Flags { system, keywords: keyword.into_iter().collect() };
            let change = if mask & 1 == 0 { FlagChange::Add(flags) } else { FlagChange::Replace(flags) };
            account.store_flags(one, &uids, &change, None).await.unwrap();
        }
        60..70 => drop(account.copy(one, &uids, other).await.unwrap()),
        70..80 => drop(account.move_to(one, &uids, other).await.unwrap()),
        80..90 => drop(account.remove(one, &uids).await.unwrap()),
        90..95 if ids.len() < 6 => {
            let name = MailboxName::new(&format!("box {n}/below")).unwrap();
            account.create_mailbox(&name, None).await.unwrap();
        }
        90..97 => {
            let name = mailboxes.get(one).unwrap().name.clone();
            if !name.is_inbox() {
                account.rename_mailbox(&name, &MailboxName::new(&format!("renamed {n}")).unwrap()).await.unwrap();
            }
        }
        _ if !mailboxes.get(one).unwrap().name.is_inbox() => drop(account.delete_mailbox(one).await.unwrap()),
        _ => append(store, account, one, &random, n).await,
    }
}

async fn append(store: &Store, account: &Account, to: MailboxId, random: &SeededRandom, n: u64) {
    let mut emails = Vec::new();
    for _ in 0..=random.number() % 3 {
        // few texts, so that accounts share blobs; now and then one of several frames, or with a file of its own
        let (own, answered, size) = (random.number() % 40, random.number() % 40, random.number() % 50);
        let large = || data_encoding::BASE64.encode(&noise(own, 300_000));
        let body = if size == 0 { large() } else { "line of text\r\n".repeat(usize::try_from(own).unwrap()) };
        let head = format!("Message-ID: <{own}@x>\r\nIn-Reply-To: <{answered}@x>\r\nSubject: {}\r\n\r\n", own % 3);
        let mut writer = store.blob_writer(LineEnds::Keep);
        writer.write(head.as_bytes()).await.unwrap();
        writer.write(body.as_bytes()).await.unwrap();
        let received = ReceivedAt { seconds: 1_000_000 + n, offset_minutes: 60 };
        emails.push(NewEmail::new(writer.finish().await.unwrap(), received));
    }
    account.append(to, emails).await.unwrap();
}

/// All records of an account.
async fn records(store: &Store, id: u64) -> Vec<(Key, Value)> {
    let partition = Partition::new(PartitionKind::Account, id);
    let mut range = KeyRange::prefix(&[]);
    let mut all = Vec::new();
    loop {
        let page = store.records().scan(partition, range.clone(), 1_000).await.unwrap();
        let Some((last, _)) = page.items.last() else { return all };
        range = range.after(last);
        all.extend(page.items);
    }
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
            let found = records(store, id).await;
            if found.is_empty() && acknowledged == 0 {
                continue;
            }
            self.follow(at, acknowledged).await;
            if records(&self.store, id).await != found {
                self.follow(at, acknowledged + 1).await;
                let expected = records(&self.store, id).await;
                let differ = expected.iter().zip(&found).find(|(expected, found)| expected != found);
                assert!(expected == found, "account {id} after {acknowledged} steps: {differ:?}");
            }
        }
    }
}

#[tokio::test]
async fn after_each_kill_the_store_is_whole_and_has_all_that_was_acknowledged() {
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
