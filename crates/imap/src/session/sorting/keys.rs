//! What decides between messages, in one place for all of them.
//!
//! All that decides between two messages is put into one string of octets that are compared as they are: numbers with
//! their highest octet first, texts with an end that sorts before anything else, and what goes in reverse turned over.
//! So memory is bounded by the messages and [`TEXT`], and a comparison costs no more than that.
use super::facts::{Facts, display, mailbox};
use crate::session::glances::Found;
use imap_wire::{Criterion, SortKey};
use search::casemap;
use search::{Effort, TooLong};

/// Octets of a text that are compared. Differs from RFC 5256: texts that begin with the same 200 octets are the same.
const TEXT: usize = 200;
/// Rows that are merged between two looks at what that costs.
const STRIDE: usize = 1_000;

/// What decides between messages.
#[derive(Default)]
pub(super) struct Keys {
    /// Of all rows, one after the other.
    octets: Vec<u8>,
    rows: Vec<Row>,
    /// Where the runs of rows end that are in order.
    runs: Vec<usize>,
    /// A text on its way.
    mapped: String,
}

/// One message.
#[derive(Debug, Clone, Copy)]
struct Row {
    /// Its first octets as a number, which decides most comparisons without a look at the others.
    first: u64,
    /// Where its octets are.
    start: usize,
    length: u32,
    sequence: u32,
}

impl Keys {
    /// Takes a message.
    pub(super) fn add(&mut self, criteria: &[Criterion], found: Found, facts: &Facts<'_>) {
        let start = self.octets.len();
        for criterion in criteria {
            let from = self.octets.len();
            self.push(criterion.key, found, facts);
            if criterion.reverse {
                self.octets.iter_mut().skip(from).for_each(|octet| *octet = !*octet);
            }
        }
        let key = self.octets.get(start..).unwrap_or_default();
        let mut first = [0; 8];
        first.iter_mut().zip(key).for_each(|(place, octet)| *place = *octet);
        let length = u32::try_from(key.len()).unwrap_or(u32::MAX);
        self.rows.push(Row { first: u64::from_be_bytes(first), start, length, sequence: found.sequence });
    }

    fn push(&mut self, key: SortKey, found: Found, facts: &Facts<'_>) {
        match key {
            // RFC 6203, 6: the best first.
            SortKey::Relevancy => self.octets.push(100 - found.relevance.min(100)),
            SortKey::Arrival => self.octets.extend(found.received.to_be_bytes()),
            SortKey::Size => self.octets.extend(found.size.to_be_bytes()),
            SortKey::Date => self.octets.extend(ordered(sent(found, facts.sent)).to_be_bytes()),
            SortKey::Subject => self.text(facts.base_subject),
            SortKey::From => self.text(&mailbox(facts.from)),
            SortKey::To => self.text(&mailbox(facts.to)),
            SortKey::Cc => self.text(&mailbox(facts.cc)),
            SortKey::DisplayFrom => self.text(&display(facts.from)),
            SortKey::DisplayTo => self.text(&display(facts.to)),
        }
    }

    /// A text and its end; it holds no NUL of its own.
    fn text(&mut self, text: &str) {
        let text = text.get(..text.floor_char_boundary(TEXT)).unwrap_or_default();
        if text.is_ascii() && !text.contains('\0') {
            let from = self.octets.len();
            self.octets.extend_from_slice(text.as_bytes());
            self.octets.get_mut(from..).unwrap_or_default().make_ascii_uppercase();
            self.octets.push(0);
            return;
        }
        self.mapped.clear();
        casemap(text, &mut self.mapped);
        self.octets.extend(self.mapped.bytes().filter(|octet| *octet != 0).take(TEXT));
        self.octets.push(0);
    }

    /// What of a row is compared. RFC 5256, BASE.6.4.SORT: what is the same stays in the order of the mailbox.
    fn key(&self, row: &Row) -> (u64, &[u8], u32) {
        let octets = self.octets.get(row.start..row.start.saturating_add(row.length as usize));
        (row.first, octets.unwrap_or_default(), row.sequence)
    }

    /// Whether a message of these comes before one of others, by their places.
    pub(super) fn is_before(&self, at: usize, others: &Self, other: usize) -> bool {
        let (one, other) = (self.rows.get(at), others.rows.get(other));
        one.map(|row| self.key(row)) < other.map(|row| others.key(row))
    }

    /// Sequence numbers, in the order of the rows.
    pub(super) fn sequences(&self) -> impl Iterator<Item = u32> {
        self.rows.iter().map(|row| row.sequence)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Takes a batch of others, as a run.
    pub(super) fn append(&mut self, batch: Self) {
        let Self { octets, mut rows, .. } = batch;
        let begin = self.octets.len();
        self.octets.extend_from_slice(&octets);
        rows.iter_mut().for_each(|row| row.start += begin);
        rows.sort_unstable_by_key(|row| self.key(row));
        self.rows.extend_from_slice(&rows);
        self.runs.push(self.rows.len());
    }

    /// Puts all rows in order, and gives their sequence numbers. Runs are merged two by two, so that others have their
    /// turn meanwhile.
    pub(super) async fn sorted(mut self, effort: &mut Effort<'_>) -> Result<Vec<u32>, TooLong> {
        let (mut rows, mut merged) = (std::mem::take(&mut self.rows), Vec::new());
        let mut ends = std::mem::take(&mut self.runs);
        while ends.len() > 1 {
            merged.clear();
            merged.reserve(rows.len());
            let (mut begin, mut merged_ends) = (0, Vec::with_capacity(ends.len().div_ceil(2)));
            for pair in ends.chunks(2) {
                let (middle, end) = (pair.first().copied().unwrap_or(begin), pair.last().copied().unwrap_or(begin));
                let left = rows.get(begin..middle).unwrap_or_default();
                self.merge(left, rows.get(middle..end).unwrap_or_default(), &mut merged, effort).await?;
                merged_ends.push(end);
                begin = end;
            }
            std::mem::swap(&mut rows, &mut merged);
            ends = merged_ends;
        }
        Ok(rows.into_iter().map(|row| row.sequence).collect())
    }

    async fn merge(
        &self,
        mut left: &[Row],
        mut right: &[Row],
        merged: &mut Vec<Row>,
        effort: &mut Effort<'_>,
    ) -> Result<(), TooLong> {
        while !left.is_empty() && !right.is_empty() {
            for _ in 0..STRIDE {
                let (Some(one), Some(other)) = (left.first(), right.first()) else { break };
                let from = if self.key(one) < self.key(other) { &mut left } else { &mut right };
                if let Some((row, rest)) = from.split_first() {
                    merged.push(*row);
                    *from = rest;
                }
            }
            effort.spend(2 * STRIDE).await?;
        }
        merged.extend_from_slice(left);
        merged.extend_from_slice(right);
        Ok(())
    }
}

/// When a message was sent; without a date that can be read, when it was received (RFC 5256, 2.2).
pub(crate) fn sent(found: Found, sent: Option<i64>) -> i64 {
    sent.unwrap_or_else(|| i64::try_from(found.received).unwrap_or(i64::MAX))
}

/// A number whose octets are ordered as it is.
const fn ordered(number: i64) -> u64 {
    number.cast_unsigned() ^ (1 << 63)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_keep_their_order(one in any::<i64>(), other in any::<i64>()) {
            prop_assert_eq!(one.cmp(&other), ordered(one).to_be_bytes().cmp(&ordered(other).to_be_bytes()));
        }

        // What follows a text decides only where texts are the same, both ways round.
        #[test]
        fn texts_keep_their_order(one in "[a-c]{0,4}", other in "[a-c]{0,4}", more in any::<[u8; 2]>(), turned in any::<bool>()) {
            let octets = |text: &str, more: u8| {
                let mut keys = Keys::default();
                keys.text(text);
                if turned {
                    keys.octets.iter_mut().for_each(|octet| *octet = !*octet);
                }
                keys.octets.push(more);
                keys.octets
            };
            let texts = if turned { other.cmp(&one) } else { one.cmp(&other) };
            let wanted = texts.then(more[0].cmp(&more[1]));
            prop_assert_eq!(octets(&one, more[0]).cmp(&octets(&other, more[1])), wanted);
        }
    }
}
