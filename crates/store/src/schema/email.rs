//! The record of an email's content.
use crate::blob::BlobHash;
use crate::codec::{Decoder, Encoder};
use crate::email::ReceivedAt;
use crate::error::Error;
use crate::id::ThreadId;

/// A row over about 1,000 bytes spills into overflow pages of the embedded engine, so what makes the record longer than
/// this goes to `email+`.
const INLINE: usize = 900;
/// Octets of a blob's hash.
const HASH: usize = 32;

/// What is kept of an email beside its parse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EmailRecord {
    pub(crate) thread: ThreadId,
    pub(crate) blob: BlobHash,
    pub(crate) size: u64,
    pub(crate) prefix_len: u32,
    pub(crate) received: ReceivedAt,
    pub(crate) original_recipient: Option<String>,
    pub(crate) uidl: Option<String>,
    /// The thread keys that it brought. Those of version 1 stand under `thread/<id>/<email>`.
    pub(crate) brought: Vec<u64>,
    /// The parse, in `message`'s own layout; `None`: in `email+`.
    pub(crate) parsed: Option<Vec<u8>>,
}

impl EmailRecord {
    /// The record for `email`, and what goes to `email+` if the whole is too long for one.
    pub(crate) fn encode(&self, parsed: &[u8]) -> (Vec<u8>, Option<Vec<u8>>) {
        let mut record = Encoder::new(2);
        record.number(self.thread.0).raw(&self.blob.0).number(self.size).number(u64::from(self.prefix_len));
        record.number(self.received.seconds).signed(i64::from(self.received.offset_minutes));
        record.option_text(self.original_recipient.as_deref()).option_text(self.uidl.as_deref());
        record.number(self.brought.len() as u64);
        for hash in &self.brought {
            record.raw(&hash.to_be_bytes());
        }
        if record.len() + 1 + parsed.len() <= INLINE {
            record.byte(1).raw(parsed);
            return (record.finish(), None);
        }
        record.byte(0);
        let mut more = Encoder::new(1);
        more.raw(parsed);
        (record.finish(), Some(more.finish()))
    }

    pub(crate) fn decode(record: &[u8]) -> Result<Self, Error> {
        let mut record = Decoder::new(record, "email", 2)?;
        Ok(Self {
            thread: ThreadId(record.figure()?),
            blob: BlobHash(record.array()?),
            size: record.figure()?,
            prefix_len: record.number32()?,
            received: ReceivedAt {
                seconds: record.figure()?,
                offset_minutes: i16::try_from(record.signed()?).map_err(|_| Error::Corrupt("email: offset".into()))?,
            },
            original_recipient: record.option_text()?.map(str::to_owned),
            uidl: record.option_text()?.map(str::to_owned),
            brought: brought(&mut record)?,
            parsed: match record.byte()? {
                0 => None,
                _ => Some(record.rest().to_vec()),
            },
        })
    }

    /// The parse alone, lent by the record; `None`: in `email+`.
    pub(crate) fn parsed_in(record: &[u8]) -> Result<Option<&[u8]>, Error> {
        let mut record = Decoder::new(record, "email", 2)?;
        record.figure()?;
        record.raw(HASH)?;
        // size, prefix, when it was received
        for _ in 0..4 {
            record.number()?;
        }
        record.option_text()?;
        record.option_text()?;
        if record.version() > 1 {
            let brought = record.count()?;
            record.raw(brought.saturating_mul(size_of::<u64>()))?;
        }
        Ok(if record.byte()? == 0 { None } else { Some(record.rest()) })
    }

    /// Reads the record of `email+`.
    pub(crate) fn decode_more(record: &[u8]) -> Result<&[u8], Error> {
        Ok(Decoder::new(record, "email+", 1)?.rest())
    }
}

fn brought(record: &mut Decoder<'_>) -> Result<Vec<u64>, Error> {
    let count = if record.version() == 1 { 0 } else { record.count()? };
    (0..count).map(|_| Ok(u64::from_be_bytes(record.array()?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_parse_alone_is_that_of_the_whole(
            (thread, size, received) in (0..1_u64 << 56, 0..1_u64 << 56, 0..1_u64 << 56),
            (prefix_len, offset_minutes) in (any::<u32>(), any::<i16>()),
            texts in prop::array::uniform2(prop::option::of("[a-z]{0,200}")),
            brought in prop::collection::vec(any::<u64>(), 0..20),
            parsed in prop::collection::vec(any::<u8>(), 0..1_000),
        ) {
            let [original_recipient, uidl] = texts;
            let received = ReceivedAt { seconds: received, offset_minutes };
            let (thread, blob) = (ThreadId(thread), BlobHash([7; HASH]));
            let email =
                EmailRecord { thread, blob, size, prefix_len, received, original_recipient, uidl, brought, parsed: None };
            let (record, more) = email.encode(&parsed);
            let alone = EmailRecord::parsed_in(&record).unwrap();
            prop_assert_eq!(alone.map(<[u8]>::to_vec), EmailRecord::decode(&record).unwrap().parsed);
            prop_assert_eq!(alone.is_none(), more.is_some());
            // of the first version, without thread keys
            let mut first = Encoder::new(1);
            first.number(1).raw(&[7; HASH]).number(2).number(3).number(4).signed(-5).byte(0).byte(0).byte(1).raw(&parsed);
            let first = first.finish();
            prop_assert_eq!(EmailRecord::parsed_in(&first).unwrap(), Some(&parsed[..]));
        }

        #[test]
        fn the_parse_alone_takes_any_octets(record: Vec<u8>) {
            let _ = EmailRecord::parsed_in(&record);
        }
    }
}
