//! What can go wrong with the journal itself.
use store::{CommitError, EngineError};
use thiserror::Error;

/// Why the journal could not be read or written.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Error {
    /// The engine could not be read.
    #[error(transparent)]
    Read(#[from] EngineError),
    /// The engine did not take a batch.
    #[error(transparent)]
    Write(#[from] CommitError),
}
