//! What waits, in a few bytes each: a queue of a million messages of which all are due is to fit beside everything else.
use crate::queue::id::{PARTITIONS, QueueId};
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use world::UnixTime;

/// Every so many messages the least urgent one of a lane goes first, so that none waits without end.
const LEAST_URGENT: u32 = 8;
/// Destinations that can be told apart: the number shares 32 bits with the partition's.
const DESTINATIONS: u32 = 1 << 26;

/// The recipients of one entry at one destination, in 12 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key {
    /// The entry's number; as a `u64` it would make 16 bytes.
    number: [u8; 8],
    /// The destination's number and the partition's.
    place: u32,
}

impl Key {
    pub(super) fn new(id: QueueId, destination: u32) -> Self {
        let place = destination * u32::from(PARTITIONS) + u32::from(id.partition);
        Self { number: id.number.to_be_bytes(), place }
    }

    pub(super) fn id(self) -> QueueId {
        let [partition, ..] = (self.place % u32::from(PARTITIONS)).to_le_bytes();
        QueueId { partition, number: u64::from_be_bytes(self.number) }
    }

    pub(super) const fn destination(self) -> u32 {
        self.place / PARTITIONS as u32
    }
}

/// A row of a lane, in 16 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) key: Key,
    /// Seconds since 1970, rounded up; the largest number is never.
    say_by: u32,
}

impl Row {
    pub(super) fn new(key: Key, say_by: UnixTime) -> Self {
        let seconds = say_by.millis().div_ceil(1_000);
        Self { key, say_by: u32::try_from(seconds).unwrap_or(u32::MAX) }
    }

    fn is_overdue(self, now: UnixTime) -> bool {
        self.say_by != u32::MAX && u64::from(self.say_by) <= now.secs()
    }
}

/// What waits in a lane: the more urgent first (MT-PRIORITY), what is as urgent in its order.
#[derive(Debug, Default)]
pub(super) struct Rows {
    bands: BTreeMap<Reverse<i8>, VecDeque<Row>>,
    len: usize,
    given: u32,
}

impl Rows {
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The priority of the most urgent row.
    pub(super) fn urgency(&self) -> Option<i8> {
        self.bands.first_key_value().map(|(priority, _)| priority.0)
    }

    pub(super) fn push(&mut self, row: Row, priority: i8) {
        self.bands.entry(Reverse(priority)).or_default().push_back(row);
        self.len += 1;
    }

    pub(super) fn pop(&mut self) -> Option<Row> {
        self.given = self.given.wrapping_add(1);
        let last = self.given.is_multiple_of(LEAST_URGENT);
        let mut band = if last { self.bands.last_entry()? } else { self.bands.first_entry()? };
        let row = band.get_mut().pop_front();
        if band.get().is_empty() {
            band.remove();
        }
        self.len = self.len.saturating_sub(1);
        row
    }

    /// Takes out those about which somebody must hear by now.
    pub(super) fn take_overdue(&mut self, now: UnixTime) -> Vec<Row> {
        let mut overdue = Vec::new();
        for band in self.bands.values_mut() {
            overdue.extend(band.iter().copied().filter(|row| row.is_overdue(now)));
            band.retain(|row| !row.is_overdue(now));
        }
        self.bands.retain(|_, band| !band.is_empty());
        self.len = self.len.saturating_sub(overdue.len());
        overdue
    }
}

/// The texts of destinations, each once, by number; a number is free again when nothing uses it.
#[derive(Debug, Default)]
pub(super) struct Names {
    numbers: HashMap<Arc<str>, u32>,
    slots: Vec<Slot>,
    free: Vec<u32>,
}

#[derive(Debug)]
struct Slot {
    text: Arc<str>,
    uses: u32,
}

impl Names {
    /// The number of `text`, with one use more; `None` when there are too many.
    pub(super) fn take(&mut self, text: &Arc<str>) -> Option<u32> {
        if let Some(number) = self.numbers.get(text) {
            let slot = self.slots.get_mut(*number as usize)?;
            slot.uses = slot.uses.checked_add(1)?;
            return Some(*number);
        }
        let slot = Slot { text: text.clone(), uses: 1 };
        let number = match self.free.pop() {
            Some(number) => {
                *self.slots.get_mut(number as usize)? = slot;
                number
            }
            None => {
                let number = u32::try_from(self.slots.len()).ok().filter(|number| *number < DESTINATIONS)?;
                self.slots.push(slot);
                number
            }
        };
        self.numbers.insert(text.clone(), number);
        Some(number)
    }

    /// The number of a text that is in use.
    pub(super) fn number(&self, text: &str) -> Option<u32> {
        self.numbers.get(text).copied()
    }

    /// The text that has a number.
    pub(super) fn text(&self, number: u32) -> Arc<str> {
        self.slots.get(number as usize).map(|slot| slot.text.clone()).unwrap_or_default()
    }

    /// One use less.
    pub(super) fn give_back(&mut self, number: u32) {
        let Some(slot) = self.slots.get_mut(number as usize) else { return };
        slot.uses = slot.uses.saturating_sub(1);
        if slot.uses == 0 {
            self.numbers.remove(&slot.text);
            slot.text = Arc::default();
            self.free.push(number);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(number: u64, say_by: UnixTime) -> Row {
        Row::new(Key::new(QueueId { partition: 1, number }, 0), say_by)
    }

    #[test]
    fn a_row_is_sixteen_bytes_and_loses_nothing() {
        assert_eq!((size_of::<Row>(), size_of::<Key>()), (16, 12));
        for partition in [0, 1, 63] {
            for number in [0, 1, u64::from(u32::MAX), u64::MAX - 1, 1 << 32] {
                for destination in [0, 1, DESTINATIONS - 1] {
                    let key = Key::new(QueueId { partition, number }, destination);
                    assert_eq!((key.id(), key.destination()), (QueueId { partition, number }, destination));
                }
            }
        }
    }

    #[test]
    fn the_more_urgent_goes_first_and_the_least_urgent_goes_too() {
        let mut rows = Rows::default();
        let never = UnixTime::from_millis(u64::MAX);
        (0..20).for_each(|number| rows.push(row(number, never), 0));
        (100..120).for_each(|number| rows.push(row(number, never), 3));
        (200..202).for_each(|number| rows.push(row(number, never), -9));
        assert_eq!((rows.len(), rows.urgency()), (42, Some(3)));
        let order: Vec<u64> = std::iter::from_fn(|| rows.pop()).map(|row| row.key.id().number).collect();
        assert_eq!(order[..9], [100, 101, 102, 103, 104, 105, 106, 200, 107]);
        assert_eq!((order.len(), rows.len(), rows.urgency()), (42, 0, None));
        assert_eq!(order.iter().position(|number| *number == 201), Some(15));
    }

    #[test]
    fn who_is_overdue_is_taken_out() {
        let mut rows = Rows::default();
        let now = UnixTime::from_secs(1_000);
        for (number, say_by) in [(0, u64::MAX), (1, 999_001), (2, 1_000_001), (3, 1_000_000), (4, 0)] {
            rows.push(row(number, UnixTime::from_millis(say_by)), 0);
        }
        let taken: Vec<u64> = rows.take_overdue(now).into_iter().map(|row| row.key.id().number).collect();
        assert_eq!((taken, rows.len()), (vec![1, 3, 4], 2));
        assert_eq!(rows.take_overdue(UnixTime::from_millis(u64::MAX)).len(), 1, "never is never");
    }

    #[test]
    fn a_number_is_used_again_when_nothing_has_it() {
        let mut names = Names::default();
        let (one, other): (Arc<str>, Arc<str>) = ("one.example".into(), "other.example".into());
        assert_eq!([names.take(&one), names.take(&other), names.take(&one)], [Some(0), Some(1), Some(0)]);
        names.give_back(0);
        assert_eq!(names.text(0), one);
        names.give_back(0);
        assert_eq!(names.number(&one), None);
        assert_eq!(names.take(&"third.example".into()), Some(0));
        assert_eq!((names.number("third.example"), names.number(&other)), (Some(0), Some(1)));
    }
}
