//! Mailboxes that are shared: lists, the note in the other account, and what each has seen.
use crate::place::{ANNA, Place};
use names::{AccountId, Address};
use std::sync::Arc;
use std::time::Duration;
use store::{
    Account, AclChange, Annotated, Change, CheckDepth, Engine, EntryName, Error, FlagChange, Flags, Grantee, Growth,
    Keyword, MailboxId, MailboxName, Partition, PartitionKind, Rights, Settings, Sign, Store, SystemFlags, Touched,
    Uid,
};
use store_conformance::{Failing, Faulty};
use world::Clock;

const BOB: AccountId = AccountId(8);
const CARLA: AccountId = AccountId(9);
const SEEN: SystemFlags = SystemFlags::SEEN;

fn address(account: AccountId) -> Address {
    format!("a{}@example.nl", account.0).parse().unwrap()
}

fn rights(letters: &str) -> Rights {
    Rights::from_letters(letters).unwrap()
}

fn name(text: &str) -> MailboxName {
    MailboxName::new(text).unwrap()
}

/// Sets what one of Anna's lists says of an account.
async fn share(store: &Store, mailbox: MailboxId, with: AccountId, letters: &str) -> Result<(), Error> {
    let anna = store.account(ANNA).await?;
    let grantee = Grantee { account: with, address: address(with) };
    let change = AclChange::Set(rights(letters));
    let owner = Grantee { account: ANNA, address: address(ANNA) };
    store.change_acl(Some(&owner), (&anna, &owner.address), mailbox, (&grantee, Sign::Granted), change).await.map(drop)
}

async fn place() -> Place {
    let place = Place::new().await;
    for account in [BOB, CARLA] {
        place.store.create_account(account, None, &[]).await.unwrap();
    }
    place
}

async fn sharers(store: &Store, account: AccountId) -> Vec<AccountId> {
    let mailboxes = store.account(account).await.unwrap().mailboxes().await.unwrap();
    mailboxes.sharers().map(|(sharer, _)| sharer).collect()
}

async fn allowed(store: &Store, mailbox: MailboxId, account: AccountId) -> String {
    let mailboxes = store.account(ANNA).await.unwrap().mailboxes().await.unwrap();
    mailboxes.acl(mailbox).rights(account, ANNA).letters()
}

async fn reopened(place: &Place) -> Store {
    Store::open(Arc::new(place.memory.reopen()), place.world.clone(), Settings::default()).await.unwrap()
}

async fn clean(store: &Store) {
    let report = store.check(CheckDepth::Bytes).await.unwrap();
    assert!(report.is_clean(), "{:#?}", report.faults);
}

/// The UIDs with `\Seen`.
async fn seen(account: &Account, mailbox: MailboxId) -> Vec<u32> {
    let view = account.view(mailbox).await.unwrap();
    view.iter().filter(|message| message.system.contains(SEEN)).map(|message| message.uid.get()).collect()
}

fn uids(numbers: &[u32]) -> Vec<Uid> {
    numbers.iter().map(|number| Uid::new(*number).unwrap()).collect()
}

#[tokio::test]
async fn a_grant_is_found_by_whom_it_is_for_and_survives() {
    let place = place().await;
    let before = place.account.modseq().await.unwrap();
    share(&place.store, place.inbox, BOB, "lrs").await.unwrap();
    let log = place.account.changes(before, 10).await.unwrap();
    let touched = &log.entries[0].touched;
    assert!(matches!(&touched[..], [Touched::Acl { account: BOB, granted: None, .. }]), "{touched:?}");
    for store in [place.store.clone(), reopened(&place).await] {
        assert_eq!(sharers(&store, BOB).await, [ANNA]);
        assert_eq!(sharers(&store, CARLA).await, []);
        assert_eq!(allowed(&store, place.inbox, BOB).await, "lrs");
        assert_eq!(allowed(&store, place.inbox, CARLA).await, "");
        assert_eq!(allowed(&store, place.inbox, ANNA).await, "lrswipkxtea");
        clean(&store).await;
    }
    assert_eq!(share(&place.store, place.inbox, AccountId(77), "l").await, Err(Error::NoSuchAccount(AccountId(77))));
    assert_eq!(share(&place.store, MailboxId(999), BOB, "l").await, Err(Error::NoSuchMailbox));
}

#[tokio::test]
async fn a_child_has_its_parents_list_and_a_list_goes_with_its_mailbox() {
    let place = place().await;
    let parent = *place.account.create_mailbox(&name("a"), None).await.unwrap().value();
    share(&place.store, parent, BOB, "lrk").await.unwrap();
    let child = *place.account.create_mailbox(&name("a/b/c"), None).await.unwrap().value();
    assert_eq!(allowed(&place.store, child, BOB).await, "lrk");
    share(&place.store, child, BOB, "l").await.unwrap();
    place.account.rename_mailbox(&name("a"), &name("z")).await.unwrap();
    assert_eq!(allowed(&place.store, parent, BOB).await, "lrk");
    assert_eq!(allowed(&place.store, child, BOB).await, "l");
    let before = place.account.modseq().await.unwrap();
    place.account.delete_mailbox(parent).await.unwrap();
    // who saw it is to hear that it is gone
    let log = place.account.changes(before, 10).await.unwrap();
    let touched = &log.entries[0].touched;
    let granted = Rights::from_letters("lrk");
    assert!(
        touched.iter().any(|it| matches!(it, Touched::Acl { account: BOB, granted: was, .. } if *was == granted)),
        "{touched:?}"
    );
    let anew = *place.account.create_mailbox(&name("z"), None).await.unwrap().value();
    assert_eq!(allowed(&place.store, anew, BOB).await, "");
    clean(&place.store).await;
    clean(&reopened(&place).await).await;
}

#[tokio::test(start_paused = true)]
async fn who_leaves_is_in_no_list_and_his_note_goes_with_him() {
    let place = place().await;
    share(&place.store, place.inbox, BOB, "lr").await.unwrap();
    share(&place.store, place.inbox, CARLA, "lr").await.unwrap();
    place.store.delete_account(BOB).await.unwrap();
    let mailboxes = place.account.mailboxes().await.unwrap();
    let left: Vec<AccountId> = mailboxes.acl(place.inbox).entries().iter().map(|entry| entry.account).collect();
    assert_eq!(left, [CARLA]);
    clean(&place.store).await;
    place.store.delete_account(ANNA).await.unwrap();
    place.clock.advance(Duration::from_secs(2 * 3_600)).await;
    place.store.sweep(place.clock.now(), &()).await.unwrap();
    assert_eq!(sharers(&place.store, CARLA).await, []);
    clean(&reopened(&place).await).await;
}

#[tokio::test(start_paused = true)]
async fn a_note_outlives_its_grant_for_a_while() {
    let place = place().await;
    share(&place.store, place.inbox, BOB, "lr").await.unwrap();
    share(&place.store, place.inbox, BOB, "").await.unwrap();
    // Another grant may be under way, whose note is this one.
    place.store.sweep(place.clock.now(), &()).await.unwrap();
    assert_eq!(sharers(&place.store, BOB).await, [ANNA]);
    place.clock.advance(Duration::from_secs(3_601)).await;
    share(&place.store, place.inbox, BOB, "lr").await.unwrap();
    place.store.sweep(place.clock.now(), &()).await.unwrap();
    assert_eq!(sharers(&place.store, BOB).await, [ANNA]);
    place.clock.advance(Duration::from_secs(3_601)).await;
    place.store.sweep(place.clock.now(), &()).await.unwrap();
    assert_eq!(sharers(&place.store, BOB).await, [ANNA], "what is shared is found for ever");
    share(&place.store, place.inbox, BOB, "").await.unwrap();
    place.clock.advance(Duration::from_secs(3_601)).await;
    place.store.sweep(place.clock.now(), &()).await.unwrap();
    assert_eq!(sharers(&place.store, BOB).await, []);
    clean(&place.store).await;
}

#[tokio::test]
async fn whatever_fails_on_the_way_no_grant_is_without_its_note() {
    for n in 1.. {
        let place = place().await;
        let memory = place.memory.reopen();
        let faulty = Arc::new(Faulty::over(Arc::new(memory.clone()), Failing::Once));
        let engine: Arc<dyn Engine> = faulty.clone();
        let store = Store::open(engine, place.world.clone(), Settings::default()).await.unwrap();
        // As after a power cut: what is on disk, and nothing else.
        let on_disk = async || Store::open(Arc::new(memory.reopen()), place.world.clone(), Settings::default()).await;
        faulty.arm(n);
        let shared = share(&store, place.inbox, BOB, "lr").await;
        let failed = faulty.has_failed();
        faulty.arm(0);
        clean(&on_disk().await.unwrap()).await;
        if shared.is_err() {
            share(&store, place.inbox, BOB, "lr").await.unwrap();
            clean(&on_disk().await.unwrap()).await;
        }
        assert_eq!(allowed(&store, place.inbox, BOB).await, "lr");
        assert_eq!(sharers(&store, BOB).await, [ANNA]);
        if !failed {
            assert!(n > 2);
            break;
        }
    }
}

#[tokio::test]
async fn the_check_misses_a_note() {
    let place = place().await;
    share(&place.store, place.inbox, BOB, "lr").await.unwrap();
    let mut change = Change::new(Growth::Frees);
    change.delete([&[21][..], &ANNA.0.to_be_bytes()].concat());
    place.store.records().commit(Partition::new(PartitionKind::Account, BOB.0), change).await.unwrap();
    let report = reopened(&place).await.check(CheckDepth::Records).await.unwrap();
    assert_eq!(report.count, 1, "{:#?}", report.faults);
}

#[tokio::test]
async fn lists_and_notes_have_limits() {
    let place = place().await;
    for number in 0..500 {
        let account = AccountId(1_000 + number);
        place.store.create_account(account, None, &[]).await.unwrap();
        share(&place.store, place.inbox, account, "l").await.unwrap();
    }
    let full = Error::Limit { what: "entries of an access list", limit: 500 };
    assert_eq!(share(&place.store, place.inbox, BOB, "l").await, Err(full));
    share(&place.store, place.inbox, AccountId(1_000), "").await.unwrap();
    share(&place.store, place.inbox, BOB, "l").await.unwrap();
}

#[tokio::test]
async fn each_has_seen_what_he_has_seen() {
    let place = place().await;
    for number in 0..5 {
        place.append(&format!("Subject: {number}\n\n")).await;
    }
    share(&place.store, place.inbox, BOB, "lrsw").await.unwrap();
    let bob = place.account.in_hand_of(Some(BOB), rights("lrsw"));
    let (add, remove) = (FlagChange::Add(Flags::system(SEEN)), FlagChange::Remove(Flags::system(SEEN)));
    place.account.store_flags(place.inbox, &uids(&[1, 2]), &add, None).await.unwrap();
    let before = place.account.view(place.inbox).await.unwrap();
    let stored = bob.store_flags(place.inbox, &uids(&[2, 3, 5]), &add, None).await.unwrap().into_value();
    assert_eq!(stored.changed, uids(&[2, 3, 5]));
    bob.store_flags(place.inbox, &uids(&[5]), &remove, None).await.unwrap();
    assert_eq!(seen(&bob, place.inbox).await, [2, 3]);
    assert_eq!(seen(&place.account, place.inbox).await, [1, 2]);
    // Every session hears that something has changed (RFC 7162, 3.1), and the counter is the owner's.
    let after = place.account.view(place.inbox).await.unwrap();
    assert_eq!(after.changes_since(&before).changed, uids(&[2, 3, 5]));
    assert_eq!(place.account.mailboxes().await.unwrap().inbox().unwrap().counters.unseen, 3);
    // Replacing flags replaces his own \Seen, and leaves the owner's.
    let flags = Flags { system: SystemFlags::FLAGGED, keywords: vec![Keyword::new("work").unwrap()] };
    bob.store_flags(place.inbox, &uids(&[1, 2]), &FlagChange::Replace(flags), None).await.unwrap();
    assert_eq!(seen(&bob, place.inbox).await, [3]);
    assert_eq!(seen(&place.account, place.inbox).await, [1, 2]);
    place.append("Subject: new\n\n").await;
    place.account.remove(place.inbox, &uids(&[4])).await.unwrap();
    assert_eq!(seen(&bob, place.inbox).await, [3]);
    // From disk it is the same.
    let again = reopened(&place).await;
    let (anna, from) = (again.account(ANNA).await.unwrap(), place.inbox);
    assert_eq!(seen(&anna.in_hand_of(Some(BOB), Rights::ALL), from).await, [3]);
    assert_eq!(seen(&anna.in_hand_of(Some(CARLA), Rights::ALL), from).await, []);
    assert_eq!(seen(&anna, from).await, [1, 2]);
    let view = anna.in_hand_of(Some(BOB), Rights::ALL).view(from).await.unwrap();
    assert_eq!(view.len(), bob.view(from).await.unwrap().len());
    clean(&again).await;
}

#[tokio::test]
async fn what_is_seen_comes_along_in_the_hand_of_who_has_seen_it() {
    let place = place().await;
    let other = *place.account.create_mailbox(&name("other"), None).await.unwrap().value();
    for number in 0..3 {
        place.append(&format!("Subject: {number}\n\n")).await;
    }
    let bob = place.account.in_hand_of(Some(BOB), Rights::ALL);
    let add = FlagChange::Add(Flags::system(SEEN));
    place.account.store_flags(place.inbox, &uids(&[1]), &add, None).await.unwrap();
    bob.store_flags(place.inbox, &uids(&[2]), &add, None).await.unwrap();
    bob.copy(place.inbox, &uids(&[1, 2, 3]), other).await.unwrap();
    assert_eq!((seen(&bob, other).await, seen(&place.account, other).await), (vec![2], vec![1]));
    bob.move_to(place.inbox, &uids(&[1, 2]), other).await.unwrap();
    assert_eq!((seen(&bob, other).await, seen(&place.account, other).await), (vec![2, 5], vec![1, 4]));
    let mut email = place.email("Subject: appended\n\n").await;
    email.flags = Flags::system(SEEN);
    bob.append(other, vec![email]).await.unwrap();
    assert_eq!((seen(&bob, other).await, seen(&place.account, other).await), (vec![2, 5, 6], vec![1, 4]));
    let replacing = place.email("Subject: replacing\n\n").await;
    bob.replace(other, Uid::new(6).unwrap(), other, replacing).await.unwrap();
    assert_eq!(seen(&bob, other).await, [2, 5]);
    clean(&place.store).await;
    clean(&reopened(&place).await).await;
}

#[tokio::test]
async fn flags_change_as_far_as_the_rights_go() {
    let place = place().await;
    place.append("Subject: x\n\n").await;
    let all = Flags { system: SystemFlags::ALL, keywords: vec![Keyword::new("work").unwrap()] };
    for (letters, system, words) in [
        ("s", SystemFlags::SEEN, 0),
        ("t", SystemFlags::DELETED, 0),
        ("w", SystemFlags::ALL.without(SystemFlags::SEEN).without(SystemFlags::DELETED), 1),
    ] {
        let hand = place.account.in_hand_of(None, rights(letters));
        for (change, expected) in [
            (FlagChange::Add(all.clone()), (system, words)),
            (FlagChange::Replace(Flags::default()), (SystemFlags::NONE, 0)),
            (FlagChange::Replace(all.clone()), (system, words)),
            (FlagChange::Remove(all.clone()), (SystemFlags::NONE, 0)),
        ] {
            hand.store_flags(place.inbox, &uids(&[1]), &change, None).await.unwrap();
            let view = place.account.view(place.inbox).await.unwrap();
            let message = view.at(1).unwrap();
            assert_eq!((message.system, message.keywords.len()), expected, "{letters} {change:?}");
        }
    }
    clean(&place.store).await;
}

#[tokio::test]
async fn what_was_seen_goes_with_the_sharing() {
    let place = place().await;
    place.append("Subject: x\n\n").await;
    share(&place.store, place.inbox, BOB, "lrs").await.unwrap();
    let bob = place.account.in_hand_of(Some(BOB), rights("lrs"));
    let add = FlagChange::Add(Flags::system(SEEN));
    bob.store_flags(place.inbox, &uids(&[1]), &add, None).await.unwrap();
    place.store.sweep(place.clock.now(), &()).await.unwrap();
    let kept = |store: Store| async move {
        let anna = store.account(ANNA).await.unwrap();
        seen(&anna.in_hand_of(Some(BOB), Rights::ALL), place.inbox).await
    };
    assert_eq!(kept(reopened(&place).await).await, [1]);
    share(&place.store, place.inbox, BOB, "").await.unwrap();
    place.store.sweep(place.clock.now(), &()).await.unwrap();
    assert_eq!(kept(reopened(&place).await).await, []);
    clean(&reopened(&place).await).await;
}

#[tokio::test]
async fn what_somebody_noted_for_himself_goes_with_his_rights() {
    let place = place().await;
    let anna = place.store.account(ANNA).await.unwrap();
    let map = *anna.create_mailbox(&name("map"), None).await.unwrap().value();
    let of = Annotated::Mailbox(map);
    let (private, shared) = ("/private/comment", "/shared/comment");
    let entry = |name: &str| (EntryName::new(name).unwrap(), Some(bytes::Bytes::from_static(b"x")));
    for leaving in [false, true] {
        for account in [BOB, CARLA] {
            share(&place.store, map, account, "lrw").await.unwrap();
            anna.set_annotations(account, of, &[entry(private), entry(shared)]).await.unwrap();
        }
        if leaving {
            place.store.delete_account(BOB).await.unwrap();
        } else {
            share(&place.store, map, BOB, "").await.unwrap();
        }
        let seen = async |by| anna.annotations(by, &[of]).await.unwrap().remove(0).len();
        assert_eq!((seen(BOB).await, seen(CARLA).await), (1, 2), "leaving: {leaving}");
        clean(&place.store).await;
    }
}
