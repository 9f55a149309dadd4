//! How an engine keeps a value: layout byte, version, payload, CRC32C.
//!
//! The sum goes over partition, key, version and payload, so that neither a flipped bit nor a value under the wrong
//! key is ever taken for a record. Every engine keeps what [`seal`] gives and believes what [`unseal`] accepts.
use crate::engine::{Partition, Value};
use bytes::Bytes;

/// The layout that this release writes.
const LAYOUT: u8 = 1;
/// Layout byte and version before the payload.
const HEAD: usize = 9;
/// CRC32C after it.
const SUM: usize = 4;

/// The bytes to keep for a value.
pub fn seal(partition: Partition, key: &[u8], version: u64, payload: &[u8]) -> Vec<u8> {
    let mut sealed = Vec::with_capacity(HEAD + payload.len() + SUM);
    sealed.push(LAYOUT);
    sealed.extend_from_slice(&version.to_be_bytes());
    sealed.extend_from_slice(payload);
    let sum = sum(partition, key, &sealed);
    sealed.extend_from_slice(&sum.to_be_bytes());
    sealed
}

/// Reads what [`seal`] made for this partition and key; `None` when the sum or the layout is wrong.
pub fn unseal(partition: Partition, key: &[u8], sealed: &Bytes) -> Option<Value> {
    let (version, payload) = unseal_lent(partition, key, sealed)?;
    Some(Value { version, payload: sealed.slice_ref(payload) })
}

/// As [`unseal`], without a copy: version and payload.
pub fn unseal_lent<'s>(partition: Partition, key: &[u8], sealed: &'s [u8]) -> Option<(u64, &'s [u8])> {
    let (body, kept) = sealed.split_last_chunk::<SUM>()?;
    if u32::from_be_bytes(*kept) != sum(partition, key, body) || body.first() != Some(&LAYOUT) {
        return None;
    }
    let version = u64::from_be_bytes(body.get(1..HEAD)?.try_into().ok()?);
    Some((version, body.get(HEAD..)?))
}

fn sum(partition: Partition, key: &[u8], body: &[u8]) -> u32 {
    let sum = crc32c::crc32c(&partition.bytes());
    let sum = crc32c::crc32c_append(sum, &(key.len() as u64).to_be_bytes());
    crc32c::crc32c_append(crc32c::crc32c_append(sum, key), body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::PartitionKind;

    #[test]
    fn believes_only_what_it_sealed() {
        let home = Partition::new(PartitionKind::Account, 7);
        let sealed = seal(home, b"key", 42, b"payload");
        let bytes = Bytes::from(sealed.clone());
        let value = unseal(home, b"key", &bytes).unwrap();
        assert_eq!((value.version, &value.payload[..]), (42, &b"payload"[..]));
        assert_eq!(unseal(home, b"kez", &bytes), None);
        assert_eq!(unseal(Partition::new(PartitionKind::Queue, 7), b"key", &bytes), None);
        for at in 0..sealed.len() {
            let mut flipped = sealed.clone();
            flipped[at] ^= 1;
            assert_eq!(unseal(home, b"key", &Bytes::from(flipped)), None, "byte {at}");
            assert_eq!(unseal(home, b"key", &bytes.slice(..at)), None, "cut at {at}");
        }
    }
}
