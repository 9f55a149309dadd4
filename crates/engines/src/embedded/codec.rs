//! How the bytes of a frame are made fewer: LZ4 for small blobs, zstd for the others.
//!
//! Small messages are what arrives and is read by the thousand, and most of a reader's time went into their
//! decompression. LZ4 takes a third of the time of zstd for the same bytes and makes more of them; a large blob is
//! mostly disk.
use std::cell::RefCell;

use zstd::bulk::{Compressor, Decompressor};

/// Up to so many plain bytes a blob is small.
const SMALL: usize = 32 * 1024;
/// zstd's default level: the knee of its curve for mail.
const LEVEL: i32 = 3;

thread_local! {
    /// It takes 160 KiB, whatever it decompresses.
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// How frames are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Codec {
    /// As they are: compression did not help.
    Raw,
    /// Each frame a zstd frame.
    Zstd,
    /// Each frame a block of LZ4.
    Lz4,
}

impl Codec {
    /// The one for a blob of at most one frame, if it helps.
    pub(crate) const fn for_size(plain: usize) -> Self {
        if plain <= SMALL { Self::Lz4 } else { Self::Zstd }
    }

    /// Its number in a header.
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Raw => 0,
            Self::Zstd => 1,
            Self::Lz4 => 2,
        }
    }

    /// The codec of that number in a header.
    pub(crate) const fn of_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::Raw),
            1 => Some(Self::Zstd),
            2 => Some(Self::Lz4),
            _ => None,
        }
    }
}

/// Appends `plain` as it is stored.
pub(crate) fn compress(plain: &[u8], codec: Codec, into: &mut Vec<u8>) -> std::io::Result<()> {
    match codec {
        Codec::Raw => into.extend_from_slice(plain),
        // a large frame's tables are too large to keep in every thread
        Codec::Zstd => into.extend_from_slice(&Compressor::new(LEVEL)?.compress(plain)?),
        Codec::Lz4 => {
            let begin = into.len();
            into.resize(begin + lz4_flex::block::get_maximum_output_size(plain.len()), 0);
            let room = into.get_mut(begin..).unwrap_or_default();
            let length = lz4_flex::block::compress_into(plain, room).map_err(std::io::Error::other)?;
            into.truncate(begin + length);
        }
    }
    Ok(())
}

/// The plain bytes of what is stored, of which `plain` are expected: never more, whatever is stored.
pub(crate) fn decompress(stored: &[u8], codec: Codec, plain: usize) -> Option<Vec<u8>> {
    match codec {
        Codec::Raw => (stored.len() == plain).then(|| stored.to_vec()),
        Codec::Zstd => DECOMPRESSOR.with_borrow_mut(|kept| match kept {
            Some(decompressor) => decompressor.decompress(stored, plain).ok(),
            None => kept.insert(Decompressor::new().ok()?).decompress(stored, plain).ok(),
        }),
        Codec::Lz4 => {
            let mut bytes = vec![0; plain];
            let length = lz4_flex::block::decompress_into(stored, &mut bytes).ok()?;
            (length == plain).then_some(bytes)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALL: [Codec; 3] = [Codec::Raw, Codec::Zstd, Codec::Lz4];

    proptest! {
        #[test]
        fn bytes_come_back_by_each_codec(plain: Vec<u8>, times in 1..200_usize) {
            let plain = plain.repeat(times);
            for codec in ALL {
                let mut stored = b"before".to_vec();
                compress(&plain, codec, &mut stored).unwrap();
                let bytes = decompress(&stored[6..], codec, plain.len());
                prop_assert_eq!(bytes.as_ref(), Some(&plain), "{:?}", codec);
            }
        }

        // A frame's sum keeps chance away, not who can write to the disk: whatever is stored, no more than what the header
        // says comes out.
        #[test]
        fn what_nobody_compressed_gives_at_most_what_is_expected(stored: Vec<u8>, plain in 0..4096_usize) {
            for codec in ALL {
                prop_assert!(decompress(&stored, codec, plain).is_none_or(|bytes| bytes.len() <= plain), "{codec:?}");
            }
        }
    }

    #[test]
    fn a_frame_that_holds_more_than_its_header_says_is_refused() {
        let plain = vec![b'a'; 100_000];
        for codec in [Codec::Zstd, Codec::Lz4] {
            let mut stored = Vec::new();
            compress(&plain, codec, &mut stored).unwrap();
            assert!(stored.len() < 1000);
            assert_eq!(decompress(&stored, codec, plain.len() - 1), None, "{codec:?}");
        }
    }

    #[test]
    fn numbers_and_sizes() {
        assert_eq!(ALL.map(|codec| Codec::of_number(codec.number())), ALL.map(Some));
        assert_eq!(Codec::of_number(3), None);
        assert_eq!([0, SMALL, SMALL + 1].map(Codec::for_size), [Codec::Lz4, Codec::Lz4, Codec::Zstd]);
    }
}
