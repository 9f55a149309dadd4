//! How records lie in SQLite: the files' settings, the tables, the keys of blobs, the versions.
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use store::{BlobHash, Partition, PartitionKind};

/// "GPst": says that a database is ours.
const APPLICATION: i32 = 0x4750_7374;
/// The version of the tables, of the keys that the engine itself keeps, and of how blobs are stored.
const VERSION: i32 = 3;
/// The first that is read, and becomes this one. In version 1 blobs' places name no partition; up to version 2 no blob
/// is stored by LZ4.
const FIRST: i32 = 1;

/// Pages in the log before it is brought into the database: 32 MiB. A page that is written again meanwhile goes there
/// once, so a short log costs more than the disk that it saves.
pub(crate) const LOG_PAGES: u32 = 8000;
/// Bytes of one page in the log, with its header.
pub(crate) const LOG_FRAME: u64 = 4096 + 24;

/// Pages of the mail that the writing connection holds, in KiB.
const WRITER_KIB: u32 = 16 * 1024;
/// Pages that a reading connection holds, and all connections to the journal. The file system holds the file as well,
/// so more of them saves a copy of 4 KiB and is held once for each thread.
const READER_KIB: u32 = 2 * 1024;

/// How a database may fail to be ours.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    #[error("written by version {0}, this program knows {VERSION}")]
    Newer(i32),
    #[error("not a database of this program")]
    Foreign,
}

/// Which sync a commit waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// Every commit is on disk before its answer.
    Full,
    /// The last second may be lost.
    LastSecond,
}

/// A table of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Table {
    Record,
    Queue,
}

impl Table {
    /// The table that holds the partitions of `kind`.
    pub(crate) fn of(kind: PartitionKind) -> Self {
        match kind {
            PartitionKind::Queue => Self::Queue,
            PartitionKind::Account | PartitionKind::Directory | PartitionKind::Journal | PartitionKind::System => {
                Self::Record
            }
        }
    }
}

/// Opens the one connection that writes, and makes the tables of a new file.
pub(crate) fn open_for_writing(path: &Path, durability: Durability) -> Result<Connection, OpenError> {
    let mut connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.busy_timeout(Duration::from_secs(10))?;
    // only a file without any table takes these two
    connection.execute_batch("PRAGMA page_size=4096; PRAGMA auto_vacuum=INCREMENTAL;")?;
    connection.execute_batch("PRAGMA journal_mode=WAL; PRAGMA cell_size_check=ON; PRAGMA trusted_schema=OFF;")?;
    connection.execute_batch(match durability {
        Durability::Full => "PRAGMA synchronous=FULL;",
        Durability::LastSecond => "PRAGMA synchronous=NORMAL;",
    })?;
    connection.execute_batch(&format!(
        "PRAGMA wal_autocheckpoint={LOG_PAGES}; PRAGMA journal_size_limit=67108864;
         PRAGMA cache_size=-{}; PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY;",
        match durability {
            Durability::Full => WRITER_KIB,
            Durability::LastSecond => READER_KIB,
        }
    ))?;
    match (pragma(&connection, "application_id")?, pragma(&connection, "user_version")?) {
        (0, 0) => create(&mut connection)?,
        (APPLICATION, VERSION) => {}
        (APPLICATION, FIRST..VERSION) => connection.pragma_update(None, "user_version", VERSION)?,
        (APPLICATION, version) => return Err(OpenError::Newer(version)),
        _ => return Err(OpenError::Foreign),
    }
    Ok(connection)
}

/// Opens a connection that only reads.
pub(crate) fn open_for_reading(path: &Path) -> Result<Connection, rusqlite::Error> {
    let connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.execute_batch(&format!(
        "PRAGMA cache_size=-{READER_KIB}; PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY;
         PRAGMA cell_size_check=ON; PRAGMA trusted_schema=OFF; PRAGMA query_only=ON;",
    ))?;
    Ok(connection)
}

fn create(connection: &mut Connection) -> Result<(), OpenError> {
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if tables != 0 {
        return Err(OpenError::Foreign);
    }
    let creation = connection.transaction()?;
    for table in ["record", "blob", "queue"] {
        creation.execute_batch(&format!("CREATE TABLE {table} (k BLOB PRIMARY KEY, v BLOB NOT NULL) WITHOUT ROWID"))?;
    }
    creation.execute_batch(&format!("PRAGMA application_id={APPLICATION}; PRAGMA user_version={VERSION};"))?;
    creation.commit()?;
    Ok(())
}

/// The value of a pragma that is a number.
pub(crate) fn pragma(connection: &Connection, name: &str) -> Result<i32, rusqlite::Error> {
    connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get(0))
}

/// Bytes of a partition at the head of its keys.
pub(crate) const PARTITION: usize = 9;

/// The whole key of a record.
pub(crate) fn record_key(partition: Partition, key: &[u8]) -> Vec<u8> {
    let mut full = Vec::with_capacity(PARTITION + key.len());
    full.extend_from_slice(&partition.bytes());
    full.extend_from_slice(key);
    full
}

/// The first whole key beyond a partition.
pub(crate) fn beyond(partition: Partition) -> Vec<u8> {
    match partition.id.checked_add(1) {
        Some(next) => Partition::new(partition.kind, next).bytes().to_vec(),
        None => vec![partition.kind.number() + 1],
    }
}

/// Keys of the table `blob`, each with what it stands for.
pub(crate) mod blob_key {
    use super::{BlobHash, Partition};

    pub(crate) const LOCATION: u8 = b'b';
    pub(crate) const LINK: u8 = b'l';
    pub(crate) const UNLINKED: u8 = b'd';
    pub(crate) const PACK: u8 = b'p';

    /// Where a blob lies.
    pub(crate) fn location(hash: BlobHash) -> Vec<u8> {
        [&[LOCATION][..], &hash.0].concat()
    }

    /// That a partition uses a blob, unless its location says so.
    pub(crate) fn link(hash: BlobHash, partition: Partition) -> Vec<u8> {
        [&[LINK][..], &hash.0, &partition.bytes()].concat()
    }

    /// All such links of a blob: the first key, and the first beyond.
    pub(crate) fn links(hash: BlobHash) -> (Vec<u8>, Vec<u8>) {
        let from = [&[LINK][..], &hash.0].concat();
        // no partition's kind is 255
        let to = [&from[..], &[0xff]].concat();
        (from, to)
    }

    /// That a blob has no link since a moment.
    pub(crate) fn unlinked(since: u64, hash: BlobHash) -> Vec<u8> {
        [&[UNLINKED][..], &since.to_be_bytes(), &hash.0].concat()
    }

    /// What a pack holds.
    pub(crate) fn pack(number: u32) -> Vec<u8> {
        [&[PACK][..], &number.to_be_bytes()].concat()
    }

    /// The hash that follows the kind byte.
    pub(crate) fn hash(key: &[u8]) -> Option<BlobHash> {
        Some(BlobHash(*key.get(1..)?.first_chunk::<32>()?))
    }
}
