//! Pack files: append-only, written by the tasks themselves at offsets they reserved, synced for all by one thread.
use std::collections::{BTreeMap, HashMap};
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use store::EngineError;
use tokio::sync::oneshot;

use super::Settings;
use super::disk::{Disk, DiskFile, trouble};
use super::fatal::Fatal;
use super::location::PackUse;
use super::queue::{Queue, Taken};
use super::room::Room;
use super::stats::Counters;

/// The directory of the packs.
pub(crate) const DIRECTORY: &str = "packs";
/// Tasks that wait for a sync.
const WAITING: usize = 1024;
/// Packs kept open for reading.
const OPEN: usize = 64;

/// The name of a pack's file.
pub(crate) fn file_name(number: u32) -> String {
    format!("{DIRECTORY}/{number:08}.pack")
}

/// The number in the name of a pack's file.
pub(crate) fn number_of(name: &str) -> Option<u32> {
    name.strip_suffix(".pack")?.parse().ok()
}

/// Whether a write may use the reserve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Refused while little is free.
    Grows,
    /// It will free more than it takes.
    Frees,
}

/// All packs of a store.
pub(crate) struct Packs {
    disk: Arc<dyn Disk>,
    room: Arc<Room>,
    settings: Settings,
    state: Mutex<State>,
    reading: Mutex<HashMap<u32, Arc<dyn DiskFile>>>,
    syncs: Arc<Queue<SyncRequest>>,
}

struct State {
    current: Option<Current>,
    next: u32,
    /// How many written or half written records of a pack no location names yet.
    outstanding: BTreeMap<u32, usize>,
    closed: bool,
}

struct Current {
    pack: Arc<Pack>,
    end: u64,
    allocated: u64,
}

/// A pack that is being written.
struct Pack {
    number: u32,
    file: Arc<dyn DiskFile>,
    /// Its name is durable.
    named: AtomicBool,
}

struct SyncRequest {
    pack: Arc<Pack>,
    reply: oneshot::Sender<Result<(), EngineError>>,
}

/// A place in a pack; as long as it lives the pack is not collected.
pub(crate) struct Reserved {
    packs: Arc<Packs>,
    pack: Arc<Pack>,
    /// Where it begins.
    pub(crate) offset: u64,
}

impl Packs {
    /// Goes on behind `uses`: in the last pack after a clean stop, else in a new one.
    pub(crate) fn open(
        disk: Arc<dyn Disk>,
        room: Arc<Room>,
        settings: Settings,
        uses: &BTreeMap<u32, PackUse>,
        clean: bool,
    ) -> io::Result<Arc<Self>> {
        disk.create_directory(DIRECTORY)?;
        disk.sync_directory("")?;
        let on_disk = disk.list(DIRECTORY)?.iter().filter_map(|entry| number_of(&entry.name)).max().unwrap_or(0);
        let located = uses.last_key_value().map_or(0, |(number, _)| *number);
        let mut state =
            State { current: None, next: on_disk.max(located) + 1, outstanding: BTreeMap::new(), closed: false };
        if clean
            && located == on_disk
            && let Some(used) = uses.get(&located)
        {
            // the end of a pack is the highest end of any location: what lies behind it nobody names
            if used.end < settings.seal_bytes {
                let file = disk.open(&file_name(located))?;
                let allocated = file.length()?.max(used.end);
                let pack = Arc::new(Pack { number: located, file, named: AtomicBool::new(true) });
                state.current = Some(Current { pack, end: used.end, allocated });
            }
        }
        let (state, reading) = (Mutex::new(state), Mutex::default());
        Ok(Arc::new(Self { disk, room, settings, state, reading, syncs: Queue::new(WAITING) }))
    }

    /// Reserves `length` bytes in the current pack, or in a new one when that is full.
    pub(crate) fn reserve(self: &Arc<Self>, length: u64, need: Need) -> Result<Reserved, EngineError> {
        let mut state = self.state();
        if state.closed {
            return Err(EngineError::Closed);
        }
        let full = state
            .current
            .as_ref()
            .is_none_or(|current| current.end > 0 && current.end.saturating_add(length) > self.settings.seal_bytes);
        if full {
            state.current = None;
            let made = self.make(&mut state)?;
            state.current = Some(made);
        }
        let Some(current) = state.current.as_mut() else { return Err(EngineError::Closed) };
        let (offset, end) = (current.end, current.end.saturating_add(length));
        self.allocate(current, end, need)?;
        current.end = end;
        let pack = Arc::clone(&current.pack);
        *state.outstanding.entry(pack.number).or_default() += 1;
        drop(state);
        Ok(Reserved { packs: Arc::clone(self), pack, offset })
    }

    fn make(&self, state: &mut State) -> Result<Current, EngineError> {
        let number = state.next;
        state.next = number.checked_add(1).ok_or_else(|| EngineError::Io("no pack number left".to_owned()))?;
        let file = self.disk.create(&file_name(number)).map_err(trouble)?;
        let pack = Arc::new(Pack { number, file, named: AtomicBool::new(false) });
        Ok(Current { pack, end: 0, allocated: 0 })
    }

    fn allocate(&self, current: &mut Current, end: u64, need: Need) -> Result<(), EngineError> {
        if end <= current.allocated {
            return Ok(());
        }
        let step = self.settings.allocate_bytes.max(1);
        let target = end.div_ceil(step).saturating_mul(step);
        let more = target - current.allocated;
        if need == Need::Grows && !self.room.may_grow(more) {
            return Err(EngineError::NoSpace);
        }
        current.pack.file.allocate(current.allocated, more).map_err(trouble)?;
        current.allocated = target;
        Ok(())
    }

    /// The file of a pack, for reading.
    pub(crate) fn reading(&self, number: u32) -> io::Result<Arc<dyn DiskFile>> {
        if let Some(file) = self.opened().get(&number) {
            return Ok(Arc::clone(file));
        }
        let file = self.disk.open(&file_name(number))?;
        let mut opened = self.opened();
        if opened.len() >= OPEN {
            opened.clear();
        }
        opened.insert(number, Arc::clone(&file));
        drop(opened);
        Ok(file)
    }

    /// The sealed packs that hold nothing which no location names yet, of those with a file.
    pub(crate) fn sealed(&self) -> io::Result<Vec<u32>> {
        let listed = self.disk.list(DIRECTORY)?;
        let state = self.state();
        let current = state.current.as_ref().map(|current| current.pack.number);
        let quiet =
            |number: &u32| *number < state.next && Some(*number) != current && !state.outstanding.contains_key(number);
        Ok(listed.iter().filter_map(|entry| number_of(&entry.name)).filter(quiet).collect())
    }

    /// Takes a pack away that no location names; who has it open goes on reading.
    pub(crate) fn remove(&self, number: u32) -> io::Result<()> {
        self.opened().remove(&number);
        self.disk.unlink(&file_name(number))
    }

    /// Refuses new places, and ends the thread that syncs once what is queued is answered.
    pub(crate) fn close(&self) {
        self.state().closed = true;
        self.syncs.close();
    }

    /// Nobody writes any more.
    pub(crate) fn is_quiet(&self) -> bool {
        self.state().outstanding.is_empty()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn opened(&self) -> MutexGuard<'_, HashMap<u32, Arc<dyn DiskFile>>> {
        self.reading.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reserved {
    /// The number of the pack.
    pub(crate) fn number(&self) -> u32 {
        self.pack.number
    }

    /// Writes at `at` bytes behind the place's beginning.
    pub(crate) fn write(&self, bytes: &[u8], at: u64) -> io::Result<()> {
        self.pack.file.write_at(bytes, self.offset + at)
    }

    /// Returns when all that was written is on disk.
    pub(crate) async fn sync(&self) -> Result<(), EngineError> {
        let (reply, answer) = oneshot::channel();
        let place = self.packs.syncs.reserve().await.map_err(|_| EngineError::Closed)?;
        place.send(SyncRequest { pack: Arc::clone(&self.pack), reply }).map_err(|_| EngineError::Closed)?;
        answer.await.unwrap_or(Err(EngineError::Closed))
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        let mut state = self.packs.state();
        if let Some(count) = state.outstanding.get_mut(&self.pack.number) {
            *count -= 1;
            if *count == 0 {
                state.outstanding.remove(&self.pack.number);
            }
        }
    }
}

/// The thread that syncs: drains all that wait and covers them with one sync of each pack.
pub(crate) fn sync_packs(packs: &Packs, fatal: &Fatal, counters: &Counters) {
    while let Taken::One(first) = packs.syncs.take(None) {
        let mut waiting = vec![first];
        while let Some(next) = packs.syncs.take_if(|_| true) {
            waiting.push(next);
        }
        let mut synced = BTreeMap::new();
        for request in &waiting {
            let number = request.pack.number;
            synced.entry(number).or_insert_with(|| sync_pack(packs, &request.pack, fatal, counters));
        }
        for request in waiting {
            let result = synced.get(&request.pack.number).cloned().unwrap_or(Err(EngineError::Closed));
            // who no longer waits needs no answer
            let _ = request.reply.send(result);
        }
    }
}

fn sync_pack(packs: &Packs, pack: &Pack, fatal: &Fatal, counters: &Counters) -> Result<(), EngineError> {
    if fatal.is_raised() {
        return Err(EngineError::Closed);
    }
    let begun = tokio::time::Instant::now();
    let mut done = pack.file.sync();
    if done.is_ok() && !pack.named.load(Ordering::Acquire) {
        done = packs.disk.sync_directory(DIRECTORY);
        pack.named.store(done.is_ok(), Ordering::Release);
    }
    counters.pack_sync.record(begun.elapsed());
    done.map_err(|error| {
        fatal.raise(&format!("sync of {}: {error}", file_name(pack.number)));
        EngineError::Closed
    })
}
