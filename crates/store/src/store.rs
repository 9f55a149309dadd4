//! The store: opens an engine, gives out accounts, records and blob writers.
mod accounts;
mod leaving;
mod listing;
mod opening;
mod pushed;
mod sharing;
use crate::account::Account;
use crate::blob_writer::{BlobWriter, LineEnds};
use crate::email_cache::EmailCache;
use crate::engine::{Engine, EngineStats, PartitionKind};
use crate::error::Error;
use crate::head::Ground;
use crate::metadata::MetadataLimits;
use crate::prompt::Prompt;
use crate::records::Records;
use crate::unfinished::Unfinished;
use accounts::Heads;
use names::{AccountId, ByteSize};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::task::TaskTracker;
use world::{UnixTime, World};

/// The highest schema that this release reads, and the one it writes.
pub const SCHEMA: u64 = 1;

/// How long a blob that nobody names is kept: a delivery may be in flight.
const BLOB_GRACE: Duration = Duration::from_secs(3_600);

/// How the store behaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// How long the change log and removed emails are kept. Default 14 days.
    pub keep_deleted: Duration,
    /// Accounts whose head stays in memory though nobody uses them. Default 1,000.
    pub cached_accounts: usize,
    /// Memory for email records that are read again and again. Default 32 MiB.
    pub cached_emails: ByteSize,
    /// Mailboxes an account may have. Default 5,000.
    pub max_mailboxes: u64,
    /// Annotations that mailboxes and accounts may have.
    pub metadata: MetadataLimits,
    /// Emails an account may have, copies not counted; `None`, the default: as many as its quota holds.
    pub max_emails: Option<u64>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            keep_deleted: Duration::from_secs(14 * 24 * 3600),
            cached_accounts: 1_000,
            cached_emails: ByteSize::mib(32),
            max_mailboxes: 5_000,
            metadata: MetadataLimits::default(),
            max_emails: None,
        }
    }
}

/// Where mail lives. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    ground: Arc<Ground>,
    heads: Arc<Heads>,
    emails: Arc<EmailCache>,
    keep_deleted: Duration,
    epoch: u64,
}

/// What a sweep removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Swept {
    /// Emails that went for good.
    pub emails: u64,
    /// Blobs that nobody used any more.
    pub blobs: u64,
    /// Bytes given back to the file system.
    pub bytes: u64,
}

impl Store {
    /// Opens the store on an engine; a new engine gets an epoch and the schema's version.
    ///
    /// # Errors
    /// [`Error::NewerSchema`] for a store that a newer release wrote.
    pub async fn open(engine: Arc<dyn Engine>, world: World, settings: Settings) -> Result<Self, Error> {
        let engine: Arc<dyn Engine> = Arc::new(Prompt::new(engine));
        let records = Records::new(engine.clone(), world.random.clone());
        let epoch = opening::open(&records).await?;
        let Settings { max_mailboxes, max_emails, metadata, .. } = settings;
        Ok(Self {
            ground: Arc::new(Ground {
                engine,
                world,
                tasks: TaskTracker::new(),
                max_mailboxes,
                metadata,
                max_emails,
                ahead: crate::account::room(),
            }),
            heads: Arc::new(Heads::new(settings.cached_accounts)),
            emails: Arc::new(EmailCache::new(settings.cached_emails.bytes())),
            keep_deleted: settings.keep_deleted,
            epoch,
        })
    }

    /// The engine beneath.
    pub fn engine(&self) -> &Arc<dyn Engine> {
        &self.ground.engine
    }

    /// Raised by a restore; stands before each modseq in JMAP's states.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Whether a growing commit would be taken just now: false when the disk is down to its reserve. Costs nothing.
    pub fn has_room(&self) -> bool {
        self.ground.engine.has_room()
    }

    /// Begins a message.
    pub fn blob_writer(&self, line_ends: LineEnds) -> BlobWriter {
        BlobWriter::new(self.ground.engine.blobs().writer(), line_ends)
    }

    /// Records of system partitions.
    pub fn records(&self) -> Records {
        Records::new(self.ground.engine.clone(), self.ground.world.random.clone())
    }

    /// The numbers of accounts, ascending, those above `after`, at most `limit`.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn accounts(&self, after: Option<AccountId>, limit: usize) -> Result<Vec<AccountId>, Error> {
        let after = after.map(|id| id.0);
        let ids = self.ground.engine.partitions(PartitionKind::Account, after, limit).await?;
        Ok(ids.into_iter().map(AccountId).collect())
    }

    /// Removes from all accounts what was deleted too long before `now`, then blobs that nobody uses. For now and then;
    /// bounded steps, so others go on meanwhile. Accounts keep what they must know of deliveries that are `unfinished`.
    /// An account that cannot be read costs the others nothing.
    ///
    /// # Errors
    /// What the engine says first; what was done before and after stays done.
    pub async fn sweep(&self, now: UnixTime, unfinished: &dyn Unfinished) -> Result<Swept, Error> {
        let mut swept = Swept::default();
        let mut failed = None;
        let mut after = None;
        loop {
            let Some(page) = self.listed(PartitionKind::Account, after, 100).await? else { break };
            after = Some(page.until);
            if let Some(error) = page.hidden {
                failed.get_or_insert(error);
            }
            for id in page.ids.into_iter().map(AccountId) {
                match self.sweep_account(id, now, unfinished).await {
                    Ok(emails) => swept.emails += emails,
                    Err(error @ Error::Corrupt(_)) => {
                        tracing::warn!(account = %id, %error, "not swept");
                        failed.get_or_insert(error);
                    }
                    Err(error) => return Err(error),
                }
            }
        }
        opening::keep_swept(&self.records(), now).await?;
        let collected = self.ground.engine.blobs().collect(now, BLOB_GRACE).await?;
        (swept.blobs, swept.bytes) = (collected.blobs, collected.bytes);
        failed.map_or(Ok(swept), Err)
    }

    /// By which time the last sweep went: no clock that is right is before it.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn swept(&self) -> Result<Option<UnixTime>, Error> {
        opening::swept(&self.records()).await
    }

    async fn sweep_account(&self, id: AccountId, now: UnixTime, unfinished: &dyn Unfinished) -> Result<u64, Error> {
        match self.account(id).await {
            Ok(account) => {
                let account = account.acting_as("sweep");
                self.prune_sharers(&account).await?;
                account.prune(now, unfinished).await
            }
            Err(Error::NoSuchAccount(_)) => self.delete_account(id).await.map(|()| 0),
            Err(error) => Err(error),
        }
    }

    /// Sizes.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn stats(&self) -> Result<EngineStats, Error> {
        Ok(self.ground.engine.stats().await?)
    }

    /// Waits until what was handed in is answered, then ends the engine: it takes no more writes.
    pub async fn shutdown(&self) {
        self.ground.tasks.close();
        self.ground.tasks.wait().await;
        self.ground.engine.shutdown().await;
    }

    pub(crate) fn handle(&self, id: AccountId) -> Account {
        let head = self.heads.get(id, &self.ground);
        Account::new(head, self.emails.clone(), self.keep_deleted)
    }
}
