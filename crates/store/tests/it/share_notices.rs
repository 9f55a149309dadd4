//! What an account is told of changes of its rights elsewhere.
use crate::place::{ANNA, Place};
use names::{AccountId, Address};
use std::time::Duration;
use store::{
    AclChange, CheckDepth, Grantee, MailboxId, MailboxName, ObjectKind, Rights, ShareNotification, Sign, Store,
};
use world::Clock;

const BOB: AccountId = AccountId(8);

fn address(account: AccountId) -> Address {
    format!("a{}@example.nl", account.0).parse().unwrap()
}

fn grantee(account: AccountId) -> Grantee {
    Grantee { account, address: address(account) }
}

async fn place() -> Place {
    let place = Place::new().await;
    place.store.create_account(BOB, None, &[]).await.unwrap();
    place
}

/// Sets what a list of one account says of another; done by `by`.
async fn share(store: &Store, by: Option<AccountId>, (owner, mailbox): (AccountId, MailboxId), letters: &str) {
    let with = if owner == ANNA { BOB } else { ANNA };
    let (account, by) = (store.account(owner).await.unwrap(), by.map(grantee));
    let change = AclChange::Set(Rights::from_letters(letters).unwrap());
    let (address, with) = (address(owner), grantee(with));
    store.change_acl(by.as_ref(), (&account, &address), mailbox, (&with, Sign::Granted), change).await.unwrap();
}

async fn told(store: &Store, account: AccountId) -> Vec<ShareNotification> {
    let objects = store.account(account).await.unwrap().objects(ObjectKind::ShareNotification).await.unwrap();
    objects.objects.iter().map(|object| ShareNotification::read(&object.value).unwrap()).collect()
}

fn rights(one: &ShareNotification) -> (String, String) {
    (one.old.letters(), one.new.letters())
}

#[tokio::test(start_paused = true)]
async fn who_gets_other_rights_is_told_once_for_each_mailbox() {
    let place = place().await;
    share(&place.store, Some(ANNA), (ANNA, place.inbox), "lr").await;
    let first = told(&place.store, BOB).await;
    let [one] = &first[..] else { panic!("{first:?}") };
    assert_eq!(
        (one.owner, one.mailbox, one.name.as_str(), &one.by),
        (ANNA, place.inbox, "INBOX", &Some(grantee(ANNA)))
    );
    assert_eq!(rights(one), (String::new(), "lr".to_owned()));
    assert_eq!(one.created, place.clock.now().secs());
    // the same again is no change
    share(&place.store, Some(ANNA), (ANNA, place.inbox), "lr").await;
    assert_eq!(told(&place.store, BOB).await, first);
    // several become one, of now and by who was the last
    place.clock.advance(Duration::from_secs(60)).await;
    share(&place.store, None, (ANNA, place.inbox), "lrs").await;
    let then = told(&place.store, BOB).await;
    assert_eq!(then.iter().map(rights).collect::<Vec<_>>(), [(String::new(), "lrs".to_owned())]);
    assert_eq!((then[0].created, &then[0].by), (place.clock.now().secs(), &None));
    // and where nothing is left of it, that it is taken away, and given again
    for (letters, old, new) in [("", "lrs", ""), ("lrs", "", "lrs"), ("lr", "", "lr"), ("", "lr", "")] {
        share(&place.store, Some(ANNA), (ANNA, place.inbox), letters).await;
        let then = told(&place.store, BOB).await;
        assert_eq!(then.iter().map(rights).collect::<Vec<_>>(), [(old.to_owned(), new.to_owned())]);
    }
    assert_eq!(told(&place.store, ANNA).await, []);
    assert!(place.store.check(CheckDepth::Bytes).await.unwrap().is_clean());
}

#[tokio::test]
async fn who_changes_his_own_rights_knows_it() {
    let place = place().await;
    share(&place.store, Some(ANNA), (ANNA, place.inbox), "lra").await;
    let before = told(&place.store, BOB).await;
    share(&place.store, Some(BOB), (ANNA, place.inbox), "lrswa").await;
    assert_eq!(told(&place.store, BOB).await, before);
}

#[tokio::test]
async fn one_sharer_pushes_out_his_own_and_never_those_of_others() {
    let place = place().await;
    let carla = AccountId(9);
    place.store.create_account(carla, None, &[]).await.unwrap();
    let hers = place.store.account(carla).await.unwrap();
    let inbox = hers.mailboxes().await.unwrap().inbox().unwrap().id;
    let account = (&hers, &address(carla));
    let change = AclChange::Set(Rights::LOOKUP);
    let by = Some(grantee(carla));
    place.store.change_acl(by.as_ref(), account, inbox, (&grantee(BOB), Sign::Granted), change).await.unwrap();
    for number in 0..60 {
        let name = MailboxName::new(&format!("m{number}")).unwrap();
        let mailbox = *place.account.create_mailbox(&name, None).await.unwrap().value();
        share(&place.store, Some(ANNA), (ANNA, mailbox), "lr").await;
    }
    let told = told(&place.store, BOB).await;
    assert_eq!(told.iter().filter(|one| one.owner == carla).count(), 1);
    let annas: Vec<&str> = told.iter().filter(|one| one.owner == ANNA).map(|one| one.name.as_str()).collect();
    assert_eq!((annas.len(), annas[0], annas[49]), (50, "m10", "m59"));
}
