//! How events lie in the engine: a partition a class, keys that sort by time, and a count of what is there.
//!
//! `h` → events and bytes in this partition; `e | time in ms (8) | number (8)` → the event as JSON. The number keeps
//! apart what happened in one millisecond.
use crate::{Class, Entry, Error, Event};
use bytes::Bytes;
use std::sync::Arc;
use store::{Commit, CommitError, Engine, Found, Growth, Key, MAX_PAGE, Partition, PartitionKind, Read, Value, Write};
use world::UnixTime;

const HEAD: &[u8] = b"h";
const EVENT: u8 = b'e';
/// The first version of these records.
const VERSION: u64 = 1;

/// What a partition holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Held {
    pub(crate) events: u64,
    pub(crate) bytes: u64,
}

/// Where an event stands in the order of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) at: UnixTime,
    pub(crate) number: u64,
}

impl Place {
    pub(crate) const FIRST: Self = Self { at: UnixTime::from_millis(0), number: 0 };

    pub(crate) fn key(self) -> Key {
        let mut key = Vec::with_capacity(17);
        key.push(EVENT);
        key.extend_from_slice(&self.at.millis().to_be_bytes());
        key.extend_from_slice(&self.number.to_be_bytes());
        key
    }

    fn read(key: &[u8]) -> Option<Self> {
        let (at, number) = key.strip_prefix(&[EVENT])?.split_first_chunk::<8>()?;
        let number = number.try_into().ok()?;
        Some(Self { at: UnixTime::from_millis(u64::from_be_bytes(*at)), number: u64::from_be_bytes(number) })
    }
}

/// A page of events with their places and sizes.
pub(crate) struct Events {
    pub(crate) items: Vec<(Place, u64, Option<Event>)>,
    pub(crate) more: bool,
}

/// A page of records as they lie, newest first.
pub(crate) struct Raw {
    pub(crate) items: Vec<(Place, Bytes)>,
    /// What is beyond; `None` at the end.
    pub(crate) next: Option<Place>,
}

/// The partitions of one journal.
#[derive(Clone)]
pub(crate) struct Shelf(Arc<dyn Engine>);

const fn partition(class: Class) -> Partition {
    let id = match class {
        Class::Sessions => 1,
        Class::Refusals => 2,
        Class::Deliveries => 3,
        Class::Acts => 4,
    };
    Partition::new(PartitionKind::Journal, id)
}

impl Shelf {
    pub(crate) fn new(engine: Arc<dyn Engine>) -> Self {
        Self(engine)
    }

    /// What the partition of `class` holds.
    pub(crate) async fn held(&self, class: Class) -> Result<Held, Error> {
        let found = self.0.read(partition(class), vec![Read::Get(HEAD.to_vec())]).await?;
        Ok(match found.into_iter().next() {
            Some(Found::One(Some(head))) => read_head(&head),
            // a damaged count is begun again: pruning by age still works
            _ => Held::default(),
        })
    }

    /// Writes `events`; gives what the partition holds then.
    pub(crate) async fn add(&self, class: Class, held: Held, events: &[(Place, &Entry)]) -> Result<Held, Error> {
        let mut held = held;
        let mut writes = Vec::with_capacity(events.len() + 1);
        for (place, entry) in events {
            let Ok(payload) = serde_json::to_vec(&entry.event) else { continue };
            held.events += 1;
            held.bytes += size(&payload);
            writes.push(Write::Put { key: place.key(), version: VERSION, payload });
        }
        self.commit(class, held, writes, Growth::Grows).await
    }

    /// Removes `events`; gives what the partition holds then.
    pub(crate) async fn remove(&self, class: Class, held: Held, events: &[(Place, u64)]) -> Result<Held, Error> {
        let bytes: u64 = events.iter().map(|(_, bytes)| bytes).sum();
        let held =
            Held { events: held.events.saturating_sub(events.len() as u64), bytes: held.bytes.saturating_sub(bytes) };
        let writes = events.iter().map(|(place, _)| Write::Delete { key: place.key() }).collect();
        self.commit(class, held, writes, Growth::Frees).await
    }

    /// Events from `from` up to, not with, `to`.
    pub(crate) async fn scan(
        &self,
        class: Class,
        from: Place,
        to: Place,
        limit: usize,
        newest_first: bool,
    ) -> Result<Events, Error> {
        let read = Read::Scan { from: from.key(), to: to.key(), limit, reverse: newest_first };
        let found = self.0.read(partition(class), vec![read]).await?;
        let Some(Found::Many { items, more, corrupt }) = found.into_iter().next() else {
            return Ok(Events { items: Vec::new(), more: false });
        };
        // a damaged event is skipped by readers and removed by age like any other
        let damaged = corrupt.iter().filter_map(|key| Some((Place::read(key)?, 0, None)));
        let mut items: Vec<_> = items
            .iter()
            .filter_map(|(key, value)| {
                Some((Place::read(key)?, size(&value.payload), serde_json::from_slice(&value.payload).ok()))
            })
            .chain(damaged)
            .collect();
        items.sort_by_key(|(place, ..)| *place);
        if newest_first {
            items.reverse();
        }
        Ok(Events { items, more })
    }

    /// Records from `from` up to, not with, `to`, newest first; damaged ones are left out.
    pub(crate) async fn raw(&self, class: Class, from: Place, to: Place) -> Result<Raw, Error> {
        let read = Read::Scan { from: from.key(), to: to.key(), limit: MAX_PAGE, reverse: true };
        let found = self.0.read(partition(class), vec![read]).await?;
        let Some(Found::Many { items, more, corrupt }) = found.into_iter().next() else {
            return Ok(Raw { items: Vec::new(), next: None });
        };
        let lowest = items.iter().map(|(key, _)| key).chain(&corrupt).filter_map(|key| Place::read(key)).min();
        let items = items.into_iter().filter_map(|(key, value)| Some((Place::read(&key)?, value.payload))).collect();
        Ok(Raw { items, next: lowest.filter(|_| more) })
    }

    async fn commit(&self, class: Class, held: Held, writes: Vec<Write>, growth: Growth) -> Result<Held, Error> {
        let mut writes = writes;
        writes.push(Write::Put { key: HEAD.to_vec(), version: VERSION, payload: head(held) });
        let commit = Commit {
            partition: partition(class),
            id: 0,
            preconditions: Vec::new(),
            writes,
            names_blobs: Vec::new(),
            drops_blobs: Vec::new(),
            growth,
        };
        let slot = self.0.reserve().await.map_err(|_| CommitError::Closed)?;
        slot.submit(commit).await?;
        Ok(held)
    }
}

/// What an event takes, in bytes: its text, its key, and about what an engine adds.
fn size(payload: &[u8]) -> u64 {
    payload.len() as u64 + 64
}

fn head(held: Held) -> Vec<u8> {
    [held.events.to_be_bytes(), held.bytes.to_be_bytes()].concat()
}

fn read_head(value: &Value) -> Held {
    let number = |range| value.payload.get(range).and_then(|bytes: &[u8]| bytes.try_into().ok());
    let number = |range| number(range).map_or(0, u64::from_be_bytes);
    Held { events: number(0..8), bytes: number(8..16) }
}
