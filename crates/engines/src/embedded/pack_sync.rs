//! The syncs of packs: one covers all that was written before it began.
//!
//! Who needs it makes it: the committer for all blobs that its group names, just before the group's own sync. So the two
//! syncs behind an acknowledgement keep their order without a thread between them. (A thread that begins each sync as
//! soon as a blob is written was measured too: more syncs, more wake-ups, 15 % less mail by twenty sessions.)
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use store::EngineError;

use super::disk::{Disk, DiskFile};
use super::fatal::Fatal;
use super::packs::{DIRECTORY, file_name};
use super::stats::Counters;

/// A pack that is being written.
pub(crate) struct Pack {
    pub(super) number: u32,
    pub(super) file: Arc<dyn DiskFile>,
    /// Its name is durable.
    named: AtomicBool,
    /// Writes that are finished.
    written: AtomicU64,
    progress: Mutex<Progress>,
    /// Told when a sync has ended.
    ended: Condvar,
}

#[derive(Default)]
struct Progress {
    /// Finished writes that are on disk.
    synced: u64,
    under_way: bool,
    waiting: usize,
}

impl Pack {
    /// A pack whose file has just been made.
    pub(super) fn new(number: u32, file: Arc<dyn DiskFile>) -> Self {
        let (named, written) = (AtomicBool::new(false), AtomicU64::new(0));
        Self { number, file, named, written, progress: Mutex::default(), ended: Condvar::new() }
    }

    /// A pack of an earlier life.
    pub(super) fn named(number: u32, file: Arc<dyn DiskFile>) -> Self {
        Self { named: AtomicBool::new(true), ..Self::new(number, file) }
    }

    /// A write is finished; gives its number.
    pub(super) fn wrote(&self) -> u64 {
        self.written.fetch_add(1, Ordering::AcqRel) + 1
    }

    /// Returns when the first `wanted` writes are on disk: waits for a sync that is under way, or makes one.
    pub(super) fn settle(
        &self,
        wanted: u64,
        disk: &dyn Disk,
        fatal: &Fatal,
        counters: &Counters,
    ) -> Result<(), EngineError> {
        let mut progress = self.progress();
        loop {
            if fatal.is_raised() {
                return Err(EngineError::Closed);
            }
            if progress.synced >= wanted {
                return Ok(());
            }
            if progress.under_way {
                progress.waiting += 1;
                progress = self.ended.wait(progress).unwrap_or_else(PoisonError::into_inner);
                progress.waiting -= 1;
                continue;
            }
            progress.under_way = true;
            drop(progress);
            let covered = self.written.load(Ordering::Acquire);
            let done = self.sync(disk, counters);
            if let Err(error) = &done {
                fatal.raise(&format!("sync of {}: {error}", file_name(self.number)));
            }
            progress = self.progress();
            progress.under_way = false;
            if done.is_ok() {
                progress.synced = progress.synced.max(covered);
            }
            if progress.waiting > 0 {
                self.ended.notify_all();
            }
        }
    }

    fn sync(&self, disk: &dyn Disk, counters: &Counters) -> std::io::Result<()> {
        let begun = tokio::time::Instant::now();
        let mut done = self.file.sync();
        if done.is_ok() && !self.named.load(Ordering::Acquire) {
            done = disk.sync_directory(DIRECTORY);
            self.named.store(done.is_ok(), Ordering::Release);
        }
        counters.pack_sync.record(begun.elapsed());
        done
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
