//! The order of what a search has found (RFC 5256, BASE.6.4.SORT; RFC 5957, 3 and 4; RFC 6203, 6).
mod facts;
mod keys;
pub(crate) use keys::sent;

use super::glances::{Found, glance_at};
use super::matches::Matches;
use super::matching::Halted;
use super::orders::{Name, Order, Orders, Split};
use facts::Facts;
use imap_wire::{Criterion, SortKey};
use keys::Keys;
use message::Glance;
use search::Effort;
use std::sync::Arc;
use store::EmailId;

/// So many messages are sorted by their records, which sessions hold in memory; more are glanced at.
const FEW: usize = 100;
/// Messages that are sorted in one go where nothing is read.
const RUN: usize = 2_000;
/// From so many messages on an order is kept.
const KEPT: usize = 100;
/// New messages that are put into an order that is kept.
const NEW: usize = 32;

/// Sequence numbers in the order of the criteria.
pub(crate) async fn sorted(
    matches: &Matches<'_>,
    criteria: &[Criterion],
    orders: &Orders,
    effort: &mut Effort<'_>,
) -> Result<Vec<u32>, Halted> {
    let all: Vec<u32> = matches.found.iter().collect();
    // How well a message fits is of one search alone.
    if !needs_records(criteria) || criteria.iter().any(|criterion| criterion.key == SortKey::Relevancy) {
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
        None => keys(matches, criteria, &all, effort).await?.sorted(effort).await?,
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

/// What decides between messages.
async fn keys(
    matches: &Matches<'_>,
    criteria: &[Criterion],
    of: &[u32],
    effort: &mut Effort<'_>,
) -> Result<Keys, Halted> {
    if !needs_records(criteria) {
        known(matches, criteria, of, effort).await
    } else if of.len() <= FEW {
        few(matches, criteria, of, effort).await
    } else {
        many(matches, criteria, of, effort).await
    }
}

/// The same, where their mailbox knows it.
async fn known(
    matches: &Matches<'_>,
    criteria: &[Criterion],
    of: &[u32],
    effort: &mut Effort<'_>,
) -> Result<Keys, Halted> {
    let mut keys = Keys::default();
    for run in of.chunks(RUN) {
        let mut batch = Keys::default();
        for (found, _) in run.iter().filter_map(|sequence| Found::of(matches, *sequence)) {
            batch.add(criteria, found, &Facts::default());
        }
        keys.append(batch);
        effort.spend(run.len() * criteria.len() * 20).await?;
    }
    Ok(keys)
}

/// What decides between a few messages, by their records.
async fn few(
    matches: &Matches<'_>,
    criteria: &[Criterion],
    of: &[u32],
    effort: &mut Effort<'_>,
) -> Result<Keys, Halted> {
    effort.reads().await?;
    let found: Vec<(Found, EmailId)> = of.iter().filter_map(|sequence| Found::of(matches, *sequence)).collect();
    let ids: Vec<EmailId> = found.iter().map(|(_, id)| *id).collect();
    let (mut keys, mut batch) = (Keys::default(), Keys::default());
    for ((found, _), record) in found.into_iter().zip(matches.selected.account.emails(&ids).await?) {
        // What is gone meanwhile is not found.
        if let Some(email) = record {
            batch.add(criteria, found, &Facts::of(&email));
        }
    }
    keys.append(batch);
    effort.spend(of.len() * criteria.len() * 20).await?;
    Ok(keys)
}

/// The same of many.
async fn many(
    matches: &Matches<'_>,
    criteria: &[Criterion],
    of: &[u32],
    effort: &mut Effort<'_>,
) -> Result<Keys, Halted> {
    let addresses = criteria.iter().any(|criterion| needs_address(criterion.key));
    let asked: Arc<[Criterion]> = criteria.into();
    let look = move |batch: &mut Keys, found: Found, glance: &Glance<'_>| {
        batch.add(&asked, found, &Facts::at(glance, addresses));
    };
    let mut keys = Keys::default();
    let take = |batch: Keys| -> Result<(), Halted> {
        keys.append(batch);
        Ok(())
    };
    glance_at(matches, of, effort, look, take).await?;
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
    let new = few(matches, criteria, &new, effort).await?;
    let (mut merged, mut rest) = (Vec::with_capacity(ordered.len() + NEW), ordered.as_slice());
    for (at, sequence) in new.sequences().enumerate() {
        let (mut low, mut high) = (0, rest.len());
        while low < high {
            let middle = low + (high - low) / 2;
            let Some(other) = rest.get(middle) else { return Ok(None) };
            let other = few(matches, criteria, &[*other], effort).await?;
            if other.is_empty() {
                return Ok(None);
            }
            (low, high) = if other.is_before(0, &new, at) { (middle + 1, high) } else { (low, middle) };
        }
        let (before, after) = rest.split_at(low);
        merged.extend_from_slice(before);
        merged.push(sequence);
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
        let order: Vec<u32> = keys(matches, criteria, &[other, sequence], effort).await?.sequences().collect();
        if order == [other, sequence] { low = middle + 1 } else { high = middle }
    }
    Ok(low)
}

fn needs_records(criteria: &[Criterion]) -> bool {
    criteria.iter().any(|criterion| needs_record(criterion.key))
}

const fn needs_record(key: SortKey) -> bool {
    !matches!(key, SortKey::Arrival | SortKey::Size | SortKey::Relevancy)
}

const fn needs_address(key: SortKey) -> bool {
    needs_record(key) && !matches!(key, SortKey::Date | SortKey::Subject)
}
