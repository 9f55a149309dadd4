//! Records of an account that are not what they were, though their sum is right: a fault of ours or of a later release.
//! Reading, checking and writing give an answer or an error, whatever stands there.
#![expect(clippy::unwrap_used, reason = "what this target prepares must be there")]
use names::AccountId;
use std::sync::OnceLock;
use store::memory::Memory;
use store::{
    Account, Annotated, Change, CheckDepth, EmailId, EntryName, FlagChange, Flags, Growth, Key, KeyRange, Keyword,
    LineEnds, MailboxName, ModSeq, NewEmail, Partition, PartitionKind, ReceivedAt, Settings, Store, SystemFlags, Uid,
};
use world::{UnixTime, World};

const ACCOUNT: AccountId = AccountId(7);
const HOME: Partition = Partition::new(PartitionKind::Account, ACCOUNT.0);
/// From here on the first byte says how long a key of the input's own is; below it is a place in the list of records.
const OWN_KEY: u8 = 0xE0;

/// `number of a record | payload`, or `0xE0 + length | key | payload`.
pub(crate) fn store_records(data: &[u8]) {
    let Some((&first, rest)) = data.split_first() else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        let (memory, keys) = prepared().await;
        let (key, payload) = match first.checked_sub(OWN_KEY) {
            None => (keys[usize::from(first) % keys.len()].clone(), rest),
            Some(length) => {
                let (key, payload) = rest.split_at(rest.len().min(usize::from(length)));
                (key.to_vec(), payload)
            }
        };
        let store = open(memory.reopen()).await;
        let found = store.records().get(HOME, key.clone()).await.unwrap();
        let same = found.as_ref().is_some_and(|found| found.payload == payload);
        let mut change = Change::new(Growth::Grows);
        change.put(key, found.map_or(1, |found| found.version), payload.to_vec());
        store.records().commit(HOME, change).await.unwrap();
        let report = store.check(CheckDepth::Records).await.unwrap();
        assert!(report.is_clean() || !same, "{:?}", report.faults);
        if let Ok(account) = store.account(ACCOUNT).await {
            live(&store, &account).await;
        }
        store.check(CheckDepth::Records).await.unwrap();
    });
}

async fn open(memory: Memory) -> Store {
    Store::open(std::sync::Arc::new(memory), world(), Settings::default()).await.unwrap()
}

fn world() -> World {
    world::scripted::world().0
}

async fn email(store: &Store, text: &str) -> NewEmail {
    let mut writer = store.blob_writer(LineEnds::ToCrlf);
    writer.write(text.as_bytes()).await.unwrap();
    NewEmail::new(writer.finish().await.unwrap(), ReceivedAt::utc(UnixTime::from_secs(1_000_000)))
}

/// An account with records of every kind, and their keys.
async fn prepared() -> &'static (Memory, Vec<Key>) {
    static PREPARED: OnceLock<(Memory, Vec<Key>)> = OnceLock::new();
    if let Some(prepared) = PREPARED.get() {
        return prepared;
    }
    let memory = Memory::new(world().clock);
    let store = open(memory.clone()).await;
    let other = [(MailboxName::new("other/below").unwrap(), None)];
    store.create_account(ACCOUNT, Some(1_000_000), &other).await.unwrap();
    let account = store.account(ACCOUNT).await.unwrap();
    let inbox = account.mailboxes().await.unwrap().inbox().unwrap().id;
    let below = account.mailboxes().await.unwrap().named(&other[0].0).unwrap().id;
    let long = format!("Message-ID: <2@x>\nIn-Reply-To: <1@x>\nTo: {}\n\n", "someone@example.org, ".repeat(60));
    for (n, text) in ["Message-ID: <1@x>\nSubject: a\n\n", &long, "Message-ID: <3@x>\n\n"].into_iter().enumerate() {
        let once = (n == 2).then_some(store::DeliveryId(5));
        account.append(inbox, vec![NewEmail { once, ..email(&store, text).await }]).await.unwrap();
    }
    let word = Flags { system: SystemFlags::SEEN, keywords: vec![Keyword::new("Work").unwrap()] };
    account.store_flags(inbox, &[Uid::MIN], &FlagChange::Add(word), None).await.unwrap();
    account.copy(inbox, &[Uid::MIN], below).await.unwrap();
    account.remove(inbox, &[Uid::new(3).unwrap()]).await.unwrap();
    for of in [Annotated::Account, Annotated::Mailbox(below)] {
        let new = [(EntryName::new("/private/comment").unwrap(), Some("mine".into()))];
        account.set_annotations(ACCOUNT, of, &new).await.unwrap();
    }
    let page = store.records().scan(HOME, KeyRange::prefix(&[]), 1_000).await.unwrap();
    let keys = page.items.into_iter().map(|(key, _)| key).collect();
    PREPARED.get_or_init(|| (memory, keys))
}

/// Everything that a session may do; any of it may fail.
async fn live(store: &Store, account: &Account) {
    let Ok(mailboxes) = account.mailboxes().await else { return };
    let _ = account.quota().await;
    let _ = account.changes(ModSeq(0), 1_000).await;
    let ids: Vec<EmailId> = (0..40).map(EmailId).collect();
    for email in account.emails(&ids).await.unwrap_or_default().into_iter().flatten() {
        let _ = account.memberships(email.id).await;
        if let Ok(source) = account.open(&email).await {
            let _ = source.read(0..source.size()).await;
        }
    }
    for mailbox in mailboxes.iter() {
        let Ok(view) = account.view(mailbox.id).await else { continue };
        let uids: Vec<Uid> = view.iter().map(|message| message.uid).collect();
        let new = email(store, "Message-ID: <4@x>\nReferences: <1@x> <2@x>\nSubject: b\n\n").await;
        let _ = account.append(mailbox.id, vec![new]).await;
        let change = FlagChange::Replace(Flags { system: SystemFlags::DELETED, keywords: Vec::new() });
        let _ = account.store_flags(mailbox.id, &uids, &change, None).await;
        let _ = account.copy(mailbox.id, &uids, mailbox.id).await;
        let _ = account.remove(mailbox.id, &uids).await;
        let of = Annotated::Mailbox(mailbox.id);
        let _ = account.annotations(ACCOUNT, &[of, Annotated::Account]).await;
        let entry = EntryName::new("/shared/comment").unwrap();
        let _ = account.set_annotations(ACCOUNT, of, &[(entry, Some("ours".into()))]).await;
        let _ = account.rename_mailbox(&mailbox.name, &MailboxName::new("renamed").unwrap()).await;
        let _ = account.delete_mailbox(mailbox.id).await;
    }
    let _ = account.prune(UnixTime::from_secs(100_000_000_000), &()).await;
    let _ = store.delete_account(ACCOUNT).await;
}
