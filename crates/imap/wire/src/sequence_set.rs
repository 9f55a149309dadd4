//! Sets of sequence numbers or UIDs: `1:4,7,9:*` (RFC 3501, 9, sequence-set), and `$`, what a search has saved
//! (RFC 5182, 3).
use crate::{Cursor, Error};
use std::fmt;
use std::num::NonZeroU32;
use std::ops::RangeInclusive;

/// One end of a range: a number, or `*`, the largest in the mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SequenceNumber {
    /// A number above zero.
    Number(NonZeroU32),
    /// `*`
    Last,
}

/// `sequence-set = (seq-number / seq-range) *("," sequence-set)`, as the client wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SequenceSet(Vec<(SequenceNumber, SequenceNumber)>);

impl SequenceNumber {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        if cursor.eat(b'*') { Ok(Self::Last) } else { cursor.nz_number().map(Self::Number) }
    }

    const fn resolve(self, last: u32) -> u32 {
        match self {
            Self::Number(number) => number.get(),
            Self::Last => last,
        }
    }
}

impl fmt::Display for SequenceNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Last => f.write_str("*"),
        }
    }
}

impl SequenceSet {
    /// Reads a set. Its length is bounded by the line.
    ///
    /// # Errors
    /// When none stands here; zero is not a number of a message.
    pub fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let mut ranges = Vec::new();
        loop {
            let start = SequenceNumber::read(cursor)?;
            let end = if cursor.eat(b':') { SequenceNumber::read(cursor)? } else { start };
            ranges.push((start, end));
            if !cursor.eat(b',') {
                return Ok(Self(ranges));
            }
        }
    }

    /// `seq-number`: one message.
    ///
    /// # Errors
    /// When none stands here.
    pub fn one(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let number = SequenceNumber::read(cursor)?;
        Ok(Self(vec![(number, number)]))
    }

    /// The ranges in ascending order, apart from each other, with `*` as `last`. In an empty mailbox (`last` zero)
    /// `*` stands for nothing. RFC 3501, 9: `4:2` is `2:4`, and `559:*` always holds the last.
    pub fn ranges(&self, last: u32) -> Vec<RangeInclusive<u32>> {
        let mut ends: Vec<(u32, u32)> = self
            .0
            .iter()
            .map(|(start, end)| (start.resolve(last), end.resolve(last)))
            .map(|(start, end)| (start.min(end), start.max(end)))
            .filter(|&(start, _)| start > 0)
            .collect();
        ends.sort_unstable();
        let mut ranges: Vec<RangeInclusive<u32>> = Vec::with_capacity(ends.len());
        for (start, end) in ends {
            match ranges.last_mut() {
                Some(before) if start <= before.end().saturating_add(1) => {
                    *before = *before.start()..=end.max(*before.end());
                }
                _ => ranges.push(start..=end),
            }
        }
        ranges
    }

    /// Whether `number` is in the set, with `*` as `last`.
    pub fn contains(&self, number: u32, last: u32) -> bool {
        self.0.iter().any(|(start, end)| {
            let (start, end) = (start.resolve(last), end.resolve(last));
            start.min(end) > 0 && (start.min(end)..=start.max(end)).contains(&number)
        })
    }

    /// Whether `*` is in it.
    pub fn names_last(&self) -> bool {
        self.0.iter().any(|(start, end)| [start, end].contains(&&SequenceNumber::Last))
    }

    /// The largest number that the set names itself, without `*`.
    pub fn largest_named(&self) -> u32 {
        self.0.iter().flat_map(|(start, end)| [start.resolve(0), end.resolve(0)]).max().unwrap_or(0)
    }

    /// The shortest set for `numbers`, which ascend; nothing for an empty one, as the grammar has no word for it.
    pub fn compact(numbers: impl IntoIterator<Item = u32>) -> Option<Self> {
        let mut ranges: Vec<(u32, u32)> = Vec::new();
        for number in numbers {
            match ranges.last_mut() {
                Some((_, end)) if end.checked_add(1) == Some(number) => *end = number,
                _ => ranges.push((number, number)),
            }
        }
        let named = |number| NonZeroU32::new(number).map(SequenceNumber::Number);
        let ranges: Vec<_> = ranges.into_iter().filter_map(|(start, end)| Some((named(start)?, named(end)?))).collect();
        if ranges.is_empty() { None } else { Some(Self(ranges)) }
    }
}

impl fmt::Display for SequenceSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (start, end)) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            if start == end { write!(f, "{comma}{start}")? } else { write!(f, "{comma}{start}:{end}")? }
        }
        Ok(())
    }
}

/// Whether `number` is in one of `ranges`, which ascend, apart from each other, as [`SequenceSet::ranges`] gives them.
pub fn holds(ranges: &[RangeInclusive<u32>], number: u32) -> bool {
    let before = ranges.partition_point(|range| *range.end() < number);
    ranges.get(before).is_some_and(|range| range.contains(&number))
}

/// The messages that a command names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MessageSet {
    /// By their numbers.
    Numbers(SequenceSet),
    /// `$`: those that the last `SEARCH RETURN (SAVE)` found (RFC 5182, 2.1), in the place of a set.
    Saved,
}

impl MessageSet {
    /// `sequence-set / "$"`
    ///
    /// # Errors
    /// When neither stands here.
    pub fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        if cursor.eat(b'$') { Ok(Self::Saved) } else { SequenceSet::read(cursor).map(Self::Numbers) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<SequenceSet, Error> {
        let mut cursor = Cursor::new(text.as_bytes());
        let set = SequenceSet::read(&mut cursor)?;
        cursor.end()?;
        Ok(set)
    }

    #[test]
    fn table() {
        for (text, last, ranges) in [
            ("1", 5, vec![1..=1]),
            ("*", 5, vec![5..=5]),
            ("*", 0, vec![]),
            ("2:4", 5, vec![2..=4]),
            ("4:2", 5, vec![2..=4]),
            ("*:2", 5, vec![2..=5]),
            ("7:*", 5, vec![5..=7]),
            ("1:3,2:5,7", 9, vec![1..=5, 7..=7]),
            ("1,2,3", 9, vec![1..=3]),
            ("1:4294967295", 9, vec![1..=u32::MAX]),
        ] {
            assert_eq!(read(text).unwrap().ranges(last), ranges, "{text}");
            assert_eq!(read(text).unwrap().to_string(), text);
        }
        for text in ["", "0", "1:", ":1", "1,", ",1", "4294967296", "1:0", "a", "1 2", "-1", "**"] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_was_saved() {
        let read = |text: &str| MessageSet::read(&mut Cursor::new(text.as_bytes()));
        assert_eq!(read("$"), Ok(MessageSet::Saved));
        assert!(matches!(read("1:*"), Ok(MessageSet::Numbers(_))));
        assert!(read("x").is_err());
    }

    proptest! {
        #[test]
        fn compact_holds_the_same(numbers in proptest::collection::btree_set(1_u32..200, 1..60)) {
            let set = SequenceSet::compact(numbers.iter().copied()).unwrap();
            let again = read(&set.to_string()).unwrap();
            let held: Vec<u32> = again.ranges(0).into_iter().flatten().collect();
            prop_assert_eq!(held, numbers.into_iter().collect::<Vec<_>>());
        }

        #[test]
        fn ranges_and_contains_agree(text in "[1-9*](:[1-9*])?(,[1-9*](:[1-9*])?){0,5}", last in 0_u32..12) {
            let set = read(&text).unwrap();
            let ranges = set.ranges(last);
            for number in 1..12 {
                prop_assert_eq!(holds(&ranges, number), set.contains(number, last));
            }
            prop_assert!(ranges.windows(2).all(|pair| *pair[0].end() + 1 < *pair[1].start()));
        }
    }
}
