//! The order of what a search has found (RFC 5256, BASE.6.4.SORT; RFC 5957, 3 and 4; RFC 6203, 6).
//!
//! All that decides between two messages is put into one string of octets that are compared as they are: numbers with
//! their highest octet first, texts with an end that sorts before anything else, and what goes in reverse turned over.
//! So memory is bounded by the messages and [`TEXT`], and a comparison costs no more than that.
use super::collation::casemap;
use super::effort::{Effort, TooLong};
use super::matches::Matches;
use super::matching::Halted;
use super::orders::{Name, Order, Orders, Split};
use imap_wire::{Criterion, SortKey};
use message::Address;
use std::ops::Range;
use std::sync::Arc;
use store::{Email, EmailId, Message};

/// Octets of a text that are compared. Differs from RFC 5256: texts that begin with the same 200 octets are the same.
const TEXT: usize = 200;
/// Records read at a time.
const PAGE: usize = 100;
/// From so many messages on an order is kept.
const KEPT: usize = 100;
/// New messages that are put into an order that is kept.
const NEW: usize = 32;
/// Messages that are sorted in one go; runs of them are merged then, so that others have their turn.
const RUN: usize = 1_000;

/// Sequence numbers in the order of the criteria.
pub(crate) async fn sorted(
    matches: &Matches<'_>,
    criteria: &[Criterion],
    orders: &Orders,
    effort: &mut Effort<'_>,
) -> Result<Vec<u32>, Halted> {
    let all: Vec<u32> = matches.found.iter().collect();
    let needs_records = criteria.iter().any(|criterion| needs_record(criterion.key));
    // How well a message fits is of one search alone.
    if !needs_records || criteria.iter().any(|criterion| criterion.key == SortKey::Relevancy) {
        if needs_records {
            effort.reads().await?;
        }
        return Ok(keys(matches, criteria, &all, effort).await?.sorted(effort).await?);
    }
    let selected = matches.selected;
    let name = Name {
        account: selected.account.id(),
        mailbox: selected.mailbox,
        uid_validity: selected.numbers.view().uid_validity(),
        criteria: criteria.to_vec(),
    };
    let uid = |sequence: u32| matches.message(sequence).map(|message| message.uid.get());
    let kept = orders.find(&name);
    let mut order = None;
    if let Some(kept) = &kept {
        effort.spend(kept.len() + all.len()).await?;
        let split = kept.split(all.iter().filter_map(|sequence| Some((*sequence, uid(*sequence)?))));
        if split.new.is_empty() {
            return Ok(split.ordered);
        }
        order = merged(matches, criteria, split, effort).await?;
    }
    let order = match order {
        Some(order) => order,
        None => {
            effort.reads().await?;
            keys(matches, criteria, &all, effort).await?.sorted(effort).await?
        }
    };
    // An order of a few messages does not take the place of one of many.
    let half = usize::try_from(selected.numbers.exists() / 2).unwrap_or(usize::MAX);
    let most = order.len() >= half || kept.is_none_or(|kept| order.len() > kept.len());
    if most && order.len() >= KEPT {
        effort.spend(order.len() * 10).await?;
        orders.keep(name, Order::new(order.iter().filter_map(|sequence| uid(*sequence))));
    }
    Ok(order)
}

/// What decides between some messages.
async fn keys(
    matches: &Matches<'_>,
    criteria: &[Criterion],
    of: &[u32],
    effort: &mut Effort<'_>,
) -> Result<Keys, Halted> {
    let mut keys = Keys::default();
    for page in of.chunks(PAGE) {
        keys.add(matches, criteria, page).await?;
        effort.spend(page.len() * criteria.len() * 20).await?;
    }
    Ok(keys)
}

/// Puts a few new messages into an order of many, each by halves; nothing where that is more work than sorting anew, or
/// where a message is gone meanwhile that would say where.
async fn merged(
    matches: &Matches<'_>,
    criteria: &[Criterion],
    split: Split,
    effort: &mut Effort<'_>,
) -> Result<Option<Vec<u32>>, Halted> {
    let Split { ordered, new } = split;
    if new.len() > NEW.min(ordered.len() / 16) {
        return Ok(None);
    }
    effort.reads().await?;
    let keys = keys(matches, criteria, &new, effort).await?;
    let (mut merged, mut rest) = (Vec::with_capacity(ordered.len() + new.len()), ordered.as_slice());
    for row in keys.order(effort).await? {
        let (mut low, mut high) = (0, rest.len());
        while low < high {
            let middle = low + (high - low) / 2;
            let Some(sequence) = rest.get(middle) else { return Ok(None) };
            let mut other = Keys::default();
            other.add(matches, criteria, &[*sequence]).await?;
            effort.spend(criteria.len() * 20).await?;
            if other.rows.is_empty() {
                return Ok(None);
            }
            let ((first, octets, _), (new_first, new_octets, _)) = (other.octets(0), keys.octets(row));
            let before = (first, octets, *sequence) < (new_first, new_octets, keys.sequence(row).unwrap_or(0));
            (low, high) = if before { (middle + 1, high) } else { (low, middle) };
        }
        let (before, after) = rest.split_at(low);
        merged.extend_from_slice(before);
        merged.extend(keys.sequence(row));
        rest = after;
    }
    merged.extend_from_slice(rest);
    Ok(Some(merged))
}

/// Where in a list that is sorted a message belongs (RFC 5267, 4.3.3), by the records of few others.
pub(crate) async fn place(
    matches: &Matches<'_>,
    criteria: &[Criterion],
    list: &[u32],
    sequence: u32,
    effort: &mut Effort<'_>,
) -> Result<usize, Halted> {
    let (mut low, mut high) = (0, list.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let Some(&other) = list.get(middle) else { break };
        let mut keys = Keys::default();
        keys.add(matches, criteria, &[other.min(sequence), other.max(sequence)]).await?;
        effort.spend(2 * criteria.len() * 20).await?;
        // The row of the lower sequence number is the first.
        let comes_before = keys.rows.len() == 2 && (keys.octets(0) < keys.octets(1)) == (other < sequence);
        if comes_before { low = middle + 1 } else { high = middle }
    }
    Ok(low)
}

/// What decides between messages.
#[derive(Default)]
struct Keys {
    octets: Vec<u8>,
    /// By sequence number, ascending.
    rows: Vec<Row>,
}

/// One message.
struct Row {
    sequence: u32,
    /// Its first octets as a number, which decides most comparisons without a look at the others.
    first: u64,
    /// Where its octets are.
    range: Range<usize>,
}

impl Row {
    fn new(sequence: u32, octets: &[u8], range: Range<usize>) -> Self {
        let key = octets.get(range.clone()).unwrap_or_default();
        let mut first = [0; 8];
        first.iter_mut().zip(key).for_each(|(place, octet)| *place = *octet);
        Self { sequence, first: u64::from_be_bytes(first), range }
    }
}

impl Keys {
    async fn add(&mut self, matches: &Matches<'_>, criteria: &[Criterion], page: &[u32]) -> Result<(), Halted> {
        let messages: Vec<(u32, Message<'_>)> =
            page.iter().filter_map(|sequence| Some((*sequence, matches.message(*sequence)?))).collect();
        let mut records: Vec<Option<Arc<Email>>> = vec![None; messages.len()];
        let needs_records = criteria.iter().any(|criterion| needs_record(criterion.key));
        if needs_records {
            let ids: Vec<EmailId> = messages.iter().map(|(_, message)| message.email).collect();
            records = matches.selected.account.emails(&ids).await?;
        }
        for ((sequence, message), record) in messages.into_iter().zip(records) {
            // What is gone meanwhile is not found.
            if needs_records && record.is_none() {
                continue;
            }
            let start = self.octets.len();
            for criterion in criteria {
                let from = self.octets.len();
                match criterion.key {
                    // RFC 6203, 6: the best first.
                    SortKey::Relevancy => self.octets.push(100 - matches.relevance(sequence).min(100)),
                    key => self.push(key, &message, record.as_deref()),
                }
                if criterion.reverse {
                    self.octets.iter_mut().skip(from).for_each(|octet| *octet = !*octet);
                }
            }
            self.rows.push(Row::new(sequence, &self.octets, start..self.octets.len()));
        }
        Ok(())
    }

    fn push(&mut self, key: SortKey, message: &Message<'_>, email: Option<&Email>) {
        let parsed = email.map(|email| &email.parsed);
        let envelope = parsed.map(|parsed| &parsed.envelope);
        match key {
            SortKey::Relevancy => {}
            SortKey::Arrival => self.octets.extend(message.received.to_be_bytes()),
            SortKey::Size => self.octets.extend(message.size.to_be_bytes()),
            SortKey::Date => self.octets.extend(ordered(sent(message, email)).to_be_bytes()),
            SortKey::Subject => self.text(parsed.map_or("", |parsed| &parsed.thread.base_subject)),
            SortKey::From => self.text(&mailbox(envelope.and_then(|envelope| envelope.from.first()))),
            SortKey::To => self.text(&mailbox(envelope.and_then(|envelope| envelope.to.first()))),
            SortKey::Cc => self.text(&mailbox(envelope.and_then(|envelope| envelope.cc.first()))),
            SortKey::DisplayFrom => self.text(&display(envelope.and_then(|envelope| envelope.from.first()))),
            SortKey::DisplayTo => self.text(&display(envelope.and_then(|envelope| envelope.to.first()))),
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
        let mut mapped = String::with_capacity(text.len());
        casemap(text, &mut mapped);
        self.octets.extend(mapped.bytes().filter(|octet| *octet != 0).take(TEXT));
        self.octets.push(0);
    }

    fn octets(&self, row: u32) -> (u64, &[u8], u32) {
        let found = usize::try_from(row).ok().and_then(|row| self.rows.get(row));
        // RFC 5256, BASE.6.4.SORT: what is the same stays in the order of the mailbox.
        found
            .map_or((0, &[], row), |found| (found.first, self.octets.get(found.range.clone()).unwrap_or_default(), row))
    }

    fn sequence(&self, row: u32) -> Option<u32> {
        usize::try_from(row).ok().and_then(|row| self.rows.get(row)).map(|row| row.sequence)
    }

    /// The sequence numbers in their new order.
    async fn sorted(self, effort: &mut Effort<'_>) -> Result<Vec<u32>, TooLong> {
        let order = self.order(effort).await?;
        Ok(order.into_iter().filter_map(|row| self.sequence(row)).collect())
    }

    /// The rows in their new order.
    async fn order(&self, effort: &mut Effort<'_>) -> Result<Vec<u32>, TooLong> {
        let count = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        let mut order: Vec<u32> = (0..count).collect();
        for run in order.chunks_mut(RUN) {
            run.sort_unstable_by(|one, other| self.octets(*one).cmp(&self.octets(*other)));
            effort.spend(run.len() * 20).await?;
        }
        let mut width = RUN;
        while width < order.len() {
            let mut merged = Vec::with_capacity(order.len());
            for pair in order.chunks(width * 2) {
                let (left, right) = pair.split_at(width.min(pair.len()));
                self.merge(left, right, &mut merged, effort).await?;
            }
            order = merged;
            width *= 2;
        }
        Ok(order)
    }

    async fn merge(
        &self,
        mut left: &[u32],
        mut right: &[u32],
        merged: &mut Vec<u32>,
        effort: &mut Effort<'_>,
    ) -> Result<(), TooLong> {
        while let ([one, later @ ..], [other, later_too @ ..]) = (left, right) {
            if self.octets(*one) <= self.octets(*other) {
                merged.push(*one);
                left = later;
            } else {
                merged.push(*other);
                right = later_too;
            }
            effort.spend(2).await?;
        }
        merged.extend_from_slice(left);
        merged.extend_from_slice(right);
        Ok(())
    }
}

const fn needs_record(key: SortKey) -> bool {
    !matches!(key, SortKey::Arrival | SortKey::Size | SortKey::Relevancy)
}

/// When a message was sent; without a date that can be read, when it was received (RFC 5256, 2.2).
pub(crate) fn sent(message: &Message<'_>, email: Option<&Email>) -> i64 {
    let sent = email.and_then(|email| email.parsed.sent_at).map(|sent| sent.seconds);
    sent.unwrap_or_else(|| i64::try_from(message.received).unwrap_or(i64::MAX))
}

/// A number whose octets are ordered as it is.
const fn ordered(number: i64) -> u64 {
    number.cast_unsigned() ^ (1 << 63)
}

/// `addr-mailbox` of an address (RFC 3501, 9).
fn mailbox(address: Option<&Address>) -> String {
    match address {
        Some(Address::Mailbox { local, .. }) => String::from_utf8_lossy(local).into_owned(),
        Some(Address::GroupStart(name)) => String::from_utf8_lossy(name).into_owned(),
        Some(Address::GroupEnd) | None => String::new(),
    }
}

/// The name of an address, else the address (RFC 5957, 3).
fn display(address: Option<&Address>) -> String {
    let Some(Address::Mailbox { name, local, domain, .. }) = address else { return mailbox(address) };
    let name = name.as_deref().map(message::decode_text).filter(|name| !name.is_empty());
    name.unwrap_or_else(|| format!("{}@{}", String::from_utf8_lossy(local), String::from_utf8_lossy(domain)))
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
