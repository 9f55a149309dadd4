//! Asking what happened.
use crate::shelf::{Place, Shelf};
use crate::{Class, Entry, Error};
use std::sync::Arc;
use store::Engine;
use world::UnixTime;

/// The most events of one page.
const PAGE: usize = 1_000;

/// What to look for.
#[derive(Debug, Clone)]
pub struct Query {
    /// The first moment that is meant.
    pub from: UnixTime,
    /// The first moment beyond.
    pub to: UnixTime,
    /// Of which classes.
    pub classes: Vec<Class>,
    /// At most so many events; a page has at most 1,000.
    pub limit: usize,
    /// Where an earlier page ended.
    pub after: Option<Cursor>,
}

/// Where a page ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor(Place);

/// Events, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The events.
    pub entries: Vec<Entry>,
    /// Where to go on; `None` at the end.
    pub next: Option<Cursor>,
}

/// Reads the journal.
#[derive(Clone)]
pub struct Reader(Shelf);

impl Reader {
    /// Reads the journal of `engine`.
    pub fn new(engine: Arc<dyn Engine>) -> Self {
        Self(Shelf::new(engine))
    }

    /// A page of events, newest first.
    ///
    /// # Errors
    /// When the engine could not be read.
    pub async fn find(&self, query: &Query) -> Result<Page, Error> {
        let limit = query.limit.clamp(1, PAGE);
        let from = Place { at: query.from, number: 0 };
        let end = Place { at: query.to, number: 0 };
        let to = query.after.map_or(end, |cursor| cursor.0.min(end));
        let mut found = Vec::new();
        let mut more = false;
        // beyond this place a class with more to give has not been looked at
        let mut known = Place::FIRST;
        for class in &query.classes {
            let events = self.0.scan(*class, from, to, limit, true).await?;
            if events.more {
                more = true;
                known = known.max(events.items.last().map_or(Place::FIRST, |(place, ..)| *place));
            }
            found.extend(events.items);
        }
        found.retain(|(place, ..)| *place >= known);
        found.sort_by_key(|(place, ..)| std::cmp::Reverse(*place));
        more |= found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| more).map(|(place, ..)| Cursor(*place));
        let entries =
            found.into_iter().filter_map(|(place, _, event)| Some(Entry { at: place.at, event: event? })).collect();
        Ok(Page { entries, next })
    }
}
