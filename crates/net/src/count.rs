//! What is counted of each listener, for metrics.
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use transport::Refusal;

/// What a listener has done since the program started.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListenerCount {
    /// The listener's name.
    pub listener: String,
    /// Connections accepted.
    pub accepted: u64,
    /// Sessions open now.
    pub open: u64,
    /// Connections turned away, by [`Refusal::name`].
    pub refused: BTreeMap<&'static str, u64>,
}

#[derive(Debug, Default)]
pub(crate) struct Counter {
    accepted: AtomicU64,
    open: AtomicU64,
    refused: Mutex<BTreeMap<&'static str, u64>>,
}

impl Counter {
    pub(crate) fn accepted(&self) {
        self.accepted.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn refused(&self, refusal: &Refusal) {
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner).entry(refusal.name()).or_default() += 1;
    }

    /// Counts a session as open until the guard goes.
    pub(crate) fn open(&self) -> Open<'_> {
        self.open.fetch_add(1, Ordering::Relaxed);
        Open(self)
    }

    pub(crate) fn snapshot(&self, listener: &str) -> ListenerCount {
        ListenerCount {
            listener: listener.to_owned(),
            accepted: self.accepted.load(Ordering::Relaxed),
            open: self.open.load(Ordering::Relaxed),
            refused: self.refused.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }
}

pub(crate) struct Open<'a>(&'a Counter);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::Relaxed);
    }
}
