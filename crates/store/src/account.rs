//! One account: a cheap handle on its head. Every write of the model goes through here and gives an [`Outcome`].
mod ahead;
mod append;
mod arrange;
mod changes;
mod emails;
mod expunge;
mod flags;
mod glances;
mod letters;
mod mailbox_edit;
mod mailboxes;
mod metadata;
mod objects;
mod places;
mod prune;
mod replace;
mod seen;
mod share_notices;
mod sharing;
mod threads;
mod transfer;
mod uploads;
pub use ahead::Ahead;
pub(crate) use ahead::room;
pub use arrange::{Arranged, Arrangement, MailboxRights, Placing};
pub use emails::{EmailsAsked, MessageSource};
pub use expunge::Expunge;
pub use flags::StoredFlags;
pub use glances::Glances;
pub use mailbox_edit::{Destroyed, MailboxEdit, WithEmails};
pub(crate) use mailboxes::first_mailboxes;
pub use metadata::NewAnnotation;
pub(crate) use seen::Hand;
pub use sharing::Grantee;
pub(crate) use sharing::{RightsChanged, grants_anything};
pub use transfer::Copied;
pub use uploads::Named;

use crate::author::{Author, Provided, StateOf};
use crate::email_cache::EmailCache;
use crate::error::Error;
use crate::flags::Keyword;
use crate::head::{Head, Hold, Plan, Tx};
use crate::id::{MailboxId, ModSeq, Uid};
use crate::mailbox::Mailboxes;
use crate::object::ObjectKind;
use crate::outcome::Outcome;
use crate::schema::LogItem;
use crate::view::View;
use names::AccountId;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Messages a commit touches at most, where an operation may be cut.
const SLICE: usize = 1_000;

/// A handle on one account. Cheap to clone.
#[derive(Clone)]
pub struct Account {
    head: Arc<Head>,
    emails: Arc<EmailCache>,
    keep_deleted: Duration,
    who: Author,
    hand: Hand,
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
    /// Emails allowed; `None`: no limit.
    pub max_emails: Option<u64>,
}

/// The modseqs that JMAP shows as states, a type each, so that a delivery does not make everything look changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TypeStates {
    /// Mailboxes: names, roles, subscriptions or counters.
    pub mailbox: ModSeq,
    /// Emails.
    pub email: ModSeq,
    /// Moves with each new email: the next id, which new mailboxes move too.
    pub email_delivery: ModSeq,
    /// What emails a thread has.
    pub thread: ModSeq,
    /// Use or limit.
    pub quota: ModSeq,
    /// The answer while away.
    pub vacation: ModSeq,
    /// Identities.
    pub identity: ModSeq,
    /// What was given to the queue.
    pub submission: ModSeq,
    /// Address books.
    pub address_book: ModSeq,
    /// Cards in them.
    pub contact_card: ModSeq,
    /// What changed in what others share.
    pub share_notification: ModSeq,
    /// Who shares what, of the two sides: the lists of this account, and the notes of others.
    pub sharing: ModSeq,
    /// Senders whose mail goes to junk.
    pub blocked_sender: ModSeq,
    /// What keywords are called.
    pub label: ModSeq,
    /// Searches that are kept.
    pub saved_search: ModSeq,
}

/// Room for a message that was announced or promised, held until it is dropped. Kept in memory only.
pub struct Reservation {
    head: Arc<Head>,
    size: u64,
    hold: Hold,
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.head.free_quota(self.size, self.hold);
    }
}

impl Account {
    pub(crate) fn new(head: Arc<Head>, emails: Arc<EmailCache>, keep_deleted: Duration) -> Self {
        Self { head, emails, keep_deleted, who: Author::named(""), hand: Hand::default() }
    }

    /// Its number.
    pub fn id(&self) -> AccountId {
        self.head.id
    }

    /// Keeps the account's writers away until the guard is dropped.
    pub(crate) async fn quiet(&self) -> tokio::sync::RwLockWriteGuard<'_, ()> {
        self.head.quiet().await
    }

    /// The same account, with another word for who acts (protocol and session, `imap s4k2`), for the change log.
    #[must_use]
    pub fn acting_as(&self, who: &str) -> Self {
        Self { who: Author { word: who.into(), ..self.who.clone() }, ..self.clone() }
    }

    /// The same account, whose first commit is made only while `of` has this state; and what came of that.
    #[must_use]
    pub fn provided(&self, of: StateOf, state: ModSeq) -> (Self, Arc<Provided>) {
        let provided = Arc::new(Provided::new(of, state));
        let who = Author { provided: Some(provided.clone()), ..self.who.clone() };
        (Self { who, ..self.clone() }, provided)
    }

    /// The word for who acts, as the change log keeps it.
    pub fn who(&self) -> &str {
        &self.who.word
    }

    /// Tells each commit of the account by its modseq, once it is on disk. Wake-ups may be merged.
    pub fn watch(&self) -> watch::Receiver<ModSeq> {
        self.head.watch()
    }

    /// All mailboxes, with their counters, as of the last commit on disk.
    ///
    /// # Errors
    /// [`Error::NoSuchAccount`]; else what the engine says.
    pub async fn mailboxes(&self) -> Result<Arc<Mailboxes>, Error> {
        Ok(self.head.told().await?.mailboxes.clone())
    }

    /// The messages of a mailbox as of the last commit on disk; shared, cheap when somebody has it open.
    ///
    /// # Errors
    /// [`Error::NoSuchMailbox`]; else what the engine says.
    pub async fn view(&self, mailbox: MailboxId) -> Result<Arc<View>, Error> {
        self.head.view(self.sight(mailbox)).await
    }

    /// The account's modseq as of the last commit on disk.
    ///
    /// # Errors
    /// As [`Self::mailboxes`].
    pub async fn modseq(&self) -> Result<ModSeq, Error> {
        Ok(ModSeq(self.head.told().await?.modseq))
    }

    /// The states of JMAP's types, as of the last commit on disk.
    ///
    /// # Errors
    /// As [`Self::mailboxes`].
    pub async fn type_states(&self) -> Result<TypeStates, Error> {
        let record = self.head.told().await?.record;
        let notifications = ModSeq(record.objects.of(ObjectKind::ShareNotification).modseq);
        Ok(TypeStates {
            mailbox: ModSeq(record.mailbox_modseq.max(record.list_modseq)),
            email: ModSeq(record.email_modseq),
            email_delivery: ModSeq(record.next_id),
            thread: ModSeq(record.thread_modseq),
            quota: ModSeq(record.quota_modseq),
            vacation: ModSeq(record.objects.of(ObjectKind::Vacation).modseq),
            identity: ModSeq(record.objects.of(ObjectKind::Identity).modseq),
            submission: ModSeq(record.objects.of(ObjectKind::Submission).modseq),
            address_book: ModSeq(record.objects.of(ObjectKind::AddressBook).modseq),
            contact_card: ModSeq(record.objects.of(ObjectKind::ContactCard).modseq),
            share_notification: notifications,
            sharing: notifications.max(ModSeq(record.list_modseq)),
            blocked_sender: ModSeq(record.objects.of(ObjectKind::BlockedSender).modseq),
            label: ModSeq(record.objects.of(ObjectKind::Label).modseq),
            saved_search: ModSeq(record.objects.of(ObjectKind::SavedSearch).modseq),
        })
    }

    /// The first UID that no session has been told as `\Recent`; messages from it on are recent to who looks without
    /// claiming (EXAMINE, STATUS; RFC 3501, 2.3.2).
    ///
    /// # Errors
    /// [`Error::NoSuchMailbox`].
    pub async fn recent(&self, mailbox: MailboxId) -> Result<Uid, Error> {
        Ok(Uid::new(self.head.recent(mailbox, false).await?).unwrap_or(Uid::MIN))
    }

    /// As [`Self::recent`], and the messages are recent to nobody after (SELECT). Kept in memory and saved with the
    /// mailbox's next commit, never by one of its own.
    ///
    /// # Errors
    /// [`Error::NoSuchMailbox`].
    pub async fn claim_recent(&self, mailbox: MailboxId) -> Result<Uid, Error> {
        Ok(Uid::new(self.head.recent(mailbox, true).await?).unwrap_or(Uid::MIN))
    }

    /// Every keyword that was ever used in the account, in the order of first use (FLAGS of SELECT, RFC 3501, 7.2.6).
    ///
    /// # Errors
    /// As [`Self::mailboxes`].
    pub async fn keywords(&self) -> Result<Vec<Keyword>, Error> {
        Ok(self.head.told().await?.keywords.list().to_vec())
    }

    /// How many keywords the account may still name for the first time.
    ///
    /// # Errors
    /// As [`Self::mailboxes`].
    pub async fn keywords_left(&self) -> Result<usize, Error> {
        Ok(self.head.told().await?.keywords.left())
    }

    /// Use and limit.
    ///
    /// # Errors
    /// As [`Self::mailboxes`].
    pub async fn quota(&self) -> Result<Quota, Error> {
        let record = self.head.told().await?.record;
        let max_emails = self.head.ground.max_emails;
        Ok(Quota { used: record.used, limit: record.limit, emails: record.emails, max_emails })
    }

    /// Sets the limit in bytes, `None` for none.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn set_quota(&self, limit: Option<u64>) -> Result<Outcome<()>, Error> {
        let plan = move |tx: &mut Tx<'_>| {
            let before = tx.state.record.limit;
            if before == limit {
                return Ok(Plan::Nothing(()));
            }
            tx.state.record.limit = limit;
            tx.state.record.quota_modseq = tx.modseq();
            tx.touch(LogItem::Quota { before });
            Ok(Plan::Commit(()))
        };
        self.head.write(&self.who, plan).await
    }

    /// Asks the quota for a message of `size` bytes (SIZE at RCPT; 0 when not announced) and holds that room. Refused
    /// when use and reservations have reached the limit, so that at most one message goes over.
    ///
    /// # Errors
    /// [`Error::OverQuota`]; its `used` is below its `limit` where only what others have announced is in the way.
    pub async fn reserve_quota(&self, size: u64) -> Result<Reservation, Error> {
        self.hold_quota(size, Hold::Announced).await
    }

    /// Asks the quota for a message of `size` bytes that has come, and whose commit does not ask any more
    /// ([`QuotaCheck::Settled`](crate::QuotaCheck)): as sure as a commit, until it is dropped after that.
    ///
    /// # Errors
    /// [`Error::OverQuota`].
    pub async fn promise_quota(&self, size: u64) -> Result<Reservation, Error> {
        self.hold_quota(size, Hold::Promised).await
    }

    async fn hold_quota(&self, size: u64, hold: Hold) -> Result<Reservation, Error> {
        self.head.hold_quota(size, hold).await?;
        Ok(Reservation { head: self.head.clone(), size, hold })
    }
}
