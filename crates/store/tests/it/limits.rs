//! What an account may have at most.
use crate::place::{ANNA, Place};
use std::sync::Arc;
use store::{Error, MailboxName, Settings, Store, Uid};

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
