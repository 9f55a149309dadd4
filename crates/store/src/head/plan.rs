//! What planning a write comes to.
use crate::engine::Key;
use crate::error::Error;
use crate::view::Sight;

/// A plan that stands.
pub(crate) enum Plan<T> {
    /// Hand it in.
    Commit(T),
    /// Everything is so already.
    Nothing(T),
}

/// Why there is no plan yet.
pub(crate) enum Stop {
    /// Records must be read first.
    Read(Vec<Key>),
    /// A view must be loaded first.
    Load(Sight),
    /// There will be none.
    Fail(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Fail(error)
    }
}
