//! J14: what is uploaded is counted, kept for an hour, and never another's.
use crate::place::{ANNA, Place};
use names::AccountId;
use std::time::Duration;
use store::{BlobHash, CheckDepth, Error, LineEnds};
use world::Clock;

const MOST: u64 = 10_000;
const HOUR: Duration = Duration::from_secs(3_600);

impl Place {
    async fn upload(&self, text: &str) -> Result<BlobHash, Error> {
        let mut writer = self.store.blob_writer(LineEnds::Keep);
        writer.write(text.as_bytes()).await.unwrap();
        let blob = writer.finish().await.unwrap();
        self.account.keep_upload((blob.hash, blob.size), MOST).await.map(|_| blob.hash)
    }

    fn pass(&self, time: Duration) {
        self.clock.set(self.clock.now().plus(time));
    }

    async fn is_sound(&self) -> bool {
        self.store.check(CheckDepth::Bytes).await.unwrap().faults.is_empty()
    }
}

#[tokio::test]
async fn it_is_read_by_who_uploaded_it_and_by_nobody_else() {
    let place = Place::new().await;
    let hash = place.upload("hello").await.unwrap();
    let (named, source) = place.account.open_blob(hash).await.unwrap().unwrap();
    assert!(named.uploaded && named.emails.is_empty());
    assert_eq!(&source.read(0..5).await.unwrap()[..], b"hello");
    place.store.create_account(AccountId(8), None, &[]).await.unwrap();
    let other = place.store.account(AccountId(8)).await.unwrap();
    assert!(other.open_blob(hash).await.unwrap().is_none());
    assert!(place.account.open_blob(BlobHash([7; 32])).await.unwrap().is_none());
    assert!(place.is_sound().await);
}

#[tokio::test]
async fn it_goes_after_an_hour_unless_an_email_has_it() {
    let place = Place::new().await;
    let text = "Subject: a\r\n\r\nb\r\n";
    let (alone, used) = (place.upload("alone").await.unwrap(), place.upload(text).await.unwrap());
    let email = place.append(text).await.email;
    place.pass(HOUR - Duration::from_secs(1));
    place.store.sweep(place.clock.now(), &()).await.unwrap();
    assert!(place.account.named(alone).await.unwrap().uploaded);
    place.pass(HOUR);
    place.store.sweep(place.clock.now(), &()).await.unwrap();
    assert!(place.account.open_blob(alone).await.unwrap().is_none());
    let named = place.account.named(used).await.unwrap();
    assert_eq!((named.emails, named.uploaded), (vec![email], false));
    assert!(place.is_sound().await);
    place.pass(HOUR * 2);
    place.store.sweep(place.clock.now(), &()).await.unwrap();
    assert!(place.store.engine().blobs().open(alone).await.unwrap().is_none(), "its bytes are kept");
    assert!(place.store.engine().blobs().open(used).await.unwrap().is_some());
}

#[tokio::test]
async fn an_upload_again_begins_its_hour_anew() {
    let place = Place::new().await;
    let hash = place.upload("again").await.unwrap();
    place.pass(HOUR / 2);
    place.upload("again").await.unwrap();
    place.pass(HOUR * 3 / 4);
    place.upload("another").await.unwrap();
    assert!(place.account.named(hash).await.unwrap().uploaded);
    assert!(place.is_sound().await);
}

#[tokio::test]
async fn all_together_have_a_limit() {
    let place = Place::new().await;
    place.upload(&"x".repeat(6_000)).await.unwrap();
    let refused = place.upload(&"y".repeat(6_000)).await;
    assert_eq!(refused, Err(Error::OverQuota { used: 12_000, limit: MOST }));
    // the same bytes are no more than they were
    place.upload(&"x".repeat(6_000)).await.unwrap();
    place.pass(HOUR);
    place.upload(&"y".repeat(6_000)).await.unwrap();
    assert!(place.is_sound().await);
}

#[tokio::test]
async fn no_more_than_is_left_of_the_quota() {
    let place = Place::new().await;
    place.account.set_quota(Some(1_000)).await.unwrap();
    place.append(&"a".repeat(600)).await;
    assert!(matches!(place.upload(&"x".repeat(500)).await, Err(Error::OverQuota { .. })));
    place.upload(&"x".repeat(300)).await.unwrap();
}

#[tokio::test]
async fn they_go_with_the_account() {
    let place = Place::new().await;
    place.upload("gone").await.unwrap();
    place.store.delete_account(ANNA).await.unwrap();
    assert!(place.is_sound().await);
}
