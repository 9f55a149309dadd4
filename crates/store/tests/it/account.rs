//! One account's ordinary life.
use crate::place::{ANNA, Place};
use futures_util::future::BoxFuture;
use names::AccountId;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use store::{
    CheckDepth, DeliveryId, Error, Expunge, FlagChange, Flags, Keyword, MailboxName, ModSeq, NewEmail, Outcome,
    ReceivedAt, Role, Settings, Store, SystemFlags, Touched, Uid, Unfinished,
};
use world::Clock;

fn name(text: &str) -> MailboxName {
    MailboxName::new(text).unwrap()
}

fn uid(number: u32) -> Uid {
    Uid::new(number).unwrap()
}

const SEEN: SystemFlags = SystemFlags::SEEN;
const DELETED: SystemFlags = SystemFlags::DELETED;

fn add(system: SystemFlags) -> FlagChange {
    FlagChange::Add(Flags::system(system))
}

#[tokio::test]
async fn a_message_enters_and_is_read() {
    let place = Place::new().await;
    let mut watch = place.account.watch();
    watch.mark_unchanged();
    let appended = place.append("Subject: hello\nMessage-ID: <1@x>\n\nGood morning\n").await;
    assert_eq!((appended.uid, appended.thread.0), (uid(1), appended.email.0));
    assert!(watch.has_changed().unwrap());
    let view = place.account.view(place.inbox).await.unwrap();
    assert_eq!((view.len(), view.uid_next(), view.at(1).unwrap().email), (1, 2, appended.email));
    let emails = place.account.emails(&[appended.email]).await.unwrap();
    let email = emails[0].clone().unwrap();
    assert_eq!(email.parsed.envelope.subject.as_deref(), Some(&b"hello"[..]));
    let source = place.account.open(&email).await.unwrap();
    assert_eq!(source.size(), email.size);
    let bytes = source.read(0..source.size()).await.unwrap();
    assert_eq!(&bytes[..], b"Subject: hello\r\nMessage-ID: <1@x>\r\n\r\nGood morning\r\n");
    let inbox = place.account.mailboxes().await.unwrap().inbox().unwrap().clone();
    let counters = inbox.counters;
    assert_eq!((counters.messages, counters.unseen, counters.bytes), (1, 1, email.size));
    assert_eq!((counters.emails, counters.unread_emails, counters.threads, counters.unread_threads), (1, 1, 1, 1));
    assert_eq!(place.account.quota().await.unwrap().used, email.size);
    // all of it again from disk
    let again = Store::open(Arc::new(place.memory.reopen()), place.world.clone(), Settings::default()).await.unwrap();
    let account = again.account(ANNA).await.unwrap();
    assert_eq!(account.mailboxes().await.unwrap().inbox(), Some(&inbox));
    assert_eq!(account.view(place.inbox).await.unwrap().len(), 1);
    assert_eq!(account.emails(&[appended.email]).await.unwrap()[0].as_ref().unwrap().parsed, email.parsed);
    assert_eq!(again.account(AccountId(8)).await.err(), Some(Error::NoSuchAccount(AccountId(8))));
}

#[tokio::test]
async fn flags_change_and_say_so() {
    let place = Place::new().await;
    place.append("a: 1\n\n").await;
    place.append("a: 2\n\n").await;
    let before = place.account.view(place.inbox).await.unwrap();
    let work = Keyword::new("Work").unwrap();
    let flags = FlagChange::Add(Flags { system: SEEN, keywords: vec![work.clone()] });
    let stored = place.account.store_flags(place.inbox, &[uid(2), uid(9)], &flags, None).await.unwrap();
    assert_eq!(stored.value().changed, [uid(2)]);
    let after = place.account.view(place.inbox).await.unwrap();
    assert_eq!(after.changes_since(&before).changed, [uid(2)]);
    let message = after.get(uid(2)).unwrap();
    assert!(message.system.contains(SEEN) && message.has(&Keyword::new("work").unwrap()));
    let again = place.account.store_flags(place.inbox, &[uid(2)], &flags, None).await.unwrap();
    assert!(matches!(again, Outcome::Unchanged(_)));
    let since = before.modseq();
    let guarded = place.account.store_flags(place.inbox, &[uid(1), uid(2)], &add(DELETED), Some(since)).await.unwrap();
    assert_eq!((&guarded.value().changed[..], &guarded.value().modified[..]), (&[uid(1)][..], &[uid(2)][..]));
    let counters = place.account.mailboxes().await.unwrap().inbox().unwrap().counters;
    assert_eq!((counters.messages, counters.unseen, counters.deleted, counters.emails), (2, 1, 1, 1));
    assert_eq!(counters.unread_threads, 0);
    let changes = place.account.changes(since, 100).await.unwrap();
    assert_eq!(changes.entries.len(), 2);
    assert!(matches!(&changes.entries[1].touched[..], [Touched::Flags { uid: u, .. }] if *u == uid(1)));
}

#[tokio::test]
async fn copies_share_the_email_and_moves_keep_it() {
    let place = Place::new().await;
    let account = &place.account;
    let first = place.append("a: 1\n\n").await;
    let archive = *account.create_mailbox(&name("Archive"), Some(Role::Archive)).await.unwrap().value();
    let copied = account.copy(place.inbox, &[uid(1)], archive).await.unwrap().into_value();
    assert_eq!((copied[0].to.email, copied[0].to.uid), (first.email, uid(1)));
    assert_eq!(account.memberships(first.email).await.unwrap().len(), 2);
    assert_eq!(account.quota().await.unwrap().emails, 1);
    // seen only in one place: unread in both for JMAP
    account.store_flags(archive, &[uid(1)], &add(SEEN), None).await.unwrap();
    let unread = |counters: store::Counters| (counters.unseen, counters.unread_emails);
    let boxes = account.mailboxes().await.unwrap();
    assert_eq!(unread(boxes.get(archive).unwrap().counters), (0, 1));
    account.store_flags(place.inbox, &[uid(1)], &add(SEEN), None).await.unwrap();
    let boxes = account.mailboxes().await.unwrap();
    assert_eq!(unread(boxes.get(archive).unwrap().counters), (0, 0));
    let moved = account.move_to(place.inbox, &[uid(1)], archive).await.unwrap().into_value();
    assert_eq!((moved[0].to.email, moved[0].to.uid), (first.email, uid(2)));
    assert!(account.view(place.inbox).await.unwrap().is_empty());
    account.store_flags(archive, &[uid(1), uid(2)], &add(DELETED), None).await.unwrap();
    assert_eq!(account.expunge(archive, Expunge::DeletedAmong(&[uid(2)])).await.unwrap().into_value(), [uid(2)]);
    assert_eq!(account.expunge(archive, Expunge::Deleted).await.unwrap().into_value(), [uid(1)]);
    assert_eq!(
        account.quota().await.unwrap(),
        store::Quota { used: 0, limit: Some(1_000_000), emails: 0, max_emails: None }
    );
    assert_eq!(account.mailboxes().await.unwrap().get(archive).unwrap().counters, store::Counters::default());
}

#[tokio::test]
async fn threads_join_by_message_id_and_subject() {
    let place = Place::new().await;
    let first = place.append("Message-ID: <1@x>\nSubject: lunch\n\n").await;
    let reply = place.append("Message-ID: <2@x>\nIn-Reply-To: <1@x>\nSubject: Re: lunch\n\n").await;
    let other = place.append("Message-ID: <3@x>\nIn-Reply-To: <1@x>\nSubject: dinner\n\n").await;
    assert_eq!(reply.thread, first.thread);
    assert_ne!(other.thread, first.thread);
    let counters = place.account.mailboxes().await.unwrap().inbox().unwrap().counters;
    assert_eq!((counters.emails, counters.threads, counters.unread_threads), (3, 2, 2));
}

#[tokio::test]
async fn a_thread_has_its_subject_in_whatever_case_form_and_space() {
    let place = Place::new().await;
    // RFC 5256, 2.1 and RFC 5051; RFC 8621, 3: "ignoring white space"
    for (number, one, same, other) in [
        (1, "Lunch om 12", "RE: LUNCH OM 12", "Re: lunch om 13"),
        (2, "Één überlauf", "Antw: ÉÉN ÜBERLAUF", "Re: een überlauf"),
        (3, "caf\u{e9}", "Re: cafe\u{301}", "Re: cafe"),
        (4, "\u{3c4}\u{3cc}\u{3c0}\u{3bf}\u{3c2}", "Re: \u{3a4}\u{38c}\u{3a0}\u{39f}\u{3a3}", "Re: x"),
        (5, "een lange regel", "Re: een langeregel", "Re: een lange regel 2"),
    ] {
        let first = place.append(&format!("Message-ID: <{number}@x>\nSubject: {one}\n\n")).await;
        for (id, subject, joins) in [("a", same, true), ("b", other, false)] {
            let answer = format!("Message-ID: <{number}{id}@x>\nReferences: <{number}@x>\nSubject: {subject}\n\n");
            assert_eq!(place.append(&answer).await.thread == first.thread, joins, "{subject}");
        }
    }
}

#[tokio::test]
async fn mailboxes_are_made_renamed_and_removed() {
    let place = Place::new().await;
    let account = &place.account;
    let deep = *account.create_mailbox(&name("a/b/c"), None).await.unwrap().value();
    assert_eq!(account.create_mailbox(&name("a/b"), None).await.err(), Some(Error::MailboxExists));
    account.rename_mailbox(&name("a"), &name("x/y")).await.unwrap();
    let names = |boxes: &store::Mailboxes| boxes.iter().map(|mailbox| mailbox.name.to_string()).collect::<Vec<_>>();
    let boxes = account.mailboxes().await.unwrap();
    assert_eq!(names(&boxes), ["INBOX", "x", "x/y", "x/y/b", "x/y/b/c"]);
    assert_eq!(boxes.get(deep).unwrap().name, name("x/y/b/c"));
    assert!(account.rename_mailbox(&name("x"), &name("x/z")).await.is_err());
    account.delete_mailbox(boxes.named(&name("x/y")).unwrap().id).await.unwrap();
    let boxes = account.mailboxes().await.unwrap();
    assert!(boxes.has_children(&name("x/y")) && boxes.named(&name("x/y")).is_none());
    // INBOX stays, empty (RFC 3501, 6.3.5)
    place.append("a: 1\n\n").await;
    account.rename_mailbox(&name("INBOX"), &name("old")).await.unwrap();
    let boxes = account.mailboxes().await.unwrap();
    assert_eq!(boxes.inbox().unwrap().counters.messages, 0);
    assert_eq!(boxes.inbox().unwrap().id, place.inbox);
    assert_eq!(boxes.named(&name("old")).unwrap().counters.messages, 1);
    assert_eq!(account.delete_mailbox(place.inbox).await.err(), Some(Error::Inbox));
    // validities never come back
    let old = boxes.named(&name("old")).unwrap().clone();
    account.delete_mailbox(old.id).await.unwrap();
    let new = *account.create_mailbox(&name("old"), None).await.unwrap().value();
    assert!(account.mailboxes().await.unwrap().get(new).unwrap().uid_validity > old.uid_validity);
    account.subscribe(&name("gone")).await.unwrap();
    assert!(account.mailboxes().await.unwrap().subscribed().contains(&name("gone")));
    account.unsubscribe(&name("gone")).await.unwrap();
    assert_eq!(account.view(old.id).await.err(), Some(Error::NoSuchMailbox));
}

#[tokio::test]
async fn a_delivery_is_taken_once() {
    let place = Place::new().await;
    let email = NewEmail { once: Some(DeliveryId(5)), ..place.email("a: 1\n\n").await };
    let first = place.account.append(place.inbox, vec![email.clone()]).await.unwrap();
    let second = place.account.append(place.inbox, vec![email]).await.unwrap();
    assert!(matches!(second, Outcome::Unchanged(_)));
    assert_eq!(first.value(), second.value());
}

#[tokio::test]
async fn what_an_append_took_for_absent_is_read_when_it_was_there() {
    let place = Place::new().await;
    let once = NewEmail { once: Some(DeliveryId(5)), ..place.email("Message-ID: <2@x>\nIn-Reply-To: <1@x>\n\n").await };
    let reply = place.account.append(place.inbox, vec![once.clone()]).await.unwrap().value()[0];
    // another store on the same engine remembers nothing
    let again = || async {
        let engine = Arc::new(place.memory.clone());
        let store = Store::open(engine, place.world.clone(), Settings::default()).await.unwrap();
        store.account(ANNA).await.unwrap()
    };
    let second = again().await.append(place.inbox, vec![once]).await.unwrap();
    assert!(matches!(second, Outcome::Unchanged(_)));
    assert_eq!(second.value()[0], reply);
    // the message that was answered comes after its answer, and a neighbour at the same time
    let account = again().await;
    let (late, neighbour) = (place.email("Message-ID: <1@x>\n\n").await, place.email("Message-ID: <9@x>\n\n").await);
    let put = |email: NewEmail| account.append(place.inbox, vec![email]);
    let (late, neighbour) = tokio::join!(put(late), put(neighbour));
    assert_eq!(late.unwrap().value()[0].thread, reply.thread);
    assert_ne!(neighbour.unwrap().value()[0].thread, reply.thread);
    assert_eq!(account.view(place.inbox).await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_message_takes_the_place_of_another() {
    let place = Place::new().await;
    let account = &place.account;
    let draft = "Subject: x\nMessage-ID: <1@x.nl>\n\n";
    let first = place.append(draft).await;
    // The account is full, and what comes is as large as what goes.
    account.set_quota(Some(1)).await.unwrap();
    let again = place.email(draft).await;
    let replaced = account.replace(place.inbox, uid(1), place.inbox, again).await.unwrap().into_value();
    assert_eq!((replaced[0].uid, replaced[0].thread), (uid(2), first.thread));
    assert_ne!(replaced[0].email, first.email);
    let view = account.view(place.inbox).await.unwrap();
    assert_eq!(view.iter().map(|message| message.uid).collect::<Vec<_>>(), [uid(2)]);
    assert_eq!(account.quota().await.unwrap().emails, 1);
    let counters = account.mailboxes().await.unwrap().get(place.inbox).unwrap().counters;
    assert_eq!((counters.messages, counters.threads), (1, 1));
    // Neither goes nor comes.
    let email = place.email(draft).await;
    let gone = account.replace(place.inbox, uid(1), place.inbox, email.clone()).await;
    assert!(matches!(gone, Err(Error::NoSuchEmail)));
    let nowhere = account.replace(place.inbox, uid(2), store::MailboxId(999), email).await;
    assert!(matches!(nowhere, Err(Error::NoSuchMailbox)));
    assert_eq!(account.view(place.inbox).await.unwrap().len(), 1);
}

#[tokio::test]
async fn r07_quota_lets_one_message_over() {
    let place = Place::new().await;
    place.account.set_quota(Some(10)).await.unwrap();
    let held = place.account.reserve_quota(20).await.unwrap();
    assert!(matches!(place.account.reserve_quota(1).await, Err(Error::OverQuota { used: 0, limit: 10 })));
    // What is announced may never come; what has come is written before it.
    let promised = place.account.promise_quota(20).await.unwrap();
    drop(held);
    assert!(matches!(place.account.promise_quota(1).await, Err(Error::OverQuota { used: 20, limit: 10 })));
    assert!(matches!(place.account.reserve_quota(1).await, Err(Error::OverQuota { used: 20, limit: 10 })));
    let beside = place.email("a: 1\n\n").await;
    let refused = place.account.append(place.inbox, vec![beside]).await;
    assert!(matches!(refused, Err(Error::OverQuota { used: 20, limit: 10 })));
    drop(promised);
    place.append("Subject: more than ten bytes\n\n").await;
    let email = place.email("a: 2\n\n").await;
    assert!(matches!(place.account.append(place.inbox, vec![email.clone()]).await, Err(Error::OverQuota { .. })));
    let settled = NewEmail { quota: store::QuotaCheck::Settled, ..email };
    place.account.append(place.inbox, vec![settled]).await.unwrap();
}

#[tokio::test]
async fn recent_is_told_once_and_saved_with_the_next_commit() {
    let place = Place::new().await;
    place.append("a: 1\n\n").await;
    assert_eq!(place.account.recent(place.inbox).await.unwrap(), uid(1));
    assert_eq!(place.account.claim_recent(place.inbox).await.unwrap(), uid(1));
    assert_eq!(place.account.claim_recent(place.inbox).await.unwrap(), uid(2));
    place.append("a: 2\n\n").await;
    let again = Store::open(Arc::new(place.memory.reopen()), place.world.clone(), Settings::default()).await.unwrap();
    assert_eq!(again.account(ANNA).await.unwrap().recent(place.inbox).await.unwrap(), uid(2));
}

#[tokio::test]
async fn what_is_deleted_goes_after_a_while() {
    let place = Place::new().await;
    let account = &place.account;
    place.append("Message-ID: <1@x>\n\n").await;
    let kept = place.append("Message-ID: <2@x>\n\n").await;
    account.remove(place.inbox, &[uid(1)]).await.unwrap();
    assert_eq!(account.prune(place.clock.now(), &()).await.unwrap(), 0);
    place.clock.set(place.clock.now().plus(Duration::from_secs(15 * 24 * 3600)));
    assert_eq!(place.store.swept().await.unwrap(), None);
    let swept = place.store.sweep(place.clock.now(), &()).await.unwrap();
    assert_eq!(place.store.swept().await.unwrap(), Some(place.clock.now()));
    assert_eq!((swept.emails, swept.blobs), (1, 1));
    assert_eq!(account.changes(ModSeq(1), 10).await.err(), Some(Error::CannotCalculateChanges(ModSeq(1))));
    let modseq = account.modseq().await.unwrap();
    assert_eq!(place.store.sweep(place.clock.now(), &()).await.unwrap(), store::Swept::default());
    assert_eq!(account.modseq().await.unwrap(), modseq);
    assert!(account.emails(&[kept.email]).await.unwrap()[0].is_some());
    place.store.delete_account(ANNA).await.unwrap();
    place.store.delete_account(ANNA).await.unwrap();
    assert!(place.store.account(ANNA).await.is_err() && account.mailboxes().await.is_err());
    assert!(place.memory.links().values().all(Vec::is_empty));
    assert_eq!(place.store.accounts(None, 10).await.unwrap(), []);
}

/// Every delivery is unfinished.
struct All;

impl Unfinished for All {
    fn among<'a>(&'a self, all: &'a [DeliveryId]) -> BoxFuture<'a, Result<BTreeSet<DeliveryId>, Error>> {
        Box::pin(async { Ok(all.iter().copied().collect()) })
    }
}

#[tokio::test]
async fn a_delivery_that_may_come_again_is_known_for_as_long_as_that() {
    let place = Place::new().await;
    let bring = async || {
        let email = NewEmail { once: Some(DeliveryId(5)), ..place.email("Message-ID: <1@x>\n\n").await };
        place.account.append(place.inbox, vec![email]).await.unwrap().receipt().is_some()
    };
    place.append("Message-ID: <0@x>\n\n").await;
    assert!(bring().await);
    place.append("Message-ID: <2@x>\n\n").await;
    place.clock.set(place.clock.now().plus(Duration::from_secs(15 * 24 * 3600)));
    place.account.prune(place.clock.now(), &All).await.unwrap();
    assert!(!bring().await, "it would be there twice");
    assert!(place.account.changes(ModSeq(1), 10).await.is_err(), "what came before it goes");
    place.account.prune(place.clock.now(), &()).await.unwrap();
    assert!(bring().await);
}

#[tokio::test]
async fn a_delivery_reads_its_thread_keys_and_nothing_else() {
    let place = Place::new().await;
    place.append("Message-ID: <1@x>\nSubject: a\n\n").await;
    for (text, reads) in [
        ("Subject: no thread key\n\n", 0),
        ("Message-ID: <2@x>\nSubject: a\n\n", 1),
        // that it joins a thread is only known then
        ("Message-ID: <3@x>\nIn-Reply-To: <1@x>\nSubject: a\n\n", 2),
    ] {
        let email = place.email(text).await;
        let before = place.memory.counts().reads;
        place.account.append(place.inbox, vec![email]).await.unwrap();
        assert!(place.memory.counts().reads - before <= reads, "{text}: {}", place.memory.counts().reads - before);
    }
}

#[tokio::test]
async fn a_date_beyond_this_century_stays_what_it_is() {
    let place = Place::new().await;
    // 31-Dec-9999, the last that a date-time of APPEND can say (RFC 3501, 9)
    let received = ReceivedAt { seconds: 253_402_214_400, offset_minutes: 0 };
    let email = NewEmail { received, ..place.email("Subject: a\n\n").await };
    place.account.append(place.inbox, vec![email]).await.unwrap();
    let seen = Flags { system: SystemFlags::SEEN, keywords: Vec::new() };
    place.account.store_flags(place.inbox, &[Uid::MIN], &FlagChange::Add(seen), None).await.unwrap();
    let report = place.store.check(CheckDepth::Records).await.unwrap();
    assert!(report.is_clean(), "{:#?}", report.faults);
    place.account.remove(place.inbox, &[Uid::MIN]).await.unwrap();
    let report = place.store.check(CheckDepth::Records).await.unwrap();
    assert!(report.is_clean(), "{:#?}", report.faults);
}
