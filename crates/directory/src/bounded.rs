//! A map that forgets: the memory of caches and counters, bounded without a clock.
use std::collections::HashMap;
use std::hash::Hash;
use std::mem;

/// At most twice `half` entries. What was used in this or the last generation stays; a generation ends when it has
/// `half` entries. The hasher is keyed at random, so names that collide cannot be chosen.
#[derive(Debug)]
pub(crate) struct Bounded<K, V> {
    half: usize,
    young: HashMap<K, V>,
    old: HashMap<K, V>,
}

impl<K: Eq + Hash + Clone, V> Bounded<K, V> {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { half: (capacity / 2).max(1), young: HashMap::new(), old: HashMap::new() }
    }

    /// The entry, which counts as used.
    pub(crate) fn get(&mut self, key: &K) -> Option<&mut V> {
        if let Some(value) = self.old.remove(key) {
            self.insert(key.clone(), value);
        }
        self.young.get_mut(key)
    }

    pub(crate) fn insert(&mut self, key: K, value: V) {
        if self.young.len() >= self.half && !self.young.contains_key(&key) {
            self.old = mem::take(&mut self.young);
        }
        self.old.remove(&key);
        self.young.insert(key, value);
    }

    /// The entry, made when it is not there.
    pub(crate) fn entry(&mut self, key: &K, make: impl FnOnce() -> V) -> &mut V {
        let value = self.old.remove(key);
        if self.young.len() >= self.half && !self.young.contains_key(key) {
            self.old = mem::take(&mut self.young);
        }
        let entry = self.young.entry(key.clone());
        entry.or_insert_with(|| value.unwrap_or_else(make))
    }

    pub(crate) fn remove(&mut self, key: &K) {
        self.young.remove(key);
        self.old.remove(key);
    }

    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&K, &mut V) -> bool) {
        self.young.retain(&mut keep);
        self.old.retain(&mut keep);
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_holds_more_than_its_capacity_and_keeps_what_is_used() {
        let mut map = Bounded::new(10);
        for number in 0..1000 {
            map.insert(number, number);
            assert!(map.len() <= 10);
            *map.entry(&5000, || 0) += 1;
        }
        assert_eq!(map.get(&5000), Some(&mut 1000));
        assert_eq!(map.get(&999), Some(&mut 999));
        assert_eq!(map.get(&1), None);
        map.remove(&999);
        assert_eq!(map.get(&999), None);
        map.retain(|key, _| *key == 5000);
        assert_eq!(map.len(), 1);
    }
}
