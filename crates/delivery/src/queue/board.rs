//! What this process knows of the queue beside the disk: the partitions it owns, how far it has read their due
//! indexes, and the lanes.
use super::age::Ages;
use super::due::{self, DueLine, due_start};
use super::entry::{Destination, Entry};
use super::id::QueueId;
use super::lanes::{Failure, Item, LaneState, Lanes, Limits, Turn, Waits, Why};
use super::lease::Fence;
use super::ledger::Ledger;
use super::settle::{Moment, Words};
use super::way::Way;
use crate::settings::Settings;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use store::Key;
use tokio::sync::Notify;
use world::{Clock, UnixTime};

/// How long a partition rests after it could not be read.
const AGAIN: Duration = Duration::from_secs(5);

/// How far behind the clocks of other nodes may be, and their commits.
const LOOK_BACK: Duration = Duration::from_secs(60);

/// A partition of ours.
#[derive(Debug, Clone)]
pub(crate) struct Owned {
    pub(crate) fence: Fence,
    /// The due index has been read up to here.
    pub(crate) read_to: Key,
    /// When the next entry behind that is due; `None`: none.
    pub(crate) next_due: Option<UnixTime>,
    /// `read_to` was put back while a page was read: what that read found out about its place does not count.
    rewound: bool,
}

/// The queue inside this process.
pub(crate) struct Queue {
    pub(crate) ledger: Ledger,
    pub(crate) wake: Notify,
    /// Told when a partition is to be looked at for entries that wait for a time of their sender's.
    pub(crate) held: Notify,
    clock: Arc<dyn Clock>,
    settings: Arc<Settings>,
    ages: Ages,
    lanes: Mutex<Lanes>,
    owned: Mutex<BTreeMap<u8, Owned>>,
    /// When each partition of ours is to be looked at for such entries.
    look_at: Mutex<BTreeMap<u8, UnixTime>>,
}

impl Queue {
    pub(crate) fn new(ledger: Ledger, clock: Arc<dyn Clock>, settings: Arc<Settings>) -> Self {
        let limits = Limits {
            all: settings.max_connections.max(1),
            one: settings.max_connections_per_destination.max(1),
            turn: settings.max_messages_per_connection.max(1),
        };
        let lanes = Mutex::new(Lanes::new(limits));
        // what was away for long has a few attempts before anything is given up
        let ages = Ages::new(clock.now(), settings.longest_wait().min(settings.give_up_after));
        Self {
            ledger,
            wake: Notify::new(),
            held: Notify::new(),
            clock,
            settings,
            ages,
            lanes,
            owned: Mutex::new(BTreeMap::new()),
            look_at: Mutex::default(),
        }
    }

    /// The moment at which an attempt is settled.
    pub(crate) fn moment(&self) -> Moment {
        let now = self.clock.now();
        Moment { now, ages_believed: self.ages.believed(now) }
    }

    /// Tells of an entry that is on disk now: what is due goes into its lane, the rest is waited for.
    pub(crate) fn offer(&self, id: QueueId, entry: &Entry) {
        let now = self.clock.now();
        if let Some(at) = entry.wishes.waits_until() {
            self.look_at(id.partition, at);
        }
        for line in due::lines(id.number, entry, self.ledger.terms()) {
            self.take(id.partition, &line, now);
        }
        self.wake.notify_one();
    }

    /// Puts a line of the due index into its lane, or notes when it is due.
    pub(crate) fn take(&self, partition: u8, line: &DueLine, now: UnixTime) {
        let mut owned = lock(&self.owned);
        let Some(ours) = owned.get_mut(&partition) else { return };
        if !self.settings.is_due(line.due, now) {
            // a clock that went back must not hide a line behind what was read
            ours.read_to = due_start(line.due).min(std::mem::take(&mut ours.read_to));
            ours.next_due = Some(ours.next_due.map_or(line.due, |next| next.min(line.due)));
            return;
        }
        drop(owned);
        let item = Item { id: QueueId { partition, number: line.number }, destination: line.destination.text().into() };
        let lane = self.lane(&line.destination, &line.way);
        lock(&self.lanes).add(&lane, &item, line.waits);
    }

    /// See [`Settings::lane`].
    pub(crate) fn lane(&self, destination: &Destination, way: &Way) -> Arc<str> {
        self.settings.lane(destination, way).into()
    }

    pub(crate) fn own(&self, partition: u8, fence: Fence, now: UnixTime) {
        let owned = Owned { fence, read_to: due_start(UnixTime::from_millis(0)), next_due: Some(now), rewound: false };
        lock(&self.owned).insert(partition, owned);
        self.look_at(partition, now);
    }

    /// Looks at `partition` at `at`, for entries that wait for a time of their sender's.
    pub(crate) fn look_at(&self, partition: u8, at: UnixTime) {
        if lock(&self.owned).contains_key(&partition) {
            lock(&self.look_at).entry(partition).and_modify(|known| *known = at.min(*known)).or_insert(at);
            self.held.notify_one();
        }
    }

    /// The partitions that are to be looked at by now; when the next one is.
    pub(crate) fn to_look_at(&self, now: UnixTime) -> (Vec<u8>, Option<UnixTime>) {
        let mut look_at = lock(&self.look_at);
        let due: Vec<u8> = look_at.iter().filter(|(_, at)| **at <= now).map(|(partition, _)| *partition).collect();
        look_at.retain(|_, at| *at > now);
        (due, look_at.values().min().copied())
    }

    pub(crate) fn disown(&self, partition: u8) {
        lock(&self.owned).remove(&partition);
        lock(&self.look_at).remove(&partition);
    }

    pub(crate) fn fence(&self, partition: u8) -> Option<Fence> {
        lock(&self.owned).get(&partition).map(|owned| owned.fence)
    }

    pub(crate) fn fences(&self) -> Vec<(u8, Fence)> {
        lock(&self.owned).iter().map(|(partition, owned)| (*partition, owned.fence)).collect()
    }

    /// Reads a page of the due index of each partition where something is due. After a start that may be a million
    /// lines: between two pages of a partition the others have theirs, and what was read goes on its way.
    pub(crate) async fn read_due(&self, now: UnixTime) {
        let ready: Vec<(u8, Key)> = {
            let owned = lock(&self.owned);
            let due =
                owned.iter().filter(|(_, owned)| owned.next_due.is_some_and(|next| self.settings.is_due(next, now)));
            due.map(|(partition, owned)| (*partition, owned.read_to.clone())).collect()
        };
        for (partition, from) in ready {
            if let Err(error) = self.read_partition(partition, from, now).await {
                tracing::warn!(partition, %error, "queue partition not read");
                self.read_again(partition, now.plus(AGAIN));
            }
        }
    }

    async fn read_partition(&self, partition: u8, from: Key, now: UnixTime) -> Result<(), crate::Error> {
        self.change(partition, |owned| (owned.next_due, owned.rewound) = (None, false));
        if let Some(rest) = self.take_page(partition, from, now, now).await? {
            self.change(partition, |owned| {
                if !owned.rewound {
                    owned.read_to = rest;
                    owned.next_due = Some(now);
                }
            });
            return Ok(());
        }
        let mut next_due = self.ledger.next_due(partition, now).await?;
        if next_due.is_some_and(|next| self.settings.is_due(next, now)) {
            // put off until then by another clock
            let mut far = Some(due_start(self.settings.horizon(now)));
            while let Some(from) = far {
                far = self.take_page(partition, from, UnixTime::from_millis(u64::MAX), now).await?;
            }
            next_due = None;
        }
        self.change(partition, |owned| {
            if !owned.rewound {
                owned.read_to = due_start(now.plus(Duration::from_millis(1)));
            }
            // somebody may have told of an earlier one meanwhile
            owned.next_due = [owned.next_due, next_due].into_iter().flatten().min();
        });
        Ok(())
    }

    /// Takes a page of a partition's due index, from `from` until `until`; gives where the next one begins.
    async fn take_page(
        &self,
        partition: u8,
        from: Key,
        until: UnixTime,
        now: UnixTime,
    ) -> Result<Option<Key>, crate::Error> {
        const PAGE: usize = 1_000;
        let page = self.ledger.due(partition, from, until, PAGE).await?;
        for line in &page.lines {
            self.take(partition, line, now);
        }
        Ok(page.next)
    }

    /// Reads the last minute of a partition's due index once more: another node may have put something there.
    pub(crate) fn look_back(&self, partition: u8, now: UnixTime) {
        self.change(partition, |owned| {
            owned.read_to = due_start(now.minus(LOOK_BACK)).min(std::mem::take(&mut owned.read_to));
            owned.next_due = Some(owned.next_due.map_or(now, |next| next.min(now)));
            owned.rewound = true;
        });
    }

    /// Reads the partition's due index from its beginning at `at`, after something could not be read or written.
    pub(crate) fn read_again(&self, partition: u8, at: UnixTime) {
        self.change(partition, |owned| {
            owned.read_to = due_start(UnixTime::from_millis(0));
            owned.next_due = Some(owned.next_due.map_or(at, |next| next.min(at)));
            owned.rewound = true;
        });
        self.wake.notify_one();
    }

    /// Reads the due index of every partition of ours from its beginning: what is due goes into the lanes of today.
    pub(crate) fn read_all_again(&self) {
        let now = self.clock.now();
        self.fences().into_iter().for_each(|(partition, _)| self.read_again(partition, now));
    }

    fn change(&self, partition: u8, change: impl FnOnce(&mut Owned)) {
        if let Some(owned) = lock(&self.owned).get_mut(&partition) {
            change(owned);
        }
    }

    /// When something is to be done without anybody telling.
    pub(crate) fn next_wake(&self) -> Option<UnixTime> {
        let due = lock(&self.owned).values().filter_map(|owned| owned.next_due).min();
        [due, lock(&self.lanes).next_wake()].into_iter().flatten().min()
    }

    pub(crate) fn begin(&self, now: UnixTime) -> Option<(Turn, Item)> {
        lock(&self.lanes).begin(now)
    }

    pub(crate) fn next(&self, turn: &mut Turn) -> Option<Item> {
        lock(&self.lanes).next(turn, self.clock.now())
    }

    pub(crate) fn done(&self, item: &Item) {
        lock(&self.lanes).done(item);
    }

    pub(crate) fn leave(&self, turn: &Turn) {
        lock(&self.lanes).leave(turn);
        self.wake.notify_one();
    }

    pub(crate) fn lives(&self, lane: &Arc<str>) {
        lock(&self.lanes).lives(lane, self.clock.now());
        self.wake.notify_one();
    }

    /// See [`Lanes::fails`]; `entry` is the item's.
    pub(crate) fn fails(&self, lane: &Arc<str>, item: &Item, entry: &Entry, words: &Words) -> Failure {
        let dues = entry.dues(self.ledger.terms());
        let due = Destination::read(&item.destination).and_then(|destination| dues.get(&destination).copied());
        let say_by = due.map_or(UnixTime::from_millis(u64::MAX), |due| due.say_by);
        let waits = Waits { say_by, priority: entry.priority };
        let why = if words.quoted { Why::Refusal(&words.text) } else { Why::Silence(&words.text) };
        let failure = lock(&self.lanes).fails(lane, item, waits, self.clock.now(), why);
        self.wake.notify_one();
        failure
    }

    pub(crate) fn patience(&self, lane: &Arc<str>, words: &str) -> Vec<Item> {
        let told = lock(&self.lanes).patience(lane, self.clock.now(), words);
        self.wake.notify_one();
        told
    }

    pub(crate) fn try_now(&self, lane: &Arc<str>) {
        lock(&self.lanes).try_now(lane);
        self.wake.notify_one();
    }

    /// Lanes, the busiest first.
    pub(crate) fn lanes(&self, limit: usize) -> Vec<LaneState> {
        lock(&self.lanes).states(limit)
    }

    /// What was said last about hosts that have not answered since, by lane.
    pub(crate) fn last_words(&self) -> HashMap<Arc<str>, Arc<str>> {
        lock(&self.lanes).last_words()
    }

    /// Items that wait or are worked on, and connections.
    pub(crate) fn load(&self) -> (usize, usize) {
        let lanes = lock(&self.lanes);
        (lanes.len(), lanes.active())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
