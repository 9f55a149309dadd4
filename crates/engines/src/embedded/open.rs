//! Opening a store: the lock, what the last stop left, the databases, the threads.
use std::collections::BTreeMap;
use std::fs::{DirBuilder, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use rusqlite::Connection;
use store::EngineError;
use tokio::sync::watch;
use world::Clock;

use super::collect::Collector;
use super::committer::{Committer, Job, WAITING, checkpoint, log_of};
use super::disk::{Disk, Lock, RealDisk};
use super::fatal::Fatal;
use super::group::{Changes, pack_use};
use super::location::{Location, PackUse};
use super::pack_room::prepare_packs;
use super::packs::{self, Packs};
use super::pending::PendingBlobs;
use super::places::Places;
use super::queue::Queue;
use super::reader::Readers;
use super::room::Room;
use super::schema::{Durability, LOG_FRAME, LOG_PAGES, OpenError, blob_key, open_for_writing};
use super::shared::Shared;
use super::stats::Counters;
use super::{Embedded, Running, Settings, large, sink};

pub(crate) const MAIL: &str = "mail.db";
pub(crate) const JOURNAL: &str = "journal.db";
const LOCK: &str = "lock";
const CLEAN: &str = "clean";
/// What the log is made long by in advance is at most this part of the free space.
const LOG_PART: u64 = 16;

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another process has it.
    #[error("the store is in use by process {0}")]
    InUse(String),
    /// A later release has written it.
    #[error("{file} was written by a later release (version {found})")]
    Newer {
        /// The database.
        file: &'static str,
        /// Its version.
        found: i32,
    },
    /// The database is something else's.
    #[error("{0} is not a database of this program")]
    Foreign(&'static str),
    /// There are packs and no records that name what is in them.
    #[error("there are blobs and no mail.db: restore it, or move packs/ and large/ away")]
    RecordsMissing,
    /// A database could not be used.
    #[error("{0}")]
    Database(&'static str, #[source] rusqlite::Error),
    /// A file could not be used.
    #[error("a file of the store could not be used")]
    Disk(#[from] std::io::Error),
    /// A thread could not begin.
    #[error("a thread of the store could not begin")]
    Thread(#[source] std::io::Error),
    /// The readers could not begin.
    #[error("the store could not be read")]
    Readers(#[source] EngineError),
}

impl Embedded {
    /// Opens the store in `directory`, which is made when it is not there. Blocks; after an unclean stop until the
    /// log is in the database.
    ///
    /// # Errors
    /// When another process has it, a later release wrote it, or the disk fails.
    pub fn open(directory: &Path, clock: Arc<dyn Clock>, settings: Settings) -> Result<Self, Error> {
        DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
        Self::open_on(directory, Arc::new(RealDisk::new(directory)), clock, settings)
    }

    /// As [`Self::open`], with the engine's own files on `disk`; the databases are in `directory`.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_on(
        directory: &Path,
        disk: Arc<dyn Disk>,
        clock: Arc<dyn Clock>,
        settings: Settings,
    ) -> Result<Self, Error> {
        disk.create_directory("")?;
        let lock = match disk.lock(LOCK, &std::process::id().to_string())? {
            Lock::Taken(lock) => lock,
            Lock::Held(owner) => return Err(Error::InUse(owner)),
        };
        let clean = disk.list("")?.iter().any(|entry| entry.name == CLEAN);
        for directory in [packs::DIRECTORY, large::DIRECTORY, sink::SPOOL] {
            disk.create_directory(directory)?;
        }
        for left in disk.list(sink::SPOOL)? {
            disk.unlink(&format!("{}/{}", sink::SPOOL, left.name))?;
        }
        if !directory.join(MAIL).exists() && !disk.list(packs::DIRECTORY)?.is_empty() {
            return Err(Error::RecordsMissing);
        }
        let mail = database(directory, MAIL, Durability::Full, clean)?;
        if settings.prepare_log {
            prepare_log(&log_of(&directory.join(MAIL)), disk.space()?.free / LOG_PART)?;
        }
        let journal = database(directory, JOURNAL, Durability::LastSecond, clean)?;
        if clean {
            disk.unlink(CLEAN)?;
        }
        // the names of the databases, of the directories and the marker's end, before the first answer
        disk.sync_directory("")?;
        let uses = uses_of(&mail)?;
        let room = Arc::new(Room::open(Arc::clone(&disk), settings.reserve_bytes)?);
        let packs = Packs::open(Arc::clone(&disk), Arc::clone(&room), settings, &uses, clean)?;
        let (readers, mut threads) = Readers::start(&directory.join(MAIL), settings.readers).map_err(Error::Readers)?;
        let (journal_readers, more) = Readers::start(&directory.join(JOURNAL), 1).map_err(Error::Readers)?;
        threads.extend(more);
        let shared = Arc::new(Shared {
            disk,
            settings,
            clock,
            fatal: Fatal::new(),
            counters: Counters::default(),
            room,
            packs,
            pending: Arc::new(PendingBlobs::default()),
            places: Places::default(),
            readers,
            uses: Mutex::new(Arc::new(uses)),
            spools: AtomicU64::new(0),
        });
        let committer = Queue::<Job>::new(WAITING);
        let journal_committer = Queue::beside(&committer);
        for (queue, connection, durability, file) in
            [(&committer, mail, Durability::Full, MAIL), (&journal_committer, journal, Durability::LastSecond, JOURNAL)]
        {
            let log = log_of(&directory.join(file));
            let thread = Committer { queue: Arc::clone(queue), shared: Arc::clone(&shared), durability, log };
            threads.push(spawn("glaspost-commit", move || thread.run(&connection))?);
        }
        let packing = Arc::clone(&shared);
        let prepare = move || prepare_packs(&packing.packs, &packing.fatal, &packing.counters);
        threads.push(spawn("glaspost-room", prepare)?);
        let collector = Collector { shared: Arc::clone(&shared), committer: Arc::clone(&committer) };
        let running = Running {
            shared,
            committer,
            journal_committer,
            journal_readers,
            threads: Mutex::new(threads),
            stopping: AtomicBool::new(false),
            stopped: watch::Sender::new(false),
            lock: Mutex::new(Some(lock)),
        };
        Ok(Self { running: Arc::new(running), collector })
    }
}

/// Says that all is on disk and that the packs end where the records say.
pub(crate) fn mark_clean(disk: &dyn Disk) -> std::io::Result<()> {
    disk.create(CLEAN)?.sync()?;
    disk.sync_directory("")
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, Error> {
    std::thread::Builder::new().name(name.to_owned()).spawn(work).map_err(Error::Thread)
}

/// Opens a database to write to; after an unclean stop its log goes into it, with the sync that this takes.
fn database(directory: &Path, file: &'static str, durability: Durability, clean: bool) -> Result<Connection, Error> {
    // made here, so that nobody else may read it; its log takes the same mode
    OpenOptions::new().append(true).create(true).mode(0o600).open(directory.join(file))?;
    let connection = open_for_writing(&directory.join(file), durability).map_err(|error| match error {
        OpenError::Sqlite(error) => Error::Database(file, error),
        OpenError::Newer(found) => Error::Newer { file, found },
        OpenError::Foreign => Error::Foreign(file),
    })?;
    if !clean {
        checkpoint(&connection).map_err(|error| Error::Database(file, error))?;
    }
    Ok(connection)
}

/// Writes the empty log full of zeros: a sync of bytes over bytes takes half the time of one that makes the file
/// longer. Zeros are no frame, so what follows the last one still ends the log. At most `most` bytes: on a small disk
/// mail needs the room more.
fn prepare_log(log: &Path, most: u64) -> std::io::Result<()> {
    let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(log)?;
    if file.metadata()?.len() > 0 {
        return Ok(());
    }
    let zeros = vec![0; 256 * 1024];
    let bytes = most.min(u64::from(LOG_PAGES) * LOG_FRAME);
    // without room for it the log grows as it is written
    let done = (0..bytes.div_ceil(zeros.len() as u64)).try_for_each(|_| (&file).write_all(&zeros));
    match done.and_then(|()| file.sync_data()) {
        Err(error) if error.kind() == std::io::ErrorKind::StorageFull => file.set_len(0),
        done => done,
    }
}

/// What each pack holds, as the records say; counted again from the locations where one of them is damaged.
fn uses_of(connection: &Connection) -> Result<BTreeMap<u32, PackUse>, Error> {
    let mut uses = BTreeMap::new();
    let mut damaged = false;
    blob_rows(connection, blob_key::PACK, |key, value| match pack_use(key, value) {
        Some((number, used)) => drop(uses.insert(number, used)),
        None => damaged = true,
    })?;
    if damaged {
        tracing::error!("what a pack holds is damaged: it is counted again");
        uses.clear();
        let mut counted = Changes::default();
        blob_rows(connection, blob_key::LOCATION, |key, value| {
            if let Some(location) = Location::decode(key, value) {
                counted.holds(&location, &uses);
            }
        })?;
        uses = counted.uses;
    }
    Ok(uses)
}

fn blob_rows(connection: &Connection, kind: u8, mut visit: impl FnMut(&[u8], &[u8])) -> Result<(), Error> {
    let failed = |error| Error::Database(MAIL, error);
    let mut statement = connection.prepare("SELECT k, v FROM blob WHERE k >= ?1 AND k < ?2").map_err(failed)?;
    let mut rows = statement.query([&[kind][..], &[kind + 1]]).map_err(failed)?;
    while let Some(row) = rows.next().map_err(failed)? {
        let (key, value): (Vec<u8>, Vec<u8>) = (row.get(0).map_err(failed)?, row.get(1).map_err(failed)?);
        visit(&key, &value);
    }
    Ok(())
}
