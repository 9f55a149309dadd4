//! Which messages a command names.
use super::completion::Completion;
use super::selected::Selected;
use imap_wire::{MessageSet, PartialRange};
use store::Uid;

/// How a command names messages, and how its replies do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Addressing {
    /// By sequence number.
    Sequence,
    /// By UID (RFC 3501, 6.4.8).
    Uid,
}

/// What a set has come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// The messages that are there, ascending.
    pub(crate) uids: Vec<Uid>,
    /// Whether some of those named are gone, of which the client has not been told.
    pub(crate) gone: bool,
}

impl Found {
    /// Keeps those in some places of the list (RFC 9394, 3.3).
    pub(crate) fn keep(&mut self, range: PartialRange) {
        let places = range.places(u32::try_from(self.uids.len()).unwrap_or(u32::MAX));
        let places = usize::try_from(places.start).unwrap_or(usize::MAX)..usize::try_from(places.end).unwrap_or(0);
        self.uids = self.uids.get(places).unwrap_or_default().to_vec();
    }
}

/// The messages of a set.
pub(crate) fn messages(selected: &Selected, set: &MessageSet, by: Addressing) -> Result<Found, Completion> {
    let numbers = &selected.numbers;
    match (set, by) {
        // RFC 5182, 2.1: an expunged message has left the list.
        (MessageSet::Saved, _) => {
            let here = |uid: &Uid| numbers.get(*uid).is_some();
            Ok(Found { uids: selected.saved.iter().filter_map(Uid::new).filter(here).collect(), gone: false })
        }
        (MessageSet::Numbers(set), Addressing::Uid) => Ok(Found { uids: numbers.by_uid(set), gone: false }),
        (MessageSet::Numbers(set), Addressing::Sequence) => match numbers.by_sequence(set) {
            Ok((uids, gone)) => Ok(Found { uids, gone }),
            Err(super::numbers::OutOfRange) => Err(Completion::bad("there are not so many messages")),
        },
    }
}
