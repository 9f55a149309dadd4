//! The versions of the records that preconditions ask for, so that one costs no read.
//!
//! The committer is the only writer, so what is here is exact. Bounded: two generations, the older is forgotten when
//! the younger is full.
use std::collections::HashMap;

/// Keys in one generation.
const GENERATION: usize = 16 * 1024;

/// The version under a key, `None` for no record.
pub(crate) type Version = Option<u64>;

#[derive(Default)]
pub(crate) struct Versions {
    young: HashMap<Vec<u8>, Version>,
    old: HashMap<Vec<u8>, Version>,
}

impl Versions {
    /// What is known of `key`.
    pub(crate) fn get(&mut self, key: &[u8]) -> Option<Version> {
        if let Some(version) = self.young.get(key) {
            return Some(*version);
        }
        let (key, version) = self.old.remove_entry(key)?;
        self.set(key, version);
        Some(version)
    }

    /// Remembers what is under `key`.
    pub(crate) fn set(&mut self, key: Vec<u8>, version: Version) {
        if self.young.len() >= GENERATION && !self.young.contains_key(&key) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, version);
    }

    /// Follows a write, for keys that are remembered.
    pub(crate) fn written(&mut self, key: &[u8], version: Version) {
        if let Some(known) = self.young.get_mut(key) {
            *known = version;
            self.old.remove(key);
        } else if let Some(known) = self.old.get_mut(key) {
            *known = version;
        }
    }

    /// Forgets everything: what was written did not come to stay.
    pub(crate) fn forget(&mut self) {
        self.young.clear();
        self.old.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_writes_over_both_generations() {
        let mut versions = Versions::default();
        assert_eq!(versions.get(b"a"), None);
        versions.set(b"a".to_vec(), Some(1));
        for n in 0..u32::try_from(GENERATION).unwrap() {
            versions.set(n.to_be_bytes().to_vec(), None);
        }
        versions.written(b"a", Some(2));
        assert_eq!(versions.get(b"a"), Some(Some(2)), "found in the old generation");
        versions.written(b"a", None);
        assert_eq!(versions.get(b"a"), Some(None));
        versions.written(b"unknown", Some(1));
        assert_eq!(versions.get(b"unknown"), None);
        assert!(versions.young.len() + versions.old.len() <= 2 * GENERATION + 1);
    }
}
