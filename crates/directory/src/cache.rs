//! Records as they were last read: what logins and recipients ask for again and again costs no read.
use crate::bounded::Bounded;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use store::Key;

/// A record and the version that its next change expects.
#[derive(Debug)]
pub(crate) struct Versioned<T> {
    pub(crate) version: u64,
    pub(crate) record: Arc<T>,
}

impl<T> Clone for Versioned<T> {
    fn clone(&self) -> Self {
        Self { version: self.version, record: Arc::clone(&self.record) }
    }
}

#[derive(Debug)]
enum Slot<T> {
    /// What was read; also that nothing is there.
    Read(Option<Versioned<T>>),
    /// A commit is under way: reads go to the store. It stays so where nobody waited for the commit's end.
    Written,
}

#[derive(Debug)]
struct State<T> {
    slots: Bounded<Key, Slot<T>>,
    writes: u64,
}

/// A bounded cache that no commit leaves stale: a read that began before a commit ended is not kept.
#[derive(Debug)]
pub(crate) struct Cache<T>(Mutex<State<T>>);

/// The moment at which a read began.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ReadBegan(u64);

impl<T> Cache<T> {
    pub(crate) fn new(capacity: usize) -> Self {
        Self(Mutex::new(State { slots: Bounded::new(capacity), writes: 0 }))
    }

    /// What is known of `key`; else the token with which to hand in what the store says.
    pub(crate) fn get(&self, key: &Key) -> Result<Option<Versioned<T>>, ReadBegan> {
        let mut state = self.lock();
        let began = ReadBegan(state.writes);
        match state.slots.get(key) {
            Some(Slot::Read(found)) => Ok(found.clone()),
            Some(Slot::Written) | None => Err(began),
        }
    }

    pub(crate) fn keep(&self, began: ReadBegan, key: Key, found: Option<Versioned<T>>) {
        let mut state = self.lock();
        if state.writes == began.0 && !matches!(state.slots.get(&key), Some(Slot::Written)) {
            state.slots.insert(key, Slot::Read(found));
        }
    }

    /// A commit that writes `key` is about to be handed in.
    pub(crate) fn write_begins(&self, key: &Key) {
        self.lock().slots.insert(key.clone(), Slot::Written);
    }

    /// That commit has ended, whichever way.
    pub(crate) fn write_ended(&self, key: &Key) {
        let mut state = self.lock();
        state.slots.remove(key);
        state.writes += 1;
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn versioned(number: u32) -> Option<Versioned<u32>> {
        Some(Versioned { version: 1, record: Arc::new(number) })
    }

    #[test]
    fn keeps_nothing_that_a_commit_overtook() {
        let cache = Cache::new(100);
        let key = b"anna".to_vec();
        let Err(early) = cache.get(&key) else { panic!() };
        cache.write_begins(&key);
        let Err(during) = cache.get(&key) else { panic!() };
        cache.keep(during, key.clone(), versioned(1));
        assert!(cache.get(&key).is_err());
        cache.write_ended(&key);
        cache.keep(early, key.clone(), versioned(1));
        cache.keep(during, key.clone(), versioned(1));
        let Err(late) = cache.get(&key) else { panic!() };
        cache.keep(late, key.clone(), versioned(2));
        assert_eq!(*cache.get(&key).unwrap().unwrap().record, 2);
        let Err(other) = cache.get(&b"bram".to_vec()) else { panic!() };
        cache.keep(other, b"bram".to_vec(), None);
        assert!(cache.get(&b"bram".to_vec()).unwrap().is_none());
    }
}
