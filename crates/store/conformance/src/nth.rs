//! The first, second, third … operation of the engine fails, until a history of everything a store does passes
//! (docs/security.md, R24): what was asked for is then not done, what was done before is there, the check is clean, and the same
//! asked again works.
use crate::bench::Bench;
use crate::faulty::{Failing, Faulty};
use names::AccountId;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use store::{
    Account, BlobHash, Change, CheckDepth, DeliveryId, EmailId, Engine, Error, Expunge, FlagChange, Flags, Growth,
    KeyRange, Keyword, LineEnds, MailboxId, MailboxName, ModSeq, NewEmail, Partition, PartitionKind, ReceivedAt, Role,
    Settings, Store, SystemFlags, Uid, Value,
};
use world::scripted::ScriptedClock;
use world::{Clock, World};

/// How many steps the history has.
const STEPS: usize = 30;

/// Lets every `every`-th operation fail in each way, each in a history of its own.
pub async fn any_nth_failure_leaves_the_state_whole(bench: &dyn Bench, every: usize) {
    let (world, clock, _) = world::scripted::world();
    let mut stage = Stage { bench, world, clock, account: AccountId(1), pictures: Vec::new() };
    stage.learn().await;
    for failing in [Failing::Once, Failing::Full, Failing::Sync, Failing::Unanswered] {
        let mut n = 1;
        while stage.fails_at(failing, n).await {
            n += every as u64;
        }
        let least = if failing == Failing::Once { 100 } else { 15 };
        assert!(n > least, "{failing:?}: the history is over after {n} operations");
    }
}

struct Stage<'a> {
    bench: &'a dyn Bench,
    world: World,
    clock: Arc<ScriptedClock>,
    account: AccountId,
    /// What there is before each step, and after the last.
    pictures: Vec<Picture>,
}

/// What a store shows: of the account, and of other partitions.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Picture {
    account: Option<Home>,
    others: Vec<(Vec<u8>, Value)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Home {
    /// Name, role, next UID and whether it is subscribed.
    mailboxes: Vec<(MailboxId, String, Option<Role>, u32, bool)>,
    /// Email, flags and hash of the bytes of each message.
    messages: BTreeMap<(MailboxId, Uid), (EmailId, Vec<String>, BlobHash)>,
    limit: Option<u64>,
    used: u64,
}

impl Stage<'_> {
    async fn open(&self, engine: Arc<dyn Engine>) -> Store {
        Store::open(engine, self.world.clone(), Settings::default()).await.expect("a store")
    }

    /// Plays the history without a failure.
    async fn learn(&mut self) {
        let store = self.open(self.bench.open().await).await;
        for step in 0..STEPS {
            self.pictures.push(self.picture(&store).await);
            self.step(&store, step).await.expect("no failure yet");
        }
        self.pictures.push(self.picture(&store).await);
        self.clear(&store).await;
    }

    /// Plays the history; says whether the `n`-th operation was reached, and failed.
    async fn fails_at(&mut self, failing: Failing, n: u64) -> bool {
        self.account = AccountId(self.account.0 + 1);
        let faulty = Arc::new(Faulty::over(self.bench.open().await, failing));
        let mut store = self.open(faulty.clone()).await;
        faulty.arm(n);
        let mut step = 0;
        while step < STEPS {
            let context = format!("{failing:?} at operation {n}, in step {step}");
            let before = faulty.has_failed();
            let done = self.step(&store, step).await;
            if faulty.has_failed() == before {
                done.unwrap_or_else(|error| panic!("{context}: {error}"));
                step += 1;
                continue;
            }
            if done.is_err() && failing != Failing::Unanswered {
                // whoever looks sees what was there before
                self.is_one_of(&self.picture(&store).await, &[step], &context);
            }
            if matches!(failing, Failing::Sync | Failing::Unanswered) {
                let again = self.step(&store, step).await;
                // a commit whose answer was lost is there, and asked for again there may be nothing to do
                let nothing_to_do = failing == Failing::Unanswered || self.pictures[step] == self.pictures[step + 1];
                assert!(again.is_err() || nothing_to_do, "{context}: it went on");
                faulty.closed().await;
                faulty.settle().await;
                store = self.open(self.bench.open().await).await;
            }
            step = self.after_failure(&store, step, done.is_ok(), failing, &context).await;
        }
        faulty.arm(0);
        let anew = self.open(store.engine().clone()).await;
        let context = format!("{failing:?} at operation {n}, at the end");
        self.is_one_of(&self.picture(&anew).await, &[STEPS], &context);
        self.is_clean(&anew, &context).await;
        self.clear(&anew).await;
        faulty.has_failed()
    }

    /// What is there after a failure, to who opens the store anew; gives the step to go on with.
    async fn after_failure(&self, store: &Store, step: usize, done: bool, failing: Failing, context: &str) -> usize {
        let anew = self.open(store.engine().clone()).await;
        let picture = self.picture(&anew).await;
        // an answer that was lost is the one thing that may have happened all the same
        let taken = failing == Failing::Unanswered && picture == self.pictures[step + 1];
        let expected = if done || taken { step + 1 } else { step };
        self.is_one_of(&picture, &[expected], context);
        self.is_clean(&anew, context).await;
        expected
    }

    #[track_caller]
    fn is_one_of(&self, picture: &Picture, steps: &[usize], context: &str) {
        // an account that leaves is gone for all who ask, from its first commit on
        let leaving = steps.contains(&(STEPS - 1)) && *picture == self.pictures[STEPS];
        let right = leaving || steps.iter().any(|step| *picture == self.pictures[*step]);
        assert!(right, "{context}: {picture:#?}\ninstead of {:#?}", self.pictures[steps[0]]);
    }

    async fn is_clean(&self, store: &Store, context: &str) {
        let report = store.check(CheckDepth::Bytes).await.expect("a check");
        assert!(report.is_clean(), "{context}: {:#?}", report.faults);
    }

    /// Leaves nothing to the next history but blobs.
    async fn clear(&self, store: &Store) {
        store.delete_account(self.account).await.expect("the account goes");
        for partition in OTHERS {
            let mut change = Change::new(Growth::Frees);
            for (key, _) in all(store, partition).await {
                change.delete(key);
            }
            store.records().commit(partition, change).await.expect("they go");
        }
    }

    async fn picture(&self, store: &Store) -> Picture {
        let account = match store.account(self.account).await {
            Ok(account) => Some(home(&account).await),
            Err(Error::NoSuchAccount(_)) => None,
            Err(error) => panic!("{error}"),
        };
        let mut others = Vec::new();
        for partition in OTHERS {
            others.extend(all(store, partition).await);
        }
        Picture { account, others }
    }

    /// Makes a step of the history: each kind of thing that a store does.
    async fn step(&self, store: &Store, number: usize) -> Result<(), Error> {
        if number == 0 {
            let drafts = (name("Drafts"), Some(Role::Drafts));
            return store.create_account(self.account, Some(10_000_000), &[drafts]).await.map(drop);
        }
        let account = match store.account(self.account).await {
            Ok(account) => account.acting_as("history"),
            // half of it is gone: the last step goes on with that
            Err(Error::NoSuchAccount(_)) if number == STEPS - 1 => return store.delete_account(self.account).await,
            Err(error) => return Err(error),
        };
        let mailboxes = account.mailboxes().await?;
        let id = |name: &str| mailboxes.iter().find(|mailbox| mailbox.name.as_str() == name).map(|mailbox| mailbox.id);
        let inbox = id("INBOX").expect("every account has one");
        let work = id("Work").unwrap_or(inbox);
        let uid = |number| Uid::new(number).expect("a UID");
        match number {
            1 => account.create_mailbox(&name("Work"), None).await.map(drop),
            2 => account.set_role(work, Some(Role::Archive)).await.map(drop),
            3 => account.subscribe(&name("Work")).await.map(drop),
            4 => self.append(store, &account, inbox, &["one"], None).await,
            5 => self.append(store, &account, inbox, &["two", "two", "three"], None).await,
            6 | 7 => self.append(store, &account, inbox, &["once"], Some(DeliveryId(9))).await,
            8 => self.append(store, &account, work, &["large"], None).await,
            9 => self.flag(&account, inbox, FlagChange::Add, SystemFlags::SEEN, "later").await,
            10 => self.flag(&account, inbox, FlagChange::Replace, SystemFlags::FLAGGED, "Work").await,
            11 => self.flag(&account, inbox, FlagChange::Remove, SystemFlags::FLAGGED, "none").await,
            12 => account.copy(inbox, &[uid(1), uid(2)], work).await.map(drop),
            13 => account.copy(inbox, &[uid(1)], inbox).await.map(drop),
            14 => account.move_to(inbox, &[uid(3)], work).await.map(drop),
            15 => account.claim_recent(inbox).await.map(drop),
            16 => account.remove(work, &[uid(1)]).await.map(drop),
            17 => self.flag(&account, work, FlagChange::Add, SystemFlags::DELETED, "gone").await,
            18 => account.expunge(work, Expunge::DeletedAmong(&[uid(2)])).await.map(drop),
            19 => account.expunge(work, Expunge::Deleted).await.map(drop),
            20 => account.rename_mailbox(&name("Work"), &name("Werk/2026")).await.map(drop),
            21 => account.rename_mailbox(&MailboxName::inbox(), &name("Oud")).await.map(drop),
            22 => account.unsubscribe(&name("Drafts")).await.map(drop),
            23 => account.set_quota(Some(20_000_000)).await.map(drop),
            24 => account.delete_mailbox(id("Oud").expect("it was made")).await.map(drop),
            25 => self.append(store, &account, inbox, &["four"], None).await,
            26 => look(store, &account, inbox).await,
            27 => self.queue(store).await,
            28 => {
                let later = self.clock.now().plus(Duration::from_secs(15 * 24 * 3600));
                account.prune(later, &()).await?;
                store.sweep(later, &()).await.map(drop)
            }
            _ => store.delete_account(self.account).await,
        }
    }

    async fn append(
        &self,
        store: &Store,
        account: &Account,
        mailbox: MailboxId,
        words: &[&str],
        once: Option<DeliveryId>,
    ) -> Result<(), Error> {
        let mut emails = Vec::new();
        for word in words {
            let pieces = if *word == "large" { 20 } else { 1 };
            let text = format!("Message-ID: <{word}@x>\nIn-Reply-To: <one@x>\nSubject: {word}\n\n");
            let mut writer = store.blob_writer(LineEnds::ToCrlf);
            writer.write(text.as_bytes()).await?;
            for piece in 0..pieces {
                writer.write(format!("piece {piece} of {word}\n").repeat(20 * pieces).as_bytes()).await?;
            }
            let blob = writer.finish().await?;
            emails.push(NewEmail { once, ..NewEmail::new(blob, ReceivedAt::utc(self.clock.now())) });
        }
        account.append(mailbox, emails).await.map(drop)
    }

    async fn flag(
        &self,
        account: &Account,
        mailbox: MailboxId,
        change: fn(Flags) -> FlagChange,
        system: SystemFlags,
        word: &str,
    ) -> Result<(), Error> {
        let uids: Vec<Uid> = account.view(mailbox).await?.iter().map(|message| message.uid).collect();
        let flags = Flags { system, keywords: Keyword::new(word).into_iter().collect() };
        account.store_flags(mailbox, &uids, &change(flags), None).await.map(drop)
    }

    /// What the queue and the directory do: a record with a blob, changed and indexed.
    async fn queue(&self, store: &Store) -> Result<(), Error> {
        let mut writer = store.blob_writer(LineEnds::Keep);
        writer.write(b"Subject: to elsewhere\r\n\r\n").await?;
        let blob = writer.finish().await?.hash;
        let [queue, _] = OTHERS;
        let records = store.records();
        let mut change = Change::new(Growth::Grows);
        match records.get(queue, vec![1]).await? {
            None => change.create(vec![1], b"entry".to_vec()).put(vec![2], 1, b"index".to_vec()),
            Some(_) => change.put(vec![2], 1, b"index".to_vec()),
        };
        change.names_blobs.push(blob);
        records.commit(queue, change).await.map(drop)
    }
}

const OTHERS: [Partition; 2] = [Partition::new(PartitionKind::Queue, 3), Partition::new(PartitionKind::Directory, 1)];

fn name(text: &str) -> MailboxName {
    MailboxName::new(text).expect("a name")
}

/// Every kind of question.
async fn look(store: &Store, account: &Account, inbox: MailboxId) -> Result<(), Error> {
    let view = account.view(inbox).await?;
    let ids: Vec<EmailId> = view.iter().map(|message| message.email).collect();
    for email in account.emails(&ids).await?.into_iter().flatten() {
        account.memberships(email.id).await?;
        let source = account.open(&email).await?;
        source.read(0..source.size()).await?;
    }
    account.changes(ModSeq(0), 100).await?;
    account.type_states().await?;
    account.keywords().await?;
    account.quota().await?;
    let records = store.records();
    for kind in PartitionKind::ALL {
        records.partitions(kind, None, 10).await?;
    }
    records.scan_back(OTHERS[0], KeyRange::prefix(&[]), 10).await?;
    store.stats().await?;
    let report = store.check(CheckDepth::Bytes).await?;
    // what could not be read just now is a fault to the check, and no error
    if report.is_clean() { Ok(()) } else { Err(Error::Corrupt(format!("{:?}", report.faults))) }
}

async fn all(store: &Store, partition: Partition) -> Vec<(Vec<u8>, Value)> {
    store.records().scan(partition, KeyRange::prefix(&[]), 100).await.expect("a scan").items
}

async fn home(account: &Account) -> Home {
    let list = account.mailboxes().await.expect("mailboxes");
    let (mut mailboxes, mut messages) = (Vec::new(), BTreeMap::new());
    for mailbox in list.iter() {
        let subscribed = list.subscribed().contains(&mailbox.name);
        mailboxes.push((mailbox.id, mailbox.name.to_string(), mailbox.role, mailbox.uid_next, subscribed));
        let view = account.view(mailbox.id).await.expect("a view");
        for message in view.iter() {
            let email = account.emails(&[message.email]).await.expect("emails").remove(0).expect("the email");
            let source = account.open(&email).await.expect("a source");
            let mut bytes = Vec::new();
            while (bytes.len() as u64) < source.size() {
                bytes.extend(source.read(bytes.len() as u64..source.size()).await.expect("its bytes"));
            }
            let words = message.keywords.iter().map(|word| word.as_str().to_owned());
            let flags = message.system.names().map(str::to_owned).chain(words).collect();
            messages.insert((mailbox.id, message.uid), (message.email, flags, BlobHash::of(&bytes)));
        }
    }
    let quota = account.quota().await.expect("quota");
    Home { mailboxes, messages, limit: quota.limit, used: quota.used }
}
