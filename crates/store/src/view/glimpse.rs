//! A look at many messages for one of their numbers: the rest is put together only where it is asked for.
use super::{Entry, Message, TWIN, View};
use crate::flags::SystemFlags;
use crate::id::EmailId;

/// A message of which nothing has been looked at.
#[derive(Debug, Clone, Copy)]
pub struct Glimpse<'v> {
    view: &'v View,
    entry: &'v Entry,
}

impl<'v> Glimpse<'v> {
    /// When it was received, in seconds of UTC.
    #[inline]
    pub fn received(&self) -> u64 {
        let [high, low] = self.entry.received;
        u64::from(high) << 32 | u64::from(low)
    }

    /// Its email.
    #[inline]
    pub fn email(&self) -> EmailId {
        EmailId(self.entry.email)
    }

    /// Its system flags.
    #[inline]
    pub fn system(&self) -> SystemFlags {
        SystemFlags::from_bits(self.entry.marks.to_le_bytes()[0])
    }

    /// Whether the email was in the mailbox already when this message came.
    #[inline]
    pub fn is_twin(&self) -> bool {
        self.entry.marks & TWIN != 0
    }

    /// All that the view knows.
    pub fn message(&self) -> Message<'v> {
        self.view.message(self.entry)
    }
}

impl View {
    /// All messages, ascending.
    pub fn glimpses(&self) -> impl DoubleEndedIterator<Item = Glimpse<'_>> {
        self.chunks.iter().flat_map(|chunk| chunk.iter()).map(|entry| Glimpse { view: self, entry })
    }
}
