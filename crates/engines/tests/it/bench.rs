//! The embedded engine for the common suite: opened again on a copy of its files, as they are the moment a process is
//! killed, and on a file system whose free space the suite decides.
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use engines::{Disk, DiskFile, Embedded, Entry, Lock, RealDisk, Settings, Space};
use futures_util::future::BoxFuture;
use store::Engine;
use store_conformance::Bench;
use world::SystemClock;

use crate::stage::{SMALL, copy, in_memory};

const RESERVE: u64 = 1024 * 1024;
/// Above the reserve, and too little for the reserve file.
const ROOM: u64 = 16 * RESERVE;

/// Stores below one directory, each the copy of the one before.
pub(crate) struct EmbeddedBench {
    below: tempfile::TempDir,
    opened: AtomicU64,
    free: Arc<AtomicU64>,
    /// Where the store is now.
    now: Mutex<Option<PathBuf>>,
}

impl EmbeddedBench {
    pub(crate) fn new() -> Self {
        let free = Arc::new(AtomicU64::new(ROOM));
        Self { below: in_memory(), opened: AtomicU64::new(0), free, now: Mutex::new(None) }
    }

    fn next(&self) -> PathBuf {
        let next = self.below.path().join(self.opened.fetch_add(1, Ordering::Relaxed).to_string());
        if let Some(before) = self.now.lock().unwrap().replace(next.clone()) {
            as_if_killed(&before, &next);
        }
        next
    }
}

/// Copies the files of a store that may be open, between two of its transactions.
fn as_if_killed(from: &Path, to: &Path) {
    let databases: Vec<_> = ["mail.db", "journal.db"].iter().map(|name| quiet(&from.join(name))).collect();
    copy(from, to);
    drop(databases);
    for file in ["mail.db-shm", "journal.db-shm", "lock"] {
        let _ = std::fs::remove_file(to.join(file));
    }
}

/// Holds the writers of a database until it is dropped.
fn quiet(path: &Path) -> rusqlite::Connection {
    let connection = rusqlite::Connection::open(path).unwrap();
    connection.busy_timeout(Duration::from_secs(10)).unwrap();
    connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    connection
}

impl Bench for EmbeddedBench {
    fn open(&self) -> BoxFuture<'_, Arc<dyn Engine>> {
        Box::pin(async {
            let directory = self.next();
            std::fs::create_dir_all(&directory).unwrap();
            let disk = Rationed { real: RealDisk::new(&directory), free: Arc::clone(&self.free) };
            let settings = Settings { reserve_bytes: RESERVE, ..SMALL };
            let opened = Embedded::open_on(&directory, Arc::new(disk), Arc::new(SystemClock), settings);
            Arc::new(opened.unwrap()) as Arc<dyn Engine>
        })
    }

    fn below_reserve(&self, below: bool) -> bool {
        self.free.store(if below { RESERVE - 1 } else { ROOM }, Ordering::Relaxed);
        true
    }
}

/// The machine's disk, with so much room as is said.
struct Rationed {
    real: RealDisk,
    free: Arc<AtomicU64>,
}

impl Disk for Rationed {
    fn create_directory(&self, name: &str) -> io::Result<()> {
        self.real.create_directory(name)
    }

    fn create(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        self.real.create(name)
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        self.real.open(name)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.real.rename(from, to)
    }

    fn unlink(&self, name: &str) -> io::Result<()> {
        self.real.unlink(name)
    }

    fn sync_directory(&self, name: &str) -> io::Result<()> {
        self.real.sync_directory(name)
    }

    fn list(&self, name: &str) -> io::Result<Vec<Entry>> {
        self.real.list(name)
    }

    fn space(&self) -> io::Result<Space> {
        Ok(Space { free: self.free.load(Ordering::Relaxed), total: u64::MAX })
    }

    fn lock(&self, name: &str, owner: &str) -> io::Result<Lock> {
        self.real.lock(name, owner)
    }
}
