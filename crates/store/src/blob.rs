//! The bytes of messages, found by their BLAKE3 hash, stored once for all who use them.
//!
//! A blob is written before the commit that names it, and is on disk when that commit is. A hash is a
//! place, never a permission: what an account may read, its own records name.
use crate::engine::{EngineError, Partition};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use std::fmt;
use std::ops::Range;
use std::str::FromStr;
use std::time::Duration;
use thiserror::Error;
use world::UnixTime;

/// The BLAKE3 hash of a blob's plain bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobHash(pub [u8; 32]);

/// A text that is not a blob's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a blob id")]
pub struct BlobHashError;

impl BlobHash {
    /// The hash of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(*blake3::hash(bytes).as_bytes())
    }
}

impl fmt::Display for BlobHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("b")?;
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for BlobHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for BlobHash {
    type Err = BlobHashError;

    fn from_str(text: &str) -> Result<Self, BlobHashError> {
        let hex = text.strip_prefix('b').ok_or(BlobHashError)?;
        let bytes = data_encoding::HEXLOWER.decode(hex.as_bytes()).map_err(|_| BlobHashError)?;
        bytes.try_into().map(Self).map_err(|_| BlobHashError)
    }
}

/// What was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredBlob {
    /// The hash of the plain bytes.
    pub hash: BlobHash,
    /// The number of plain bytes.
    pub size: u64,
}

/// One blob as `store check` sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobEntry {
    /// Its hash.
    pub hash: BlobHash,
    /// Plain bytes.
    pub size: u64,
    /// When its location was written.
    pub stored_at: UnixTime,
    /// The partitions that use it, ascending.
    pub links: Vec<Partition>,
}

/// What a collection freed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Collected {
    /// Blobs that are gone.
    pub blobs: u64,
    /// Bytes given back to the file system.
    pub bytes: u64,
}

/// What [`Blobs::open`] says of one blob.
pub type OpenedBlob = Result<Option<Box<dyn BlobSource>>, EngineError>;

/// The answer to [`Blobs::ask_for_several`]; an error when no place could be read.
pub type SeveralOpened = BoxFuture<'static, Result<Vec<OpenedBlob>, EngineError>>;

/// Stores and serves blobs.
pub trait Blobs: Send + Sync {
    /// Begins a blob.
    fn writer(&self) -> Box<dyn BlobSink>;

    /// Opens a blob; `None` when it is not stored. An open source stays valid though the blob is collected meanwhile.
    ///
    /// # Errors
    /// When its place could not be read.
    fn open(&self, hash: BlobHash) -> BoxFuture<'_, OpenedBlob>;

    /// Asks for blobs that are read one after another, at once: the future only waits for the answer, and who leaves it
    /// waiting keeps nothing from others. Nothing where the engine has too much to do, or gains nothing by it; then each
    /// is opened when its turn comes.
    ///
    /// An answer for each, in the order asked; one that cannot be read harms no other. An engine may hold what is small
    /// whole: the caller bounds how much it asks for.
    fn ask_for_several(&self, _hashes: Vec<BlobHash>) -> Option<SeveralOpened> {
        None
    }

    /// Blobs in the order of their hashes, those above `after`, at most `limit`.
    ///
    /// # Errors
    /// When they could not be read.
    fn page(&self, after: Option<BlobHash>, limit: usize) -> BoxFuture<'_, Result<Vec<BlobEntry>, EngineError>>;

    /// Removes blobs that no partition uses and that were stored, or lost their last link, longer than `grace` before
    /// `now`; gives their space back.
    ///
    /// # Errors
    /// When the disk failed; what was done before stays done.
    fn collect(&self, now: UnixTime, grace: Duration) -> BoxFuture<'_, Result<Collected, EngineError>>;
}

/// Takes one blob by push. Dropped unfinished, nothing is kept.
pub trait BlobSink: Send {
    /// Takes more bytes: hashes, compresses, spools.
    ///
    /// # Errors
    /// When the disk failed or is full.
    fn write<'a>(&'a mut self, bytes: &'a [u8]) -> BoxFuture<'a, Result<(), EngineError>>;

    /// Ends the blob; returns when a commit may name it. That commit is answered once the blob is on disk too, and by
    /// itself this promises nothing. The same bytes stored twice are one blob.
    ///
    /// # Errors
    /// When the disk failed or is full.
    fn finish(self: Box<Self>) -> BoxFuture<'static, Result<StoredBlob, EngineError>>;
}

/// One blob, open for reading.
pub trait BlobSource: Send + Sync {
    /// The number of plain bytes.
    fn size(&self) -> u64;

    /// The bytes of `range`, cut at the end of the blob. Costs the frames that the range touches; sums are checked.
    ///
    /// # Errors
    /// [`EngineError::Corrupt`] rather than a wrong byte.
    fn read(&self, range: Range<u64>) -> BoxFuture<'_, Result<Bytes, EngineError>>;
}
