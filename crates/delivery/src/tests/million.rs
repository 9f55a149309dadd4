//! A large queue on the embedded engine: how soon it accepts after a start, what it keeps in memory, how long it takes
//! to find something in it (docs/security.md, Q12).
//!
//! `make test` runs a small form. The whole one, which keeps its store in a folder of yours:
//!
//!     GLASPOST_QUEUE=1000000 GLASPOST_QUEUE_STORE=/var/tmp/queue cargo test --release -p delivery million -- --nocapture
use super::bench::{Bench, ScriptedHomes, ScriptedResidents, account, address};
use crate::queue::ledger::Ledger;
use crate::queue::{Entry, Pending, QueueId, Terms};
use crate::{Asked, Body, Delivery, Envelope, Filter, Notify, Origin, PARTITIONS, Parts, Settings};
use engines::Embedded;
use futures_util::future::join_all;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use store::{DeliveryId, LineEnds, Store};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use transport::scripted::ScriptedConnect;
use world::{OsRandom, SystemClock, World};

/// How many entries there are, where more than the small form's are wanted.
const ENTRIES: &str = "GLASPOST_QUEUE";
/// Where the store is, which is made if it is not there.
const STORE: &str = "GLASPOST_QUEUE_STORE";
/// Entries of one commit.
const AT_ONCE: u64 = 200;
/// Entries of one destination.
const FOR_EACH: u64 = 100;

fn world(destinations: u64) -> World {
    let (_, _, dns) = world::scripted::world();
    for destination in 0..destinations {
        let name = format!("d{destination}.example");
        dns.host(&name, &["192.0.2.1".parse().unwrap()]);
    }
    World { clock: Arc::new(SystemClock), random: Arc::new(OsRandom), dns }
}

async fn open(folder: &Path, world: &World) -> Store {
    let engine = Embedded::open(folder, world.clock.clone(), engines::Settings::default()).unwrap();
    Store::open(Arc::new(engine), world.clone(), store::Settings::default()).await.unwrap()
}

fn entry(number: u64, delivery: DeliveryId, blob: store::BlobHash, now: world::UnixTime) -> Entry {
    let pending = Pending {
        address: address(&format!("someone{number}@d{}.example", number / FOR_EACH)),
        account: None,
        original: address(&format!("someone{number}@d{}.example", number / FOR_EACH)),
        orcpt: None,
        notify: Notify::NEVER,
        trail: Vec::new(),
        attempts: 1,
        due: now.minus(Duration::from_secs(number % 3_600)),
        reply: Some("connection failed: connection refused".to_owned()),
        warned: false,
        relayed: None,
        rewrite: false,
        taken_from: None,
    };
    Entry {
        delivery,
        reverse_path: Some(address(&format!("customer{}@here.example", number % 1_000))),
        origin: Origin::Submission,
        account: Some(account("anna")),
        listener: Some("submission".to_owned()),
        priority: 0,
        reroute: None,
        ret: None,
        envid: None,
        body: Body::SevenBit,
        utf8: false,
        blob,
        size: 4_000,
        prefix_len: 0,
        return_path_len: 0,
        created: now.minus(Duration::from_secs(7_200)),
        hold: None,
        submission: None,
        wishes: crate::Wishes::default(),
        recipients: vec![pending],
    }
}

/// Fills the queue, many entries by one commit.
async fn fill(store: &Store, world: &World, entries: u64) {
    let day = Duration::from_secs(86_400);
    let ledger = &Ledger::new(store.records(), Terms { give_up_after: day * 5, warn_after: day });
    let now = world.clock.now();
    let groups: Vec<u64> = (0..entries.div_ceil(AT_ONCE)).collect();
    for some in groups.chunks(usize::from(PARTITIONS)) {
        let writes = some.iter().copied().map(|group| async move {
            let mut writer = store.blob_writer(LineEnds::Keep);
            writer.write(format!("Subject: {group}\r\n\r\nHello.\r\n").as_bytes()).await.unwrap();
            let blob = writer.finish().await.unwrap().hash;
            let partition = u8::try_from(group % u64::from(PARTITIONS)).unwrap();
            let numbers = group * AT_ONCE..((group + 1) * AT_ONCE).min(entries);
            let mut made: Vec<(QueueId, Entry)> = numbers
                .map(|number| {
                    let id = QueueId { partition, number: number.wrapping_mul(0x9E37_79B9_7F4A_7C15) };
                    (id, entry(number, id.delivery(number << 8), blob, now))
                })
                .collect();
            let (id, first) = made.pop().unwrap();
            ledger.create(id, &first, &made).await.unwrap();
        });
        join_all(writes).await;
    }
}

/// Bytes of this process in memory.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
}

#[expect(clippy::disallowed_methods, reason = "a test that is made larger from outside")]
fn asked(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

async fn accept(delivery: &Delivery, store: &Store) {
    let sender = Bench::sender(Origin::Submission, "anna@here.example");
    let to = Asked { address: address("new@d1.example"), size: 0, notify: Notify::NEVER, orcpt: None };
    let to = delivery.recipient(&sender, to).await.unwrap();
    let mut writer = store.blob_writer(LineEnds::Keep);
    writer.write(b"Subject: new\r\n\r\nHello.\r\n").await.unwrap();
    let blob = writer.finish().await.unwrap();
    let envelope = Envelope::of(sender);
    delivery.accept(envelope, blob, vec![to]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn q12_a_large_queue_starts_at_once_and_is_small() {
    let entries: u64 = asked(ENTRIES).map_or(10_000, |number| number.parse().unwrap());
    let own = tempfile::tempdir().unwrap();
    let folder = asked(STORE).map_or_else(|| own.path().to_owned(), Into::into);
    let world = world(entries.div_ceil(FOR_EACH));
    let store = open(&folder, &world).await;
    if store.records().partitions(store::PartitionKind::Queue, None, 1).await.unwrap().is_empty() {
        fill(&store, &world, entries).await;
    }
    store.shutdown().await;
    drop(store);

    let before = resident();
    let begun = Instant::now();
    let store = open(&folder, &world).await;
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = connections.clone();
    let connect = ScriptedConnect::new(move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        Err(std::io::ErrorKind::ConnectionRefused.into())
    });
    let (journal, _told) = journal::scripted::journal(&world);
    let parts = Parts {
        store: store.clone(),
        residents: Arc::new(ScriptedResidents::default()),
        journal,
        world: world.clone(),
        connect: Arc::new(connect),
        https: Arc::new(super::web::Web::default()),
        // nothing is settled in this test: it looks at what waits
        settings: Settings { max_connections: 10, ..Settings::new("mx.here.example".parse().unwrap()) },
    };
    let delivery = Delivery::with_homes(parts, Arc::new(ScriptedHomes::default()));
    let stop = CancellationToken::new();
    let (running, stopping) = (delivery.clone(), stop.clone());
    let queue = tokio_util::task::TaskTracker::new();
    queue.spawn(async move { running.run(stopping).await });
    accept(&delivery, &store).await;
    let accepting = begun.elapsed();
    assert!(accepting < Duration::from_secs(2), "accepts after {accepting:?}");

    let operator = delivery.operator();
    let mut read = 0;
    while (read as u64) < entries * 9 / 10 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        read = read.max(operator.load(0).due);
        assert!(begun.elapsed() < Duration::from_secs(120), "{read} of {entries} are read");
    }
    let reading = begun.elapsed();
    let memory = resident().saturating_sub(before);
    let searching = Instant::now();
    let rare = Filter { recipient: Some("someone77@".to_owned()), ..Filter::default() };
    let found = operator.list(&rare, None, 100).await.unwrap().entries.len();
    let searching = searching.elapsed();
    let paging = Instant::now();
    assert_eq!(operator.list(&Filter::default(), None, 500).await.unwrap().entries.len(), 500);
    let paging = paging.elapsed();
    println!(
        "{entries} entries that are due: accepts after {accepting:.2?}, all read after {reading:.2?}, {} MiB more in \
         memory; a filter takes {searching:.2?}, a page without one {paging:.2?}; {} connections",
        memory >> 20,
        connections.load(Ordering::SeqCst)
    );
    assert!(found <= 1);
    assert!(searching < Duration::from_secs(if cfg!(debug_assertions) { 10 } else { 1 }), "{searching:?}");
    assert!(memory < 300 << 20, "{memory} bytes");
    stop.cancel();
    queue.close();
    queue.wait().await;
    store.shutdown().await;
}
