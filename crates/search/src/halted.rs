//! Why a search ends without an answer.
use crate::effort::TooLong;
use store::Error;

/// Why a search ends without an answer.
#[derive(Debug)]
pub enum Halted {
    /// The store could not say.
    Store(Error),
    /// It took too long.
    TooLong,
}

impl From<Error> for Halted {
    fn from(error: Error) -> Self {
        Self::Store(error)
    }
}

impl From<TooLong> for Halted {
    fn from(TooLong: TooLong) -> Self {
        Self::TooLong
    }
}
