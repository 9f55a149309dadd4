//! What a writing operation gives: a receipt, or the word that nothing had to change.
use crate::engine::Receipt;

/// A change that is on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrote<T> {
    /// The proof; of the last commit, where the operation was cut in slices.
    pub receipt: Receipt,
    /// What came of it.
    pub value: T,
}

/// The result of a writing operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome<T> {
    /// A commit was made and is on disk.
    Wrote(Wrote<T>),
    /// Everything was so already; what is known of it is on disk.
    Unchanged(T),
}

impl<T> Outcome<T> {
    /// What came of it, either way.
    pub fn value(&self) -> &T {
        match self {
            Self::Wrote(wrote) => &wrote.value,
            Self::Unchanged(value) => value,
        }
    }

    /// What came of it, either way.
    pub fn into_value(self) -> T {
        match self {
            Self::Wrote(wrote) => wrote.value,
            Self::Unchanged(value) => value,
        }
    }

    /// The receipt, if there was a commit.
    pub fn receipt(&self) -> Option<Receipt> {
        match self {
            Self::Wrote(wrote) => Some(wrote.receipt),
            Self::Unchanged(_) => None,
        }
    }

    /// The same outcome with another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Outcome<U> {
        match self {
            Self::Wrote(wrote) => Outcome::Wrote(Wrote { receipt: wrote.receipt, value: change(wrote.value) }),
            Self::Unchanged(value) => Outcome::Unchanged(change(value)),
        }
    }

    /// This, and then `next`: the values put together; written if any of the two was, with the later receipt.
    pub(crate) fn and<U>(self, next: Outcome<U>, join: impl FnOnce(T, U) -> T) -> Self {
        let receipt = next.receipt().or(self.receipt());
        let value = join(self.into_value(), next.into_value());
        match receipt {
            Some(receipt) => Self::Wrote(Wrote { receipt, value }),
            None => Self::Unchanged(value),
        }
    }
}
