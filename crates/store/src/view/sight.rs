//! Whose view it is. Others than the owner may have a `\Seen` of their own: their view is the owner's, copied, with
//! that one flag apart.
use super::{Entry, View};
use crate::flags::SystemFlags;
use crate::id::MailboxId;
use names::AccountId;
use std::sync::Arc;

/// Which view of a mailbox: the owner's, or that of another account with a `\Seen` of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sight {
    pub(crate) mailbox: MailboxId,
    pub(crate) reader: Option<AccountId>,
}

impl Sight {
    pub(crate) const fn owners(mailbox: MailboxId) -> Self {
        Self { mailbox, reader: None }
    }
}

const SEEN: u32 = SystemFlags::SEEN.bits() as u32;

impl Entry {
    fn with_seen(self, seen: bool) -> Self {
        Self { marks: if seen { self.marks | SEEN } else { self.marks & !SEEN }, ..self }
    }
}

impl View {
    /// The same mailbox as another account sees it, of which it has seen these UIDs, ascending.
    pub(crate) fn for_reader(&self, reader: AccountId, seen: &[u32]) -> Self {
        let copy = |chunk: &Arc<Vec<Entry>>| {
            Arc::new(chunk.iter().map(|entry| entry.with_seen(seen.binary_search(&entry.uid).is_ok())).collect())
        };
        let sight = Sight { reader: Some(reader), ..self.sight };
        Self { sight, chunks: self.chunks.iter().map(copy).collect(), ..self.clone() }
    }

    /// Whose it is.
    pub(crate) fn sight(&self) -> Sight {
        self.sight
    }

    /// Notes whether a message is seen, if it is there.
    pub(crate) fn set_seen(&mut self, uid: u32, seen: bool) {
        let Ok((chunk, at)) = self.find(uid) else { return };
        if let Some(place) = self.chunks.get_mut(chunk).and_then(|chunk| Arc::make_mut(chunk).get_mut(at)) {
            *place = place.with_seen(seen);
        }
    }

    /// An entry made of a record, as this view has it: who has a `\Seen` of his own keeps it as it was.
    pub(super) fn seen_here(&self, entry: Entry, before: Option<Entry>) -> Entry {
        match self.sight.reader {
            Some(_) => entry.with_seen(before.is_some_and(|before| before.marks & SEEN != 0)),
            None => entry,
        }
    }
}
