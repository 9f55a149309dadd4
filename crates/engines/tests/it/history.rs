//! A history of whole accounts, the same on every engine: what a step does depends on its number and on what is there.
use std::path::Path;
use std::sync::Arc;

use engines::Embedded;
use names::AccountId;
use store::{
    Account, Engine, FlagChange, Flags, Key, KeyRange, Keyword, LineEnds, MailboxId, MailboxName, NewEmail, Partition,
    ReceivedAt, Store, SystemFlags, Uid, Value,
};
use world::Random as _;
use world::scripted::SeededRandom;

use crate::stage::{SMALL, clock, noise};

/// Each step is one commit at most, so that nothing lies between two of them.
const SEED: u64 = 0x6C61_7370_6F73_7402;

pub(crate) async fn open(engine: Arc<dyn Engine>) -> Store {
    let (world, _, _) = world::scripted::world();
    Store::open(engine, world, store::Settings::default()).await.unwrap()
}

pub(crate) async fn embedded(directory: &Path) -> Store {
    open(Arc::new(Embedded::open(directory, clock(), SMALL).unwrap())).await
}

pub(crate) async fn account(store: &Store, id: u64) -> Account {
    store.create_account(AccountId(id), None, &[]).await.unwrap();
    store.account(AccountId(id)).await.unwrap().acting_as("history")
}

/// Makes step `n` of an account's history: the same on the same state, whatever the engine.
pub(crate) async fn step(store: &Store, account: &Account, n: u64) {
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

/// All records of a partition.
pub(crate) async fn records(store: &Store, partition: Partition) -> Vec<(Key, Value)> {
    let mut range = KeyRange::prefix(&[]);
    let mut all = Vec::new();
    loop {
        let page = store.records().scan(partition, range.clone(), 1_000).await.unwrap();
        let Some((last, _)) = page.items.last() else { return all };
        range = range.after(last);
        all.extend(page.items);
    }
}
