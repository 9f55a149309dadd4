//! Deliveries of which an account of their sender keeps a record from before they begin.
//!
//! The record names the delivery. A process that dies before it has written down what became of that leaves a record that
//! does not know; whoever reads it next asks [`Delivery::aftermath`], unless this very process is still at it.
use crate::delivery::{Delivery, Inner};
use crate::error::Error;
use crate::queue::QueueId;
use crate::routing::{Resolved, Target};
use names::{AccountId, Address};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use store::DeliveryId;

/// Accounts that are remembered as looked through; beyond, all are looked through once more.
const MOST_CLEAN: usize = 100_000;

/// What this process has begun, and whose records know all that was.
#[derive(Debug, Default)]
pub(crate) struct Begun {
    underway: BTreeSet<DeliveryId>,
    clean: BTreeSet<AccountId>,
    /// How many deliveries ended without their record knowing.
    lost: u64,
}

/// A delivery that has begun; until this goes, nobody asks what became of it.
#[derive(Debug)]
pub struct Underway {
    /// Its id.
    pub delivery: DeliveryId,
    account: AccountId,
    begun: Arc<Mutex<Begun>>,
    is_known: bool,
}

/// What became of a delivery that nobody has heard of since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aftermath {
    /// It is in the queue.
    Queued(QueueId),
    /// It is in the mailboxes of its recipients.
    Stored,
    /// It was never taken.
    Nothing,
}

/// A look through an account's records that has begun.
#[derive(Debug)]
pub struct Looking {
    account: AccountId,
    lost: u64,
}

impl Underway {
    /// The record says by now what became of it.
    pub fn is_written_down(mut self) {
        self.is_known = true;
    }
}

impl Drop for Underway {
    fn drop(&mut self) {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        begun.underway.remove(&self.delivery);
        if !self.is_known {
            begun.lost += 1;
            begun.clean.remove(&self.account);
        }
    }
}

impl Delivery {
    /// Begins a delivery of which `account` keeps a record: its id goes into that, and into the envelope.
    pub fn begin(&self, account: AccountId) -> Underway {
        let begun = self.0.begun.clone();
        let delivery = self.0.fresh_id();
        begun.lock().unwrap_or_else(PoisonError::into_inner).underway.insert(delivery);
        Underway { delivery, account, begun, is_known: false }
    }

    /// Whether records of `account` may not know what became of their deliveries: then whoever asks looks through them all,
    /// beside others who do, and gives what he got here to [`Delivery::all_know`].
    pub fn must_ask(&self, account: AccountId) -> Option<Looking> {
        let begun = self.0.begun.lock().unwrap_or_else(PoisonError::into_inner);
        (!begun.clean.contains(&account)).then_some(Looking { account, lost: begun.lost })
    }

    /// All that were there know by now. Where a delivery was lost meanwhile, they are looked through again.
    pub fn all_know(&self, looked: &Looking) {
        let mut begun = self.0.begun.lock().unwrap_or_else(PoisonError::into_inner);
        if begun.lost != looked.lost {
            return;
        }
        if begun.clean.len() >= MOST_CLEAN {
            begun.clean.clear();
        }
        begun.clean.insert(looked.account);
    }

    /// What became of a delivery to `recipients`; nothing while this process is at it.
    ///
    /// # Errors
    /// When the store or the directory is away.
    pub async fn aftermath(&self, delivery: DeliveryId, recipients: &[Address]) -> Result<Option<Aftermath>, Error> {
        let underway = self.0.begun.lock().unwrap_or_else(PoisonError::into_inner).underway.contains(&delivery);
        if underway { Ok(None) } else { self.0.aftermath(delivery, recipients).await.map(Some) }
    }
}

impl Inner {
    pub(crate) fn fresh_id(&self) -> DeliveryId {
        self.ids.next(self.world.clock.now(), self.world.random.as_ref())
    }

    /// An entry of the queue goes only when all who live here have the message, so that it is asked first.
    async fn aftermath(&self, delivery: DeliveryId, recipients: &[Address]) -> Result<Aftermath, Error> {
        let id = QueueId::of(delivery);
        if self.queue.ledger.read(id).await?.is_some_and(|kept| kept.entry.delivery == delivery) {
            return Ok(Aftermath::Queued(id));
        }
        for recipient in recipients {
            let away = |error: crate::DirectoryAway| Error::Report(error.to_string());
            let Resolved::Targets(targets) = self.residents.resolve(recipient).await.map_err(away)? else { continue };
            for target in targets {
                if let Target::Account(account, _) = target
                    && self.store.account(account).await?.has_taken(delivery).await?
                {
                    return Ok(Aftermath::Stored);
                }
            }
        }
        Ok(Aftermath::Nothing)
    }
}
