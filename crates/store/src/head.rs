//! The head of an account: puts its writers in order and keeps what they and readers need in memory.
//!
//! Two states stand side by side. `ahead` is as of the last commit handed in: writers plan on it under a short lock
//! and hand in at once, so commits of one account follow each other within one group. `told` is as of the last commit
//! on disk: readers see only that. A state never changes; a commit makes a new one that shares what it did not touch.
//! A commit that fails fails those behind it, because each expects the modseq before it; their writers plan again.
mod cache;
mod commit;
mod load;
mod load_view;
mod plan;
mod state;
mod tx;
pub(crate) mod visible;
pub(crate) use plan::{Plan, Stop};
pub(crate) use state::{Keywords, State};
pub(crate) use tx::Tx;

use crate::engine::{Engine, Partition, PartitionKind, Pending, Receipt};
use crate::error::Error;
use crate::id::{MailboxId, ModSeq};
use crate::lock::lock;
use crate::metadata::MetadataLimits;
use cache::Cache;
use names::AccountId;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::sync::{Notify, RwLock, RwLockWriteGuard, Semaphore, oneshot, watch};
use tokio_util::task::TaskTracker;
use world::World;

/// What heads share.
pub(crate) struct Ground {
    pub(crate) engine: Arc<dyn Engine>,
    pub(crate) world: World,
    pub(crate) tasks: TaskTracker,
    pub(crate) max_mailboxes: u64,
    pub(crate) metadata: MetadataLimits,
    pub(crate) max_emails: Option<u64>,
    /// Bytes of messages that may be opened ahead of their readers.
    pub(crate) ahead: Arc<Semaphore>,
}

/// The head of one account.
pub(crate) struct Head {
    pub(crate) id: AccountId,
    pub(crate) ground: Arc<Ground>,
    /// Writers hold it shared from planning until they have handed in; who must be alone (loading a view, pruning)
    /// holds it alone.
    gate: RwLock<()>,
    /// Held while the head is read from disk.
    loading: tokio::sync::Mutex<()>,
    inner: Mutex<Inner>,
    /// Told when no commit is under way any more.
    drained: Notify,
    changed: watch::Sender<ModSeq>,
}

#[derive(Default)]
struct Inner {
    ahead: Option<Arc<State>>,
    told: Option<Arc<State>>,
    flights: VecDeque<Flight>,
    settling: bool,
    cache: Cache,
    /// First UIDs not told as `\Recent`, where they are above what is saved.
    recent: HashMap<MailboxId, u32>,
    /// Bytes that reservations hold.
    held: HeldQuota,
}

/// Bytes of quota that are spoken for and in no commit yet.
#[derive(Debug, Clone, Copy, Default)]
struct HeldQuota {
    /// By messages that may come.
    announced: u64,
    /// By messages that are taken already and will be written.
    promised: u64,
}

/// How sure it is that a message comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hold {
    Announced,
    Promised,
}

/// A commit that was handed in and not answered yet.
struct Flight {
    pending: Option<Pending>,
    state: Arc<State>,
    replies: Vec<oneshot::Sender<Settled>>,
}

type Settled = Result<Receipt, Refused>;

/// Why a flight did not land.
enum Refused {
    /// For a reason that is not its own: plan again.
    Again,
    /// Its own.
    Because(Error),
}

impl HeldQuota {
    fn of(&mut self, hold: Hold) -> &mut u64 {
        match hold {
            Hold::Announced => &mut self.announced,
            Hold::Promised => &mut self.promised,
        }
    }
}

impl Head {
    pub(crate) fn new(id: AccountId, ground: Arc<Ground>) -> Self {
        Self {
            id,
            ground,
            gate: RwLock::new(()),
            loading: tokio::sync::Mutex::new(()),
            inner: Mutex::default(),
            drained: Notify::new(),
            changed: watch::Sender::new(ModSeq(0)),
        }
    }

    pub(crate) fn partition(&self) -> Partition {
        Partition::new(PartitionKind::Account, self.id.0)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        lock(&self.inner)
    }

    pub(crate) fn watch(&self) -> watch::Receiver<ModSeq> {
        self.changed.subscribe()
    }

    /// The state as of the last commit on disk.
    pub(crate) async fn told(&self) -> Result<Arc<State>, Error> {
        loop {
            if let Some(told) = self.lock().told.clone() {
                return Ok(told);
            }
            self.load().await?;
        }
    }

    /// Waits until every commit that was handed in is answered.
    async fn drained(&self) {
        loop {
            let drained = self.drained.notified();
            tokio::pin!(drained);
            drained.as_mut().enable();
            {
                let inner = self.lock();
                if inner.flights.is_empty() && !inner.settling {
                    return;
                }
            }
            drained.await;
        }
    }

    /// Keeps writers away until the guard is dropped; nothing is under way when this returns.
    pub(crate) async fn quiet(&self) -> RwLockWriteGuard<'_, ()> {
        let gate = self.gate.write().await;
        self.drained().await;
        gate
    }

    /// The first UID of a mailbox that no session has been told as `\Recent`; with `claim`, all are told after.
    pub(crate) async fn recent(&self, mailbox: MailboxId, claim: bool) -> Result<u32, Error> {
        let told = self.told().await?;
        let found = told.mailboxes.get(mailbox).ok_or(Error::NoSuchMailbox)?;
        let mut inner = self.lock();
        let first = inner.recent.get(&mailbox).copied().unwrap_or(0).max(found.recent);
        if claim {
            inner.recent.insert(mailbox, if found.uid_next == 0 { u32::MAX } else { found.uid_next });
        }
        Ok(first.max(1))
    }

    /// Takes `size` bytes of quota into reserve, unless the account is full. What others have announced is in the way
    /// of announcements alone: it may never come.
    pub(crate) async fn hold_quota(&self, size: u64, hold: Hold) -> Result<(), Error> {
        let told = self.told().await?;
        let mut inner = self.lock();
        let record = &inner.ahead.as_ref().unwrap_or(&told).record;
        record.ask_emails(self.ground.max_emails)?;
        let (limit, used) = (record.limit, record.used.saturating_add(inner.held.promised));
        let asked = match hold {
            Hold::Announced => used.saturating_add(inner.held.announced),
            Hold::Promised => used,
        };
        match limit {
            Some(limit) if asked >= limit => Err(Error::OverQuota { used, limit }),
            _ => {
                let held = inner.held.of(hold);
                *held = held.saturating_add(size);
                Ok(())
            }
        }
    }

    /// Gives back what [`Self::hold_quota`] took.
    pub(crate) fn free_quota(&self, size: u64, hold: Hold) {
        let mut inner = self.lock();
        let held = inner.held.of(hold);
        *held = held.saturating_sub(size);
    }

    /// Forgets what is in memory; the next use reads it again.
    pub(crate) fn forget(&self) {
        let mut inner = self.lock();
        (inner.ahead, inner.told) = (None, None);
        inner.cache = Cache::default();
    }
}
