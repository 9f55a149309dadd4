//! The messages that a search means. However many there are, an answer is bounded, and says where more may be.
use super::{MOST, MOST_EVENTS, Search, Trace, delivery_of};
use crate::{Class, Entry, Error, Event, Reader};
use std::collections::{HashMap, HashSet};
use world::UnixTime;

/// Messages that a search looks at more closely.
const CANDIDATES: usize = 5_000;
/// Events of all messages of an answer, as many of each.
const EVENTS: usize = 50_000;

/// What a search has found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// The newest first.
    pub traces: Vec<Trace>,
    /// There may be more to which something happened before this moment: another search with it as its end goes on.
    pub more_before: Option<UnixTime>,
}

/// A message that may be meant, and when the last thing happened to it by which it was found.
struct Candidate {
    delivery: String,
    at: UnixTime,
}

impl Reader {
    /// Messages that `search` means and of which something happened from `from` up to `to`, the newest first.
    ///
    /// # Errors
    /// When the engine could not be read.
    pub async fn traces(&self, search: &Search, from: UnixTime, to: UnixTime) -> Result<Found, Error> {
        let (candidates, looked_to) = self.candidates(search, from, to).await?;
        let unmeant = self.unmeant(search, &candidates).await?;
        let limit = search.limit.clamp(1, MOST);
        let mut meant = candidates.into_iter().filter(|one| !unmeant.contains(&one.delivery));
        let chosen: Vec<Candidate> = meant.by_ref().take(limit).collect();
        let more_before = match meant.next() {
            Some(next) => Some(after(next.at)),
            None => looked_to.map(after),
        };
        Ok(Found { traces: self.whole(&chosen).await?, more_before })
    }

    /// The messages of which an event was hit, the newest first, and the last moment that was looked at where there were
    /// too many.
    async fn candidates(
        &self,
        search: &Search,
        from: UnixTime,
        to: UnixTime,
    ) -> Result<(Vec<Candidate>, Option<UnixTime>), Error> {
        let (mut found, mut known, mut cut) = (Vec::new(), HashSet::new(), None);
        let mut look = |entry: Entry| {
            let Some(delivery) = entry.event.delivery().filter(|_| search.hits(&entry.event)) else { return true };
            let delivery = delivery.to_string();
            if known.contains(&delivery) {
                return true;
            }
            if found.len() >= CANDIDATES {
                cut = Some(entry.at);
                return false;
            }
            known.insert(delivery.clone());
            found.push(Candidate { delivery, at: entry.at });
            true
        };
        self.each(Class::Deliveries, from, to, &|_| true, &mut look).await?;
        Ok((found, cut))
    }

    /// Those that are not meant after all: by who sent them, or because nobody knows any more.
    async fn unmeant(&self, search: &Search, candidates: &[Candidate]) -> Result<HashSet<String>, Error> {
        let by_recipient_alone =
            search.sender.is_none() && search.message_id.is_none() && search.from_address.is_none();
        if by_recipient_alone {
            return Ok(HashSet::new());
        }
        let mut unmeant: HashSet<String> = candidates.iter().map(|one| one.delivery.clone()).collect();
        let known = unmeant.clone();
        let named = |raw: &[u8]| delivery_of(raw).is_some_and(|delivery| known.contains(delivery));
        let rest = Search { recipient: None, ..search.clone() };
        let mut look = |entry: Entry| {
            if let Event::Accepted { delivery, .. } = &entry.event
                && rest.hits(&entry.event)
            {
                unmeant.remove(delivery.as_str());
            }
            true
        };
        self.each(Class::Deliveries, EVER.0, EVER.1, &named, &mut look).await?;
        Ok(unmeant)
    }

    /// The whole of each, also what came after the end of the search: as many of its newest events as there is room for,
    /// and how it was accepted.
    async fn whole(&self, chosen: &[Candidate]) -> Result<Vec<Trace>, Error> {
        let most = (EVENTS / chosen.len().max(1)).min(MOST_EVENTS);
        let new = |one: &Candidate| Trace { delivery: one.delivery.clone(), events: Vec::new(), cut: false };
        let mut traces: Vec<Trace> = chosen.iter().map(new).collect();
        let places: HashMap<&str, usize> =
            chosen.iter().enumerate().map(|(at, one)| (one.delivery.as_str(), at)).collect();
        let named = |raw: &[u8]| delivery_of(raw).is_some_and(|delivery| places.contains_key(delivery));
        let mut look = |entry: Entry| {
            let place = entry.event.delivery().and_then(|delivery| places.get(delivery.as_str()));
            if let Some(trace) = place.and_then(|place| traces.get_mut(*place)) {
                if trace.events.len() < most || matches!(entry.event, Event::Accepted { .. }) {
                    trace.events.push(entry);
                } else {
                    trace.cut = true;
                }
            }
            true
        };
        self.each(Class::Deliveries, EVER.0, EVER.1, &named, &mut look).await?;
        traces.iter_mut().for_each(|trace| trace.events.reverse());
        Ok(traces)
    }
}

/// All that is kept.
const EVER: (UnixTime, UnixTime) = (UnixTime::from_millis(0), UnixTime::from_millis(u64::MAX));

/// The end of a search that has what happened at `at` in it, in whole seconds as it is asked for.
pub(super) const fn after(at: UnixTime) -> UnixTime {
    UnixTime::from_secs(at.secs() + 1)
}
