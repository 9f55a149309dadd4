//! Where a blob lies, and what a pack holds, as records of the table `blob`.
use bytes::Bytes;
use store::{Partition, PartitionKind};

use super::schema::PARTITION;

/// What these records are sealed as: they belong to no partition of the store's.
const OWN: Partition = Partition::new(PartitionKind::System, u64::MAX);

/// Where a blob lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Location {
    pub(crate) place: Place,
    /// Bytes of the record on disk, header and all.
    pub(crate) length: u64,
    /// Bytes of the blob.
    pub(crate) plain: u64,
    /// When it was written, in seconds since 1970.
    pub(crate) written: u64,
    /// Since when no partition uses it, in seconds since 1970; 0 while one does.
    pub(crate) unlinked: u64,
    /// The partition that named it first, as long as it uses it: most blobs have no other, and need no link record.
    pub(crate) first: Option<Partition>,
}

/// Which file a blob lies in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In a pack, from this offset.
    Pack { number: u32, offset: u64 },
    /// In a file of its own.
    Large,
}

impl Location {
    pub(crate) fn encode(&self, key: &[u8]) -> Vec<u8> {
        // packs are numbered from 1
        let (number, offset) = match self.place {
            Place::Pack { number, offset } => (number, offset),
            Place::Large => (0, 0),
        };
        let mut payload = Vec::with_capacity(36 + PARTITION);
        payload.extend_from_slice(&number.to_be_bytes());
        payload.extend_from_slice(&offset.to_be_bytes());
        for number in [self.length, self.plain, self.unlinked] {
            payload.extend_from_slice(&number.to_be_bytes());
        }
        // nothing for none, as in stores of earlier releases
        if let Some(first) = self.first {
            payload.extend_from_slice(&first.bytes());
        }
        store::seal(OWN, key, self.written, &payload)
    }

    pub(crate) fn decode(key: &[u8], value: &[u8]) -> Option<Self> {
        let value = store::unseal(OWN, key, &Bytes::copy_from_slice(value))?;
        let (number, rest) = value.payload.split_first_chunk::<4>()?;
        let (figures, first) = rest.split_at_checked(4 * 8)?;
        let [offset, length, plain, unlinked] = numbers(figures)?;
        let first = match first {
            [] => None,
            bytes => Some(Partition::from_bytes(bytes.try_into().ok()?)?),
        };
        let place = match u32::from_be_bytes(*number) {
            0 => Place::Large,
            number => Place::Pack { number, offset },
        };
        Some(Self { place, length, plain, written: value.version, unlinked, first })
    }
}

/// What a pack holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct PackUse {
    /// Bytes of the blobs that are located in it.
    pub(crate) live: u64,
    /// The highest end of any location that named it.
    pub(crate) end: u64,
}

impl PackUse {
    pub(crate) fn encode(&self, key: &[u8]) -> Vec<u8> {
        store::seal(OWN, key, 0, &[self.live.to_be_bytes(), self.end.to_be_bytes()].concat())
    }

    pub(crate) fn decode(key: &[u8], value: &[u8]) -> Option<Self> {
        let value = store::unseal(OWN, key, &Bytes::copy_from_slice(value))?;
        let [live, end] = numbers(&value.payload)?;
        Some(Self { live, end })
    }
}

fn numbers<const N: usize>(mut bytes: &[u8]) -> Option<[u64; N]> {
    let mut numbers = [0; N];
    for number in &mut numbers {
        let (first, rest) = bytes.split_first_chunk::<8>()?;
        *number = u64::from_be_bytes(*first);
        bytes = rest;
    }
    bytes.is_empty().then_some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn come_back_as_they_went_and_only_for_their_key() {
        let account = Partition::new(PartitionKind::Account, 9);
        let places = [Place::Large, Place::Pack { number: 7, offset: 1 << 40 }];
        for (place, first) in places.into_iter().flat_map(|place| [(place, None), (place, Some(account))]) {
            let location = Location { place, length: 2, plain: 3, written: 4, unlinked: 5, first };
            let value = location.encode(b"key");
            assert_eq!(Location::decode(b"key", &value), Some(location));
            assert_eq!(Location::decode(b"kez", &value), None);
        }
        let pack = PackUse { live: 1, end: 2 };
        assert_eq!(PackUse::decode(b"p", &pack.encode(b"p")), Some(pack));
    }
}
