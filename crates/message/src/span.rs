//! A piece of the stored bytes, named by its offsets.

use std::ops::Range;

/// From `start` up to, not with, `end`; offsets in octets from the begin of the message (or of the block where that is said).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// The first octet.
    pub start: u64,
    /// The octet after the last.
    pub end: u64,
}

impl Span {
    /// A span of two offsets; never one that ends before it starts.
    pub fn new(start: u64, end: u64) -> Self {
        Self { start, end: end.max(start) }
    }

    /// The span of a range in memory.
    pub fn of(range: Range<usize>) -> Self {
        Self::new(range.start as u64, range.end as u64)
    }

    /// How many octets.
    pub fn len(self) -> u64 {
        self.end - self.start
    }

    /// Whether it holds nothing.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// As a range.
    pub fn range(self) -> Range<u64> {
        self.start..self.end
    }

    /// The piece of a message that is in memory; empty where the span lies outside.
    pub fn within(self, message: &[u8]) -> &[u8] {
        let bounds = usize::try_from(self.start).ok().zip(usize::try_from(self.end).ok());
        bounds.and_then(|(start, end)| message.get(start..end)).unwrap_or_default()
    }
}
