//! What JMAP changes of a mailbox: all of it in one commit, or nothing.
use crate::place::Place;
use store::{
    CheckDepth, Destroyed, Error, FlagChange, Flags, MailboxEdit, MailboxName, Role, Settings, Store, SystemFlags, Uid,
    WithEmails,
};

fn name(text: &str) -> MailboxName {
    MailboxName::new(text).unwrap()
}

#[tokio::test]
async fn a_mailbox_is_made_and_changed_in_one_commit_each() {
    let place = Place::new().await;
    let account = &place.account;
    let edit = MailboxEdit {
        role: Some(Some(Role::Archive)),
        sort_order: Some(7),
        subscribed: Some(true),
        ..MailboxEdit::default()
    };
    let made = account.create_mailbox_as(&name("a"), &edit).await.unwrap().into_value();
    let below = account.create_mailbox_as(&name("a/b"), &edit_order(3)).await.unwrap().into_value();
    account.subscribe(&name("a/b")).await.unwrap();
    let before = account.modseq().await.unwrap();
    let edit = MailboxEdit { name: Some(name("c")), role: Some(None), sort_order: Some(9), subscribed: None };
    let changed = account.edit_mailbox(made, &edit).await.unwrap();
    assert_eq!(account.modseq().await.unwrap().0, before.0 + 1);
    assert!(changed.receipt().is_some());
    assert!(account.edit_mailbox(made, &edit).await.unwrap().receipt().is_none(), "it is so already");
    // all of it again from disk
    let again = Store::open(std::sync::Arc::new(place.memory.reopen()), place.world.clone(), Settings::default());
    let mailboxes = again.await.unwrap().account(account.id()).await.unwrap().mailboxes().await.unwrap();
    let found = mailboxes.get(made).unwrap();
    assert_eq!((found.name.as_str(), found.role, found.sort_order), ("c", None, 9));
    assert_eq!((mailboxes.get(below).unwrap().name.as_str(), mailboxes.get(below).unwrap().sort_order), ("c/b", 3));
    // subscriptions go along
    assert!(mailboxes.subscribed().contains(&name("c")) && mailboxes.subscribed().contains(&name("c/b")));
    assert!(!mailboxes.subscribed().contains(&name("a")) && !mailboxes.subscribed().contains(&name("a/b")));
}

fn edit_order(order: u32) -> MailboxEdit {
    MailboxEdit { sort_order: Some(order), ..MailboxEdit::default() }
}

#[tokio::test]
async fn what_cannot_be_leaves_everything_as_it_was() {
    let place = Place::new().await;
    let account = &place.account;
    let one = account.create_mailbox(&name("a"), Some(Role::Sent)).await.unwrap().into_value();
    let other = account.create_mailbox(&name("b"), None).await.unwrap().into_value();
    let before = account.modseq().await.unwrap();
    let taken = MailboxEdit { role: Some(Some(Role::Sent)), sort_order: Some(4), ..MailboxEdit::default() };
    assert_eq!(account.edit_mailbox(other, &taken).await, Err(Error::RoleTaken));
    let named = MailboxEdit { name: Some(name("a")), ..edit_order(4) };
    assert_eq!(account.edit_mailbox(other, &named).await, Err(Error::MailboxExists));
    let under_itself = MailboxEdit { name: Some(name("a/x")), ..edit_order(4) };
    assert!(matches!(account.edit_mailbox(one, &under_itself).await, Err(Error::BadName(_))));
    let inbox = MailboxEdit { name: Some(name("x")), ..MailboxEdit::default() };
    assert_eq!(account.edit_mailbox(place.inbox, &inbox).await, Err(Error::Inbox));
    assert_eq!(account.modseq().await.unwrap(), before);
    account.edit_mailbox(place.inbox, &edit_order(1)).await.unwrap();
}

#[tokio::test]
async fn a_mailbox_goes_only_when_nothing_is_below_it_or_in_it() {
    let place = Place::new().await;
    let account = &place.account;
    let above = account.create_mailbox(&name("a"), None).await.unwrap().into_value();
    let below = account.create_mailbox(&name("a/b"), None).await.unwrap().into_value();
    account.subscribe(&name("a/b")).await.unwrap();
    place.append("Subject: x\n\n.\n").await;
    account.copy(place.inbox, &[Uid::MIN], below).await.unwrap();
    let destroy = async |mailbox, emails| account.destroy_mailbox(mailbox, emails).await.unwrap().into_value();
    assert_eq!(destroy(above, WithEmails::Remove).await, Destroyed::HasChildren);
    assert_eq!(destroy(below, WithEmails::Refuse).await, Destroyed::HasEmails);
    // RFC 8621, 4.1.1: what is only \Deleted is not there
    let deleted = FlagChange::Add(Flags::system(SystemFlags::DELETED));
    account.store_flags(below, &[Uid::MIN], &deleted, None).await.unwrap();
    assert_eq!(destroy(below, WithEmails::Refuse).await, Destroyed::Gone);
    assert!(!account.mailboxes().await.unwrap().subscribed().contains(&name("a/b")));
    account.copy(place.inbox, &[Uid::MIN], above).await.unwrap();
    assert_eq!(destroy(above, WithEmails::Remove).await, Destroyed::Gone);
    assert_eq!(account.destroy_mailbox(above, WithEmails::Remove).await, Err(Error::NoSuchMailbox));
    assert_eq!(account.destroy_mailbox(place.inbox, WithEmails::Remove).await, Err(Error::Inbox));
    let report = place.store.check(CheckDepth::Records).await;
    assert!(report.unwrap().faults.is_empty());
}
