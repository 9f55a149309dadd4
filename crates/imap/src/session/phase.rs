//! The states of a session (RFC 3501, 3): each holds exactly what exists in it.
use super::news::News;
use super::selected::Selected;
use directory::{Revoked, SessionPermit};
use imap_wire::NameCoding;
use names::{AccountId, Address};
use std::sync::Arc;
use store::{Account, MailboxId};

/// Where a session stands.
pub(crate) enum Phase {
    /// Nobody has logged in.
    NotAuthenticated,
    /// An account, no mailbox.
    Authenticated(Login),
    /// An account and one of its mailboxes.
    Selected(Box<Selected>),
}

/// A login, for as long as the session lasts. Its clones are for work in other mailboxes than the selected one.
#[derive(Clone)]
pub(crate) struct Login {
    /// Whose.
    pub(crate) account: Account,
    /// Its address.
    pub(crate) address: Address,
    /// The client has asked for mod-sequences (RFC 7162, 3.1): replies tell them.
    pub(crate) condstore: bool,
    /// QRESYNC is enabled (RFC 7162, 3.2.3): VANISHED takes the place of EXPUNGE.
    pub(crate) qresync: bool,
    /// IMAP4rev2 is enabled (RFC 9051, Appendix A).
    pub(crate) rev2: bool,
    /// What it is told of the account beside the selected mailbox.
    pub(crate) news: News,
    /// UTF8=ACCEPT is enabled (RFC 9755, 3).
    pub(crate) utf8: bool,
    /// UIDONLY is enabled (RFC 9586): no sequence number is said any more, by either side.
    pub(crate) uid_only: bool,
    /// Tells that the account must not be used any more.
    pub(crate) revoked: Revoked,
    /// The account's place among its sessions, given back when this is dropped.
    pub(crate) _permit: Arc<SessionPermit>,
}

impl Login {
    /// How names of mailboxes are written.
    pub(crate) const fn names(&self) -> NameCoding {
        if self.rev2 || self.utf8 { NameCoding::Utf8 } else { NameCoding::Utf7 }
    }
}

impl Phase {
    /// How names of mailboxes are written.
    pub(crate) fn names(&self) -> NameCoding {
        self.login().map(Login::names).unwrap_or_default()
    }

    /// Whether messages are named by UID alone.
    pub(crate) fn is_uid_only(&self) -> bool {
        self.login().is_some_and(|login| login.uid_only)
    }

    /// The login, where there is one.
    pub(crate) fn login(&self) -> Option<&Login> {
        match self {
            Self::NotAuthenticated => None,
            Self::Authenticated(login) => Some(login),
            Self::Selected(selected) => Some(&selected.login),
        }
    }

    /// The account of the selected mailbox, where it is another's.
    pub(crate) fn elsewhere(&self) -> Option<&Account> {
        match self {
            Self::Selected(selected) => {
                Some(&selected.account).filter(|account| account.id() != selected.login.account.id())
            }
            Self::NotAuthenticated | Self::Authenticated(_) => None,
        }
    }

    /// The login, to be changed.
    pub(crate) fn login_mut(&mut self) -> Option<&mut Login> {
        match self {
            Self::NotAuthenticated => None,
            Self::Authenticated(login) => Some(login),
            Self::Selected(selected) => Some(&mut selected.login),
        }
    }

    /// The mailbox, where one is selected.
    pub(crate) fn selected_mut(&mut self) -> Option<&mut Selected> {
        match self {
            Self::NotAuthenticated | Self::Authenticated(_) => None,
            Self::Selected(selected) => Some(selected),
        }
    }

    /// Which mailbox is selected, and of which account; none once it has been deleted.
    pub(crate) fn selected_mailbox(&self) -> Option<(AccountId, MailboxId)> {
        match self {
            Self::Selected(selected) => Some((selected.account.id(), selected.mailbox)).filter(|_| !selected.deleted),
            Self::NotAuthenticated | Self::Authenticated(_) => None,
        }
    }

    /// Leaves the mailbox, if one is selected.
    pub(crate) fn leave_mailbox(&mut self) {
        *self = std::mem::replace(self, Self::NotAuthenticated).without_mailbox();
    }

    /// The same without the mailbox, if one is selected.
    pub(crate) fn without_mailbox(self) -> Self {
        match self {
            Self::Selected(selected) => Self::Authenticated(selected.login),
            other @ (Self::NotAuthenticated | Self::Authenticated(_)) => other,
        }
    }
}
