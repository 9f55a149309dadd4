//! Which messages a command names.
use super::completion::Completion;
use super::numbers::Numbers;
use imap_wire::SequenceSet;
use store::Uid;

/// How a command names messages, and how its replies do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Addressing {
    /// By sequence number.
    Sequence,
    /// By UID (RFC 3501, 6.4.8).
    Uid,
}

/// What a set has come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// The messages that are there, ascending.
    pub(crate) uids: Vec<Uid>,
    /// Whether some of those named are gone, of which the client has not been told.
    pub(crate) gone: bool,
}

/// The messages of a set.
pub(crate) fn messages(numbers: &Numbers, set: &SequenceSet, by: Addressing) -> Result<Found, Completion> {
    match by {
        Addressing::Uid => Ok(Found { uids: numbers.by_uid(set), gone: false }),
        Addressing::Sequence => match numbers.by_sequence(set) {
            Ok((uids, gone)) => Ok(Found { uids, gone }),
            Err(super::numbers::OutOfRange) => Err(Completion::bad("there are not so many messages")),
        },
    }
}
