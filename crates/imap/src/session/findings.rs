//! What a command has found out, kept for the next one: bounded by number and weight, and those that were used longest
//! ago make room.
use super::orders::{MESSAGES, Orders};
use super::threading::{BYTES, Tables};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Things are looked through one by one, so there are so many at most.
pub(crate) const THINGS: usize = 64;

/// What is kept for all sessions.
pub(crate) struct Findings {
    /// By SORT.
    pub(crate) orders: Orders,
    /// By THREAD.
    pub(crate) tables: Tables,
}

impl Default for Findings {
    fn default() -> Self {
        Self { orders: Orders::within(MESSAGES), tables: Tables::within(BYTES) }
    }
}

/// What counts towards a limit.
pub(crate) trait Weigh {
    /// How much it counts.
    fn weight(&self) -> usize;
}

/// Things by name, in the order of their last use.
pub(crate) struct Remembered<N, T> {
    limit: usize,
    things: Mutex<VecDeque<(N, Arc<T>)>>,
}

impl<N: PartialEq, T: Weigh> Remembered<N, T> {
    /// Keeps up to [`THINGS`] that weigh `limit` together.
    pub(crate) fn within(limit: usize) -> Self {
        Self { limit, things: Mutex::default() }
    }

    /// The one of that name.
    pub(crate) fn find(&self, name: &N) -> Option<Arc<T>> {
        let mut things = self.things();
        let at = things.iter().position(|(known, _)| known == name)?;
        let found = things.remove(at)?;
        let thing = Arc::clone(&found.1);
        things.push_back(found);
        Some(thing)
    }

    /// Keeps one in the place of that of its name, unless it is too heavy.
    pub(crate) fn keep(&self, name: N, thing: T) {
        let mut things = self.things();
        things.retain(|(known, _)| *known != name);
        if thing.weight() > self.limit {
            return;
        }
        things.push_back((name, Arc::new(thing)));
        let mut weight: usize = things.iter().map(|(_, thing)| thing.weight()).sum();
        while weight > self.limit || things.len() > THINGS {
            let Some((_, gone)) = things.pop_front() else { return };
            weight -= gone.weight();
        }
    }

    /// What one thing may weigh.
    pub(crate) const fn limit(&self) -> usize {
        self.limit
    }

    /// How many there are.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.things().len()
    }

    fn things(&self) -> MutexGuard<'_, VecDeque<(N, Arc<T>)>> {
        self.things.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
