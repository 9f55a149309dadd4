//! Messages on their way into threads.
use super::links::{Links, TooMany};
use super::table::Row;
use super::{Forest, Item};
use crate::session::glances::Found;
use imap_wire::Algorithm;

/// Takes messages in the order of their mailbox, and threads them.
pub(crate) enum Threader {
    /// REFERENCES.
    References(Links),
    /// REFS.
    Refs(Links),
    /// ORDEREDSUBJECT.
    Subjects(Vec<Item<'static>>),
}

impl Threader {
    /// For so many messages.
    pub(crate) fn new(algorithm: Algorithm, messages: usize) -> Self {
        match algorithm {
            Algorithm::References => Self::References(Links::with_room(messages)),
            Algorithm::Refs => Self::Refs(Links::with_room(messages)),
            Algorithm::OrderedSubject => Self::Subjects(Vec::with_capacity(messages)),
        }
    }

    /// Takes the next one.
    pub(crate) fn add(&mut self, found: Found, row: &Row, references: &[u64]) -> Result<(), TooMany> {
        match self {
            Self::References(links) => links.add(row.item(found.sequence, row.sent, references)),
            Self::Refs(links) => {
                let received = i64::try_from(found.received).unwrap_or(i64::MAX);
                links.add(row.item(found.sequence, received, references))
            }
            Self::Subjects(items) => {
                items.push(row.item(found.sequence, row.sent, &[]));
                Ok(())
            }
        }
    }

    /// The threads of all.
    pub(crate) fn forest(self) -> Forest {
        match self {
            Self::References(links) => links.by_references(),
            Self::Refs(links) => links.by_refs(),
            Self::Subjects(items) => Forest::by_subject(items),
        }
    }
}
