//! Records of the system partitions: directory, queue, journal. They have no head; each entry is fenced by its own key.
use crate::blob::BlobHash;
use crate::engine::{
    Commit, Engine, Found, Growth, Key, MAX_PAGE, Partition, PartitionKind, Precondition, Read, Receipt, Value, Write,
};
use crate::error::Error;
use crate::look::{Look, Shown};
use std::sync::Arc;
use world::Random;

/// Reads and writes records by their keys.
#[derive(Clone)]
pub struct Records {
    engine: Arc<dyn Engine>,
    random: Arc<dyn Random>,
}

/// A page of a scan.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// Records in the asked order.
    pub items: Vec<(Key, Value)>,
    /// Whether more may follow: go on from behind the last key.
    pub more: bool,
}

/// A range of keys to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRange {
    /// The first key that is meant.
    pub from: Key,
    /// The first key beyond.
    pub to: Key,
}

impl KeyRange {
    /// All keys that begin with `prefix`.
    pub fn prefix(prefix: &[u8]) -> Self {
        Self { from: prefix.to_vec(), to: after_prefix(prefix) }
    }

    /// What of the range follows `key`.
    #[must_use]
    pub fn after(&self, key: &[u8]) -> Self {
        let mut from = key.to_vec();
        from.push(0);
        Self { from, to: self.to.clone() }
    }
}

/// The first key behind all that begin with `prefix`.
fn after_prefix(prefix: &[u8]) -> Key {
    let mut next = prefix.to_vec();
    while let Some(last) = next.pop() {
        if last < u8::MAX {
            next.push(last + 1);
            return next;
        }
    }
    vec![u8::MAX; crate::engine::MAX_KEY + 1]
}

/// A commit to a system partition being put together. Each precondition is one entry's own fence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// All must hold.
    pub preconditions: Vec<Precondition>,
    /// What is written.
    pub writes: Vec<Write>,
    /// Blobs that the partition uses from now on.
    pub names_blobs: Vec<BlobHash>,
    /// Blobs whose last use in the partition goes.
    pub drops_blobs: Vec<BlobHash>,
    /// Whether it may be refused to keep the disk's reserve.
    pub growth: Growth,
}

impl Change {
    /// An empty change.
    pub fn new(growth: Growth) -> Self {
        Self { preconditions: Vec::new(), writes: Vec::new(), names_blobs: Vec::new(), drops_blobs: Vec::new(), growth }
    }

    /// Writes a record that must not exist, as its version 1.
    pub fn create(&mut self, key: Key, payload: Vec<u8>) -> &mut Self {
        self.preconditions.push(Precondition::Absent(key.clone()));
        self.writes.push(Write::Put { key, version: 1, payload });
        self
    }

    /// Writes a record that must still have `version`; it gets the next one.
    pub fn replace(&mut self, key: Key, version: u64, payload: Vec<u8>) -> &mut Self {
        self.preconditions.push(Precondition::Version(key.clone(), version));
        self.writes.push(Write::Put { key, version: version.saturating_add(1), payload });
        self
    }

    /// Removes a record that must still have `version`.
    pub fn remove(&mut self, key: Key, version: u64) -> &mut Self {
        self.preconditions.push(Precondition::Version(key.clone(), version));
        self.writes.push(Write::Delete { key });
        self
    }

    /// Writes a record whatever was there. For what is fenced by another key of the same change, such as an index.
    pub fn put(&mut self, key: Key, version: u64, payload: Vec<u8>) -> &mut Self {
        self.writes.push(Write::Put { key, version, payload });
        self
    }

    /// Removes a record whatever was there.
    pub fn delete(&mut self, key: Key) -> &mut Self {
        self.writes.push(Write::Delete { key });
        self
    }
}

impl Records {
    pub(crate) fn new(engine: Arc<dyn Engine>, random: Arc<dyn Random>) -> Self {
        Self { engine, random }
    }

    /// The record under a key.
    ///
    /// # Errors
    /// [`Error::Corrupt`] when its sum is wrong; else what the engine says.
    pub async fn get(&self, partition: Partition, key: Key) -> Result<Option<Value>, Error> {
        let found = self.engine.read(partition, vec![Read::Get(key)]).await?;
        one(partition, found.into_iter().next())
    }

    /// The records under several keys, in their order, from one snapshot.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn get_many(&self, partition: Partition, keys: Vec<Key>) -> Result<Vec<Option<Value>>, Error> {
        let found = self.engine.read(partition, keys.into_iter().map(Read::Get).collect()).await?;
        found.into_iter().map(|found| one(partition, Some(found))).collect()
    }

    /// At most `limit` (and at most 1,000) records of a range, ascending.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn scan(&self, partition: Partition, range: KeyRange, limit: usize) -> Result<Page, Error> {
        self.page(partition, range, limit, false).await
    }

    /// As [`Self::scan`], from the end.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn scan_back(&self, partition: Partition, range: KeyRange, limit: usize) -> Result<Page, Error> {
        self.page(partition, range, limit, true).await
    }

    async fn page(&self, partition: Partition, range: KeyRange, limit: usize, reverse: bool) -> Result<Page, Error> {
        let read = Read::Scan { from: range.from, to: range.to, limit: limit.min(MAX_PAGE), reverse };
        match self.engine.read(partition, vec![read]).await?.into_iter().next() {
            Some(Found::Many { items, more, corrupt }) if corrupt.is_empty() => Ok(Page { items, more }),
            Some(Found::Many { corrupt, .. }) => Err(corrupt_key(partition, corrupt.first())),
            _ => Err(Error::Corrupt(format!("{partition}: the engine gave no page"))),
        }
    }

    /// Shows at most `limit` (and at most [`MAX_SHOWN`](crate::MAX_SHOWN)) records of a range to `look`, ascending, where
    /// they are read.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn show(&self, partition: Partition, range: KeyRange, limit: usize, look: Look) -> Result<Shown, Error> {
        let read = Read::Scan { from: range.from, to: range.to, limit, reverse: false };
        match self.engine.show(partition, vec![read], look).await?.into_iter().next() {
            Some(shown) if shown.corrupt.is_empty() => Ok(shown),
            Some(shown) => Err(corrupt_key(partition, shown.corrupt.first())),
            None => Err(Error::Corrupt(format!("{partition}: the engine showed nothing"))),
        }
    }

    /// The numbers of the partitions of a kind that hold any record, ascending, those above `after`.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn partitions(&self, kind: PartitionKind, after: Option<u64>, limit: usize) -> Result<Vec<u64>, Error> {
        Ok(self.engine.partitions(kind, after, limit).await?)
    }

    /// Commits a change; returns when it is on disk.
    ///
    /// # Errors
    /// [`Error::Conflict`] when a precondition does not hold, [`Error::NoSpace`], [`Error::Closed`].
    ///
    /// # Cancel safety
    /// Once it has been handed in, the change is made whether or not the answer is awaited.
    pub async fn commit(&self, partition: Partition, change: Change) -> Result<Receipt, Error> {
        let slot = self.engine.reserve().await?;
        let id = self.random.wide();
        let Change { preconditions, writes, names_blobs, drops_blobs, growth } = change;
        let commit = Commit { partition, id, preconditions, writes, names_blobs, drops_blobs, growth };
        Ok(slot.submit(commit).await?)
    }
}

fn one(partition: Partition, found: Option<Found>) -> Result<Option<Value>, Error> {
    match found {
        Some(Found::One(value)) => Ok(value),
        Some(Found::Corrupt(key)) => Err(corrupt_key(partition, Some(&key))),
        _ => Err(Error::Corrupt(format!("{partition}: the engine gave no record"))),
    }
}

fn corrupt_key(partition: Partition, key: Option<&Key>) -> Error {
    let key = key.map_or_else(String::new, |key| data_encoding::HEXLOWER.encode(key));
    Error::Corrupt(format!("{partition}: record {key}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_a_range() {
        assert_eq!(KeyRange::prefix(b"ab"), KeyRange { from: b"ab".to_vec(), to: b"ac".to_vec() });
        assert_eq!(KeyRange::prefix(&[1, 255]).to, vec![2]);
        assert!(KeyRange::prefix(&[255]).to > vec![255; 900]);
        assert_eq!(KeyRange::prefix(b"ab").after(b"abc").from, b"abc\0".to_vec());
    }
}
