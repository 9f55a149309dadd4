//! Why bytes are not a command.
use thiserror::Error;

/// Why a command, or a part of it, cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Error {
    /// Something else stands where the grammar wants `expected`.
    #[error("expected {expected} at byte {at}")]
    Syntax {
        /// Offset into the command.
        at: usize,
        /// What the grammar wants, in words.
        expected: &'static str,
    },
    /// The command ends in a literal whose bytes are not here yet.
    #[error("a literal is announced and not here yet")]
    Announced,
    /// Parentheses are nested deeper than [`crate::MAX_DEPTH`].
    #[error("nested deeper than {limit} levels")]
    TooDeep {
        /// The limit.
        limit: usize,
    },
    /// A list is longer than its limit.
    #[error("more than {limit} {what}")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
    /// The bytes are neither modified UTF-7 nor UTF-8 (RFC 3501, 5.1.3).
    #[error("mailbox name is not valid modified UTF-7")]
    MailboxName,
}
