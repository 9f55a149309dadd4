//! The check sees what is wrong.
use crate::place::{ANNA, Place};
use std::sync::Arc;
use store::{
    Change, CheckDepth, DeliveryId, Engine, FlagChange, Flags, Growth, KeyRange, Keyword, NewEmail, Partition,
    PartitionKind, Settings, Store, SystemFlags, Uid,
};
use world::Clock;

const HOME: Partition = Partition::new(PartitionKind::Account, ANNA.0);

/// An account with something of every kind of record.
async fn full() -> Place {
    let place = Place::new().await;
    let account = &place.account;
    place.append("Message-ID: <1@x>\nSubject: a\n\n").await;
    let big =
        format!("Message-ID: <2@x>\nIn-Reply-To: <1@x>\nSubject: a\nTo: {}\n\n", "someone@example.org, ".repeat(60));
    place.append(&big).await;
    let once = NewEmail { once: Some(DeliveryId(5)), ..place.email("Message-ID: <3@x>\n\n").await };
    account.append(place.inbox, vec![once]).await.unwrap();
    let word = Flags { system: SystemFlags::SEEN, keywords: vec![Keyword::new("Work").unwrap()] };
    account.store_flags(place.inbox, &[Uid::MIN], &FlagChange::Add(word), None).await.unwrap();
    let name = store::MailboxName::new("other").unwrap();
    let other = *account.create_mailbox(&name, None).await.unwrap().value();
    account.copy(place.inbox, &[Uid::MIN], other).await.unwrap();
    account.remove(place.inbox, &[Uid::new(3).unwrap()]).await.unwrap();
    place
}

async fn reopened(place: &Place) -> Store {
    Store::open(Arc::new(place.memory.reopen()), place.world.clone(), Settings::default()).await.unwrap()
}

/// The index by date that earlier releases wrote.
const DATE: u8 = 7;

#[tokio::test]
async fn the_index_of_earlier_releases_is_no_fault_unless_it_rots_and_goes_when_pruned() {
    let place = full().await;
    let key = |uid: u32| [&[DATE][..], &[0; 16], &uid.to_be_bytes()].concat();
    let mut change = Change::new(Growth::Grows);
    for uid in 0..250 {
        change.put(key(uid), 1, vec![1]);
    }
    place.store.records().commit(HOME, change).await.unwrap();
    assert!(place.store.check(CheckDepth::Records).await.unwrap().is_clean());
    let rotten = place.memory.reopen();
    rotten.corrupt(HOME, &key(7));
    let store = Store::open(Arc::new(rotten), place.world.clone(), Settings::default()).await.unwrap();
    assert_eq!(store.check(CheckDepth::Records).await.unwrap().count, 1);
    place.account.prune(place.clock.now(), &()).await.unwrap();
    let left = place.store.records().scan(HOME, KeyRange::prefix(&[DATE]), 1_000).await.unwrap();
    assert!(left.items.is_empty());
    assert!(place.store.check(CheckDepth::Records).await.unwrap().is_clean());
}

#[tokio::test]
async fn each_record_that_is_lost_or_rots_is_noticed() {
    let place = full().await;
    let store = reopened(&place).await;
    let report = store.check(CheckDepth::Bytes).await.unwrap();
    assert!(report.is_clean(), "{:#?}", report.faults);
    assert_eq!((report.mailboxes, report.messages, report.emails, report.blobs), (2, 3, 3, 3));
    let all = store.records().scan(HOME, KeyRange { from: vec![], to: vec![255] }, 1_000).await.unwrap();
    let kinds: std::collections::BTreeSet<u8> = all.items.iter().map(|(key, _)| key[0]).collect();
    assert_eq!(kinds, (1..=15).filter(|kind| *kind != DATE).collect());
    for (key, _) in &all.items {
        let rotten = place.memory.reopen();
        rotten.corrupt(HOME, key);
        let store = Store::open(Arc::new(rotten), place.world.clone(), Settings::default()).await.unwrap();
        assert!(!store.check(CheckDepth::Records).await.unwrap().is_clean(), "rotten {key:?}");
        // What may be absent: a thread key, a delivery taken once, a subscription, the last keyword of the table where
        // nobody has it.
        if [9, 14, 15].contains(&key[0]) {
            continue;
        }
        let store = reopened(&place).await;
        let mut change = Change::new(Growth::Frees);
        change.delete(key.clone());
        store.records().commit(HOME, change).await.unwrap();
        let report = store.check(CheckDepth::Records).await.unwrap();
        assert!(!report.is_clean(), "lost {key:?}");
    }
}

#[tokio::test]
async fn blobs_that_rot_or_are_lost_are_named() {
    let place = full().await;
    for hash in place.memory.links().into_keys() {
        let rotten = place.memory.reopen();
        rotten.corrupt_blob(hash);
        let store = Store::open(Arc::new(rotten), place.world.clone(), Settings::default()).await.unwrap();
        assert!(store.check(CheckDepth::Records).await.unwrap().is_clean());
        let report = store.check(CheckDepth::Bytes).await.unwrap();
        assert!(report.faults[0].what.contains(&hash.to_string()));
        let lost = place.memory.reopen();
        lost.lose_blob(hash);
        let store = Store::open(Arc::new(lost), place.world.clone(), Settings::default()).await.unwrap();
        assert_eq!(store.check(CheckDepth::Records).await.unwrap().count, 1);
        // linked and not used
        let store = reopened(&place).await;
        let mut change = Change::new(Growth::Frees);
        change.drops_blobs.push(hash);
        store.records().commit(HOME, change).await.unwrap();
        assert_eq!(store.check(CheckDepth::Records).await.unwrap().count, 1);
    }
    place.memory.shutdown().await;
}
