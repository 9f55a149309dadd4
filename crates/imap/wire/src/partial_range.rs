//! Part of a list of messages, by their places in it (RFC 9394, 4, partial-range).
use crate::{Cursor, Error};
use std::fmt;
use std::num::NonZeroU32;
use std::ops::Range;

/// `1:500`, or `-1:-100` counted from the end; as the client wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartialRange {
    one: NonZeroU32,
    other: NonZeroU32,
    from_end: bool,
}

impl PartialRange {
    /// `partial-range = nz-number ":" nz-number / "-" nz-number ":" "-" nz-number`
    ///
    /// # Errors
    /// When none stands here.
    pub fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let from_end = cursor.eat(b'-');
        let one = cursor.nz_number()?;
        cursor.byte(b':', "a colon")?;
        if from_end {
            cursor.byte(b'-', "a minus on both sides")?;
        }
        Ok(Self { one, other: cursor.nz_number()?, from_end })
    }

    /// The places, from 0, of a list of that length; those that it has not are left out (RFC 9394, 3.1).
    pub fn places(self, length: u32) -> Range<u32> {
        // RFC 9394, 4: 500:400 is the same as 400:500.
        let (low, high) = (self.one.min(self.other).get(), self.one.max(self.other).get());
        let (start, end) = if self.from_end {
            (length.saturating_sub(high), length.saturating_sub(low - 1))
        } else {
            (low - 1, high.min(length))
        };
        start.min(end)..end
    }
}

impl fmt::Display for PartialRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minus = if self.from_end { "-" } else { "" };
        write!(f, "{minus}{}:{minus}{}", self.one, self.other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<PartialRange, Error> {
        let mut cursor = Cursor::new(text.as_bytes());
        let range = PartialRange::read(&mut cursor)?;
        cursor.end()?;
        Ok(range)
    }

    #[test]
    fn table() {
        for (text, length, places) in [
            ("1:2", 5, 0..2),
            ("2:1", 5, 0..2),
            ("4:9", 5, 3..5),
            ("6:9", 5, 5..5),
            ("1:1", 0, 0..0),
            ("-1:-2", 5, 3..5),
            ("-2:-1", 5, 3..5),
            ("-4:-9", 5, 0..2),
            ("-6:-9", 5, 0..0),
            ("1:4294967295", 5, 0..5),
            ("-1:-4294967295", u32::MAX, 0..u32::MAX),
        ] {
            let range = read(text).unwrap();
            assert_eq!((range.to_string().as_str(), range.places(length)), (text, places), "{text} of {length}");
        }
        for text in ["", "1", "1:", "0:1", "1:*", "-1:2", "1:-2", "--1:-2", "1:4294967296", "-0:-1"] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn both_ends_mirror_each_other(one in 1_u32..50, other in 1_u32..50, length in 0_u32..60) {
            let front = read(&format!("{one}:{other}")).unwrap().places(length);
            let back = read(&format!("-{one}:-{other}")).unwrap().places(length);
            prop_assert!(front.end <= length && back.end <= length);
            prop_assert_eq!(front.len(), back.len());
            if !front.is_empty() {
                prop_assert_eq!(front, length - back.end..length - back.start);
            }
        }
    }
}
