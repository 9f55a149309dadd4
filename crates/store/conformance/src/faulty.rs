//! An engine that fails at its n-th operation, whichever engine works beneath (docs/security.md, R24).
use bytes::Bytes;
use futures_util::future::{self, BoxFuture};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::{
    BlobEntry, BlobHash, BlobSink, BlobSource, Blobs, Collected, Commit, CommitError, Engine, EngineError, EngineStats,
    Found, Growth, Partition, PartitionKind, Pending, Read, Slot, StoredBlob,
};
use tokio::sync::watch;
use world::UnixTime;

/// How an operation fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failing {
    /// Anything that is asked of the engine: it is not done, and the next one is.
    Once,
    /// What grows finds the disk full: it is not done, and the next one is.
    Full,
    /// A sync: what waited for it is not done, and nothing is written any more.
    Sync,
    /// As [`Self::Sync`], but the commit did reach the disk, and only its answer is lost.
    Unanswered,
}

/// What an engine is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operation {
    /// Reading, listing, sizes, the place of a commit.
    Look,
    /// Bytes of a blob that come.
    Bytes,
    /// The end of a blob, with its sync.
    Blob,
    Commit(Growth),
    Collection,
}

/// Which operation fails, and what has happened so far. Shared by all that belongs to one engine.
struct Plan {
    failing: Failing,
    /// Operations to go until one fails; 0: none will.
    left: AtomicU64,
    fired: AtomicBool,
    closed: watch::Sender<bool>,
    /// A commit whose answer nobody gets.
    lost: Mutex<Option<Pending>>,
}

impl Plan {
    /// Whether this operation is the one that fails.
    fn strikes(&self, operation: Operation) -> bool {
        let meant = match (self.failing, operation) {
            (Failing::Once, _)
            | (Failing::Full, Operation::Bytes | Operation::Blob | Operation::Commit(Growth::Grows))
            | (Failing::Sync, Operation::Blob | Operation::Commit(_) | Operation::Collection)
            | (Failing::Unanswered, Operation::Commit(_)) => true,
            (Failing::Full | Failing::Sync | Failing::Unanswered, _) => false,
        };
        let count_down = |left: u64| left.checked_sub(1);
        let before =
            if meant { self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, count_down) } else { Err(0) };
        let strikes = before == Ok(1);
        if strikes {
            self.fired.store(true, Ordering::SeqCst);
            if matches!(self.failing, Failing::Sync | Failing::Unanswered) {
                self.closed.send_replace(true);
            }
        }
        strikes
    }

    fn is_closed(&self) -> bool {
        *self.closed.borrow()
    }

    /// Refuses an operation when it is its turn, or when it writes and the engine is closed.
    fn admit(&self, operation: Operation) -> Result<(), EngineError> {
        if self.is_closed() && operation != Operation::Look {
            return Err(EngineError::Closed);
        }
        match (self.strikes(operation), self.failing) {
            (false, _) => Ok(()),
            (true, Failing::Once) => Err(EngineError::Io("this one fails".to_owned())),
            (true, Failing::Full) => Err(EngineError::NoSpace),
            (true, Failing::Sync | Failing::Unanswered) => Err(EngineError::Closed),
        }
    }
}

/// Fails once, at the operation that [`Self::arm`] says; what comes before and after goes to the engine beneath.
pub struct Faulty {
    beneath: Arc<dyn Engine>,
    plan: Arc<Plan>,
    blobs: FaultyBlobs,
}

struct FaultyBlobs(Arc<dyn Engine>, Arc<Plan>);

impl Faulty {
    /// Over an engine; nothing fails before it is armed.
    pub fn over(beneath: Arc<dyn Engine>, failing: Failing) -> Self {
        let (left, fired) = (AtomicU64::new(0), AtomicBool::new(false));
        let plan = Plan { failing, left, fired, closed: watch::Sender::new(false), lost: Mutex::default() };
        let plan = Arc::new(plan);
        Self { blobs: FaultyBlobs(beneath.clone(), plan.clone()), beneath, plan }
    }

    /// Lets the `n`-th operation from now fail, counted from 1; with 0 none.
    pub fn arm(&self, n: u64) {
        self.plan.left.store(n, Ordering::SeqCst);
    }

    /// Whether it has failed.
    pub fn has_failed(&self) -> bool {
        self.plan.fired.load(Ordering::SeqCst)
    }

    /// Waits until the engine beneath is done with the commit whose answer was lost.
    pub async fn settle(&self) {
        let lost = self.plan.lost.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(lost) = lost {
            lost.await.expect("the engine beneath does not fail");
        }
    }
}

struct FaultySlot(Box<dyn Slot>, Arc<Plan>);

impl Slot for FaultySlot {
    fn submit(self: Box<Self>, commit: Commit) -> Pending {
        let Self(beneath, plan) = *self;
        let (answer, pending) = Pending::new(commit.id);
        if plan.is_closed() {
            answer.refused(CommitError::Closed);
        } else if !plan.strikes(Operation::Commit(commit.growth)) {
            return beneath.submit(commit);
        } else {
            match plan.failing {
                Failing::Once => answer.refused(CommitError::Io("this one fails".to_owned())),
                Failing::Full => answer.refused(CommitError::NoSpace),
                Failing::Sync => answer.refused(CommitError::Closed),
                Failing::Unanswered => {
                    *plan.lost.lock().unwrap_or_else(PoisonError::into_inner) = Some(beneath.submit(commit));
                    answer.refused(CommitError::Closed);
                }
            }
        }
        pending
    }
}

fn refused<'a, T: Send + 'a>(error: EngineError) -> BoxFuture<'a, Result<T, EngineError>> {
    Box::pin(future::ready(Err(error)))
}

impl Engine for Faulty {
    fn reserve(&self) -> BoxFuture<'_, Result<Box<dyn Slot>, EngineError>> {
        if self.plan.is_closed() {
            return refused(EngineError::Closed);
        }
        if let Err(error) = self.plan.admit(Operation::Look) {
            return refused(error);
        }
        Box::pin(async move {
            let slot: Box<dyn Slot> = Box::new(FaultySlot(self.beneath.reserve().await?, self.plan.clone()));
            Ok(slot)
        })
    }

    fn read(&self, partition: Partition, reads: Vec<Read>) -> BoxFuture<'_, Result<Vec<Found>, EngineError>> {
        match self.plan.admit(Operation::Look) {
            Ok(()) => self.beneath.read(partition, reads),
            Err(error) => refused(error),
        }
    }

    fn partitions(
        &self,
        kind: PartitionKind,
        after: Option<u64>,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<u64>, EngineError>> {
        match self.plan.admit(Operation::Look) {
            Ok(()) => self.beneath.partitions(kind, after, limit),
            Err(error) => refused(error),
        }
    }

    fn blobs(&self) -> &dyn Blobs {
        &self.blobs
    }

    fn has_room(&self) -> bool {
        self.beneath.has_room()
    }

    fn closed(&self) -> BoxFuture<'_, ()> {
        let mut closed = self.plan.closed.subscribe();
        Box::pin(async move {
            tokio::select! {
                // this value holds the sender, so waiting ends only by its value
                _ = closed.wait_for(|closed| *closed) => {}
                () = self.beneath.closed() => {}
            }
        })
    }

    fn stats(&self) -> BoxFuture<'_, Result<EngineStats, EngineError>> {
        match self.plan.admit(Operation::Look) {
            Ok(()) => self.beneath.stats(),
            Err(error) => refused(error),
        }
    }

    fn check(&self) -> BoxFuture<'_, Result<Vec<String>, EngineError>> {
        match self.plan.admit(Operation::Look) {
            Ok(()) => self.beneath.check(),
            Err(error) => refused(error),
        }
    }

    fn shutdown(&self) -> BoxFuture<'_, ()> {
        self.beneath.shutdown()
    }
}

struct FaultySink(Box<dyn BlobSink>, Arc<Plan>);

struct FaultySource(Box<dyn BlobSource>, Arc<Plan>);

impl Blobs for FaultyBlobs {
    fn writer(&self) -> Box<dyn BlobSink> {
        Box::new(FaultySink(self.0.blobs().writer(), self.1.clone()))
    }

    fn open(&self, hash: BlobHash) -> BoxFuture<'_, Result<Option<Box<dyn BlobSource>>, EngineError>> {
        if let Err(error) = self.1.admit(Operation::Look) {
            return refused(error);
        }
        Box::pin(async move {
            let source = self.0.blobs().open(hash).await?;
            Ok(source.map(|source| Box::new(FaultySource(source, self.1.clone())) as Box<dyn BlobSource>))
        })
    }

    fn page(&self, after: Option<BlobHash>, limit: usize) -> BoxFuture<'_, Result<Vec<BlobEntry>, EngineError>> {
        match self.1.admit(Operation::Look) {
            Ok(()) => self.0.blobs().page(after, limit),
            Err(error) => refused(error),
        }
    }

    fn collect(&self, now: UnixTime, grace: Duration) -> BoxFuture<'_, Result<Collected, EngineError>> {
        match self.1.admit(Operation::Collection) {
            Ok(()) => self.0.blobs().collect(now, grace),
            Err(error) => refused(error),
        }
    }
}

impl BlobSink for FaultySink {
    fn write<'a>(&'a mut self, bytes: &'a [u8]) -> BoxFuture<'a, Result<(), EngineError>> {
        match self.1.admit(Operation::Bytes) {
            Ok(()) => self.0.write(bytes),
            Err(error) => refused(error),
        }
    }

    fn finish(self: Box<Self>) -> BoxFuture<'static, Result<StoredBlob, EngineError>> {
        match self.1.admit(Operation::Blob) {
            Ok(()) => self.0.finish(),
            Err(error) => refused(error),
        }
    }
}

impl BlobSource for FaultySource {
    fn size(&self) -> u64 {
        self.0.size()
    }

    fn read(&self, range: Range<u64>) -> BoxFuture<'_, Result<Bytes, EngineError>> {
        match self.1.admit(Operation::Look) {
            Ok(()) => self.0.read(range),
            Err(error) => refused(error),
        }
    }
}
