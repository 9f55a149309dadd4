//! How fast a whole store takes mail on this disk: `cargo run --release -p engines --example deliveries [FOLDER]`.
//!
//! Fifty writers, each with an account of its own, append messages of 4 KiB; then one mailbox of 100,000 messages is
//! opened cold. The store is made in a folder below FOLDER (the current one) and removed.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a program to measure with, run by hand")]
use std::sync::Arc;
use std::time::Instant;

use engines::{Embedded, Settings};
use names::AccountId;
use store::{Account, Engine, LineEnds, MailboxId, NewEmail, ReceivedAt, Store};
use world::{Clock, SystemClock};

const WRITERS: u64 = 50;
const EACH: u64 = 600;
const MAILBOX: usize = 100_000;

#[tokio::main]
async fn main() {
    let folder = std::env::args_os().nth(1).unwrap_or_else(|| ".".into());
    let folder = tempfile::tempdir_in(folder).unwrap();
    let open = || Arc::new(Embedded::open(folder.path(), Arc::new(SystemClock), Settings::default()).unwrap());
    let engine = open();
    let store = open_store(engine.clone()).await;
    let before = engine.activity();
    let begun = Instant::now();
    let writers: Vec<_> = (0..WRITERS).map(|id| tokio::spawn(deliver(store.clone(), id))).collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let seconds = begun.elapsed().as_secs_f64();
    let activity = engine.activity();
    let groups = activity.groups - before.groups;
    println!(
        "{:.0} deliveries/s, {groups} groups, {activity:?}",
        f64::from(u32::try_from(WRITERS * EACH).unwrap()) / seconds
    );

    let (account, inbox) = account(&store, WRITERS).await;
    let email = email(&store, 0, 0).await;
    for _ in 0..MAILBOX / 500 {
        account.append(inbox, vec![email.clone(); 500]).await.unwrap();
    }
    store.shutdown().await;
    drop((store, engine, account));
    let store = open_store(open()).await;
    let account = store.account(AccountId(WRITERS)).await.unwrap();
    let begun = Instant::now();
    let view = account.view(inbox).await.unwrap();
    println!("{} messages opened cold in {} ms", view.len(), begun.elapsed().as_millis());
}

async fn open_store(engine: Arc<dyn Engine>) -> Store {
    let (world, _, _) = world::scripted::world();
    Store::open(engine, world, store::Settings::default()).await.unwrap()
}

async fn account(store: &Store, id: u64) -> (Account, MailboxId) {
    store.create_account(AccountId(id), None, &[]).await.unwrap();
    let account = store.account(AccountId(id)).await.unwrap();
    let inbox = account.mailboxes().await.unwrap().inbox().unwrap().id;
    (account, inbox)
}

async fn email(store: &Store, id: u64, n: u64) -> NewEmail {
    let mut seed = [0; 2_300];
    blake3::Hasher::new().update(&id.to_be_bytes()).update(&n.to_be_bytes()).finalize_xof().fill(&mut seed);
    let body = data_encoding::BASE64.encode(&seed);
    let head = format!(
        "From: a@here.example\r\nTo: b@here.example\r\nMessage-ID: <{n}.{id}@here.example>\r\nSubject: {n}\r\n\r\n"
    );
    let mut writer = store.blob_writer(LineEnds::Keep);
    writer.write(head.as_bytes()).await.unwrap();
    writer.write(body.as_bytes()).await.unwrap();
    NewEmail::new(writer.finish().await.unwrap(), ReceivedAt::utc(SystemClock.now()))
}

async fn deliver(store: Store, id: u64) {
    let (account, inbox) = account(&store, id).await;
    for n in 0..EACH {
        let email = email(&store, id, n).await;
        account.append(inbox, vec![email]).await.unwrap();
    }
}
