//! Where small blobs lay when they were last read together, so that who reads a mailbox again need not look them up.
//!
//! A hint: a blob may have been moved since, and two may begin with the same octets. So whoever goes by it looks at the
//! header, which holds the hash, and asks the records where it says another. Bounded: two generations, the older is
//! forgotten when the younger is full.
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use store::BlobHash;

/// Places in one generation: 24 bytes each, and what a table leaves free.
const GENERATION: usize = 12 * 1024;

/// Where a small blob lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SmallPlace {
    pub(crate) pack: u32,
    /// Bytes of the record on disk, header and all.
    pub(crate) length: u32,
    pub(crate) offset: u64,
}

/// See the module.
#[derive(Default)]
pub(crate) struct Places(Mutex<Generations>);

#[derive(Default)]
struct Generations {
    young: HashMap<u64, SmallPlace>,
    old: HashMap<u64, SmallPlace>,
}

/// The first octets of a hash, by which a place is remembered.
fn name(hash: &BlobHash) -> u64 {
    u64::from_be_bytes(hash.0.first_chunk().copied().unwrap_or_default())
}

impl Places {
    /// What is remembered, in the order asked.
    pub(crate) fn get(&self, hashes: &[BlobHash]) -> Vec<Option<SmallPlace>> {
        let mut generations = self.generations();
        hashes.iter().map(|hash| generations.get(name(hash))).collect()
    }

    /// Remembers places.
    pub(crate) fn put(&self, places: impl Iterator<Item = (BlobHash, SmallPlace)>) {
        let mut generations = self.generations();
        places.for_each(|(hash, place)| generations.put(name(&hash), place));
    }

    /// Forgets places that were not right any more.
    pub(crate) fn forget(&self, hashes: impl Iterator<Item = BlobHash>) {
        let mut hashes = hashes.peekable();
        if hashes.peek().is_some() {
            let mut generations = self.generations();
            hashes.for_each(|hash| generations.forget(name(&hash)));
        }
    }

    fn generations(&self) -> MutexGuard<'_, Generations> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Generations {
    fn get(&mut self, name: u64) -> Option<SmallPlace> {
        if let Some(place) = self.young.get(&name) {
            return Some(*place);
        }
        let place = self.old.remove(&name)?;
        self.put(name, place);
        Some(place)
    }

    fn forget(&mut self, name: u64) {
        self.young.remove(&name);
        self.old.remove(&name);
    }

    fn put(&mut self, name: u64, place: SmallPlace) {
        if self.young.len() >= GENERATION && !self.young.contains_key(&name) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(name, place);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_bounded_and_keeps_what_is_asked_for() {
        let places = Places::default();
        let hash = |number: usize| BlobHash::of(&number.to_be_bytes());
        for number in 0..3 * GENERATION {
            let place = SmallPlace { pack: 1, length: 2, offset: number as u64 };
            places.put([(hash(number), place)].into_iter());
            assert_eq!(places.get(&[hash(0)])[0].map(|place| place.offset), Some(0), "after {number}");
        }
        let generations = places.generations();
        assert!(generations.young.len() <= GENERATION && generations.old.len() <= GENERATION);
        drop(generations);
        let there: Vec<bool> = places.get(&[hash(1), hash(3 * GENERATION - 1)]).iter().map(Option::is_some).collect();
        assert_eq!(there, [false, true]);
        places.forget([hash(0)].into_iter());
        assert_eq!(places.get(&[hash(0)]), [None]);
    }
}
