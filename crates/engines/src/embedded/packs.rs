//! Pack files: append-only, written by the tasks themselves at offsets they reserved, synced for all at once.
use std::collections::{BTreeMap, HashMap};
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use store::EngineError;

use super::Settings;
use super::disk::{Disk, DiskFile, trouble};
use super::fatal::Fatal;
use super::location::PackUse;
use super::pack_room::Preparing;
use super::pack_sync::Pack;
use super::room::Room;
use super::stats::Counters;

/// The directory of the packs.
pub(crate) const DIRECTORY: &str = "packs";
/// Packs kept open for reading.
const OPEN: usize = 64;
/// Zeros written at a time; whoever wants a place waits for so many.
static ZEROS: [u8; 256 * 1024] = [0; 256 * 1024];

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
    pub(super) preparing: Preparing,
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
    /// Up to here the file system has written what it has reserved.
    prepared: u64,
}

/// A place in a pack; as long as it lives the pack is not collected.
pub(crate) struct Reserved {
    packs: Arc<Packs>,
    pack: Arc<Pack>,
    /// Where it begins.
    pub(crate) offset: u64,
    /// Which of the pack's finished writes it is; 0 before it is one.
    written: AtomicU64,
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
                let pack = Arc::new(Pack::named(located, file));
                state.current = Some(Current { pack, end: used.end, allocated, prepared: allocated });
            }
        }
        let (state, reading) = (Mutex::new(state), Mutex::default());
        Ok(Arc::new(Self { disk, room, settings, state, reading, preparing: Preparing::default() }))
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
        let little = current.prepared < end.saturating_add(self.settings.prepare_bytes / 2);
        *state.outstanding.entry(pack.number).or_default() += 1;
        drop(state);
        if little && self.settings.prepare_bytes > 0 {
            self.preparing.wake();
        }
        Ok(Reserved { packs: Arc::clone(self), pack, offset, written: AtomicU64::new(0) })
    }

    fn make(&self, state: &mut State) -> Result<Current, EngineError> {
        let number = state.next;
        state.next = number.checked_add(1).ok_or_else(|| EngineError::Io("no pack number left".to_owned()))?;
        let file = self.disk.create(&file_name(number)).map_err(trouble)?;
        let pack = Arc::new(Pack::new(number, file));
        Ok(Current { pack, end: 0, allocated: 0, prepared: 0 })
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

    /// Writes zeros where the next blobs will lie, a piece, if there are too few. Gives the pack to be synced.
    pub(super) fn prepare(&self) -> Option<Arc<Pack>> {
        let mut state = self.state();
        let closed = state.closed;
        let current = state.current.as_mut().filter(|_| !closed)?;
        // a place that was given out is its owner's
        let from = current.prepared.max(current.end);
        let until = current.allocated.min(current.end.saturating_add(self.settings.prepare_bytes));
        let piece = usize::try_from(until.checked_sub(from)?).unwrap_or(ZEROS.len()).min(ZEROS.len());
        if piece == 0 {
            return None;
        }
        if current.pack.file.write_at(ZEROS.get(..piece)?, from).is_err() {
            // the blobs' own writes will tell; they do without
            current.prepared = u64::MAX;
            return None;
        }
        current.prepared = from + piece as u64;
        Some(Arc::clone(&current.pack))
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

    /// Refuses new places, and ends the thread that prepares them.
    pub(crate) fn close(&self) {
        self.state().closed = true;
        self.preparing.close();
    }

    /// Nobody writes any more.
    pub(crate) fn is_quiet(&self) -> bool {
        self.state().outstanding.is_empty()
    }

    pub(super) fn disk(&self) -> &dyn Disk {
        &*self.disk
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

    /// All is written: a sync from now on covers it.
    pub(crate) fn finish(&self) {
        self.written.store(self.pack.wrote(), Ordering::Release);
    }

    /// Returns when what was finished is on disk. Blocks.
    pub(crate) fn settle(&self, fatal: &Fatal, counters: &Counters) -> Result<(), EngineError> {
        self.pack.settle(self.written.load(Ordering::Acquire), &*self.packs.disk, fatal, counters)
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
