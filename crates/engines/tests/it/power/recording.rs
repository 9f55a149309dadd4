//! A history of a whole store, written down so that the power can go at any of its moments.
use std::sync::Arc;
use std::time::Duration;

use engines::{Disk, Embedded};
use store::memory::Memory;
use store::{Change, Growth, LineEnds, NewEmail, Partition, PartitionKind, ReceivedAt, Store};
use world::scripted::ScriptedClock;
use world::{Clock, UnixTime, World};

use crate::history::{account, records, step};
use crate::simulated::{Event, Moment, SimulatedDisk};
use crate::stage::{SMALL, in_memory, noise, within};

/// Steps of the history.
pub(crate) const STEPS: usize = 200;
/// After so many the store is closed and opened again.
const LIFE: usize = 25;
const ACCOUNTS: u64 = 2;
const QUEUE: Partition = Partition::new(PartitionKind::Queue, 3);
const DIRECTORY: Partition = Partition::new(PartitionKind::Directory, 9);

/// The databases of one life: as it found them, and the log at its end.
pub(crate) struct Life {
    pub(crate) mail: Vec<u8>,
    pub(crate) journal: Vec<u8>,
    pub(crate) log: Vec<u8>,
}

/// A step was acknowledged: how many events there were by then, and how long the log.
struct Step {
    events: usize,
    moment: Moment,
    /// What is in the store then.
    dump: blake3::Hash,
    clock: UnixTime,
    /// Cut into several commits, so that a part of it may be there.
    in_parts: bool,
}

pub(crate) struct Recording {
    pub(crate) events: Vec<(Event, Moment)>,
    pub(crate) lives: Vec<Life>,
    steps: Vec<Step>,
    begin: (blake3::Hash, UnixTime),
    /// Events from before the history: the store and its accounts were made.
    pub(crate) made: usize,
}

/// A world whose clock shows `now`.
pub(crate) fn world(now: &UnixTime) -> World {
    let (world, clock, _) = world::scripted::world();
    clock.set(*now);
    world
}

/// A hash of all records, and of who uses which blob.
pub(crate) async fn dump(store: &Store) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    let homes = (0..ACCOUNTS).map(|id| Partition::new(PartitionKind::Account, id));
    for partition in homes.chain([QUEUE, DIRECTORY]) {
        for (key, value) in records(store, partition).await {
            for part in [&key[..], &value.version.to_be_bytes(), &value.payload] {
                hasher.update(&part.len().to_be_bytes()).update(part);
            }
        }
    }
    for entry in store.engine().blobs().page(None, 1_000).await.unwrap() {
        for link in &entry.links {
            hasher.update(&entry.hash.0).update(&entry.size.to_be_bytes()).update(&link.bytes());
        }
    }
    hasher.finalize()
}

/// A message for elsewhere: an entry that is made, changed and taken out, with the blob that it uses.
async fn queue(store: &Store, n: usize) {
    let key = [&b"e"[..], &(n / 54).to_be_bytes()].concat();
    let mut writer = store.blob_writer(LineEnds::Keep);
    writer.write(format!("Subject: {}\r\n\r\nFor elsewhere.\r\n", n / 54).as_bytes()).await.unwrap();
    let blob = writer.finish().await.unwrap();
    let mut change = Change::new(Growth::Frees);
    match store.records().get(QUEUE, key.clone()).await.unwrap() {
        None => {
            change.create(key, blob.hash.0.to_vec());
            change.names_blobs.push(blob.hash);
        }
        Some(value) if value.version < 4 => {
            change.replace(key, value.version, vec![b'x'; 700]);
        }
        Some(value) => {
            change.remove(key, value.version);
            change.drops_blobs.push(blob.hash);
        }
    }
    store.records().commit(QUEUE, change).await.unwrap();
}

async fn directory(store: &Store, n: usize) {
    let mut change = Change::new(Growth::Grows);
    change.put(vec![b'a', u8::try_from(n % 7).unwrap()], n as u64, format!("address {n}").into_bytes());
    store.records().commit(DIRECTORY, change).await.unwrap();
}

/// A letter of its own: of several frames, with a file of its own, or short.
async fn letter(store: &Store, n: usize) {
    let account = account(store, 0).await;
    let inbox = account.mailboxes().await.unwrap().inbox().unwrap().id;
    let body = match n / 9 % 4 {
        0 => format!("{n} lines\r\n").repeat(28_000).into_bytes(),
        1 => noise(n as u64, 140_000),
        _ => noise(n as u64, 9_000),
    };
    let mut writer = store.blob_writer(LineEnds::Keep);
    writer.write(format!("Subject: {n}\r\n\r\n").as_bytes()).await.unwrap();
    writer.write(&body).await.unwrap();
    let received = ReceivedAt { seconds: n as u64, offset_minutes: 0 };
    account.append(inbox, vec![NewEmail::new(writer.finish().await.unwrap(), received)]).await.unwrap();
}

/// Makes step `n`; says whether it was cut into several commits.
async fn take(store: &Store, clock: &ScriptedClock, n: usize) -> bool {
    match n % 9 {
        4 => queue(store, n).await,
        5 => directory(store, n).await,
        7 if n % 2 == 1 => {
            clock.set(clock.now().plus(Duration::from_secs(15 * 24 * 3600)));
            for id in 0..ACCOUNTS {
                account(store, id).await.prune(clock.now(), &()).await.unwrap();
            }
            return true;
        }
        7 => {
            clock.set(clock.now().plus(Duration::from_secs(7200)));
            store.engine().blobs().collect(clock.now(), Duration::from_secs(3600)).await.unwrap();
        }
        8 => letter(store, n).await,
        _ => {
            let account = account(store, n as u64 % ACCOUNTS).await;
            step(store, &account, n as u64).await;
        }
    }
    false
}

impl Recording {
    pub(crate) async fn of_a_history() -> Self {
        let (directory, disk) = (in_memory(), SimulatedDisk::new());
        let (world, clock, _) = world::scripted::world();
        let open = async |records: bool| {
            let disk: Arc<dyn Disk> = Arc::new(disk.clone());
            let engine = Embedded::open_on(directory.path(), disk, clock.clone(), SMALL).unwrap();
            let store = Store::open(Arc::new(engine), world.clone(), store::Settings::default()).await.unwrap();
            for id in 0..ACCOUNTS * u64::from(records) {
                account(&store, id).await;
            }
            store
        };
        let reference = Store::open(Arc::new(Memory::new(clock.clone())), world.clone(), store::Settings::default());
        let reference = reference.await.unwrap();
        for id in 0..ACCOUNTS {
            account(&reference, id).await;
        }
        let log = directory.path().join("mail.db-wal");
        let read = |file: &str| std::fs::read(directory.path().join(file)).unwrap_or_default();
        let life = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let moment = {
            let life = Arc::clone(&life);
            move || Moment {
                life: life.load(std::sync::atomic::Ordering::Acquire),
                log: std::fs::metadata(&log).map_or(0, |metadata| metadata.len()),
            }
        };
        // from the first event on, so that a replay knows every file
        disk.record(moment.clone());
        let mut store = open(true).await;
        store.engine().shutdown().await;
        let made = disk.recorded_so_far();
        let mut lives = vec![Life { mail: read("mail.db"), journal: read("journal.db"), log: Vec::new() }];
        drop(store);
        store = open(false).await;
        let (mut steps, begin) = (Vec::new(), (dump(&reference).await, clock.now()));
        for n in 0..STEPS {
            if n % LIFE == LIFE - 1 {
                lives.last_mut().unwrap().log = read("mail.db-wal");
                // what is done from here on is done once the log is in the database
                life.fetch_add(1, std::sync::atomic::Ordering::AcqRel);
                store.engine().shutdown().await;
                drop(store);
                lives.push(Life { mail: read("mail.db"), journal: read("journal.db"), log: Vec::new() });
                store = open(false).await;
            }
            let before = clock.now();
            let in_parts = within(take(&store, &clock, n)).await;
            let (events, moment) = (disk.recorded_so_far(), moment());
            let after = clock.now();
            clock.set(before);
            take(&reference, &clock, n).await;
            assert_eq!(clock.now(), after);
            let dump = dump(&store).await;
            assert_eq!(dump, self::dump(&reference).await, "step {n}: not what the engine in memory gives");
            steps.push(Step { events, moment, dump, clock: after, in_parts });
        }
        lives.last_mut().unwrap().log = read("mail.db-wal");
        let events = disk.recorded();
        drop(store);
        Self { events, lives, steps, begin, made }
    }

    /// Steps that were acknowledged before event `at`.
    pub(crate) fn acknowledged(&self, at: usize) -> usize {
        self.steps.partition_point(|step| step.events <= at)
    }

    /// Steps that were acknowledged between event `at` and the next one, with the log no longer than `log`.
    pub(crate) fn steps_between(&self, at: usize, log: u64) -> usize {
        let (from, to) = (self.acknowledged(at), self.acknowledged(at + 1));
        self.steps[from..to]
            .iter()
            .take_while(|step| step.moment.log <= log && step.moment.life == self.events[at].1.life)
            .count()
    }

    /// Pieces of the log that were written after event `at` and before the next one: what was synced, what was written.
    pub(crate) fn writes_after(&self, at: usize) -> Vec<(u64, u64)> {
        let now = self.events[at].1;
        let (from, to) = (self.acknowledged(at), self.acknowledged(at + 1));
        let steps = self.steps[from..to].iter().map(|step| step.moment);
        let next = self.events.get(at + 1).map(|(_, moment)| *moment);
        let mut synced = now.log;
        let mut pieces = Vec::new();
        for moment in steps.chain(next).filter(|moment| moment.life == now.life && moment.log > 0) {
            if moment.log > synced {
                pieces.push((synced, moment.log));
                synced = moment.log;
            }
        }
        pieces
    }

    /// Whether these records may be there once so many steps were acknowledged.
    pub(crate) fn allows(&self, acknowledged: usize, found: &blake3::Hash) -> bool {
        let now = acknowledged.checked_sub(1).map_or(self.begin.0, |last| self.steps[last].dump);
        let next = self.steps.get(acknowledged);
        now == *found || next.is_some_and(|next| next.dump == *found || next.in_parts)
    }

    /// What the clock showed.
    pub(crate) fn clock_at(&self, acknowledged: usize) -> UnixTime {
        acknowledged.checked_sub(1).map_or(self.begin.1, |last| self.steps[last].clock)
    }
}
