//! What the parts of the embedded engine share.
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use store::{BlobHash, EngineError};
use world::Clock;

use super::Settings;
use super::disk::Disk;
use super::fatal::Fatal;
use super::location::PackUse;
use super::packs::Packs;
use super::pending::PendingBlobs;
use super::places::Places;
use super::reader::Readers;
use super::room::Room;
use super::stats::{Counters, add};

/// What the parts share.
pub(crate) struct Shared {
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) settings: Settings,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) fatal: Fatal,
    pub(crate) counters: Counters,
    pub(crate) room: Arc<Room>,
    pub(crate) packs: Arc<Packs>,
    pub(crate) pending: Arc<PendingBlobs>,
    /// Where small blobs lay that were read together.
    pub(crate) places: Places,
    pub(crate) readers: Readers,
    /// What each pack holds, as of the last group on disk; only the committer changes it.
    pub(crate) uses: Mutex<Arc<BTreeMap<u32, PackUse>>>,
    pub(crate) spools: AtomicU64,
}

impl Shared {
    /// The time of day in seconds since 1970.
    pub(crate) fn now(&self) -> u64 {
        self.clock.now().secs()
    }

    /// A number for a spool file, used once in this process.
    pub(crate) fn next_spool(&self) -> u64 {
        self.spools.fetch_add(1, Ordering::Relaxed)
    }

    /// Whether a commit has named this blob. It may be gone by the time of the next commit, which then says so.
    pub(crate) async fn is_located(&self, hash: BlobHash) -> Result<bool, EngineError> {
        self.readers.run(move |reading| Ok(reading.location(hash)?.is_some())).await
    }

    pub(crate) fn count_refusal(&self, error: &EngineError) {
        if *error == EngineError::NoSpace {
            add(&self.counters.refused_no_space, 1);
        }
    }

    pub(crate) fn uses(&self) -> MutexGuard<'_, Arc<BTreeMap<u32, PackUse>>> {
        self.uses.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
