//! A blob as it lies on the disk, in a pack or in a file of its own.
//!
//! ```text
//! header  60 bytes: magic "GPb1", version, codec, two zeros, stored length u64, plain length u64, BLAKE3, CRC32C
//!         codec: 0 as it is, 1 zstd, 2 LZ4 (its block format)
//! frames  each 256 KiB of plain bytes (the last one less), as stored, then the CRC32C of what is stored
//! table   only for more than one frame: the end of each frame u64, counted from the first; then its CRC32C
//! ```
//! Numbers are big-endian. The stored length counts all after the header, so the table's place is known from the end.
use std::ops::Range;

use bytes::Bytes;
use store::BlobHash;

use super::codec::{Codec, compress, decompress};

/// Plain bytes in one frame; only the last frame has less.
pub(crate) const FRAME: usize = 256 * 1024;
/// Bytes of a header.
pub(crate) const HEADER: u64 = 60;
const HEADER_BYTES: usize = 60;
const MAGIC: [u8; 4] = *b"GPb1";
const VERSION: u8 = 1;
const CRC: usize = 4;

/// Why bytes are not a blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Damage {
    #[error("the header is damaged")]
    Header,
    #[error("this is another blob")]
    OtherBlob,
    #[error("written by a later version")]
    Version,
    #[error("the table of frames is damaged")]
    Table,
    #[error("a frame is damaged")]
    Frame,
    #[error("the bytes do not have their hash")]
    Hash,
}

/// What stands before the frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) codec: Codec,
    /// Bytes after the header.
    pub(crate) stored: u64,
    /// Bytes of the blob.
    pub(crate) plain: u64,
    pub(crate) hash: BlobHash,
}

impl Header {
    pub(crate) fn encode(&self) -> [u8; HEADER_BYTES] {
        let mut bytes = Vec::with_capacity(HEADER_BYTES);
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&[VERSION, self.codec.number(), 0, 0]);
        bytes.extend_from_slice(&self.stored.to_be_bytes());
        bytes.extend_from_slice(&self.plain.to_be_bytes());
        bytes.extend_from_slice(&self.hash.0);
        bytes.extend_from_slice(&crc32c::crc32c(&bytes).to_be_bytes());
        bytes.try_into().unwrap_or([0; HEADER_BYTES])
    }

    pub(crate) fn decode(bytes: &[u8], wanted: BlobHash) -> Result<Self, Damage> {
        let mut rest = unsealed(bytes.get(..HEADER_BYTES).ok_or(Damage::Header)?).ok_or(Damage::Header)?;
        if take::<4>(&mut rest) != Some(MAGIC) {
            return Err(Damage::Header);
        }
        let [version, codec, _, _] = take(&mut rest).ok_or(Damage::Header)?;
        if version != VERSION {
            return Err(Damage::Version);
        }
        let codec = Codec::of_number(codec).ok_or(Damage::Version)?;
        let stored = u64::from_be_bytes(take(&mut rest).ok_or(Damage::Header)?);
        let plain = u64::from_be_bytes(take(&mut rest).ok_or(Damage::Header)?);
        let hash = BlobHash(take(&mut rest).ok_or(Damage::Header)?);
        if hash != wanted {
            return Err(Damage::OtherBlob);
        }
        Ok(Self { codec, stored, plain, hash })
    }

    /// How many frames there are.
    pub(crate) fn frames(&self) -> u64 {
        self.plain.div_ceil(FRAME as u64)
    }

    /// Where the table lies, counted from the first frame; `None` if there is none.
    pub(crate) fn table(&self) -> Result<Option<Range<u64>>, Damage> {
        if self.frames() < 2 {
            return Ok(None);
        }
        let length = self.frames().checked_mul(8).and_then(|n| n.checked_add(CRC as u64)).ok_or(Damage::Table)?;
        let start = self.stored.checked_sub(length).ok_or(Damage::Table)?;
        Ok(Some(start..self.stored))
    }

    /// How many plain bytes the frame `index` holds.
    pub(crate) fn plain_in(&self, index: u64) -> usize {
        let before = index.saturating_mul(FRAME as u64);
        usize::try_from(self.plain.saturating_sub(before)).unwrap_or(FRAME).min(FRAME)
    }
}

/// The table for frames that end at `ends`; empty for less than two.
pub(crate) fn encode_table(ends: &[u64]) -> Vec<u8> {
    let mut bytes = Vec::new();
    if ends.len() > 1 {
        for end in ends {
            bytes.extend_from_slice(&end.to_be_bytes());
        }
        bytes.extend_from_slice(&crc32c::crc32c(&bytes).to_be_bytes());
    }
    bytes
}

/// The ends of the frames, in order and within the table's start.
pub(crate) fn decode_table(bytes: &[u8], start: u64) -> Result<Vec<u64>, Damage> {
    let mut rest = unsealed(bytes).ok_or(Damage::Table)?;
    let mut ends = Vec::with_capacity(rest.len() / 8);
    while let Some(end) = take(&mut rest) {
        ends.push(u64::from_be_bytes(end));
    }
    if ends.is_sorted() && ends.last() == Some(&start) { Ok(ends) } else { Err(Damage::Table) }
}

/// Compresses one frame and seals it with its CRC32C, onto the end of `into`.
pub(crate) fn encode_frame(plain: &[u8], codec: Codec, into: &mut Vec<u8>) -> std::io::Result<()> {
    let start = into.len();
    compress(plain, codec, into)?;
    let crc = crc32c::crc32c(into.get(start..).unwrap_or_default());
    into.extend_from_slice(&crc.to_be_bytes());
    Ok(())
}

/// A whole blob of at most one frame, stored in whichever way is smaller.
pub(crate) fn encode_small(plain: &[u8], hash: BlobHash) -> std::io::Result<Vec<u8>> {
    let mut bytes = vec![0; HEADER_BYTES];
    let mut codec = Codec::Raw;
    if !plain.is_empty() {
        codec = Codec::for_size(plain.len());
        encode_frame(plain, codec, &mut bytes)?;
        if bytes.len() >= HEADER_BYTES + plain.len() + CRC {
            bytes.truncate(HEADER_BYTES);
            codec = Codec::Raw;
            encode_frame(plain, codec, &mut bytes)?;
        }
    }
    let stored = (bytes.len() - HEADER_BYTES) as u64;
    let header = Header { codec, stored, plain: plain.len() as u64, hash }.encode();
    bytes.splice(..HEADER_BYTES, header);
    Ok(bytes)
}

/// The plain bytes of one frame.
pub(crate) fn decode_frame(stored: &[u8], codec: Codec, plain: usize) -> Result<Bytes, Damage> {
    let stored = unsealed(stored).ok_or(Damage::Frame)?;
    match decompress(stored, codec, plain) {
        Some(bytes) if bytes.len() == plain => Ok(bytes.into()),
        _ => Err(Damage::Frame),
    }
}

/// The plain bytes of a blob of at most one frame.
///
/// Each frame's sum says whether the disk gave what was written, and the header's which blob that is; the hash of all
/// plain bytes, a fifth of the work of a reader, is looked at where a blob is moved and by `store check`.
pub(crate) fn decode_small(header: &Header, stored: &[u8]) -> Result<Bytes, Damage> {
    match header.frames() {
        0 => Ok(Bytes::new()),
        1 => decode_frame(stored, header.codec, header.plain_in(0)),
        _ => Err(Damage::Frame),
    }
}

/// Checks a whole record in memory, every frame and the hash.
pub(crate) fn verify(record: &[u8], hash: BlobHash) -> Result<(), Damage> {
    let header = Header::decode(record, hash)?;
    let body = record.get(HEADER_BYTES..).unwrap_or_default();
    if body.len() as u64 != header.stored {
        return Err(Damage::Header);
    }
    let ends = match header.table()? {
        None => vec![header.stored],
        Some(range) => {
            let at = usize::try_from(range.start).map_err(|_| Damage::Table)?;
            decode_table(body.get(at..).unwrap_or_default(), range.start)?
        }
    };
    let mut hasher = blake3::Hasher::new();
    let mut begin = 0;
    for (index, end) in (0..header.frames()).zip(ends) {
        let end = usize::try_from(end).map_err(|_| Damage::Table)?;
        let stored = body.get(begin..end).ok_or(Damage::Table)?;
        hasher.update(&decode_frame(stored, header.codec, header.plain_in(index))?);
        begin = end;
    }
    if hasher.finalize() == hash.0 { Ok(()) } else { Err(Damage::Hash) }
}

/// What stands before a CRC32C that fits it.
fn unsealed(bytes: &[u8]) -> Option<&[u8]> {
    let (content, crc) = bytes.split_last_chunk::<CRC>()?;
    (crc32c::crc32c(content) == u32::from_be_bytes(*crc)).then_some(content)
}

/// The first `N` bytes, which leave `rest`.
fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (first, after) = rest.split_first_chunk::<N>()?;
    *rest = after;
    Some(*first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn small_blobs_come_back_and_any_flipped_bit_is_seen(plain: Vec<u8>, times in 1..600_usize, at: prop::sample::Index, bit in 0..8_u32) {
            // as it is, by LZ4, and by zstd
            let plain = plain.repeat(times);
            let hash = BlobHash::of(&plain);
            let mut record = encode_small(&plain, hash).unwrap();
            let header = Header::decode(&record, hash).unwrap();
            prop_assert_eq!(header.stored + HEADER, record.len() as u64);
            prop_assert_eq!(&decode_small(&header, &record[60..]).unwrap()[..], &plain[..]);
            let at = at.index(record.len());
            record[at] ^= 1_u8 << bit;
            let again = Header::decode(&record, hash).and_then(|header| decode_small(&header, &record[60..]));
            prop_assert!(again.is_err(), "byte {} bit {}", at, bit);
        }
    }

    #[test]
    fn what_does_not_compress_is_stored_as_it_is() {
        let plain = b"abc";
        let record = encode_small(plain, BlobHash::of(plain)).unwrap();
        assert_eq!(record.len(), 60 + 3 + 4);
        let plain = vec![b'a'; 4096];
        assert!(encode_small(&plain, BlobHash::of(&plain)).unwrap().len() < 200);
    }

    #[test]
    fn a_table_must_be_in_order_and_end_where_it_starts() {
        let table = encode_table(&[10, 20]);
        assert_eq!(decode_table(&table, 20), Ok(vec![10, 20]));
        assert_eq!(decode_table(&table, 21), Err(Damage::Table));
        assert_eq!(decode_table(&encode_table(&[20, 10]), 10), Err(Damage::Table));
        assert!(encode_table(&[10]).is_empty());
    }

    #[test]
    fn a_header_of_another_blob_or_version_is_refused() {
        let hash = BlobHash::of(b"x");
        let header = Header { codec: Codec::Raw, stored: 5, plain: 1, hash };
        assert_eq!(Header::decode(&header.encode(), BlobHash::of(b"y")), Err(Damage::OtherBlob));
        let mut later = header.encode();
        later[4] = 2;
        let crc = crc32c::crc32c(&later[..56]).to_be_bytes();
        later[56..].copy_from_slice(&crc);
        assert_eq!(Header::decode(&later, hash), Err(Damage::Version));
    }
}
