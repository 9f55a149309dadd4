//! What each account has sent lately: counted in memory, kept in a partition of the queue, so that a restart forgets
//! half a minute at most.
//!
//! In each partition: `a | account (8)` → its [`Allowance`]. Counting costs no commit of its own: what has changed is
//! written down now and then. An allowance that cannot be read counts from nothing: mail goes on.
use crate::queue::PARTITIONS;
use crate::queue::ledger::place;
use journal::{Event, Journal, Peer};
use names::{AccountId, Address};
use policy::{Allowance, AllowanceLimits};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use store::{Change, Growth, Key, Partition, Records};
use tokio_util::sync::CancellationToken;
use world::{Clock, UnixTime};

const SENDER: u8 = b'a';
/// How often what has changed is written down.
const SAVED: Duration = Duration::from_secs(30);
/// How long an account that sends nothing stays in memory.
const IDLE: Duration = Duration::from_secs(3_600);
/// How often the operator is told that one account goes on beyond its limits.
const TOLD: Duration = Duration::from_secs(3_600);
/// Accounts in memory at once; a further one is not counted.
const MOST: usize = 100_000;

/// Counts what accounts send.
pub struct Senders {
    records: Records,
    clock: Arc<dyn Clock>,
    journal: Journal,
    table: Mutex<HashMap<AccountId, Counted>>,
}

struct Counted {
    allowance: Allowance,
    changed: bool,
    used: UnixTime,
    told: Option<UnixTime>,
}

impl Senders {
    /// Counts of the accounts in `records`.
    pub fn new(records: Records, clock: Arc<dyn Clock>, journal: Journal) -> Self {
        Self { records, clock, journal, table: Mutex::new(HashMap::new()) }
    }

    /// Takes a message from what `account` may send.
    ///
    /// # Errors
    /// [`policy::Error::RateExceeded`].
    pub async fn message(
        &self,
        account: AccountId,
        limits: &AllowanceLimits,
        peer: &Peer,
    ) -> Result<(), policy::Error> {
        self.take(account, peer, |allowance, now| allowance.message(limits, now)).await
    }

    /// Takes a recipient from those to whom `account` may send.
    ///
    /// # Errors
    /// [`policy::Error::RateExceeded`].
    pub async fn recipient(
        &self,
        account: AccountId,
        limits: &AllowanceLimits,
        address: &Address,
        peer: &Peer,
    ) -> Result<(), policy::Error> {
        let recipient = fingerprint(address);
        self.take(account, peer, |allowance, now| allowance.recipient(limits, recipient, now)).await
    }

    async fn take(
        &self,
        account: AccountId,
        peer: &Peer,
        take: impl FnOnce(&mut Allowance, UnixTime) -> Result<(), policy::Error>,
    ) -> Result<(), policy::Error> {
        let now = self.clock.now();
        let known = self.table().contains_key(&account);
        let read = if known { Allowance::default() } else { self.read(account).await };
        let mut table = self.table();
        if table.len() >= MOST && !table.contains_key(&account) {
            return Ok(());
        }
        let new = Counted { allowance: read, changed: false, used: now, told: None };
        let counted = table.entry(account).or_insert(new);
        counted.used = now;
        let outcome = take(&mut counted.allowance, now);
        match &outcome {
            Ok(()) => counted.changed = true,
            Err(error) => {
                let silent = counted.told.is_some_and(|told| now.since(told) < TOLD && told <= now);
                if !silent {
                    counted.told = Some(now);
                    self.alarm(account, peer, error);
                }
            }
        }
        outcome
    }

    /// An account that goes beyond its limits may be in a stranger's hands: somebody should look.
    fn alarm(&self, account: AccountId, peer: &Peer, error: &policy::Error) {
        tracing::warn!(%account, session = %peer.session, %error, "an account has sent as much as it may");
        let what = error.to_string();
        self.journal.record(Event::AllowanceUsedUp { peer: peer.clone(), account, what: what.as_str().into() });
    }

    async fn read(&self, account: AccountId) -> Allowance {
        match self.records.get(partition(account), key(account)).await {
            Ok(Some(value)) => Allowance::decode(&value.payload).unwrap_or_default(),
            Ok(None) => Allowance::default(),
            Err(error) => {
                tracing::warn!(%account, %error, "what it has sent cannot be read");
                Allowance::default()
            }
        }
    }

    /// Writes down what has changed until `stop`.
    pub(crate) async fn keep(&self, stop: &CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(SAVED) => {}
            }
            self.save().await;
        }
    }

    /// Writes down what has changed, and lets go of accounts that send nothing.
    pub async fn save(&self) {
        let now = self.clock.now();
        let mut changed: HashMap<Partition, Vec<(AccountId, Vec<u8>)>> = HashMap::new();
        {
            let mut table = self.table();
            table.retain(|_, counted| counted.changed || now.since(counted.used) < IDLE);
            for (account, counted) in table.iter_mut().filter(|(_, counted)| counted.changed) {
                counted.changed = false;
                changed.entry(partition(*account)).or_default().push((*account, counted.allowance.encode()));
            }
        }
        for (partition, accounts) in changed {
            let mut change = Change::new(Growth::Grows);
            for (account, allowance) in &accounts {
                change.put(key(*account), 1, allowance.clone());
            }
            if let Err(error) = self.records.commit(partition, change).await {
                tracing::warn!(%partition, %error, "what accounts have sent is not written down");
                let mut table = self.table();
                for (account, _) in accounts {
                    table.entry(account).and_modify(|counted| counted.changed = true);
                }
            }
        }
    }

    /// Forgets an account that is no more.
    pub(crate) async fn forget(&self, account: AccountId) {
        self.table().remove(&account);
        let mut change = Change::new(Growth::Frees);
        change.delete(key(account));
        if let Err(error) = self.records.commit(partition(account), change).await {
            tracing::warn!(%account, %error, "what it has sent is not forgotten");
        }
    }

    fn table(&self) -> MutexGuard<'_, HashMap<AccountId, Counted>> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn partition(account: AccountId) -> Partition {
    let [.., low] = account.0.to_be_bytes();
    place(low % PARTITIONS)
}

fn key(account: AccountId) -> Key {
    [&[SENDER][..], &account.0.to_be_bytes()].concat()
}

/// An address by a few bytes: small, and no list of whom somebody writes to.
fn fingerprint(address: &Address) -> u64 {
    let hash = blake3::hash(address.to_string().to_lowercase().as_bytes());
    hash.as_bytes().first_chunk::<8>().map_or(0, |bytes| u64::from_be_bytes(*bytes))
}
