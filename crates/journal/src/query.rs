//! Asking what happened.
use crate::shelf::{Place, Shelf};
use crate::{Class, Entry, Error};
use std::fmt;
use std::str::FromStr;
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

impl fmt::Display for Cursor {
    /// As text, for who asks across a socket.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.0.at.millis(), self.0.number)
    }
}

/// The text is not one of a [`Cursor`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the end of a page")]
pub struct NoCursor;

impl FromStr for Cursor {
    type Err = NoCursor;

    fn from_str(text: &str) -> Result<Self, NoCursor> {
        let (at, number) = text.split_once('-').ok_or(NoCursor)?;
        let at = UnixTime::from_millis(at.parse().map_err(|_| NoCursor)?);
        Ok(Self(Place { at, number: number.parse().map_err(|_| NoCursor)? }))
    }
}

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

    pub(crate) const fn shelf(&self) -> &Shelf {
        &self.0
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
