//! An account that is open to a caller: his own, or another's that shares something with him (as IMAP shows it below
//! "Other Users"; RFC 2342, 5; RFC 4314).
use crate::commits::Commits;
use crate::state;
use jmap_wire::{Id, MethodError};
use names::{AccountId, Address};
use std::sync::Arc;
use store::{
    Account, Error, MailboxId, MailboxName, Mailboxes, ModSeq, OTHER_USERS, Provided, Rights, StateOf, TypeStates,
    View, owners_level,
};

/// What must be granted before a mailbox is there for JMAP: that it is listed, and that it may be read.
pub(crate) const SEES: Rights = Rights::LOOKUP.with(Rights::READ);

/// An account, open.
#[derive(Clone)]
pub(crate) struct Opened {
    /// Its id in JMAP.
    pub(crate) id: Id,
    /// Whether it is the caller's own.
    pub(crate) own: bool,
    /// The account. Of another's account nothing may be changed by this handle: see [`Account::in_hand_of`].
    pub(crate) account: Account,
    /// Its mailboxes, as they were when it was opened.
    pub(crate) mailboxes: Arc<Mailboxes>,
    pub(crate) caller: AccountId,
    pub(crate) epoch: u64,
    /// Whose `\Seen` the caller has there, where not the owner's.
    pub(crate) reader: Option<AccountId>,
    /// What the call has written there.
    pub(crate) commits: Commits,
    /// The state that a client said the type has, where he said one.
    pub(crate) provided: Option<Arc<Provided>>,
}

/// Below what names of another's mailboxes stand, as IMAP shows them.
fn level_of(owner: &Address) -> String {
    format!("{OTHER_USERS}/{}/", owners_level(&owner.to_string()))
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

    /// What is in a mailbox now; nothing where it went since the account was opened, which is no fault of anybody's.
    ///
    /// # Errors
    /// What else the store says.
    pub(crate) async fn view(&self, mailbox: MailboxId) -> Result<Option<Arc<View>>, Error> {
        match self.account.view(mailbox).await {
            Ok(view) => Ok(Some(view)),
            Err(Error::NoSuchMailbox) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether the caller, whose own account this is, has subscribed any name of another's.
    pub(crate) fn subscribes_below(&self, owner: &Address) -> bool {
        let level = level_of(owner);
        self.mailboxes.subscribed().iter().any(|name| name.as_str().starts_with(&level))
    }

    /// Whether the caller, whose own account this is, has subscribed any mailbox that he sees in another's (RFC 9670, 1.4).
    pub(crate) fn subscribes_to(&self, owner: &Address, other: &Self) -> bool {
        let level = level_of(owner);
        let names = self.mailboxes.subscribed().iter().filter_map(|name| name.as_str().strip_prefix(&level));
        let there = names.filter_map(|name| other.mailboxes.named(&MailboxName::new(name).ok()?));
        there.into_iter().any(|mailbox| other.sees(mailbox.id))
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

    /// RFC 8620, 5.3: nothing is written unless the type has the state that the client says, if he says one. It is asked now,
    /// and again in the first commit of the call, so that nobody writes between the two.
    ///
    /// # Errors
    /// `stateMismatch`.
    pub(crate) fn provide(
        &mut self,
        if_in_state: Option<&str>,
        (of, state): (StateOf, ModSeq),
    ) -> Result<(), MethodError> {
        let Some(wanted) = if_in_state else { return Ok(()) };
        if wanted != self.state(state) {
            return Err(MethodError::StateMismatch);
        }
        let (account, provided) = self.account.provided(of, state);
        (self.account, self.provided) = (account, Some(provided));
        Ok(())
    }

    /// Whether the first commit found that state.
    ///
    /// # Errors
    /// `stateMismatch`: nothing was written.
    pub(crate) fn was_provided(&self) -> Result<(), MethodError> {
        if self.provided.as_ref().is_some_and(|provided| provided.is_broken()) {
            return Err(MethodError::StateMismatch);
        }
        Ok(())
    }

    /// Of what the state of emails is, as the caller sees them.
    pub(crate) const fn emails(&self) -> StateOf {
        if self.own { StateOf::Emails } else { StateOf::EmailsInSight }
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
