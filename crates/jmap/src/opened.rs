//! An account that is open to a caller: his own, or another's that shares something with him (as IMAP shows it below
//! "Other Users"; RFC 2342, 5; RFC 4314).
use crate::commits::Commits;
use crate::state;
use jmap_wire::{Id, MethodError};
use names::AccountId;
use std::sync::Arc;
use store::{Account, Error, MailboxId, Mailboxes, ModSeq, Rights, TypeStates};

/// What must be granted before a mailbox is there for JMAP: that it is listed, and that it may be read.
pub(crate) const SEES: Rights = Rights::LOOKUP.with(Rights::READ);

/// An account, open.
#[derive(Clone)]
pub(crate) struct Opened {
    /// Its id in JMAP.
    pub(crate) id: Id,
    /// Whether it is the caller's own.
    pub(crate) own: bool,
    /// The account. Of another's account nothing may be changed by this handle: see [`Opened::hand`].
    pub(crate) account: Account,
    /// Its mailboxes, as they were when it was opened.
    pub(crate) mailboxes: Arc<Mailboxes>,
    pub(crate) caller: AccountId,
    pub(crate) epoch: u64,
    /// Whose `\Seen` the caller has there, where not the owner's.
    pub(crate) reader: Option<AccountId>,
    /// What the call has written there.
    pub(crate) commits: Commits,
}

impl Opened {
    /// What the caller may do with a mailbox.
    pub(crate) fn rights(&self, mailbox: MailboxId) -> Rights {
        if self.own && self.mailboxes.acl(mailbox).entries().is_empty() {
            return Rights::ALL;
        }
        self.mailboxes.acl(mailbox).rights(self.caller, self.account.id())
    }

    /// Whether a mailbox is there for the caller.
    pub(crate) fn sees(&self, mailbox: MailboxId) -> bool {
        self.mailboxes.get(mailbox).is_some() && self.rights(mailbox).contains(SEES)
    }

    /// Whether nothing in it may be changed (RFC 8620, 2: `isReadOnly`).
    pub(crate) fn is_read_only(&self) -> bool {
        let writes = Rights::INSERT
            .with(Rights::EXPUNGE)
            .with(Rights::WRITE)
            .with(Rights::SEEN)
            .with(Rights::DELETE_MESSAGES)
            .with(Rights::CREATE)
            .with(Rights::DELETE);
        !self.mailboxes.iter().any(|mailbox| self.sees(mailbox.id) && self.rights(mailbox.id).meets(writes))
    }

    /// The states of its types, not past what was opened: what happened since is told to who asks for changes after them.
    pub(crate) async fn states(&self) -> Result<TypeStates, Error> {
        let (now, opened) = (self.states_now().await?, self.mailboxes.modseq());
        Ok(TypeStates {
            mailbox: now.mailbox.min(opened),
            email: now.email.min(opened),
            thread: now.thread.min(opened),
            quota: now.quota.min(opened),
            ..now
        })
    }

    /// The states of its types now, what the caller has just done among it.
    pub(crate) async fn states_now(&self) -> Result<TypeStates, Error> {
        state::seen_by(self.caller, &self.account).await
    }

    /// A state as it is told.
    pub(crate) fn state(&self, modseq: ModSeq) -> String {
        state::told(self.epoch, modseq)
    }

    /// The modseq of a state that was told.
    ///
    /// # Errors
    /// `cannotCalculateChanges` for what never was.
    pub(crate) fn since(&self, told: &str) -> Result<ModSeq, MethodError> {
        state::since(self.epoch, told)
    }
}
