//! What waits for one destination, and why: the last replies, grouped by their cause. Two replies have one cause when
//! they differ only in what names one message: addresses, numbers, ids.
use crate::error::Error;
use crate::operator::{Filter, Operator};
use crate::queue::{Entry, LaneState, Pending};
use names::Domain;
use std::collections::BTreeMap;
use world::UnixTime;

/// Entries read at a time.
const PAGE: usize = 1_000;
/// Causes that are told apart; what is beyond is counted under [`OTHERS`].
const APART: usize = 1_000;
/// The most of a reply that tells causes apart.
const WORDS: usize = 160;
/// The cause of what was not tried yet.
const UNTRIED: &str = "not tried yet";
const OTHERS: &str = "others";

/// What waits for a destination.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AtDestination {
    /// Messages with a recipient there.
    pub messages: u64,
    /// Their recipients there.
    pub recipients: u64,
    /// Recipients of messages that an operator holds.
    pub held: u64,
    /// Since when the oldest waits.
    pub oldest: Option<UnixTime>,
    /// When the next attempt is due.
    pub next: Option<UnixTime>,
    /// Why they wait, the commonest first.
    pub causes: Vec<CauseCount>,
    /// What the queue is doing there now, in this process.
    pub lane: Option<LaneState>,
}

/// Recipients that wait for one cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CauseCount {
    /// The reply, without what names one message.
    pub cause: String,
    /// How many recipients wait for it.
    pub recipients: u64,
    /// One such reply as it was said.
    pub example: Option<String>,
}

impl Operator {
    /// What waits for `domain`. Looks through the whole queue.
    ///
    /// # Errors
    /// When the store could not be read.
    pub async fn at_destination(&self, domain: &Domain) -> Result<AtDestination, Error> {
        let mut found = AtDestination::default();
        let mut causes = BTreeMap::new();
        let filter = Filter { recipient: Some(format!("@{domain}")), ..Filter::default() };
        let mut after = None;
        loop {
            let page = self.list(&filter, after, PAGE).await?;
            page.entries.iter().for_each(|queued| found.add(domain, &queued.entry, &mut causes));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        found.causes = causes.into_values().collect();
        found.causes.sort_by(|one: &CauseCount, other| {
            other.recipients.cmp(&one.recipients).then_with(|| one.cause.cmp(&other.cause))
        });
        found.lane = self.lane_of(domain);
        Ok(found)
    }
}

impl AtDestination {
    fn add(&mut self, domain: &Domain, entry: &Entry, causes: &mut BTreeMap<String, CauseCount>) {
        let there = |pending: &&Pending| pending.account.is_none() && pending.address.domain() == domain;
        let mut any = false;
        for pending in entry.recipients.iter().filter(there) {
            any = true;
            self.recipients += 1;
            if entry.hold.is_some() {
                self.held += 1;
            } else {
                self.next = Some(self.next.map_or(pending.due, |next| next.min(pending.due)));
            }
            let name = pending.reply.as_deref().map_or_else(|| UNTRIED.to_owned(), cause);
            let known = causes.len() < APART || causes.contains_key(&name);
            let name = if known { name } else { OTHERS.to_owned() };
            let new = || CauseCount { cause: name.clone(), recipients: 0, example: pending.reply.clone() };
            causes.entry(name.clone()).or_insert_with(new).recipients += 1;
        }
        if any {
            self.messages += 1;
            self.oldest = Some(self.oldest.map_or(entry.created, |oldest| oldest.min(entry.created)));
        }
    }
}

/// A reply without what names one message.
fn cause(reply: &str) -> String {
    let mut words = Vec::new();
    for (at, word) in reply.split_whitespace().enumerate() {
        // the code, and the enhanced code behind it, are what tells most
        let kept = at < 2 && word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let word = if kept || !names_one(word) { word } else { "…" };
        if word != "…" || words.last() != Some(&"…") {
            words.push(word);
        }
    }
    words.join(" ").chars().take(WORDS).collect()
}

/// Whether a word is an address, a number or an id.
fn names_one(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let hex = word.bytes().filter(u8::is_ascii_hexdigit).count();
    word.contains('@') || digits >= 3 || digits > 0 && hex >= 8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_a_reply_without_what_names_one_message() {
        for (reply, expected) in [
            ("450 4.2.1 <x@far.example> over quota", "450 4.2.1 … over quota"),
            ("451 4.7.1 try later", "451 4.7.1 try later"),
            ("451 too many from 192.0.2.7, see 77aef09b-1", "451 too many from … see …"),
            ("421 4.7.0 [2001:db8::25] id 5f3ce2a1 id 9911", "421 4.7.0 … id … id …"),
            ("connection failed: it took too long", "connection failed: it took too long"),
            ("", ""),
        ] {
            assert_eq!(cause(reply), expected, "{reply}");
        }
        assert_eq!(cause(&"x ".repeat(5_000)).chars().count(), WORDS);
    }
}
