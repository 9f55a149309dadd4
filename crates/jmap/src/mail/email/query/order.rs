//! The order of emails (RFC 8621, 4.4.2).
//!
//! What decides is put into octets that are compared as they are: numbers with their highest octet first, texts with an
//! end that sorts before anything else, and what goes down turned over. Where one number decides, it is that number.
use super::census::{Census, Row};
use super::question::{OrderKey, Question};
use crate::opened::Opened;
use message::{AddressGlance, Addresses, EnvelopeGlance, Glance};
use search::{Effort, Halted, casemap};
use std::sync::Arc;
use store::EmailId;

/// Octets of a text that are compared.
const TEXT: usize = 200;
/// Emails that are looked at together.
const BATCH: usize = 2_000;
/// Steps for an email ([`Effort::spend`]).
const STEPS: usize = 20;

/// What a record says for an order.
#[derive(Debug, Clone, Default)]
struct Facts {
    sent: Option<i64>,
    from: String,
    to: String,
    subject: String,
}

/// The rows of a census, as numbers, in order.
pub(crate) async fn order(
    opened: &Opened,
    question: &Question,
    census: &Census,
    rows: Vec<usize>,
    effort: &mut Effort<'_>,
) -> Result<Vec<usize>, Halted> {
    // RFC 8620, 5.5: without a sort the order is the server's: the newest first
    let keys: &[(OrderKey, bool)] =
        if question.order.is_empty() { &[(OrderKey::ReceivedAt, false)] } else { &question.order };
    // what is the same goes as the first key goes, by age
    let ascending = keys.first().is_none_or(|(_, ascending)| *ascending);
    let tie = |row: &Row| if ascending { row.email.0 } else { !row.email.0 };
    if let [(key, ascending)] = keys
        && let Some(number) = number_of(*key)
    {
        let turn = |value: u64| if *ascending { value } else { !value };
        let row = |at: usize| census.rows.get(at).map(|row| (turn(number(census, row, *key)), tie(row), at));
        let mut keyed: Vec<(u64, u64, usize)> = rows.into_iter().filter_map(row).collect();
        // in the order of arrival, as most are, either way: one run for the sort
        keyed.sort();
        return Ok(keyed.into_iter().map(|(.., at)| at).collect());
    }
    let facts = if keys.iter().any(|(key, _)| key.needs_record()) {
        look(opened, census, &rows, effort).await?
    } else {
        Vec::new()
    };
    let mut keyed: Vec<(Vec<u8>, u64, usize)> = Vec::with_capacity(rows.len());
    let nothing = Facts::default();
    for (nth, at) in rows.into_iter().enumerate() {
        let Some(row) = census.rows.get(at) else { continue };
        let mut octets = Vec::new();
        for (key, ascending) in keys {
            let from = octets.len();
            push(&mut octets, *key, (census, row), facts.get(nth).unwrap_or(&nothing));
            if !ascending {
                octets.iter_mut().skip(from).for_each(|octet| *octet = !*octet);
            }
        }
        keyed.push((octets, tie(row), at));
        effort.spend(STEPS).await?;
    }
    keyed.sort_unstable();
    Ok(keyed.into_iter().map(|(.., at)| at).collect())
}

/// What a key is as a number, where it is one that the views know.
fn number_of(key: OrderKey) -> Option<fn(&Census, &Row, OrderKey) -> u64> {
    if key.needs_record() { None } else { Some(number) }
}

fn number(census: &Census, row: &Row, key: OrderKey) -> u64 {
    match key {
        OrderKey::ReceivedAt => row.received,
        OrderKey::Size => u64::from(row.size),
        OrderKey::Mark { mark, wanted } => u64::from(row.has(mark) == wanted),
        OrderKey::Thread { mark, wanted, which } => u64::from(census.in_thread(row, (mark, wanted), which)),
        OrderKey::SentAt | OrderKey::From | OrderKey::To | OrderKey::Subject => 0,
    }
}

fn push(octets: &mut Vec<u8>, key: OrderKey, (census, row): (&Census, &Row), facts: &Facts) {
    match key {
        OrderKey::SentAt => {
            // without a date that can be read, when it was received
            let sent = facts.sent.unwrap_or_else(|| i64::try_from(row.received).unwrap_or(i64::MAX));
            octets.extend((sent.cast_unsigned() ^ (1 << 63)).to_be_bytes());
        }
        OrderKey::From => text(octets, &facts.from),
        OrderKey::To => text(octets, &facts.to),
        OrderKey::Subject => text(octets, &facts.subject),
        key => octets.extend(number(census, row, key).to_be_bytes()),
    }
}

/// A text and its end; it has no NUL of its own.
fn text(octets: &mut Vec<u8>, text: &str) {
    let mut mapped = String::new();
    casemap(text.get(..text.floor_char_boundary(TEXT)).unwrap_or_default(), &mut mapped);
    octets.extend(mapped.bytes().filter(|octet| *octet != 0).take(TEXT));
    octets.push(0);
}

/// What the records say of rows, in their order.
async fn look(opened: &Opened, census: &Census, rows: &[usize], effort: &mut Effort<'_>) -> Result<Vec<Facts>, Halted> {
    let see = Arc::new(|kept: &mut Vec<(usize, Facts)>, nth: usize, glance: &Glance<'_>| {
        kept.push((nth, facts(glance)));
    });
    effort.reads().await?;
    let mut all = vec![Facts::default(); rows.len()];
    for (first, batch) in (0..).step_by(BATCH).zip(rows.chunks(BATCH)) {
        let asked = batch.iter().enumerate().filter_map(|(nth, at)| Some((census.rows.get(*at)?.email, first + nth)));
        let asked: Vec<(EmailId, usize)> = asked.collect();
        for (nth, facts) in opened.account.glance_at(asked, Arc::clone(&see)).await? {
            if let Some(place) = all.get_mut(nth) {
                *place = facts;
            }
        }
        effort.spend(batch.len() * STEPS).await?;
    }
    Ok(all)
}

fn facts(glance: &Glance<'_>) -> Facts {
    let envelope = glance.envelope().ok();
    let first = |list: fn(&EnvelopeGlance<'_>) -> Option<String>| envelope.as_ref().and_then(list).unwrap_or_default();
    Facts {
        sent: glance.sent_at.map(|sent| sent.seconds),
        from: first(|envelope| shown(envelope.from)),
        to: first(|envelope| shown(envelope.to)),
        subject: glance.base_subject.to_owned(),
    }
}

/// "the name property of the first EmailAddress ... If undefined ... its email"
fn shown(list: Addresses<'_>) -> Option<String> {
    let mut addresses = list.filter_map(|address: AddressGlance<'_>| address.readable());
    let first = addresses.next()?;
    Some(first.name.filter(|name| !name.is_empty()).unwrap_or(first.address))
}
