//! What an account may have at most.
use crate::place::{ANNA, Place};
use names::{AccountId, ByteSize};
use std::sync::Arc;
use std::time::Duration;
use store::{
    Annotated, CheckDepth, EntryName, Error, Expunge, FlagChange, Flags, MailboxName, MetadataLimits, MetadataSet,
    Settings, Store, SystemFlags, Uid,
};

fn name(number: u64) -> MailboxName {
    MailboxName::new(&format!("box {number}")).unwrap()
}

#[tokio::test]
async fn mailboxes_have_a_limit() {
    let place = Place::new().await;
    let settings = Settings { max_mailboxes: 5, ..Settings::default() };
    let store = Store::open(Arc::new(place.memory.reopen()), place.world.clone(), settings).await.unwrap();
    let account = store.account(ANNA).await.unwrap();
    for number in account.mailboxes().await.unwrap().len() as u64..5 {
        account.create_mailbox(&name(number), None).await.unwrap();
    }
    let full = Err(Error::Limit { what: "mailboxes", limit: 5 });
    assert_eq!(account.create_mailbox(&name(5), None).await.map(drop), full);
    // the levels above count as well, and none of them is made alone
    let deep = MailboxName::new("a/b/c").unwrap();
    assert_eq!(account.create_mailbox(&deep, None).await.map(drop), full);
    assert_eq!(account.mailboxes().await.unwrap().len(), 5);
    for number in 0..10 {
        let _ = account.subscribe(&name(number)).await;
    }
    assert_eq!(account.subscribe(&name(10)).await.map(drop), Err(Error::Limit { what: "subscriptions", limit: 10 }));
}

#[tokio::test]
async fn emails_have_a_limit() {
    let place = Place::new().await;
    place.append("a: 1\n\n").await;
    let settings = Settings { max_emails: Some(2), ..Settings::default() };
    let store = Store::open(Arc::new(place.memory.clone()), place.world.clone(), settings).await.unwrap();
    let account = store.account(ANNA).await.unwrap();
    account.reserve_quota(1).await.unwrap();
    account.append(place.inbox, vec![place.email("a: 2\n\n").await]).await.unwrap();
    let full = Error::OverQuota { used: 2, limit: 2 };
    let refused = account.append(place.inbox, vec![place.email("a: 3\n\n").await]).await;
    assert_eq!(refused.map(drop), Err(full.clone()));
    assert_eq!(account.reserve_quota(1).await.map(drop), Err(full));
    // A copy is no email of its own, and what is removed makes room.
    let two = Uid::new(2).unwrap();
    account.copy(place.inbox, &[two], place.inbox).await.unwrap();
    let another = place.email("a: 4\n\n").await;
    let refused = account.replace(place.inbox, two, place.inbox, another.clone()).await;
    assert!(matches!(refused, Err(Error::OverQuota { .. })));
    account.replace(place.inbox, Uid::new(1).unwrap(), place.inbox, another).await.unwrap();
    account.remove(place.inbox, &[two, Uid::new(3).unwrap()]).await.unwrap();
    account.append(place.inbox, vec![place.email("a: 5\n\n").await]).await.unwrap();
}

#[tokio::test]
async fn copies_of_an_email_have_a_limit() {
    let place = Place::new().await;
    place.append("a: 1\n\n").await;
    let mut count = 1;
    while count < 512 {
        let uids: Vec<_> = (1..=count).filter_map(Uid::new).collect();
        place.account.copy(place.inbox, &uids, place.inbox).await.unwrap();
        count *= 2;
    }
    let uids: Vec<_> = (1..=count).filter_map(Uid::new).collect();
    let full = Err(Error::Limit { what: "copies of an email", limit: 1_000 });
    assert_eq!(place.account.copy(place.inbox, &uids, place.inbox).await.map(drop), full);
    assert_eq!(place.account.view(place.inbox).await.unwrap().len(), 512);
}

#[tokio::test(start_paused = true)]
async fn messages_that_are_open_ahead_have_a_limit() {
    let place = Place::new().await;
    let mut ids = Vec::new();
    for letter in ["a", "b", "c", "d"] {
        ids.push(place.append(&format!("a: 1\n\n{}\n", letter.repeat(100_000))).await.email);
    }
    let emails: Vec<_> = place.account.emails(&ids).await.unwrap().into_iter().flatten().collect();
    // 16 MiB may be opened by all: 167 messages, by two for each reader
    let mut readers = Vec::new();
    for _ in 0..100 {
        let mut ahead = place.account.ahead(2);
        emails.iter().for_each(|email| ahead.push(email.clone()));
        let first = ahead.next().await.unwrap().unwrap();
        readers.push((ahead, first));
    }
    // one that finds no room is served as well, and so are all others to their end
    place.memory.mute(true);
    let waits = tokio::time::timeout(Duration::from_secs(1), readers.last_mut().unwrap().0.next()).await;
    assert!(waits.is_err(), "the last reader has opened nothing ahead");
    assert!(readers.first_mut().unwrap().0.next().await.unwrap().is_ok(), "the first reader has");
    place.memory.mute(false);
    drop(readers.pop());
    for (mut ahead, first) in readers {
        assert_eq!(first.size(), emails[0].size);
        while let Some(source) = ahead.next().await {
            assert_eq!(source.unwrap().size(), emails[0].size);
        }
    }
    assert!(place.account.ahead(2).next().await.is_none());
}

#[tokio::test]
async fn annotations_have_a_limit() {
    let place = Place::new().await;
    let metadata = MetadataLimits { entries: 2, total: ByteSize(100), ..MetadataLimits::default() };
    let settings = Settings { metadata, ..Settings::default() };
    let store = Store::open(Arc::new(place.memory.reopen()), place.world.clone(), settings).await.unwrap();
    let account = store.account(ANNA).await.unwrap();
    let inbox = Annotated::Mailbox(place.inbox);
    let set = async |by, of, entries: &[(&str, Option<&'static str>)]| {
        let new: Vec<_> =
            entries.iter().map(|(name, value)| (EntryName::new(name).unwrap(), value.map(Into::into))).collect();
        account.set_annotations(by, of, &new).await.map(store::Outcome::into_value)
    };
    assert_eq!(set(ANNA, inbox, &[("/private/a", Some("1")), ("/private/b", Some("2"))]).await, Ok(MetadataSet::Done));
    // one too many, and nothing of the command is done
    let more = [("/private/a", Some("new")), ("/private/c", Some("3"))];
    assert_eq!(set(ANNA, inbox, &more).await, Ok(MetadataSet::TooMany));
    // in the place of another there is room; shared ones and those of others count apart
    assert_eq!(set(ANNA, inbox, &[("/private/c", Some("3")), ("/private/a", None)]).await, Ok(MetadataSet::Done));
    assert_eq!(set(ANNA, inbox, &[("/shared/a", Some("4"))]).await, Ok(MetadataSet::Done));
    assert_eq!(set(AccountId(1), inbox, &[("/private/a", Some("5"))]).await, Ok(MetadataSet::Done));
    let long: &'static str = "x".repeat(60).leak();
    let full = Err(Error::Limit { what: "bytes of metadata", limit: 100 });
    assert_eq!(set(ANNA, Annotated::Account, &[("/private/a", Some(long))]).await, full);
    // a rename of INBOX would copy them
    let to = MailboxName::new("old").unwrap();
    assert_eq!(set(ANNA, inbox, &[("/private/b", Some("0123456789012345"))]).await, Ok(MetadataSet::Done));
    assert_eq!(account.rename_mailbox(&MailboxName::inbox(), &to).await.map(drop), full.map(drop));
    assert_eq!(set(ANNA, inbox, &[("/private/b", None)]).await, Ok(MetadataSet::Done));
    let seen = account.annotations(ANNA, &[inbox]).await.unwrap();
    let seen: Vec<&str> = seen[0].iter().map(|annotation| annotation.name.as_str()).collect();
    assert_eq!(seen, ["/shared/a", "/private/c"]);
    assert!(store.check(CheckDepth::Records).await.unwrap().is_clean());
}

#[tokio::test]
async fn a_thousand_messages_that_are_elsewhere_too_are_copied_marked_and_expunged() {
    let place = Place::new().await;
    let mut emails = Vec::new();
    for number in 0..1_000 {
        emails.push(place.email(&format!("a: {number}\n\n")).await);
    }
    place.account.append(place.inbox, emails).await.unwrap();
    let uids: Vec<Uid> = (1..=1_000).filter_map(Uid::new).collect();
    let made = |number| {
        let account = place.account.clone();
        async move {
            account.create_mailbox(&name(number), None).await.unwrap();
            account.mailboxes().await.unwrap().named(&name(number)).unwrap().id
        }
    };
    let (one, two) = (made(1).await, made(2).await);
    for _ in 0..4 {
        place.account.copy(place.inbox, &uids, one).await.unwrap();
    }
    place.account.copy(place.inbox, &uids, two).await.unwrap();
    let deleted = FlagChange::Add(Flags { system: SystemFlags::DELETED, keywords: Vec::new() });
    place.account.store_flags(two, &uids, &deleted, None).await.unwrap();
    let gone = place.account.expunge(two, Expunge::Deleted).await.unwrap();
    assert_eq!(gone.value().len(), 1_000);
}
