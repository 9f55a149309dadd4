//! What the store does when the engine fails.
use crate::place::Place;
use futures_util::future::join_all;
use store::{CommitError, Error, Uid};

#[tokio::test]
async fn a_failed_commit_takes_those_behind_it_along_and_they_come_again() {
    let place = Place::new().await;
    place.account.view(place.inbox).await.unwrap();
    let mut emails = Vec::new();
    for number in 0..20 {
        emails.push(place.email(&format!("a: {number}\n\n")).await);
    }
    place.memory.hold();
    place.memory.fail_next(None);
    place.memory.fail_next(Some(CommitError::NoSpace));
    let writes = emails.into_iter().map(|email| place.account.append(place.inbox, vec![email]));
    let release = async {
        while place.memory.waiting() < 20 {
            tokio::task::yield_now().await;
        }
        place.memory.release();
    };
    let (results, ()) = tokio::join!(join_all(writes), release);
    let failed: Vec<_> = results.iter().filter_map(|result| result.as_ref().err()).collect();
    assert_eq!(failed, [&Error::NoSpace]);
    let mut uids: Vec<u32> = results.iter().flatten().map(|wrote| wrote.value()[0].uid.get()).collect();
    uids.sort_unstable();
    assert_eq!(uids, (1..=19).collect::<Vec<_>>());
    assert_eq!(place.account.view(place.inbox).await.unwrap().len(), 19);
}

#[tokio::test]
async fn nobody_sees_what_is_not_on_disk() {
    let place = Place::new().await;
    place.account.view(place.inbox).await.unwrap();
    let mut watch = place.account.watch();
    watch.mark_unchanged();
    let email = place.email("a: 1\n\n").await;
    place.memory.hold();
    let look = async {
        while place.memory.waiting() < 1 {
            tokio::task::yield_now().await;
        }
        assert!(place.account.view(place.inbox).await.unwrap().is_empty());
        assert_eq!(place.account.mailboxes().await.unwrap().inbox().unwrap().counters.messages, 0);
        assert!(!watch.has_changed().unwrap());
        place.memory.release();
    };
    let (wrote, ()) = tokio::join!(place.account.append(place.inbox, vec![email]), look);
    wrote.unwrap();
    assert_eq!(place.account.view(place.inbox).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_dropped_writer_still_writes() {
    let place = Place::new().await;
    let email = place.email("a: 1\n\n").await;
    place.memory.hold();
    {
        let write = place.account.append(place.inbox, vec![email]);
        tokio::pin!(write);
        while place.memory.waiting() < 1 {
            let _ = futures_util::poll!(write.as_mut());
        }
    }
    let mut watch = place.account.watch();
    place.memory.release();
    watch.changed().await.unwrap();
    assert_eq!(place.account.view(place.inbox).await.unwrap().len(), 1);
}

#[tokio::test]
async fn below_the_reserve_mail_can_be_removed() {
    let place = Place::new().await;
    place.append("a: 1\n\n").await;
    let email = place.email("a: 2\n\n").await;
    place.memory.below_reserve(true);
    assert!(!place.store.has_room());
    assert_eq!(place.account.append(place.inbox, vec![email.clone()]).await.err(), Some(Error::NoSpace));
    place.account.remove(place.inbox, &[Uid::MIN]).await.unwrap();
    place.memory.below_reserve(false);
    place.account.append(place.inbox, vec![email]).await.unwrap();
}

#[tokio::test]
async fn after_a_failed_sync_nothing_is_written_and_all_is_read() {
    let place = Place::new().await;
    place.append("a: 1\n\n").await;
    let email = place.email("a: 2\n\n").await;
    place.memory.fail_sync();
    assert_eq!(place.account.append(place.inbox, vec![email.clone()]).await.err(), Some(Error::Closed));
    assert_eq!(place.account.append(place.inbox, vec![email]).await.err(), Some(Error::Closed));
    assert_eq!(place.account.view(place.inbox).await.unwrap().len(), 1);
    place.store.engine().closed().await;
}

#[tokio::test]
async fn a_lost_blob_is_refused_and_a_bad_record_harms_no_other() {
    let place = Place::new().await;
    let first = place.append("a: 1\n\n").await;
    let email = place.email("a: 2\n\n").await;
    place.memory.lose_blob(email.blob.hash);
    assert!(matches!(place.account.append(place.inbox, vec![email]).await, Err(Error::Engine(_))));
    let second = place.append("a: 3\n\n").await;
    let key = store::KeyBuilder::new(4).u64(first.email.0).key();
    place.memory.corrupt(store::Partition::new(store::PartitionKind::Account, 7), &key);
    let emails = place.account.emails(&[first.email, second.email]).await.unwrap();
    assert!(emails[0].is_none() && emails[1].is_some());
}
