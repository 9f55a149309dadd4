//! Records of sharing: who may do what with a mailbox, who shares with the account, and what others have seen.
use crate::acl::{Acl, AclEntry, Rights};
use crate::codec::{Decoder, Encoder};
use crate::error::Error;
use names::{AccountId, Address};

pub(crate) fn acl_record(acl: &Acl) -> Vec<u8> {
    let mut record = Encoder::new(1);
    record.number(acl.entries().len() as u64);
    for entry in acl.entries() {
        record.raw(&entry.account.0.to_be_bytes()).text(&entry.address.to_string());
        record.option(entry.granted.map(|rights| u64::from(rights.bits())));
        record.option(entry.denied.map(|rights| u64::from(rights.bits())));
    }
    record.finish()
}

pub(crate) fn read_acl(record: &[u8]) -> Result<Acl, Error> {
    let mut record = Decoder::new(record, "acl", 1)?;
    let count = record.count()?;
    let mut entries: Vec<AclEntry> = Vec::with_capacity(count);
    for _ in 0..count {
        let entry = AclEntry {
            account: AccountId(u64::from_be_bytes(record.array()?)),
            address: address(record.text()?, "acl")?,
            granted: rights(record.option()?)?,
            denied: rights(record.option()?)?,
        };
        if entries.last().is_some_and(|last| last.account >= entry.account) {
            return Err(Error::Corrupt("acl: not ascending".into()));
        }
        entries.push(entry);
    }
    Ok(Acl::new(entries))
}

fn rights(bits: Option<u64>) -> Result<Option<Rights>, Error> {
    let wrong = |_| Error::Corrupt("acl: rights".into());
    bits.map(|bits| u16::try_from(bits).map(Rights::from_bits).map_err(wrong)).transpose()
}

fn address(text: &str, what: &str) -> Result<Address, Error> {
    text.parse().map_err(|_| Error::Corrupt(format!("{what}: address")))
}

/// Another account that may share mailboxes with this one: a hint, which is older than what is shared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SharerRecord {
    /// When something was last shared, in seconds of UTC.
    pub(crate) asserted: u64,
    /// The other account's address then.
    pub(crate) address: Address,
}

impl SharerRecord {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut record = Encoder::new(1);
        record.number(self.asserted).text(&self.address.to_string());
        record.finish()
    }

    pub(crate) fn decode(record: &[u8]) -> Result<Self, Error> {
        let mut record = Decoder::new(record, "sharer", 1)?;
        Ok(Self { asserted: record.figure()?, address: address(record.text()?, "sharer")? })
    }
}

/// UIDs of one record of what has been seen.
pub(crate) const SEEN_SPAN: u32 = 4_096;

/// What of [`SEEN_SPAN`] neighbouring UIDs another account has seen: a bit each, without the empty end.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct SeenRecord(Vec<u8>);

impl SeenRecord {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut record = Encoder::new(1);
        record.bytes(&self.0);
        record.finish()
    }

    pub(crate) fn decode(record: &[u8]) -> Result<Self, Error> {
        let bits = Decoder::new(record, "seen", 1)?.bytes()?;
        if bits.len() > SEEN_SPAN as usize / 8 {
            return Err(Error::Corrupt("seen: too long".into()));
        }
        Ok(Self(bits.to_vec()))
    }

    /// Notes whether a UID, by its place in the span, is seen.
    pub(crate) fn set(&mut self, place: u32, seen: bool) {
        let (byte, bit) = ((place / 8) as usize, 1_u8 << (place % 8));
        if seen && self.0.len() <= byte {
            self.0.resize(byte + 1, 0);
        }
        if let Some(bits) = self.0.get_mut(byte) {
            *bits = if seen { *bits | bit } else { *bits & !bit };
        }
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
    }

    /// The places that are seen, ascending.
    pub(crate) fn places(&self) -> impl Iterator<Item = u32> {
        let bits = |(byte, bits): (u32, &u8)| {
            let bits = *bits;
            (0..8).filter(move |bit| bits >> bit & 1 == 1).map(move |bit| byte * 8 + bit)
        };
        (0..).zip(&self.0).flat_map(bits)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn lists_and_sharers_are_read_as_written() {
        let address: Address = "bob@example.nl".parse().unwrap();
        let entry = |account, granted, denied| AclEntry {
            account: AccountId(account),
            address: address.clone(),
            granted,
            denied,
        };
        let acl = Acl::new(vec![entry(3, Some(Rights::ALL), None), entry(u64::MAX, None, Some(Rights::READ))]);
        assert_eq!(read_acl(&acl_record(&acl)), Ok(acl));
        let twice = Acl::new(vec![entry(3, None, None), entry(3, None, None)]);
        assert!(read_acl(&acl_record(&twice)).is_err());
        let sharer = SharerRecord { asserted: 1_700_000_000, address };
        assert_eq!(SharerRecord::decode(&sharer.encode()), Ok(sharer));
        assert!(SeenRecord::decode(&SeenRecord(vec![1; 513]).encode()).is_err());
    }

    proptest! {
        #[test]
        fn what_is_seen_is_a_set(changes in proptest::collection::vec((0..SEEN_SPAN, any::<bool>()), 0..50)) {
            let (mut record, mut model) = (SeenRecord::default(), BTreeSet::new());
            for (place, seen) in changes {
                record.set(place, seen);
                if seen { model.insert(place); } else { model.remove(&place); }
            }
            let read = SeenRecord::decode(&record.encode()).unwrap();
            prop_assert_eq!(read.places().collect::<BTreeSet<_>>(), model.clone());
            prop_assert_eq!(read.is_empty(), model.is_empty());
        }

        #[test]
        fn junk_is_refused(bytes: Vec<u8>) {
            let _ = (read_acl(&bytes), SharerRecord::decode(&bytes), SeenRecord::decode(&bytes));
        }
    }
}
