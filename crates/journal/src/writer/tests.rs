//! What is written, counted, pruned and read again.
use super::*;
use crate::{Cause, Page, Peer, Query, Reader, Refused};
use names::ByteSize;
use store::memory::Memory;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use world::UnixTime;
use world::scripted::ScriptedClock;

struct Desk {
    engine: Arc<Memory>,
    clock: Arc<ScriptedClock>,
    journal: Journal,
    stop: CancellationToken,
    tasks: TaskTracker,
}

fn desk(settings: Settings) -> Desk {
    let (world, clock, _) = world::scripted::world();
    let engine = Arc::new(Memory::new(world.clock.clone()));
    let (journal, writer) = Journal::open(engine.clone(), &world, settings);
    let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
    let until = stop.clone();
    tasks.spawn(async move { writer.run(until.cancelled()).await });
    Desk { engine, clock, journal, stop, tasks }
}

impl Desk {
    async fn page(&self, limit: usize, after: Option<crate::Cursor>) -> Page {
        let (from, to) = (UnixTime::from_millis(0), UnixTime::from_millis(u64::MAX));
        let query = Query { from, to, classes: Class::ALL.to_vec(), limit, after };
        Reader::new(self.engine.clone()).find(&query).await.unwrap()
    }

    async fn close(self) -> Vec<Entry> {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        self.page(1_000, None).await.entries
    }
}

fn act(subject: &str) -> Event {
    Event::Act { by: "desk".into(), act: "hold".into(), subject: subject.into(), reason: None }
}

fn refused(address: &str) -> Event {
    let peer = Peer { session: "s1".into(), remote: address.parse().unwrap(), listener: "mx".into(), tls: None };
    let (subject, cause) = ("localhost".into(), Cause::HeloNameIsLocalhost);
    Event::Refused { peer, what: Refused::Helo, subject, account: None, cause }
}

fn subjects(entries: &[Entry]) -> Vec<String> {
    let subject = |entry: &Entry| match &entry.event {
        Event::Act { subject, .. } => subject.to_string(),
        other => format!("{other:?}"),
    };
    entries.iter().map(subject).collect()
}

#[tokio::test(start_paused = true)]
async fn what_was_told_is_read_newest_first_and_in_pages() {
    let desk = desk(Settings::default());
    for n in 0..25 {
        desk.journal.record(act(&n.to_string()));
        desk.journal.record(refused(&format!("192.0.{n}.1:25")));
        desk.clock.advance(Duration::from_secs(1)).await;
    }
    desk.clock.advance(Duration::from_secs(1)).await;
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = desk.page(7, after).await;
        assert!(page.entries.len() <= 7);
        found.extend(page.entries);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(found.len(), 50);
    assert!(found.windows(2).all(|pair| pair[0].at >= pair[1].at));
    let acts: Vec<Entry> = found.into_iter().filter(|entry| entry.event.class() == Class::Acts).collect();
    assert_eq!(subjects(&acts)[..3], ["24", "23", "22"]);
    let from = acts[9].at;
    let query = Query { from, to: acts[4].at, classes: vec![Class::Acts], limit: 100, after: None };
    let page = Reader::new(desk.engine.clone()).find(&query).await.unwrap();
    assert_eq!(subjects(&page.entries), ["19", "18", "17", "16", "15"]);
}

#[tokio::test(start_paused = true)]
async fn x09_a_flood_is_a_few_lines() {
    let desk = desk(Settings::default());
    for n in 0..100_000_u32 {
        desk.journal.record(refused("192.0.2.7:25"));
        if n % 1_000 == 0 {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
    let entries = desk.close().await;
    assert!(entries.len() < 20, "{}", entries.len());
    let count: u64 = entries
        .iter()
        .map(|entry| match &entry.event {
            Event::Repeated { count, .. } => *count,
            _ => 1,
        })
        .sum();
    assert_eq!(count, 100_000);
}

#[tokio::test(start_paused = true)]
async fn an_engine_that_is_away_delays_nobody_and_the_loss_is_told() {
    let desk = desk(Settings::default());
    desk.engine.hold();
    for n in 0..20_000 {
        desk.journal.record(act(&n.to_string()));
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    desk.engine.release();
    tokio::time::sleep(Duration::from_secs(10)).await;
    let engine = desk.engine.clone();
    engine.fail_next(Some(store::CommitError::NoSpace));
    desk.journal.record(act("lost"));
    tokio::time::sleep(Duration::from_secs(1)).await;
    desk.journal.record(act("last"));
    tokio::time::sleep(Duration::from_secs(1)).await;
    let (from, to) = (UnixTime::from_millis(0), UnixTime::from_millis(u64::MAX));
    let query = Query { from, to, classes: vec![Class::Refusals], limit: 100, after: None };
    let losses = Reader::new(desk.engine.clone()).find(&query).await.unwrap();
    let dropped: u64 = losses
        .entries
        .iter()
        .map(|entry| match entry.event {
            Event::Dropped { count } => count,
            _ => 0,
        })
        .sum();
    assert!(dropped > 10_000, "{dropped}");
    let subjects = subjects(&desk.close().await);
    assert!(subjects.contains(&"last".to_owned()), "{:?}", subjects.first());
    assert!(!subjects.contains(&"lost".to_owned()), "{:?} {dropped}", subjects.get(..3));
}

#[tokio::test(start_paused = true)]
async fn what_is_old_goes_by_its_class() {
    let desk = desk(Settings::default());
    desk.journal.record(act("kept"));
    desk.journal.record(refused("192.0.2.7:25"));
    desk.clock.advance(Duration::from_secs(1)).await;
    assert_eq!(desk.page(10, None).await.entries.len(), 2);
    desk.clock.advance(Duration::from_secs(15 * 86_400)).await;
    tokio::time::sleep(Duration::from_secs(120)).await;
    assert_eq!(subjects(&desk.page(10, None).await.entries), ["kept"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_too_much_goes_the_oldest_first() {
    let desk = desk(Settings { max_size: ByteSize::kib(400), ..Settings::default() });
    for n in 0..5_000 {
        desk.journal.record(act(&n.to_string()));
        if n % 100 == 0 {
            desk.clock.advance(Duration::from_secs(1)).await;
        }
    }
    desk.clock.advance(Duration::from_secs(1)).await;
    let shelf = Shelf::new(desk.engine.clone());
    let held = shelf.held(Class::Acts).await.unwrap();
    assert!(held.bytes <= 100 * 1024 && held.bytes > 80 * 1024, "{held:?}");
    let entries = desk.page(1_000, None).await.entries;
    assert_eq!((entries.len() as u64, subjects(&entries)[0].as_str()), (held.events, "4999"));
}

#[tokio::test(start_paused = true)]
async fn a_damaged_event_is_passed_over() {
    let desk = desk(Settings::default());
    for n in 0..3 {
        desk.journal.record(act(&n.to_string()));
        desk.clock.advance(Duration::from_secs(1)).await;
    }
    let shelf = Shelf::new(desk.engine.clone());
    let last = Place { at: UnixTime::from_millis(u64::MAX), number: 0 };
    let place = shelf.scan(Class::Acts, Place::FIRST, last, 10, false).await.unwrap().items[1].0;
    desk.engine.corrupt(store::Partition::new(store::PartitionKind::Journal, 4), &place.key());
    assert_eq!(subjects(&desk.page(10, None).await.entries), ["2", "0"]);
}
