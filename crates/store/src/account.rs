//! One account: a cheap handle on its head. Every write of the model goes through here and gives an [`Outcome`].
use crate::change::Changes;
use crate::email::{Appended, Email, Membership, NewEmail};
use crate::error::Error;
use crate::flags::FlagChange;
use crate::id::{EmailId, MailboxId, ModSeq, Uid};
use crate::mailbox::{MailboxName, Mailboxes, Role};
use crate::outcome::Outcome;
use crate::view::View;
use bytes::Bytes;
use names::AccountId;
use std::ops::Range;
use std::sync::Arc;
use tokio::sync::watch;
use world::UnixTime;

/// A handle on one account.
#[derive(Clone)]
pub struct Account {
    id: AccountId,
    who: Arc<str>,
    changed: watch::Receiver<ModSeq>,
}

/// Which messages [`Account::expunge`] takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expunge<'a> {
    /// All that are `\Deleted` (EXPUNGE).
    Deleted,
    /// Those among these that are `\Deleted` (UID EXPUNGE, RFC 4315, 2.1).
    DeletedAmong(&'a [Uid]),
}

/// What STORE did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StoredFlags {
    /// Whose flags are what was asked and were not before.
    pub changed: Vec<Uid>,
    /// Who had changed after `unchanged_since`, and were left alone (MODIFIED, RFC 7162, 3.1.3).
    pub modified: Vec<Uid>,
}

/// One message that was copied or moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Copied {
    /// Its UID in the first mailbox.
    pub from: Uid,
    /// Where it is now.
    pub to: Appended,
}

/// How much an account uses and may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Quota {
    /// Bytes of all emails that have a membership; an email counts once.
    pub used: u64,
    /// Bytes allowed; `None`: no limit.
    pub limit: Option<u64>,
    /// Emails that have a membership.
    pub emails: u64,
}

/// Room for a message that was announced, held until it is dropped. Kept in memory only.
#[derive(Debug)]
pub struct Reservation {
    size: u64,
}

/// The bytes of a message, open for reading.
pub struct MessageSource {
    source: Box<dyn crate::blob::BlobSource>,
}

impl MessageSource {
    /// Its size.
    pub fn size(&self) -> u64 {
        self.source.size()
    }

    /// The bytes of `range`, cut at the end. Costs what the range touches, not the whole.
    ///
    /// # Errors
    /// [`Error::Corrupt`] rather than a wrong byte.
    pub async fn read(&self, range: Range<u64>) -> Result<Bytes, Error> {
        Ok(self.source.read(range).await?)
    }
}

impl Account {
    /// Its number.
    pub fn id(&self) -> AccountId {
        self.id
    }

    /// The same account, with another word for who acts (protocol and session, `imap s4k2`), for the change log.
    #[must_use]
    pub fn acting_as(&self, who: &str) -> Self {
        Self { who: who.into(), ..self.clone() }
    }

    /// Tells each commit of the account by its modseq, once it is on disk. Wake-ups may be merged.
    pub fn watch(&self) -> watch::Receiver<ModSeq> {
        self.changed.clone()
    }

    /// All mailboxes, with their counters, as of the last commit on disk.
    pub async fn mailboxes(&self) -> Result<Arc<Mailboxes>, Error> {
        Err(Error::Closed)
    }

    /// Makes a mailbox. Missing levels above it are made too, as RFC 3501, 6.3.3 asks.
    pub async fn create_mailbox(&self, _name: &MailboxName, _role: Option<Role>) -> Result<Outcome<MailboxId>, Error> {
        Err(Error::Closed)
    }

    /// Renames a mailbox and all below it (RFC 3501, 6.3.5). INBOX stays, empty, and its messages go to a new mailbox.
    /// `from` may be a level without a mailbox; then only what is below it moves.
    pub async fn rename_mailbox(&self, _from: &MailboxName, _to: &MailboxName) -> Result<Outcome<()>, Error> {
        Err(Error::Closed)
    }

    /// Removes a mailbox with its messages. Those below it stay: its name is then a level without a mailbox.
    pub async fn delete_mailbox(&self, _mailbox: MailboxId) -> Result<Outcome<()>, Error> {
        Err(Error::Closed)
    }

    /// Sets or takes away the role of a mailbox.
    pub async fn set_role(&self, _mailbox: MailboxId, _role: Option<Role>) -> Result<Outcome<()>, Error> {
        Err(Error::Closed)
    }

    /// Subscribes a name; a mailbox of it need not exist (RFC 3501, 6.3.6).
    pub async fn subscribe(&self, _name: &MailboxName) -> Result<Outcome<()>, Error> {
        Err(Error::Closed)
    }

    /// Takes a name out of the subscriptions.
    pub async fn unsubscribe(&self, _name: &MailboxName) -> Result<Outcome<()>, Error> {
        Err(Error::Closed)
    }

    /// The messages of a mailbox as of the last commit on disk; shared, cheap when somebody has it open.
    pub async fn view(&self, _mailbox: MailboxId) -> Result<Arc<View>, Error> {
        Err(Error::Closed)
    }

    /// Puts messages into a mailbox, all in one commit. `Unchanged` when each was a delivery that had been taken before.
    pub async fn append(&self, _mailbox: MailboxId, _emails: Vec<NewEmail>) -> Result<Outcome<Vec<Appended>>, Error> {
        Err(Error::Closed)
    }

    /// Changes flags. Over 1,000 messages are cut into several commits. UIDs that are not there are skipped.
    pub async fn store_flags(
        &self,
        _mailbox: MailboxId,
        _uids: &[Uid],
        _change: &FlagChange,
        _unchanged_since: Option<ModSeq>,
    ) -> Result<Outcome<StoredFlags>, Error> {
        Err(Error::Closed)
    }

    /// Copies messages into a mailbox, in one commit: all or none (RFC 3501, 6.4.7). Flags go along.
    pub async fn copy(&self, _from: MailboxId, _uids: &[Uid], _to: MailboxId) -> Result<Outcome<Vec<Copied>>, Error> {
        Err(Error::Closed)
    }

    /// Moves messages into a mailbox (RFC 6851). Over 1,000 are cut into several commits; each message is in one place.
    pub async fn move_to(
        &self,
        _from: MailboxId,
        _uids: &[Uid],
        _to: MailboxId,
    ) -> Result<Outcome<Vec<Copied>>, Error> {
        Err(Error::Closed)
    }

    /// Expunges `\Deleted` messages; gives their UIDs. Over 1,000 are cut into several commits.
    pub async fn expunge(&self, _mailbox: MailboxId, _which: Expunge<'_>) -> Result<Outcome<Vec<Uid>>, Error> {
        Err(Error::Closed)
    }

    /// Removes those of the messages that are still there, whatever their flags, in one commit (POP3 QUIT).
    pub async fn remove(&self, _mailbox: MailboxId, _uids: &[Uid]) -> Result<Outcome<Vec<Uid>>, Error> {
        Err(Error::Closed)
    }

    /// The first UID that no session has been told as `\Recent`; messages from it on are recent to who looks without
    /// claiming (EXAMINE, STATUS).
    pub async fn recent(&self, _mailbox: MailboxId) -> Result<Uid, Error> {
        Err(Error::Closed)
    }

    /// As [`Self::recent`], and the messages are recent to nobody after (SELECT). Saved with the mailbox's next commit.
    pub async fn claim_recent(&self, _mailbox: MailboxId) -> Result<Uid, Error> {
        Err(Error::Closed)
    }

    /// The records of emails, in the order asked; `None` for one that is not there.
    pub async fn emails(&self, _ids: &[EmailId]) -> Result<Vec<Option<Arc<Email>>>, Error> {
        Err(Error::Closed)
    }

    /// Where an email is.
    pub async fn memberships(&self, _email: EmailId) -> Result<Vec<Membership>, Error> {
        Err(Error::Closed)
    }

    /// Opens the bytes of an email.
    pub async fn open(&self, _email: &Email) -> Result<MessageSource, Error> {
        Err(Error::Closed)
    }

    /// The change log after `since`, at most `limit` entries.
    pub async fn changes(&self, _since: ModSeq, _limit: usize) -> Result<Changes, Error> {
        Err(Error::Closed)
    }

    /// Use and limit.
    pub async fn quota(&self) -> Result<Quota, Error> {
        Err(Error::Closed)
    }

    /// Sets the limit, `None` for none.
    pub async fn set_quota(&self, _limit: Option<u64>) -> Result<Outcome<()>, Error> {
        Err(Error::Closed)
    }

    /// Asks the quota for a message of `size` bytes (SIZE at RCPT; 0 when not announced) and holds that room.
    pub async fn reserve_quota(&self, _size: u64) -> Result<Reservation, Error> {
        Err(Error::Closed)
    }

    /// Removes log entries and tombstones older than the store keeps; gives how many emails went for good.
    pub async fn prune(&self, _now: UnixTime) -> Result<u64, Error> {
        Err(Error::Closed)
    }
}
