//! What can go wrong on the way of a message.
use crate::queue::QueueId;
use thiserror::Error;

/// Why something could not be done with the queue, or with a message just then.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Error {
    /// The store did not take or give it.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// No such entry; it may have been delivered meanwhile.
    #[error("no message {0} in the queue")]
    NoSuchEntry(QueueId),
    /// Somebody else changed the entry first.
    #[error("message {0} was changed by somebody else first")]
    Changed(QueueId),
    /// Another process owns the partition of the queue now.
    #[error("partition {0} of the queue has another owner")]
    LeaseLost(u8),
    /// A report could not be made just then.
    #[error("report: {0}")]
    Report(String),
    /// A record of the queue cannot be read.
    #[error("unreadable record: {0}")]
    Unreadable(String),
}
