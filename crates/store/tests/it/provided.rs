//! A state that a type must have when the first commit of a handle is made.
use crate::place::{ANNA, Place};
use std::time::Duration;
use store::{CheckDepth, Error, MailboxName, ModSeq, ObjectChange, ObjectKind, Outcome, StateOf};

fn name(text: &str) -> MailboxName {
    MailboxName::new(text).unwrap()
}

async fn mailbox_state(place: &Place) -> ModSeq {
    place.account.type_states().await.unwrap().mailbox
}

#[tokio::test]
async fn whoever_writes_before_it_breaks_it_and_whoever_writes_after_it_does_not() {
    let place = Place::new().await;
    let state = mailbox_state(&place).await;
    let (early, met) = place.account.provided(StateOf::Mailboxes, state);
    let (late, broken) = place.account.provided(StateOf::Mailboxes, state);
    early.create_mailbox(&name("a"), None).await.unwrap();
    // what comes after the first commit is nothing to the others
    place.account.create_mailbox(&name("b"), None).await.unwrap();
    early.create_mailbox(&name("c"), None).await.unwrap();
    assert!(!met.is_broken());
    for _ in 0..2 {
        assert_eq!(late.create_mailbox(&name("d"), None).await, Err(Error::Conflict));
        assert!(broken.is_broken());
    }
    let mailboxes = place.account.mailboxes().await.unwrap();
    let there = ["a", "b", "c", "d"].map(|text| mailboxes.named(&name(text)).is_some());
    assert_eq!(there, [true, true, true, false]);
}

#[tokio::test]
async fn each_type_has_its_own() {
    let place = Place::new().await;
    let states = place.account.type_states().await.unwrap();
    let (emails, _) = place.account.provided(StateOf::Emails, states.email);
    let (sight, _) = place.account.provided(StateOf::EmailsInSight, states.email.max(states.mailbox));
    let (kind, other) = (ObjectKind::Identity, ObjectKind::Submission);
    let (objects, _) = place.account.provided(StateOf::Objects(kind), states.identity);
    let change = [ObjectChange::Create("x".into())];
    place.account.change_objects(other, None, &change).await.unwrap();
    assert!(objects.change_objects(kind, None, &change).await.is_ok());
    place.append("Subject: x\n\n.\n").await;
    assert_eq!(emails.create_mailbox(&name("a"), None).await, Err(Error::Conflict));
    place.account.subscribe(&name("b")).await.unwrap();
    assert_eq!(sight.create_mailbox(&name("a"), None).await, Err(Error::Conflict));
}

#[tokio::test(start_paused = true)]
async fn it_is_asked_in_the_commit_and_not_before() {
    let place = Place::new().await;
    place.memory.delay(Duration::from_secs(2));
    let state = mailbox_state(&place).await;
    let (provided, broken) = place.account.provided(StateOf::Mailboxes, state);
    let (first, second) = (name("first"), name("second"));
    let slower = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        provided.create_mailbox(&second, None).await
    };
    let (first, second) = tokio::join!(place.account.create_mailbox(&first, None), slower);
    assert!(matches!(first, Ok(Outcome::Wrote(_))));
    assert_eq!((second, broken.is_broken()), (Err(Error::Conflict), true));
}

#[tokio::test]
async fn a_commit_that_failed_is_none() {
    let place = Place::new().await;
    let state = mailbox_state(&place).await;
    let (provided, course) = place.account.provided(StateOf::Mailboxes, state);
    place.memory.full(true);
    assert_eq!(provided.create_mailbox(&name("a"), None).await, Err(Error::NoSpace));
    place.memory.full(false);
    place.account.create_mailbox(&name("b"), None).await.unwrap();
    assert_eq!(provided.create_mailbox(&name("a"), None).await, Err(Error::Conflict));
    assert!(course.is_broken());
    assert!(place.store.check(CheckDepth::Bytes).await.unwrap().is_clean());
    assert_eq!(place.account.id(), ANNA);
}
