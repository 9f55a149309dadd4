//! The records of objects, and what the head keeps of each kind of them.
use crate::codec::{Decoder, Encoder};
use crate::error::Error;
use crate::object::ObjectKind;
use bytes::Bytes;

/// What the head keeps of a kind of objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct KindCount {
    /// Modseq of the last change of one of them; zero: there never was one.
    pub(crate) modseq: u64,
    /// How many there are.
    pub(crate) count: u64,
}

/// That of all kinds, by their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct KindCounts([KindCount; ObjectKind::ALL.len()]);

impl KindCounts {
    pub(crate) fn of(&self, kind: ObjectKind) -> KindCount {
        self.0.get(usize::from(kind as u8 - 1)).copied().unwrap_or_default()
    }

    pub(crate) const fn of_mut(&mut self, kind: ObjectKind) -> &mut KindCount {
        let [vacation, identity, submission, push, book, card, notification, blocked, label, search] = &mut self.0;
        match kind {
            ObjectKind::Vacation => vacation,
            ObjectKind::Identity => identity,
            ObjectKind::Submission => submission,
            ObjectKind::PushSubscription => push,
            ObjectKind::AddressBook => book,
            ObjectKind::ContactCard => card,
            ObjectKind::ShareNotification => notification,
            ObjectKind::BlockedSender => blocked,
            ObjectKind::Label => label,
            ObjectKind::SavedSearch => search,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn put(&self, record: &mut Encoder) {
        record.number(self.0.len() as u64);
        for kind in &self.0 {
            record.number(kind.modseq).number(kind.count);
        }
    }

    /// Kinds that are newer than this record are not in it.
    pub(super) fn take(record: &mut Decoder<'_>) -> Result<Self, Error> {
        let mut counts = Self::default();
        for at in 0..record.count()? {
            let kind = KindCount { modseq: record.figure()?, count: record.figure()? };
            *counts.0.get_mut(at).ok_or_else(|| Error::Corrupt("head: kinds of objects".into()))? = kind;
        }
        Ok(counts)
    }
}

pub(crate) fn object_record(value: &[u8]) -> Vec<u8> {
    let mut record = Encoder::new(1);
    record.bytes(value);
    record.finish()
}

pub(crate) fn read_object(record: &[u8]) -> Result<Bytes, Error> {
    Ok(Bytes::copy_from_slice(Decoder::new(record, "object", 1)?.bytes()?))
}
