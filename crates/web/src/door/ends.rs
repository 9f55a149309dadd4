//! What ends every session of the same credentials at once: also those that the door does not remember any more, while a
//! socket or a listener still has them.
use super::Key;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use tokio_util::sync::CancellationToken;

/// From how many on those that nobody has are looked for.
const FEW: usize = 64;

/// The ends of all sessions that somebody has.
pub(super) struct Ends {
    inner: Mutex<Inner>,
}

struct Inner {
    by_credentials: HashMap<Key, Weak<CancellationToken>>,
    /// At how many those that nobody has are thrown out: there are never more than twice as many as sessions.
    full: usize,
}

impl Ends {
    pub(super) fn new() -> Self {
        Self { inner: Mutex::new(Inner { by_credentials: HashMap::new(), full: FEW }) }
    }

    /// The end that all sessions of these credentials share. It is taken before they are looked at: who logs out meanwhile
    /// ends this session too.
    pub(super) fn of(&self, credentials: Key) -> Arc<CancellationToken> {
        let mut inner = self.lock();
        if let Some(end) = inner.by_credentials.get(&credentials).and_then(Weak::upgrade) {
            return end;
        }
        if inner.by_credentials.len() >= inner.full {
            inner.by_credentials.retain(|_, end| end.strong_count() > 0);
            inner.full = FEW.max(inner.by_credentials.len().saturating_mul(2));
        }
        let end = Arc::new(CancellationToken::new());
        inner.by_credentials.insert(credentials, Arc::downgrade(&end));
        end
    }

    /// Ends every session of these credentials; one that begins later is another.
    pub(super) fn end(&self, credentials: Key) {
        let end = self.lock().by_credentials.remove(&credentials);
        if let Some(end) = end.and_then(|end| end.upgrade()) {
            end.cancel();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{Ends, FEW};

    fn key(number: usize) -> [u8; 32] {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&number.to_le_bytes());
        key
    }

    #[test]
    fn all_of_the_same_credentials_end_and_none_that_begins_later() {
        let ends = Ends::new();
        let (one, same, other) = (ends.of(key(1)), ends.of(key(1)), ends.of(key(2)));
        ends.end(key(1));
        assert!(one.is_cancelled() && same.is_cancelled() && !other.is_cancelled());
        assert!(!ends.of(key(1)).is_cancelled());
        ends.end(key(3));
    }

    #[test]
    fn what_nobody_has_any_more_is_thrown_out_and_nothing_else() {
        let ends = Ends::new();
        let kept: Vec<_> = (0..10 * FEW).map(|number| ends.of(key(number))).collect();
        for number in 0..100_000 {
            drop(ends.of(key(kept.len() + number)));
        }
        assert!(ends.lock().by_credentials.len() <= 2 * kept.len());
        for (number, end) in kept.iter().enumerate() {
            ends.end(key(number));
            assert!(end.is_cancelled(), "{number}");
        }
    }
}
