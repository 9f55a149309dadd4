//! The embedded engine: records in SQLite, blobs in append-only packs, one sync for all who wait.
//!
//! Below the store's directory: `mail.db` (accounts, directory, queue, where blobs lie), `journal.db`, `packs/`,
//! `large/`, `spool/`, `lock` (the pid of its owner), `reserve` (room given up when even deleting finds none) and
//! `clean` (the last stop was clean). The order that nothing breaks: a pack is synced, then the record that names a
//! place in it is committed with a sync of its own, then the answer is given. After a failed sync nothing is written.
mod blobs;
mod codec;
mod collect;
mod committer;
pub(crate) mod disk;
mod fatal;
mod group;
mod large;
mod location;
mod neighbours;
pub(crate) mod open;
mod pack_room;
mod pack_sync;
mod packs;
mod pages;
mod pending;
mod places;
mod prepared;
mod queue;
mod reader;
mod record;
mod room;
mod schema;
mod shared;
mod sink;
mod soundness;
mod source;
mod statements;
pub(crate) mod stats;
mod table_reads;
mod versions;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use futures_util::future::BoxFuture;
use store::{Blobs, Engine, EngineError, EngineStats, Found, Look, Partition, PartitionKind, Read, Shown, Slot};
use tokio::sync::watch;

use collect::Collector;
use committer::{CommitSlot, Job};
use queue::Queue;
use reader::Readers;
use shared::Shared;
use sink::off_thread;
use stats::Activity;

/// Limits and sizes of the embedded engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Growth is refused while less is free, in bytes; at most 5 % of the file system counts. Default 256 MiB.
    pub reserve_bytes: u64,
    /// A pack takes no more beyond this, in bytes. Default 256 MiB.
    pub seal_bytes: u64,
    /// Room in a pack is reserved in such steps, in bytes. Default 16 MiB.
    pub allocate_bytes: u64,
    /// So many bytes beyond the last blob of a pack are written in advance, so that a sync takes less. Default 4 MiB.
    pub prepare_bytes: u64,
    /// The log is written full of zeros when it is begun, for the same reason. Default true.
    pub prepare_log: bool,
    /// A blob that takes more on disk gets a file of its own, in bytes. Default 1 MiB.
    pub large_bytes: u64,
    /// Threads that read the mail database. Default 4.
    pub readers: usize,
}

impl Default for Settings {
    fn default() -> Self {
        const MIB: u64 = 1024 * 1024;
        Self {
            reserve_bytes: 256 * MIB,
            seal_bytes: 256 * MIB,
            allocate_bytes: 16 * MIB,
            prepare_bytes: 4 * MIB,
            prepare_log: true,
            large_bytes: MIB,
            readers: 4,
        }
    }
}

/// The embedded engine. Dropped, it stops as [`Engine::shutdown`] does, waiting for its threads.
pub struct Embedded {
    running: Arc<Running>,
    collector: Collector,
}

/// What stops as a whole.
struct Running {
    shared: Arc<Shared>,
    committer: Arc<Queue<Job>>,
    journal_committer: Arc<Queue<Job>>,
    journal_readers: Readers,
    threads: Mutex<Vec<JoinHandle<()>>>,
    stopping: AtomicBool,
    stopped: watch::Sender<bool>,
    /// Held for as long as the engine runs.
    lock: Mutex<Option<Box<dyn Send + Sync>>>,
}

impl Embedded {
    /// Waits until the disk has failed, and gives the cause: nothing more is written, the program must end.
    pub async fn fatal(&self) -> String {
        self.shared().fatal.raised().await
    }

    /// What the engine has done since it was opened.
    pub fn activity(&self) -> Activity {
        self.shared().counters.picture()
    }

    fn shared(&self) -> &Arc<Shared> {
        &self.running.shared
    }

    fn readers(&self, kind: PartitionKind) -> &Readers {
        if kind == PartitionKind::Journal { &self.running.journal_readers } else { &self.shared().readers }
    }
}

impl Running {
    /// Closes what takes work, waits for the threads, and marks the stop as clean if it was.
    fn stop(&self) {
        self.stopping.store(true, Ordering::Release);
        self.committer.close();
        self.journal_committer.close();
        self.shared.packs.close();
        self.shared.readers.close();
        self.journal_readers.close();
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            if thread.join().is_err() {
                self.shared.fatal.raise("a thread of the engine panicked");
            }
        }
        self.shared.pending.clear();
        let mut lock = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        // a blob that is still being written would go on in a pack that the next start writes too
        let clean = lock.is_some() && !self.shared.fatal.is_raised() && self.shared.packs.is_quiet();
        if clean && let Err(error) = open::mark_clean(&*self.shared.disk) {
            tracing::warn!(%error, "the clean stop could not be marked");
        }
        *lock = None;
        drop(lock);
        self.stopped.send_replace(true);
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        self.running.stop();
    }
}

impl Engine for Embedded {
    fn reserve(&self) -> BoxFuture<'_, Result<Box<dyn Slot>, EngineError>> {
        Box::pin(async move {
            if self.shared().fatal.is_raised() {
                return Err(EngineError::Closed);
            }
            let place = self.running.committer.reserve().await.map_err(|_| EngineError::Closed)?;
            let journal = Arc::clone(&self.running.journal_committer);
            let slot: Box<dyn Slot> = Box::new(CommitSlot { place, journal, shared: Arc::clone(self.shared()) });
            Ok(slot)
        })
    }

    fn read(&self, partition: Partition, reads: Vec<Read>) -> BoxFuture<'_, Result<Vec<Found>, EngineError>> {
        Box::pin(self.readers(partition.kind).run(move |reading| reading.answer(partition, reads)))
    }

    fn show(
        &self,
        partition: Partition,
        reads: Vec<Read>,
        mut look: Look,
    ) -> BoxFuture<'_, Result<Vec<Shown>, EngineError>> {
        Box::pin(self.readers(partition.kind).run(move |reading| reading.show(partition, &reads, &mut look)))
    }

    fn partitions(
        &self,
        kind: PartitionKind,
        after: Option<u64>,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<u64>, EngineError>> {
        Box::pin(self.readers(kind).run(move |reading| reading.partitions(kind, after, limit)))
    }

    fn blobs(&self) -> &dyn Blobs {
        self
    }

    fn has_room(&self) -> bool {
        let closed = self.running.stopping.load(Ordering::Acquire) || self.shared().fatal.is_raised();
        !closed && self.shared().room.had_room()
    }

    fn closed(&self) -> BoxFuture<'_, ()> {
        let mut stopped = self.running.stopped.subscribe();
        Box::pin(async move {
            tokio::select! {
                _ = self.shared().fatal.raised() => {}
                // this value holds the sender, so waiting ends only by its value
                _ = stopped.wait_for(|stopped| *stopped) => {}
            }
        })
    }

    fn stats(&self) -> BoxFuture<'_, Result<EngineStats, EngineError>> {
        Box::pin(async move {
            let mut stats = self.shared().readers.run(|reading| reading.in_snapshot(blobs::sizes)).await?;
            let (records, bytes) = self.running.journal_readers.run(|reading| reading.record_sizes()).await?;
            stats.records += records;
            stats.record_bytes += bytes;
            let shared = Arc::clone(self.shared());
            off_thread(move || blobs::add_files(&shared, stats)).await
        })
    }

    fn check(&self) -> BoxFuture<'_, Result<Vec<String>, EngineError>> {
        Box::pin(async move {
            let mail = self.shared().readers.run(|reading| reading.faults()).await?;
            let journal = self.running.journal_readers.run(|reading| reading.faults()).await?;
            let in_file = |file: &str, faults: Vec<String>| -> Vec<String> {
                faults.into_iter().map(|fault| format!("{file}: {fault}")).collect()
            };
            Ok([in_file(open::MAIL, mail), in_file(open::JOURNAL, journal)].concat())
        })
    }

    fn shutdown(&self) -> BoxFuture<'_, ()> {
        let running = Arc::clone(&self.running);
        Box::pin(async move {
            let stopped = off_thread(move || {
                running.stop();
                Ok(())
            });
            if let Err(error) = stopped.await {
                tracing::error!(%error, "the engine did not stop");
            }
        })
    }
}
