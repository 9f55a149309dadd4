//! Why a request got no response.
use jmap_wire::RequestError;
use thiserror::Error as ThisError;

/// Why a request got no response. Nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, ThisError)]
pub enum Error {
    /// It is none, or more than is allowed (RFC 8620, 3.6.1).
    #[error(transparent)]
    Request(#[from] RequestError),
    /// There is no such account, or none for this caller.
    #[error("there is no such account")]
    NotFound,
    /// The store is away, or takes nothing just now; the cause is for the log.
    #[error(transparent)]
    Store(#[from] store::Error),
}
