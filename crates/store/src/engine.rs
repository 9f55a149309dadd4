//! What the store runs on: ordered keys in partitions, read as snapshots and written by atomic, durable commits.
//!
//! Nothing above this trait knows SQL, files or sync. A transaction touches one partition. Commits are taken in the
//! order in which they are handed in, share one sync with their neighbours (group commit), and are answered by a
//! [`Receipt`], which only an engine's [`Answer`] can make: who holds one may say that it is on disk.
use crate::blob::{BlobHash, Blobs};
use crate::look::{Look, Shown, show_what_is_read};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use thiserror::Error;
use tokio::sync::oneshot;

/// What a partition is for. The kind decides which of the engine's files holds it; the number is on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum PartitionKind {
    /// One account: mailboxes, emails, change log.
    Account = 1,
    /// Domains, addresses, credentials; sharded by domain.
    Directory = 2,
    /// The outbound queue and intake; 64 of them for ever.
    Queue = 3,
    /// What happened. May lose the last second after a crash.
    Journal = 4,
    /// The store's own: epoch and schema version.
    System = 5,
}

impl PartitionKind {
    /// Every kind, in the order of its number.
    pub const ALL: [Self; 5] = [Self::Account, Self::Directory, Self::Queue, Self::Journal, Self::System];

    /// The number that stands in keys on disk.
    pub const fn number(self) -> u8 {
        self as u8
    }
}

/// One unit of consistency; every transaction touches one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Partition {
    /// What it is for.
    pub kind: PartitionKind,
    /// Which one.
    pub id: u64,
}

impl Partition {
    /// The partition `id` of `kind`.
    pub const fn new(kind: PartitionKind, id: u64) -> Self {
        Self { kind, id }
    }

    /// Nine bytes that sort as partitions do: kind, then number, big-endian.
    pub fn bytes(self) -> [u8; 9] {
        let mut bytes = [0; 9];
        if let Some((first, rest)) = bytes.split_first_mut() {
            *first = self.kind.number();
            rest.copy_from_slice(&self.id.to_be_bytes());
        }
        bytes
    }

    /// Reads what [`Self::bytes`] made.
    pub fn from_bytes(bytes: [u8; 9]) -> Option<Self> {
        let (&number, id) = bytes.split_first()?;
        let kind = PartitionKind::ALL.into_iter().find(|kind| kind.number() == number)?;
        Some(Self { kind, id: u64::from_be_bytes(id.try_into().ok()?) })
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}/{:016x}", self.kind, self.id)
    }
}

/// A key inside its partition: the record's kind, then big-endian numbers and text. At most [`MAX_KEY`] bytes.
pub type Key = Vec<u8>;

/// The longest key, in bytes.
pub const MAX_KEY: usize = 1_024;

/// The most records that one page of a scan gives.
pub const MAX_PAGE: usize = 1_000;

/// A record as it was written. The engine has checked its sum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// What the writer gave: in an account the modseq of its commit, elsewhere the record's own count.
    pub version: u64,
    /// What the writer gave.
    pub payload: Bytes,
}

/// One question of a [`Engine::read`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Read {
    /// The record under a key.
    Get(Key),
    /// Records in the order of their keys.
    Scan {
        /// The first key that is meant.
        from: Key,
        /// The first key beyond.
        to: Key,
        /// At most so many records; an engine gives at most [`MAX_PAGE`].
        limit: usize,
        /// From the highest key down.
        reverse: bool,
    },
}

/// The answer to one [`Read`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// To a `Get`.
    One(Option<Value>),
    /// To a `Scan`.
    Many {
        /// In the asked order.
        items: Vec<(Key, Value)>,
        /// Records in the range remain beyond the last of `items` and `corrupt`.
        more: bool,
        /// Keys in the range whose value failed its sum; they count towards the limit.
        corrupt: Vec<Key>,
    },
    /// To a `Get`: the record's sum is wrong, or where it would be cannot be read.
    Corrupt(Key),
}

/// What must hold for a commit to be taken. Checked in commit order, so a commit sees all before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Precondition {
    /// No record under this key.
    Absent(Key),
    /// A record of this version under this key.
    Version(Key, u64),
}

/// One change of a commit. A key is written at most once in a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// Writes a record, over an older one.
    Put {
        /// Where.
        key: Key,
        /// What later preconditions ask for.
        version: u64,
        /// What.
        payload: Vec<u8>,
    },
    /// Removes a record; one that is not there is no error.
    Delete {
        /// Where.
        key: Key,
    },
}

impl Write {
    /// The key that it writes.
    pub fn key(&self) -> &Key {
        match self {
            Self::Put { key, .. } | Self::Delete { key } => key,
        }
    }
}

/// Whether a commit may be refused to keep the disk's reserve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Growth {
    /// Adds content: refused while free space is below the reserve.
    Grows,
    /// Frees content, or is small and must go on: may use the reserve.
    Frees,
}

/// Writes to one partition, taken together or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Where.
    pub partition: Partition,
    /// Random; by it an engine beyond this machine finds out whether an unanswered commit was taken.
    pub id: u128,
    /// All must hold.
    pub preconditions: Vec<Precondition>,
    /// In any order; no key twice.
    pub writes: Vec<Write>,
    /// Blobs that the partition uses from now on (a link for each pair of blob and partition; naming again is no error).
    /// One that is not stored fails the commit with [`CommitError::NoSuchBlob`].
    pub names_blobs: Vec<BlobHash>,
    /// Blobs whose last use in this partition goes with this commit; their link goes.
    pub drops_blobs: Vec<BlobHash>,
    /// Whether it may be refused to keep the disk's reserve.
    pub growth: Growth,
}

/// Proof that a commit is on disk. Only [`Answer::committed`] makes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    commit: u128,
}

impl Receipt {
    /// The commit's id.
    pub fn commit(self) -> u128 {
        self.commit
    }
}

/// Why a commit was not taken. Nothing of it is there.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CommitError {
    /// A precondition did not hold: somebody else was first.
    #[error("the record {} has another version ({found:?})", data_encoding::HEXLOWER.encode(key))]
    Conflict {
        /// The key of the precondition.
        key: Key,
        /// The version that is there, `None` when no record is.
        found: Option<u64>,
    },
    /// The disk is full, or down to its reserve and the commit grows. It may be repeated later.
    #[error("no space on the disk")]
    NoSpace,
    /// A named blob is not stored (any more): store it again, then repeat.
    #[error("blob {0} is not stored")]
    NoSuchBlob(BlobHash),
    /// The engine was shut down, or a sync failed: it refuses every write until it is opened again.
    #[error("the store takes no more writes until it is opened again")]
    Closed,
    /// The commit itself is not acceptable: a key too long, or written twice.
    #[error("malformed commit: {0}")]
    Malformed(&'static str),
    /// The outcome is a failure of the machine beneath; the cause is for the log.
    #[error("engine: {0}")]
    Io(String),
}

/// Why a read or a blob operation gave nothing.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EngineError {
    /// The engine is shut down or closed after a failed sync.
    #[error("the store is closed")]
    Closed,
    /// The disk is full.
    #[error("no space on the disk")]
    NoSpace,
    /// Bytes on the disk failed their sum.
    #[error("corrupt: {0}")]
    Corrupt(String),
    /// The machine beneath failed; the cause is for the log.
    #[error("engine: {0}")]
    Io(String),
}

/// The waiting answer to a handed-in commit. Dropping it does not take the commit back.
#[derive(Debug)]
pub struct Pending(oneshot::Receiver<Result<Receipt, CommitError>>);

/// The engine's end of a [`Pending`]. Dropped unanswered, it answers [`CommitError::Closed`].
#[derive(Debug)]
pub struct Answer {
    commit: u128,
    reply: oneshot::Sender<Result<Receipt, CommitError>>,
}

impl Pending {
    /// A pair for the commit `id`: the engine keeps the answer, the caller waits.
    pub fn new(id: u128) -> (Answer, Self) {
        let (reply, receiver) = oneshot::channel();
        (Answer { commit: id, reply }, Self(receiver))
    }
}

impl Future for Pending {
    type Output = Result<Receipt, CommitError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context).map(|reply| reply.unwrap_or(Err(CommitError::Closed)))
    }
}

impl Answer {
    /// Says that the commit is on disk. Only for an engine, and only after its sync.
    pub fn committed(self) {
        let _ = self.reply.send(Ok(Receipt { commit: self.commit }));
    }

    /// Says that the commit was not taken.
    pub fn refused(self, why: CommitError) {
        let _ = self.reply.send(Err(why));
    }
}

/// A place in the committer's bounded queue, taken beforehand so that handing in never waits.
pub trait Slot: Send {
    /// Hands in. Never waits; the order of calls is the order of commits.
    fn submit(self: Box<Self>, commit: Commit) -> Pending;
}

/// Sizes for `store stats`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EngineStats {
    /// Records over all partitions.
    pub records: u64,
    /// Bytes that records take on disk (in memory: keys and values).
    pub record_bytes: u64,
    /// Blobs with a location.
    pub blobs: u64,
    /// Plain bytes of those blobs.
    pub blob_bytes: u64,
    /// Bytes that blobs take on disk, dead ones too.
    pub blob_stored_bytes: u64,
    /// Bytes of blobs on disk that nothing names any more.
    pub blob_dead_bytes: u64,
    /// Free bytes of the file system; `u64::MAX` when that means nothing.
    pub free_bytes: u64,
}

/// An ordered key-value store in partitions, with durable commits and blobs beside it.
pub trait Engine: Send + Sync {
    /// Waits for a place in the committer's bounded queue.
    ///
    /// # Cancel safety
    /// Dropping the future or the slot gives the place back.
    ///
    /// # Errors
    /// [`EngineError::Closed`] once the engine takes no more writes.
    fn reserve(&self) -> BoxFuture<'_, Result<Box<dyn Slot>, EngineError>>;

    /// Answers each of `reads`, all from one snapshot of the partition, in their order.
    ///
    /// # Errors
    /// When nothing could be read at all; a single bad record is [`Found::Corrupt`].
    fn read(&self, partition: Partition, reads: Vec<Read>) -> BoxFuture<'_, Result<Vec<Found>, EngineError>>;

    /// Answers as [`Self::read`], but shows the records to `look` in the place of giving them: on the thread
    /// that reads them, one after the other, without a copy. Of one scan at most [`MAX_SHOWN`](crate::MAX_SHOWN).
    ///
    /// # Errors
    /// As [`Self::read`]; some records may have been shown by then.
    fn show(
        &self,
        partition: Partition,
        reads: Vec<Read>,
        look: Look,
    ) -> BoxFuture<'_, Result<Vec<Shown>, EngineError>> {
        Box::pin(show_what_is_read(self, partition, reads, look))
    }

    /// The numbers of the partitions of `kind` that hold any record, ascending, those above `after`, at most `limit`.
    ///
    /// # Errors
    /// When nothing could be read.
    fn partitions(
        &self,
        kind: PartitionKind,
        after: Option<u64>,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<u64>, EngineError>>;

    /// Where the bytes of messages are.
    fn blobs(&self) -> &dyn Blobs;

    /// Whether a growing commit would be taken: false below the disk's reserve or when closed. Costs nothing, so it may
    /// know of the disk only what the last commit found, or a second ago.
    fn has_room(&self) -> bool;

    /// Waits until the engine takes no more writes: after a failed sync, or [`Self::shutdown`].
    fn closed(&self) -> BoxFuture<'_, ()>;

    /// Sizes.
    ///
    /// # Errors
    /// When they could not be read.
    fn stats(&self) -> BoxFuture<'_, Result<EngineStats, EngineError>>;

    /// Looks at what holds the records and says what is wrong there: above all what may hide records from a look-up,
    /// and which; an engine that has nothing of its own beneath says nothing.
    ///
    /// # Errors
    /// When that could not be read.
    fn check(&self) -> BoxFuture<'_, Result<Vec<String>, EngineError>> {
        Box::pin(std::future::ready(Ok(Vec::new())))
    }

    /// Ends the engine: what was handed in is answered, then every write is refused.
    fn shutdown(&self) -> BoxFuture<'_, ()>;
}
