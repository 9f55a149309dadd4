//! The disk as the engine's own files see it: packs, large blobs, the lock, the reserve, the marker of a clean stop.
//!
//! Everything that the engine writes itself goes through [`Disk`], so that tests can lose, tear and reorder what was
//! not synced and let any operation fail. SQLite's files do not: they are tested from outside. Names are relative to
//! the store's directory and use `/`.
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt};
use std::path::PathBuf;
use std::sync::Arc;

use nix::fcntl::{FallocateFlags, fallocate};
use store::EngineError;

/// How much room a file system has, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    /// What an unprivileged process may still write.
    pub free: u64,
    /// The size of the file system.
    pub total: u64,
}

/// What is in a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The name within its directory.
    pub name: String,
    /// The length of the file in bytes.
    pub length: u64,
}

/// The outcome of taking a lock.
pub enum Lock {
    /// It is ours for as long as this value lives.
    Taken(Box<dyn Send + Sync>),
    /// Another process has it; the text is what that one wrote into it.
    Held(String),
}

/// Where the engine's own files live.
pub trait Disk: Send + Sync {
    /// Makes a directory; it may be there already.
    ///
    /// # Errors
    /// Those of the operating system.
    fn create_directory(&self, name: &str) -> io::Result<()>;
    /// Makes a new file for reading and writing.
    ///
    /// # Errors
    /// `AlreadyExists`, or those of the operating system.
    fn create(&self, name: &str) -> io::Result<Arc<dyn DiskFile>>;
    /// Opens a file for reading and writing.
    ///
    /// # Errors
    /// `NotFound`, or those of the operating system.
    fn open(&self, name: &str) -> io::Result<Arc<dyn DiskFile>>;
    /// Gives a file another name, in place of what had it.
    ///
    /// # Errors
    /// `NotFound`, or those of the operating system.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;
    /// Takes a name away; who has the file open keeps it.
    ///
    /// # Errors
    /// `NotFound`, or those of the operating system.
    fn unlink(&self, name: &str) -> io::Result<()>;
    /// Makes the names in a directory durable; `""` is the store's own.
    ///
    /// # Errors
    /// Those of the operating system; what happened before is then uncertain.
    fn sync_directory(&self, name: &str) -> io::Result<()>;
    /// Lists the files of a directory, by name.
    ///
    /// # Errors
    /// `NotFound`, or those of the operating system.
    fn list(&self, name: &str) -> io::Result<Vec<Entry>>;
    /// Asks the file system for its room.
    ///
    /// # Errors
    /// Those of the operating system.
    fn space(&self) -> io::Result<Space>;
    /// Takes the lock file `name` and writes `owner` into it.
    ///
    /// # Errors
    /// Those of the operating system.
    fn lock(&self, name: &str, owner: &str) -> io::Result<Lock>;
}

/// An open file.
pub trait DiskFile: Send + Sync {
    /// Reads exactly `buffer.len()` bytes at `offset`.
    ///
    /// # Errors
    /// `UnexpectedEof`, or those of the operating system.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()>;
    /// Writes all of `bytes` at `offset`.
    ///
    /// # Errors
    /// `StorageFull`, or those of the operating system.
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()>;
    /// Cuts the file, or grows it with zeros.
    ///
    /// # Errors
    /// Those of the operating system.
    fn set_length(&self, length: u64) -> io::Result<()>;
    /// Reserves room for `length` bytes at `offset` and grows the file to hold them.
    ///
    /// # Errors
    /// `StorageFull`, or those of the operating system.
    fn allocate(&self, offset: u64, length: u64) -> io::Result<()>;
    /// Makes the file's bytes durable.
    ///
    /// # Errors
    /// Those of the operating system; what was written before is then uncertain for ever.
    fn sync(&self) -> io::Result<()>;
    /// The length of the file in bytes.
    ///
    /// # Errors
    /// Those of the operating system.
    fn length(&self) -> io::Result<u64>;
}

/// What an operating system's error means to the store.
#[expect(clippy::needless_pass_by_value, reason = "stands where an error is turned: map_err(trouble)")]
pub(crate) fn trouble(error: io::Error) -> EngineError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => EngineError::NoSpace,
        _ => EngineError::Io(error.to_string()),
    }
}

/// A directory of the machine.
#[derive(Debug, Clone)]
pub struct RealDisk {
    root: PathBuf,
}

impl RealDisk {
    /// The files below `root`, which is there already.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }
}

impl Disk for RealDisk {
    fn create_directory(&self, name: &str) -> io::Result<()> {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(self.root.join(name))
    }

    fn create(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        let path = self.root.join(name);
        let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path)?;
        Ok(Arc::new(RealFile(file)))
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        let file = OpenOptions::new().read(true).write(true).open(self.root.join(name))?;
        Ok(Arc::new(RealFile(file)))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        std::fs::rename(self.root.join(from), self.root.join(to))
    }

    fn unlink(&self, name: &str) -> io::Result<()> {
        std::fs::remove_file(self.root.join(name))
    }

    fn sync_directory(&self, name: &str) -> io::Result<()> {
        File::open(self.root.join(name))?.sync_all()
    }

    fn list(&self, name: &str) -> io::Result<Vec<Entry>> {
        let mut entries = Vec::new();
        for entry in std::fs::read_dir(self.root.join(name))? {
            let entry = entry?;
            // a file may go between the listing and the question
            let Ok(metadata) = entry.metadata() else { continue };
            if let Ok(name) = entry.file_name().into_string() {
                entries.push(Entry { name, length: metadata.len() });
            }
        }
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(entries)
    }

    fn space(&self) -> io::Result<Space> {
        let found = nix::sys::statvfs::statvfs(&self.root)?;
        let unit = found.fragment_size();
        Ok(Space { free: found.blocks_available().saturating_mul(unit), total: found.blocks().saturating_mul(unit) })
    }

    fn lock(&self, name: &str, owner: &str) -> io::Result<Lock> {
        let path = self.root.join(name);
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(&path)?;
        match file.try_lock() {
            Ok(()) => {
                file.set_len(0)?;
                file.write_all_at(owner.as_bytes(), 0)?;
                Ok(Lock::Taken(Box::new(file)))
            }
            Err(TryLockError::WouldBlock) => Ok(Lock::Held(std::fs::read_to_string(&path).unwrap_or_default())),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

struct RealFile(File);

impl DiskFile for RealFile {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        self.0.read_exact_at(buffer, offset)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.0.write_all_at(bytes, offset)
    }

    fn set_length(&self, length: u64) -> io::Result<()> {
        self.0.set_len(length)
    }

    fn allocate(&self, offset: u64, length: u64) -> io::Result<()> {
        let (at, more) = (i64::try_from(offset), i64::try_from(length));
        let (Ok(at), Ok(more)) = (at, more) else { return Err(io::ErrorKind::InvalidInput.into()) };
        match fallocate(self.0.as_fd(), FallocateFlags::empty(), at, more) {
            // a file system that cannot reserve grows the file as it is written
            Err(nix::errno::Errno::EOPNOTSUPP) => Ok(()),
            done => done.map_err(io::Error::from),
        }
    }

    fn sync(&self) -> io::Result<()> {
        self.0.sync_data()
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.0.metadata()?.len())
    }
}
