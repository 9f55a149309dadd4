//! The way of a message, gathered from what was told of it: from the first byte of its session to the last reply.
//!
//! Events lie in the order of their times, without an index by message: a search goes through the bytes of a class
//! and reads only the records that name what it looks for. What that costs is bounded by the size of the journal.
mod destinations;
mod found;
mod recipients;
pub use destinations::{DestinationCounts, PolicyCounts};
pub use found::Found;
pub use recipients::{Fate, RecipientTrace};

use crate::shelf::Place;
use crate::{Class, Entry, Error, Event, Reader};
use std::net::IpAddr;
use std::time::Duration;
use world::UnixTime;

/// Messages of one answer, at most.
const MOST: usize = 500;
/// Events of one message that are shown.
const MOST_EVENTS: usize = 10_000;
/// A session's own events may be written a little before or after the message's.
const SLACK: Duration = Duration::from_secs(2);

/// Which messages are meant; what is `None` does not matter. Texts are contained in any case.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// The reverse-path; an empty text means the null one.
    pub sender: Option<String>,
    /// A recipient, as the sender wrote him or where he leads.
    pub recipient: Option<String>,
    /// The Message-ID.
    pub message_id: Option<String>,
    /// The address that the message came from.
    pub from_address: Option<IpAddr>,
    /// At most so many messages.
    pub limit: usize,
}

/// What happened to one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// The delivery's id.
    pub delivery: String,
    /// Oldest first.
    pub events: Vec<Entry>,
    /// There are older ones, which were left out.
    pub cut: bool,
}

impl Trace {
    /// When it begins.
    pub fn since(&self) -> UnixTime {
        self.events.first().map_or(UnixTime::from_millis(0), |entry| entry.at)
    }

    /// The same with these events too, which come newest first.
    #[must_use]
    pub fn with(mut self, events: Vec<Entry>) -> Self {
        self.events.extend(events.into_iter().rev());
        self.events.sort_by_key(|entry| (entry.at, order(&entry.event)));
        self
    }
}

impl Reader {
    /// What was refused in the session about such a message: it has no delivery, and no text of it is kept. Where there is
    /// more than the search wants, before which moment it was.
    ///
    /// # Errors
    /// When the engine could not be read.
    pub async fn refusals(
        &self,
        search: &Search,
        from: UnixTime,
        to: UnixTime,
    ) -> Result<(Vec<Entry>, Option<UnixTime>), Error> {
        let limit = search.limit.clamp(1, MOST);
        let is = |event: &Event| search.refused(event);
        let mut refused = self.sift(Class::Refusals, from, to, &|_| true, &is, limit + 1).await?;
        let more = refused.get(limit).map(|entry| found::after(entry.at));
        refused.truncate(limit);
        Ok((refused, more))
    }

    /// The whole of the message whose delivery's id begins with `delivery`, with the events of the session that brought
    /// it. Nothing where the journal knows nothing of it.
    ///
    /// # Errors
    /// When the engine could not be read.
    pub async fn trace(&self, delivery: &str) -> Result<Option<Trace>, Error> {
        let (first, end) = (UnixTime::from_millis(0), UnixTime::from_millis(u64::MAX));
        let named = |raw: &[u8]| delivery_of(raw).is_some_and(|known| known.starts_with(delivery));
        let events = self.sift(Class::Deliveries, first, end, &named, &|_| true, MOST_EVENTS).await?;
        let Some(id) = events.first().and_then(|entry| entry.event.delivery()).map(ToString::to_string) else {
            return Ok(None);
        };
        let session = events.iter().find_map(|entry| match &entry.event {
            Event::Accepted { peer: Some(peer), arrival, .. } => {
                let began = arrival.as_ref().map_or(entry.at, |arrival| UnixTime::from_millis(arrival.connected_ms));
                Some((peer.session.to_string(), began.minus(SLACK), entry.at.plus(SLACK)))
            }
            _ => None,
        });
        let cut = events.len() >= MOST_EVENTS;
        let mut trace = Trace { delivery: id, events: Vec::new(), cut }.with(events);
        if let Some((session, from, to)) = session {
            let is = |event: &Event| event.session() == Some(&session);
            let raw = |raw: &[u8]| contains(raw, session.as_bytes());
            for class in [Class::Sessions, Class::Refusals] {
                trace = trace.with(self.sift(class, from, to, &raw, &is, MOST_EVENTS).await?);
            }
        }
        Ok(Some(trace))
    }

    /// What operators did with `subject` since `from`.
    ///
    /// # Errors
    /// When the engine could not be read.
    pub async fn acts_on(&self, subject: &str, from: UnixTime) -> Result<Vec<Entry>, Error> {
        let is = |event: &Event| matches!(event, Event::Act { subject: other, .. } if other.as_str() == subject);
        let raw = |raw: &[u8]| contains(raw, subject.as_bytes());
        self.sift(Class::Acts, from, UnixTime::from_millis(u64::MAX), &raw, &is, MOST_EVENTS).await
    }

    /// Events of a class from `from` up to `to`, newest first, whose bytes and then themselves are let through.
    async fn sift(
        &self,
        class: Class,
        from: UnixTime,
        to: UnixTime,
        raw: &(dyn Fn(&[u8]) -> bool + Send + Sync),
        is: &(dyn Fn(&Event) -> bool + Send + Sync),
        most: usize,
    ) -> Result<Vec<Entry>, Error> {
        let mut found = Vec::new();
        let mut take = |entry: Entry| {
            if is(&entry.event) {
                found.push(entry);
            }
            found.len() < most
        };
        self.each(class, from, to, raw, &mut take).await?;
        Ok(found)
    }

    /// Shows the events of a class from `from` up to `to` whose bytes are let through to `look`, newest first, until it
    /// has seen enough.
    async fn each(
        &self,
        class: Class,
        from: UnixTime,
        to: UnixTime,
        raw: &(dyn Fn(&[u8]) -> bool + Send + Sync),
        look: &mut (dyn FnMut(Entry) -> bool + Send),
    ) -> Result<(), Error> {
        let (from, mut to) = (Place { at: from, number: 0 }, Place { at: to, number: 0 });
        loop {
            let page = self.shelf().raw(class, from, to).await?;
            for (place, payload) in page.items.iter().filter(|(_, payload)| raw(payload)) {
                let Ok(event) = serde_json::from_slice::<Event>(payload) else { continue };
                if !look(Entry { at: place.at, event }) {
                    return Ok(());
                }
            }
            match page.next {
                Some(next) => to = next,
                None => return Ok(()),
            }
        }
    }
}

impl Search {
    /// Whether an event may be of a message that is meant.
    fn hits(&self, event: &Event) -> bool {
        match event {
            Event::Accepted { sender, to, message_id, peer, .. } => {
                let recipient = self.recipient.as_ref().is_none_or(|part| to.iter().any(|to| has(to.as_str(), part)));
                let by_id = self
                    .message_id
                    .as_ref()
                    .is_none_or(|part| message_id.as_ref().is_some_and(|message_id| has(message_id.as_str(), part)));
                let from = self.from_address.is_none_or(|address| {
                    peer.as_ref().is_some_and(|peer| peer.remote.ip().to_canonical() == address.to_canonical())
                });
                self.is_sender(sender.as_str()) && recipient && by_id && from
            }
            Event::Stored { recipient, .. } => {
                self.recipient.as_ref().is_some_and(|part| has(recipient.as_str(), part))
            }
            Event::Deferred(attempt) | Event::Failed(attempt) | Event::Relayed(attempt) | Event::Discarded(attempt) => {
                self.recipient.as_ref().is_some_and(|part| has(attempt.recipient.as_str(), part))
            }
            _ => false,
        }
    }

    fn refused(&self, event: &Event) -> bool {
        let Event::Refused { peer, what, subject, .. } = event else { return false };
        let by = |part: &Option<String>| part.as_ref().is_some_and(|part| has(subject.as_str(), part));
        let from = self.from_address.is_none_or(|address| peer.remote.ip().to_canonical() == address.to_canonical());
        let named = match what {
            crate::Refused::Recipient => by(&self.recipient) && self.sender.is_none(),
            crate::Refused::Sender => by(&self.sender) && self.recipient.is_none(),
            crate::Refused::Connection | crate::Refused::Helo | crate::Refused::Message | crate::Refused::Command => {
                self.sender.is_none() && self.recipient.is_none() && self.from_address.is_some()
            }
        };
        named && from && self.message_id.is_none()
    }

    fn is_sender(&self, sender: &str) -> bool {
        self.sender.as_ref().is_none_or(|part| if part.is_empty() { sender.is_empty() } else { has(sender, part) })
    }
}

/// Whether `text` contains `part`, in any case.
fn has(text: &str, part: &str) -> bool {
    text.to_lowercase().contains(&part.to_lowercase())
}

fn contains(raw: &[u8], part: &[u8]) -> bool {
    raw.windows(part.len().max(1)).any(|window| window == part)
}

/// The delivery that a record names, without reading all of it: it stands right behind the event's name.
fn delivery_of(raw: &[u8]) -> Option<&str> {
    const KEY: &[u8] = b"\"delivery\":\"";
    let at = raw.windows(KEY.len()).position(|window| window == KEY)?;
    let rest = raw.get(at + KEY.len()..)?;
    let end = rest.iter().position(|byte| *byte == b'"')?;
    std::str::from_utf8(rest.get(..end)?).ok()
}

/// What of one millisecond comes first.
const fn order(event: &Event) -> u8 {
    match event {
        Event::SessionOpened { .. } => 0,
        Event::LoginAccepted { .. } | Event::LoginRefused { .. } | Event::Refused { .. } => 1,
        Event::Accepted { .. } => 2,
        Event::SessionClosed { .. } => 4,
        _ => 3,
    }
}

#[cfg(test)]
mod tests;
