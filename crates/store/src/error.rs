//! What can go wrong in the store, by who must act.
use crate::engine::{CommitError, EngineError};
use names::AccountId;
use thiserror::Error;

/// Why the store did not do what was asked. Nothing of it is done, unless the operation says that it is cut in slices.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Error {
    /// No such account; it may have been removed meanwhile.
    #[error("no account {0}")]
    NoSuchAccount(AccountId),
    /// No such mailbox; it may have been removed meanwhile.
    #[error("no such mailbox")]
    NoSuchMailbox,
    /// No such email, or it has no membership any more.
    #[error("no such email")]
    NoSuchEmail,
    /// A mailbox of that name exists.
    #[error("a mailbox of that name exists")]
    MailboxExists,
    /// A name that no mailbox can have.
    #[error("not a mailbox name: {0}")]
    BadName(&'static str),
    /// What is asked cannot be done with INBOX (RFC 3501, 6.3.4 and 6.3.5).
    #[error("INBOX cannot be removed, nor anything be renamed to it")]
    Inbox,
    /// Another mailbox of the account has this role.
    #[error("another mailbox has this role")]
    RoleTaken,
    /// The account is full.
    #[error("over quota: {used} of {limit} used")]
    OverQuota {
        /// Bytes in use, and those of messages that will be written; or emails, where those have a limit.
        used: u64,
        /// Bytes, or emails, allowed.
        limit: u64,
    },
    /// One of the account's limits is reached.
    #[error("the account's limit of {limit} {what} is reached")]
    Limit {
        /// What there is too much of: `mailboxes`, `keywords`, `copies of an email`, `messages in a mailbox`.
        what: &'static str,
        /// How many there may be.
        limit: u64,
    },
    /// The question goes back further than what is kept: resynchronise.
    #[error("changes from before {0} are not kept any more")]
    CannotCalculateChanges(crate::id::ModSeq),
    /// The disk is full or down to its reserve. Reading and removing still work.
    #[error("no space on the disk")]
    NoSpace,
    /// The store takes no more writes until it is opened again.
    #[error("the store is closed")]
    Closed,
    /// The machine beneath failed, or the commit could not be taken; the cause is for the log.
    #[error(transparent)]
    Engine(EngineError),
    /// A record on the disk cannot be read.
    #[error("corrupt record: {0}")]
    Corrupt(String),
    /// Others kept changing the record first; repeat the command.
    #[error("the record was changed by others, repeatedly")]
    Conflict,
    /// The store was written by a newer release.
    #[error("this store has schema {found}; this release of Glaspost reads up to schema {known}: use a newer release")]
    NewerSchema {
        /// What stands in the store.
        found: u64,
        /// The highest that this release reads.
        known: u64,
    },
}

impl From<EngineError> for Error {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Closed => Self::Closed,
            EngineError::NoSpace => Self::NoSpace,
            EngineError::Corrupt(what) => Self::Corrupt(what),
            other @ EngineError::Io(_) => Self::Engine(other),
        }
    }
}

impl From<CommitError> for Error {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Conflict { .. } => Self::Conflict,
            CommitError::NoSpace => Self::NoSpace,
            CommitError::Closed => Self::Closed,
            CommitError::NoSuchBlob(_) | CommitError::Malformed(_) => Self::Engine(EngineError::Io(error.to_string())),
            CommitError::Io(cause) => Self::Engine(EngineError::Io(cause)),
        }
    }
}
