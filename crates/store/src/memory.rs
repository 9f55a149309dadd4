//! An engine in memory, for tests: it keeps the trait's promises to the letter and fails on demand.
//!
//! A commit is taken when it is handed in, unless commits are held ([`Memory::hold`]): then they gather and are taken
//! as one group. Values are kept sealed, as every engine keeps them.
mod blobs;
mod faults;
use crate::blob::{BlobHash, Blobs};
use crate::engine::{
    Answer, Commit, CommitError, Engine, EngineError, EngineStats, Found, Growth, Key, MAX_KEY, MAX_PAGE, Partition,
    PartitionKind, Pending, Precondition, Read, Slot, Value, Write,
};
use crate::lock::lock;
use crate::seal::{seal, unseal};
use blobs::{MemoryBlobs, Stored};
use bytes::Bytes;
use faults::Faults;
use futures_util::future::BoxFuture;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use world::Clock;

/// Commits that may wait at once.
const QUEUE: usize = 1_024;

/// The engine in memory. Cheap to clone; clones are the same engine.
#[derive(Clone)]
pub struct Memory {
    shared: Arc<Shared>,
    blobs: MemoryBlobs,
}

struct Shared {
    state: Mutex<State>,
    places: Arc<Semaphore>,
    closed: watch::Sender<bool>,
}

/// What is kept, and what a test has asked to go wrong.
#[derive(Default)]
struct State {
    records: BTreeMap<Partition, BTreeMap<Key, Bytes>>,
    blobs: BTreeMap<BlobHash, Stored>,
    waiting: VecDeque<(Commit, Answer, OwnedSemaphorePermit)>,
    faults: Faults,
    counts: Counts,
}

/// How often the engine was asked, for tests of what an operation costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Calls of `read`.
    pub reads: u64,
    /// Records that those gave.
    pub records: u64,
    /// Commits that were taken.
    pub commits: u64,
    /// Records that those wrote or deleted.
    pub writes: u64,
}

impl Memory {
    /// An empty engine; `clock` dates its blobs.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self::with(State::default(), clock)
    }

    fn with(state: State, clock: Arc<dyn Clock>) -> Self {
        let shared = Arc::new(Shared {
            state: Mutex::new(state),
            places: Arc::new(Semaphore::new(QUEUE)),
            closed: watch::Sender::new(false),
        });
        Self { blobs: MemoryBlobs::new(shared.clone(), clock), shared }
    }

    /// Another engine with what is on disk now, as after SIGKILL: what waits is lost, faults are gone.
    #[must_use]
    pub fn reopen(&self) -> Self {
        let state = lock(&self.shared.state);
        let kept = State { records: state.records.clone(), blobs: state.blobs.clone(), ..State::default() };
        Self::with(kept, self.blobs.clock())
    }

    /// Lets commits wait until [`Self::release`].
    pub fn hold(&self) {
        lock(&self.shared.state).faults.held = true;
    }

    /// Takes the waiting commits as one group, in their order, and holds no more.
    pub fn release(&self) {
        let mut state = lock(&self.shared.state);
        state.faults.held = false;
        self.shared.take_group(&mut state);
    }

    /// How many commits wait.
    pub fn waiting(&self) -> usize {
        lock(&self.shared.state).waiting.len()
    }

    /// Flips a bit of the record under a key.
    pub fn corrupt(&self, partition: Partition, key: &[u8]) {
        let mut state = lock(&self.shared.state);
        if let Some(sealed) = state.records.get_mut(&partition).and_then(|records| records.get_mut(key)) {
            let mut bytes = sealed.to_vec();
            if let Some(last) = bytes.last_mut() {
                *last ^= 1;
            }
            *sealed = bytes.into();
        }
    }

    /// Flips a bit of a blob.
    pub fn corrupt_blob(&self, hash: BlobHash) {
        if let Some(stored) = lock(&self.shared.state).blobs.get_mut(&hash) {
            stored.flip();
        }
    }

    /// Loses a blob, with its links.
    pub fn lose_blob(&self, hash: BlobHash) {
        lock(&self.shared.state).blobs.remove(&hash);
    }

    /// How often it was asked.
    pub fn counts(&self) -> Counts {
        lock(&self.shared.state).counts
    }

    async fn wait_as_told(&self) {
        let delay = lock(&self.shared.state).faults.delay;
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
    }
}

impl Shared {
    fn is_closed(&self) -> bool {
        *self.closed.borrow()
    }

    fn close(&self) {
        self.closed.send_replace(true);
        self.places.close();
    }

    /// Takes all that waits, as one group with one sync.
    fn take_group(&self, state: &mut State) {
        if self.is_closed() || std::mem::take(&mut state.faults.sync) {
            self.close();
            for (_, answer, _) in state.waiting.drain(..) {
                answer.refused(CommitError::Closed);
            }
        }
        while let Some((commit, answer, _place)) = state.waiting.pop_front() {
            match state.take(commit) {
                Ok(()) => answer.committed(),
                Err(why) => answer.refused(why),
            }
        }
    }
}

impl State {
    fn take(&mut self, commit: Commit) -> Result<(), CommitError> {
        if let Some(Some(why)) = self.faults.next.pop_front() {
            return Err(why);
        }
        well_formed(&commit)?;
        if self.faults.full || (self.faults.below_reserve && commit.growth == Growth::Grows) {
            return Err(CommitError::NoSpace);
        }
        for precondition in &commit.preconditions {
            self.check(commit.partition, precondition)?;
        }
        if let Some(hash) = commit.names_blobs.iter().find(|hash| !self.blobs.contains_key(hash)) {
            return Err(CommitError::NoSuchBlob(*hash));
        }
        self.counts.commits += 1;
        self.counts.writes += commit.writes.len() as u64;
        let records = self.records.entry(commit.partition).or_default();
        for write in commit.writes {
            match write {
                Write::Put { key, version, payload } => {
                    let sealed = seal(commit.partition, &key, version, &payload);
                    records.insert(key, sealed.into());
                }
                Write::Delete { key } => {
                    records.remove(&key);
                }
            }
        }
        if records.is_empty() {
            self.records.remove(&commit.partition);
        }
        for hash in commit.drops_blobs {
            if let Some(stored) = self.blobs.get_mut(&hash) {
                stored.links.remove(&commit.partition);
            }
        }
        for hash in commit.names_blobs {
            if let Some(stored) = self.blobs.get_mut(&hash) {
                stored.links.insert(commit.partition);
            }
        }
        Ok(())
    }

    fn check(&self, partition: Partition, precondition: &Precondition) -> Result<(), CommitError> {
        let (key, wanted) = match precondition {
            Precondition::Absent(key) => (key, None),
            Precondition::Version(key, version) => (key, Some(*version)),
        };
        let found = match self.get(partition, key) {
            Found::One(found) => found.map(|value| value.version),
            _ => return Err(CommitError::Io("corrupt record in a precondition".to_owned())),
        };
        if found == wanted { Ok(()) } else { Err(CommitError::Conflict { key: key.clone(), found }) }
    }

    fn get(&self, partition: Partition, key: &Key) -> Found {
        let Some(sealed) = self.records.get(&partition).and_then(|records| records.get(key)) else {
            return Found::One(None);
        };
        match unseal(partition, key, sealed) {
            Some(value) => Found::One(Some(value)),
            None => Found::Corrupt(key.clone()),
        }
    }

    fn answer(&self, partition: Partition, read: &Read) -> Found {
        match read {
            Read::Get(key) => self.get(partition, key),
            Read::Scan { from, to, limit, reverse } => {
                let empty = BTreeMap::new();
                let records = self.records.get(&partition).unwrap_or(&empty);
                let range = if from < to { records.range(from.clone()..to.clone()) } else { Default::default() };
                let limit = (*limit).min(MAX_PAGE);
                if *reverse { page(partition, range.rev(), limit) } else { page(partition, range, limit) }
            }
        }
    }
}

fn page<'a>(partition: Partition, mut range: impl Iterator<Item = (&'a Key, &'a Bytes)>, limit: usize) -> Found {
    let (mut items, mut corrupt): (Vec<(Key, Value)>, Vec<Key>) = (Vec::new(), Vec::new());
    for (key, sealed) in range.by_ref().take(limit) {
        match unseal(partition, key, sealed) {
            Some(value) => items.push((key.clone(), value)),
            None => corrupt.push(key.clone()),
        }
    }
    Found::Many { items, more: range.next().is_some(), corrupt }
}

fn well_formed(commit: &Commit) -> Result<(), CommitError> {
    let mut keys = BTreeSet::new();
    for write in &commit.writes {
        if write.key().len() > MAX_KEY {
            return Err(CommitError::Malformed("a key is too long"));
        }
        if !keys.insert(write.key()) {
            return Err(CommitError::Malformed("a key is written twice"));
        }
    }
    Ok(())
}

struct MemorySlot {
    shared: Arc<Shared>,
    place: OwnedSemaphorePermit,
}

impl Slot for MemorySlot {
    fn submit(self: Box<Self>, commit: Commit) -> Pending {
        let Self { shared, place } = *self;
        let (answer, pending) = Pending::new(commit.id);
        let mut state = lock(&shared.state);
        state.waiting.push_back((commit, answer, place));
        if !state.faults.held {
            shared.take_group(&mut state);
        }
        pending
    }
}

impl Engine for Memory {
    fn reserve(&self) -> BoxFuture<'_, Result<Box<dyn Slot>, EngineError>> {
        Box::pin(async move {
            self.wait_as_told().await;
            let place = self.shared.places.clone().acquire_owned().await.map_err(|_| EngineError::Closed)?;
            Ok(Box::new(MemorySlot { shared: self.shared.clone(), place }) as Box<dyn Slot>)
        })
    }

    fn read(&self, partition: Partition, reads: Vec<Read>) -> BoxFuture<'_, Result<Vec<Found>, EngineError>> {
        let mut state = lock(&self.shared.state);
        state.counts.reads += 1;
        if state.faults.mute {
            return Box::pin(std::future::pending());
        }
        let found: Vec<Found> = reads.iter().map(|read| state.answer(partition, read)).collect();
        let given = |found: &Found| match found {
            Found::Many { items, corrupt, .. } => items.len() + corrupt.len(),
            Found::One(_) | Found::Corrupt(_) => 1,
        };
        state.counts.records += found.iter().map(given).sum::<usize>() as u64;
        Box::pin(std::future::ready(Ok(found)))
    }

    fn partitions(
        &self,
        kind: PartitionKind,
        after: Option<u64>,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<u64>, EngineError>> {
        let state = lock(&self.shared.state);
        let ids = state.records.keys().filter(|partition| partition.kind == kind).map(|partition| partition.id);
        let found = ids.filter(|id| after.is_none_or(|after| *id > after)).take(limit).collect();
        Box::pin(std::future::ready(Ok(found)))
    }

    fn blobs(&self) -> &dyn Blobs {
        &self.blobs
    }

    fn has_room(&self) -> bool {
        let state = lock(&self.shared.state);
        !state.faults.full && !state.faults.below_reserve && !self.shared.is_closed()
    }

    fn closed(&self) -> BoxFuture<'_, ()> {
        let mut closed = self.shared.closed.subscribe();
        Box::pin(async move {
            let _ = closed.wait_for(|closed| *closed).await;
        })
    }

    fn stats(&self) -> BoxFuture<'_, Result<EngineStats, EngineError>> {
        let state = lock(&self.shared.state);
        let mut stats = EngineStats { free_bytes: u64::MAX, ..EngineStats::default() };
        for (key, value) in state.records.values().flatten() {
            stats.records += 1;
            stats.record_bytes += (key.len() + value.len()) as u64;
        }
        for stored in state.blobs.values() {
            let size = stored.bytes.len() as u64;
            stats.blobs += 1;
            stats.blob_bytes += size;
            stats.blob_stored_bytes += size;
            stats.blob_dead_bytes += if stored.links.is_empty() { size } else { 0 };
        }
        Box::pin(std::future::ready(Ok(stats)))
    }

    fn shutdown(&self) -> BoxFuture<'_, ()> {
        let mut state = lock(&self.shared.state);
        state.faults.held = false;
        self.shared.take_group(&mut state);
        self.shared.close();
        Box::pin(std::future::ready(()))
    }
}

/// Blobs by hash, as a test may want to compare them.
impl Memory {
    /// The links of every stored blob.
    pub fn links(&self) -> HashMap<BlobHash, Vec<Partition>> {
        let state = lock(&self.shared.state);
        state.blobs.iter().map(|(hash, stored)| (*hash, stored.links.iter().copied().collect())).collect()
    }
}
