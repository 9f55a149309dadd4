//! Tables of numbers that are hashes already, made with a key that nobody knows (docs/security.md, I26): nothing hashes them again.
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A table by hashes.
pub(super) type ByHash<V> = HashMap<u64, V, BuildHasherDefault<Already>>;

/// Takes a number as its own hash.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Already(u64);

impl Hasher for Already {
    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }

    fn write(&mut self, octets: &[u8]) {
        octets.iter().for_each(|octet| self.0 = self.0.rotate_left(8) ^ u64::from(*octet));
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
