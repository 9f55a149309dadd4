//! The phases of a session as types (RFC 5321, 4.1.4): a phase holds what exists in it, so DATA without a recipient, or
//! MAIL without a greeting, has nothing to work on.
use super::body::Incoming;
use crate::post::Mailing;
use delivery::{Sender, Wishes};
use journal::Arrival;
use smtp_wire::Mail;

/// Where a session is.
pub(super) enum Phase {
    /// No HELO, EHLO or LHLO has been taken.
    Ungreeted,
    /// Greeted; no transaction.
    Greeted(Greeted),
    /// MAIL was taken; no recipient yet.
    Begun(Begun),
    /// There are recipients.
    Addressed(Addressed),
    /// BDAT has begun the data (RFC 3030).
    Chunks(Box<Chunks>),
}

/// Who puts what an account sends into its Sent mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Filing {
    /// This server.
    Here,
    /// The mail program, if anybody.
    Elsewhere,
}

/// What the client called itself.
#[derive(Debug, Clone)]
pub(super) struct Greeted {
    /// The name, with `?` for what a Received field cannot carry.
    pub(super) name: String,
    /// Whether by EHLO or LHLO.
    pub(super) extended: bool,
}

/// A transaction.
pub(super) struct Begun {
    pub(super) greeted: Greeted,
    pub(super) mail: Mail,
    pub(super) sender: Sender,
    pub(super) wishes: Wishes,
    /// Who files what is sent.
    pub(super) filing: Filing,
    pub(super) mailing: Box<dyn Mailing>,
    /// How it came so far, for the journal.
    pub(super) arrival: Arrival,
    /// Recipients that were refused: DATA says then that there is none, not that RCPT is missing.
    pub(super) refused: usize,
}

/// A transaction with at least one recipient.
pub(super) struct Addressed {
    pub(super) begun: Begun,
    pub(super) recipients: usize,
}

/// A transaction whose data comes in chunks.
pub(super) struct Chunks {
    pub(super) addressed: Addressed,
    pub(super) incoming: Incoming,
}

impl Phase {
    /// The greeting, if there was one: every transaction ends here.
    pub(super) fn greeted(self) -> Option<Greeted> {
        match self {
            Self::Ungreeted => None,
            Self::Greeted(greeted) => Some(greeted),
            Self::Begun(begun) => Some(begun.greeted),
            Self::Addressed(addressed) => Some(addressed.begun.greeted),
            Self::Chunks(chunks) => Some(chunks.addressed.begun.greeted),
        }
    }

    /// Without a transaction: RSET, and the end of each message.
    pub(super) fn reset(self) -> Self {
        self.greeted().map_or(Self::Ungreeted, Self::Greeted)
    }
}

impl From<Greeted> for Phase {
    fn from(greeted: Greeted) -> Self {
        Self::Greeted(greeted)
    }
}

impl From<Begun> for Phase {
    fn from(begun: Begun) -> Self {
        Self::Begun(begun)
    }
}

impl From<Addressed> for Phase {
    fn from(addressed: Addressed) -> Self {
        Self::Addressed(addressed)
    }
}
