//! Opening a large mailbox: piece by piece, where records are read, so that nobody else waits for it.
use std::sync::Arc;

use engines::Embedded;
use names::AccountId;
use store::{LineEnds, ModSeq, NewEmail, ReceivedAt, Store};
use world::UnixTime;

use crate::stage::{SMALL, clock, in_memory};

async fn open(directory: &std::path::Path) -> Store {
    let (world, _, _) = world::scripted::world();
    let engine = Embedded::open(directory, clock(), SMALL).unwrap();
    Store::open(Arc::new(engine), world, store::Settings::default()).await.unwrap()
}

#[tokio::test]
async fn others_go_on_while_a_large_mailbox_is_opened() {
    let directory = in_memory();
    let (large, other) = (AccountId(1), AccountId(2));
    let store = open(directory.path()).await;
    for id in [large, other] {
        store.create_account(id, None, &[]).await.unwrap();
    }
    let account = store.account(large).await.unwrap();
    let inbox = account.mailboxes().await.unwrap().inbox().unwrap().id;
    let mut writer = store.blob_writer(LineEnds::Keep);
    writer.write(b"Subject: a\r\n\r\n").await.unwrap();
    let email = NewEmail::new(writer.finish().await.unwrap(), ReceivedAt::utc(UnixTime::from_secs(1_000_000)));
    for _ in 0..20 {
        account.append(inbox, vec![email.clone(); 500]).await.unwrap();
    }
    store.shutdown().await;
    drop((account, store));

    let store = open(directory.path()).await;
    let (large, other) = (store.account(large).await.unwrap(), store.account(other).await.unwrap());
    let mut opening = Box::pin(large.view(inbox));
    let mut gave_way = 0;
    let opening = std::future::poll_fn(|context| {
        let polled = opening.as_mut().poll(context);
        gave_way += u32::from(polled.is_pending());
        polled
    });
    // one thread for both: the other is answered only while the opening gives way, and that copies a piece at a time
    let (view, changes) = tokio::join!(opening, other.changes(ModSeq(0), 100));
    assert_eq!((view.unwrap().len(), changes.unwrap().entries.len()), (10_000, 1));
    assert!(gave_way >= 2, "it gave way {gave_way} times in two pieces");
}
