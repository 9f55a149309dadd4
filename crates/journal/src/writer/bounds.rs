//! However much happens, the journal is bounded in size and in age, and a question costs what it answers.
use super::*;
use crate::{Counts, Peer, Query, Reader};
use names::{AccountId, ByteSize};
use store::memory::Memory;
use world::UnixTime;

/// Of each class a quarter of this.
const SIZE: ByteSize = ByteSize::mib(16);
const DAY: u64 = 86_400;
/// Sessions a day, from as many networks, so that none is only counted.
const SESSIONS: u64 = 20_000;

fn closed(number: u64) -> Event {
    let remote = format!("[2001:db8:{:x}:{:x}::1]:993", number >> 16 & 0xffff, number & 0xffff);
    let peer = Peer {
        session: format!("s{number}").as_str().into(),
        remote: remote.parse().unwrap(),
        listener: "imaps".into(),
        tls: None,
    };
    Event::SessionClosed {
        peer,
        name: Some("a program".into()),
        account: Some(AccountId(number % 1_000)),
        counts: Counts::default(),
        took_ms: number,
    }
}

struct Desk {
    memory: Memory,
    clock: Arc<world::scripted::ScriptedClock>,
    writer: Writer,
    number: u64,
}

impl Desk {
    fn new() -> Self {
        let (world, clock, _) = world::scripted::world();
        let memory = Memory::new(world.clock.clone());
        let settings = Settings { max_size: SIZE, ..Settings::default() };
        let (_, writer) = Journal::open(Arc::new(memory.clone()), &world, settings);
        Self { memory, clock, writer, number: 0 }
    }

    /// So many sessions in one day.
    async fn day(&mut self, sessions: u64) {
        let midnight = self.clock.now();
        for batch in 0..sessions.div_ceil(BATCH as u64) {
            let first = batch * BATCH as u64;
            let at = |n: u64| midnight.plus(Duration::from_millis(n * DAY * 1_000 / sessions));
            let entry = |n: u64| Entry { at: at(n), event: closed(self.number + n) };
            let entries = (first..sessions.min(first + BATCH as u64)).map(entry).collect();
            self.clock.set(at(first));
            self.writer.write(entries, false).await;
        }
        self.number += sessions;
        self.clock.set(midnight.plus(Duration::from_secs(DAY)));
        self.writer.prune().await;
    }

    /// Asks for a page of the hour before `to`; gives how many entries it has, and how many records were read for it.
    async fn ask(&self, to: UnixTime, limit: usize) -> (usize, u64) {
        let from = to.minus(Duration::from_secs(3_600));
        let query = Query { from, to, classes: Class::ALL.to_vec(), limit, after: None };
        let before = self.memory.counts();
        let page = Reader::new(Arc::new(self.memory.clone())).find(&query).await.unwrap();
        assert!(page.entries.iter().all(|entry| entry.at >= from && entry.at < to));
        (page.entries.len(), self.memory.counts().records - before.records)
    }

    async fn oldest(&self) -> UnixTime {
        let end = Place { at: UnixTime::from_millis(u64::MAX), number: 0 };
        let shelf = Shelf::new(Arc::new(self.memory.clone()));
        shelf.scan(Class::Sessions, Place::FIRST, end, 1, false).await.unwrap().items[0].0.at
    }

    async fn held(&self) -> (Held, u64) {
        let held = Shelf::new(Arc::new(self.memory.clone())).held(Class::Sessions).await.unwrap();
        (held, self.memory.stats().await.unwrap().records)
    }
}

#[tokio::test]
async fn x11_the_journal_is_bounded_and_a_question_to_it_costs_what_it_answers() {
    let mut desk = Desk::new();
    desk.day(SESSIONS).await;
    let small = desk.held().await;
    let now = desk.clock.now();
    let few = desk.ask(now, 50).await;
    assert_eq!(few, (50, 50), "a page of the last hour reads itself");
    for _ in 0..5 {
        desk.day(SESSIONS).await;
    }
    // the size: a quarter of it for each class, with the last batch on top; what is counted is what is there
    let (held, records) = desk.held().await;
    assert!(held.bytes <= SIZE.bytes() / 4, "{held:?}");
    assert!(held.bytes > SIZE.bytes() / 4 * 8 / 10, "{held:?}");
    assert!(held.events < 6 * SESSIONS && held.events > small.0.events / 2, "{held:?}");
    assert!(records <= held.events + 4, "{records} records, {held:?}");
    // a question costs the same, whatever there is beside its answer
    let now = desk.clock.now();
    assert_eq!(desk.ask(now, 50).await, few);
    let middle = UnixTime::from_millis(u64::midpoint(desk.oldest().await.millis(), now.millis()));
    assert_eq!(desk.ask(middle, 50).await, few);
    assert_eq!(desk.ask(now.plus(Duration::from_secs(7_200)), 50).await, (0, 0));
    // a question without an end gets a page
    assert_eq!(desk.ask(now, usize::MAX).await.0, usize::try_from(SESSIONS / 24).unwrap());
}

#[tokio::test]
async fn x11_the_journal_has_an_age() {
    let mut desk = Desk::new();
    for _ in 0..20 {
        desk.day(40).await;
        let oldest = desk.oldest().await;
        assert!(oldest >= desk.clock.now().minus(Settings::default().keep_sessions), "{oldest:?}");
    }
    let (held, records) = desk.held().await;
    assert_eq!((held.events, records), (14 * 40, 14 * 40 + 1));
}
