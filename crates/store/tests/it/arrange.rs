//! An email as JMAP changes it.
use crate::place::Place;
use std::collections::BTreeSet;
use store::{
    Appended, Arranged, Arrangement, CheckDepth, Error, FlagChange, Flags, Keyword, MailboxId, MailboxName, Placing,
    Rights, SystemFlags,
};

const ALL: fn(MailboxId) -> Option<Rights> = |_| Some(Rights::ALL);

impl Place {
    async fn make(&self, name: &str) -> MailboxId {
        *self.account.create_mailbox(&MailboxName::new(name).unwrap(), None).await.unwrap().value()
    }

    async fn arrange(&self, email: &Appended, arrangement: &Arrangement) -> Result<bool, Error> {
        self.account.arrange(email.email, arrangement, &ALL).await.map(|outcome| outcome.receipt().is_some())
    }

    /// Each place of an email: its mailbox, flags and keywords.
    async fn seen_at(&self, email: &Appended) -> Vec<(MailboxId, SystemFlags, usize)> {
        let places = self.account.memberships(email.email).await.unwrap();
        let mut places: Vec<_> =
            places.into_iter().map(|place| (place.mailbox, place.flags.system, place.flags.keywords.len())).collect();
        places.sort_unstable();
        places
    }
}

fn flags(system: SystemFlags, keywords: &[&str]) -> Flags {
    Flags { system, keywords: keywords.iter().map(|word| Keyword::new(word).unwrap()).collect() }
}

fn only(mailboxes: &[MailboxId]) -> Placing {
    Placing::Only(mailboxes.iter().copied().collect())
}

fn but(enter: &[MailboxId], leave: &[MailboxId]) -> Arrangement {
    let set = |mailboxes: &[MailboxId]| mailboxes.iter().copied().collect();
    Arrangement { mailboxes: Placing::But { enter: set(enter), leave: set(leave) }, ..Arrangement::default() }
}

#[tokio::test]
async fn keywords_and_mailboxes_change_in_one_commit() {
    let place = Place::new().await;
    let (a, b) = (place.make("A").await, place.make("B").await);
    let email = place.append("Subject: s\n\ntext\n").await;
    let before = place.account.modseq().await.unwrap();
    let arrangement =
        Arrangement { add: flags(SystemFlags::SEEN, &["work"]), remove: Flags::default(), mailboxes: only(&[a, b]) };
    assert_eq!(place.arrange(&email, &arrangement).await, Ok(true));
    assert_eq!(place.account.modseq().await.unwrap().0, before.0 + 1);
    assert_eq!(place.seen_at(&email).await, [(a, SystemFlags::SEEN, 1), (b, SystemFlags::SEEN, 1)]);
    assert_eq!(place.arrange(&email, &arrangement).await, Ok(false), "all is so already");
    let counters = place.account.mailboxes().await.unwrap();
    assert_eq!(counters.get(place.inbox).unwrap().counters.emails, 0);
    assert_eq!(counters.get(a).unwrap().counters.emails, 1);
    let arrangement = Arrangement { remove: flags(SystemFlags::SEEN, &["work"]), ..Arrangement::default() };
    place.arrange(&email, &arrangement).await.unwrap();
    assert_eq!(place.seen_at(&email).await, [(a, SystemFlags::NONE, 0), (b, SystemFlags::NONE, 0)]);
    assert_eq!(place.store.check(CheckDepth::Records).await.unwrap().faults, []);
}

#[tokio::test]
async fn what_is_deleted_is_not_there_and_stays() {
    let place = Place::new().await;
    let a = place.make("A").await;
    let email = place.append("Subject: s\n\ntext\n").await;
    place.account.copy(place.inbox, &[email.uid], a).await.unwrap();
    let deleted = FlagChange::Add(Flags::system(SystemFlags::DELETED));
    place.account.store_flags(place.inbox, &[email.uid], &deleted, None).await.unwrap();
    let gone = Arrangement { mailboxes: only(&[]), ..Arrangement::default() };
    place.arrange(&email, &gone).await.unwrap();
    assert_eq!(place.seen_at(&email).await, [(place.inbox, SystemFlags::DELETED, 0)]);
    assert_eq!(place.arrange(&email, &gone).await, Err(Error::NoSuchEmail));
    assert_eq!(place.store.check(CheckDepth::Records).await.unwrap().faults, []);
}

#[tokio::test]
async fn a_mailbox_that_is_not_there_for_who_acts_is_left_alone() {
    let place = Place::new().await;
    let a = place.make("A").await;
    let email = place.append("Subject: s\n\ntext\n").await;
    place.account.copy(place.inbox, &[email.uid], a).await.unwrap();
    let inbox = place.inbox;
    let rights = move |mailbox| (mailbox == inbox).then_some(Rights::ALL);
    let gone = Arrangement { mailboxes: only(&[]), ..Arrangement::default() };
    place.account.arrange(email.email, &gone, &rights).await.unwrap();
    assert_eq!(place.seen_at(&email).await, [(a, SystemFlags::NONE, 0)]);
    let back = Arrangement { mailboxes: only(&[a, inbox]), ..Arrangement::default() };
    assert_eq!(place.account.arrange(email.email, &back, &rights).await.err(), Some(Error::NoSuchEmail));
}

#[tokio::test]
async fn a_new_message_comes_into_several_mailboxes_or_none() {
    let place = Place::new().await;
    let a = place.make("A").await;
    let mut email = place.email("Subject: s\n\ntext\n").await;
    email.flags = flags(SystemFlags::DRAFT, &["work"]);
    let before = place.account.modseq().await.unwrap();
    let both: BTreeSet<_> = [place.inbox, a].into();
    let appended = place.account.append_to_all(&both, email.clone(), &ALL).await.unwrap().into_value();
    assert_eq!(place.account.modseq().await.unwrap().0, before.0 + 1);
    assert_eq!(place.seen_at(&appended).await, [(place.inbox, SystemFlags::DRAFT, 1), (a, SystemFlags::DRAFT, 1)]);
    let nowhere: BTreeSet<_> = [place.inbox, MailboxId(999)].into();
    assert_eq!(place.account.append_to_all(&nowhere, email, &ALL).await.err(), Some(Error::NoSuchMailbox));
    assert_eq!(place.account.view(place.inbox).await.unwrap().len(), 1);
    assert_eq!(place.store.check(CheckDepth::Records).await.unwrap().faults, []);
}

#[tokio::test]
async fn a_patch_leaves_alone_what_others_did_meanwhile() {
    let place = Place::new().await;
    let (a, b, c) = (place.make("A").await, place.make("B").await, place.make("C").await);
    let email = place.append("Subject: s\n\ntext\n").await;
    // who patches has seen it in INBOX; now it is in C
    place.account.move_to(place.inbox, &[email.uid], c).await.unwrap();
    assert_eq!(place.arrange(&email, &but(&[b], &[])).await, Ok(true));
    assert_eq!(place.seen_at(&email).await, [(b, SystemFlags::NONE, 0), (c, SystemFlags::NONE, 0)]);
    assert_eq!(place.arrange(&email, &but(&[b], &[a, place.inbox])).await, Ok(false), "all is so already");
    let nowhere = place.account.arrange(email.email, &but(&[], &[b, c]), &ALL).await.unwrap();
    assert_eq!((nowhere.receipt(), nowhere.into_value()), (None, Arranged::Nowhere));
    assert_eq!(place.arrange(&email, &but(&[a], &[b, c])).await, Ok(true));
    assert_eq!(place.seen_at(&email).await, [(a, SystemFlags::NONE, 0)]);
    assert_eq!(place.store.check(CheckDepth::Records).await.unwrap().faults, []);
}

#[tokio::test]
async fn what_is_not_granted_where_the_email_is_by_then_is_refused_whole() {
    let place = Place::new().await;
    let (a, b) = (place.make("A").await, place.make("B").await);
    let email = place.append("Subject: s\n\ntext\n").await;
    place.account.copy(place.inbox, &[email.uid], a).await.unwrap();
    let see = Rights::LOOKUP.with(Rights::READ);
    let (enters, leaves) = (see.with(Rights::INSERT), see.with(Rights::DELETE_MESSAGES).with(Rights::EXPUNGE));
    let inbox = place.inbox;
    let work = || flags(SystemFlags::NONE, &["work"]);
    for (in_inbox, in_a, in_b, mailboxes, expected) in [
        (leaves, see, enters, only(&[]), Arranged::MayNotLeave),
        (leaves, see.with(Rights::EXPUNGE), enters, only(&[b]), Arranged::MayNotLeave),
        (leaves, see, enters, but(&[b], &[inbox, a]).mailboxes, Arranged::MayNotLeave),
        (leaves, leaves, leaves, only(&[b]), Arranged::MayNotEnter),
        (see, see, see, but(&[b], &[]).mailboxes, Arranged::MayNotEnter),
    ] {
        let rights = move |mailbox| {
            Some(if mailbox == inbox {
                in_inbox
            } else if mailbox == a {
                in_a
            } else {
                in_b
            })
        };
        let arrangement = Arrangement { add: work(), mailboxes, ..Arrangement::default() };
        let refused = place.account.arrange(email.email, &arrangement, &rights).await.unwrap();
        assert_eq!((refused.receipt(), *refused.value()), (None, expected));
        assert_eq!(place.seen_at(&email).await, [(inbox, SystemFlags::NONE, 0), (a, SystemFlags::NONE, 0)]);
    }
    let rights = move |mailbox| {
        Some(if mailbox == b {
            enters
        } else if mailbox == a {
            see
        } else {
            leaves
        })
    };
    let moved = place.account.arrange(email.email, &but(&[b], &[inbox]), &rights).await.unwrap();
    assert_eq!((moved.receipt().is_some(), moved.into_value()), (true, Arranged::Done));
    assert_eq!(place.seen_at(&email).await, [(a, SystemFlags::NONE, 0), (b, SystemFlags::NONE, 0)]);
}
