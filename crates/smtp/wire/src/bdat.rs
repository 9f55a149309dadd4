//! BDAT: a message in counted chunks (RFC 3030, 2).
use crate::SyntaxError;
use crate::cursor::Cursor;

/// The arguments of BDAT: `chunk-size [SP "LAST"]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bdat {
    /// How many bytes follow the line.
    pub size: u64,
    /// Whether the message ends with them.
    pub last: bool,
}

impl Bdat {
    /// Reads what follows the verb.
    ///
    /// # Errors
    /// [`SyntaxError::TooLarge`] for a number that cannot be counted: nobody knows then where the chunk ends.
    pub fn parse(arguments: &[u8]) -> Result<Self, SyntaxError> {
        let mut cursor = Cursor::new(arguments);
        let digits = cursor.while_fits(|byte| byte.is_ascii_digit());
        if digits.is_empty() {
            return Err(SyntaxError::Expected("the size of the chunk"));
        }
        let size = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
        let spaces = cursor.spaces();
        let last = !cursor.rest().is_empty();
        if last {
            if spaces == 0 {
                return Err(SyntaxError::Expected("a space"));
            }
            cursor.keyword("LAST")?;
            cursor.end()?;
        }
        Ok(Self { size: size.ok_or(SyntaxError::TooLarge)?, last })
    }
}

/// What is still to come of a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunk(u64);

impl Chunk {
    /// A chunk of which nothing came yet.
    pub const fn new(bdat: Bdat) -> Self {
        Self(bdat.size)
    }

    /// The part of `input` that belongs to the chunk.
    pub fn take<'a>(&mut self, input: &'a [u8]) -> &'a [u8] {
        let length = usize::try_from(self.0).unwrap_or(usize::MAX).min(input.len());
        self.0 -= length as u64;
        input.get(..length).unwrap_or_default()
    }

    /// Whether all of it came.
    pub const fn is_complete(self) -> bool {
        self.0 == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table() {
        for (text, size, last) in [
            ("0 LAST", 0, true),
            ("86 last", 86, true),
            ("1000000", 1_000_000, false),
            ("1 ", 1, false),
            ("007", 7, false),
        ] {
            assert_eq!(Bdat::parse(text.as_bytes()), Ok(Bdat { size, last }), "{text}");
        }
        for text in ["", "x", "-1", "LAST", "1 FIRST", "1LAST", "1 LAST x", "1 2", "0x10", "+1"] {
            assert!(
                matches!(Bdat::parse(text.as_bytes()), Err(SyntaxError::Expected(_) | SyntaxError::Trailing)),
                "{text}"
            );
        }
        assert_eq!(Bdat::parse(b"99999999999999999999 LAST"), Err(SyntaxError::TooLarge));
    }

    #[test]
    fn takes_exactly_the_chunk_at_every_split() {
        let input = b"0123456789QUIT\r\n";
        for cut in 0..input.len() {
            let mut chunk = Chunk::new(Bdat { size: 10, last: true });
            let mut taken = chunk.take(&input[..cut]).to_vec();
            if !chunk.is_complete() {
                taken.extend_from_slice(chunk.take(&input[cut..]));
            }
            assert_eq!(taken, b"0123456789");
            assert!(chunk.is_complete());
            assert!(chunk.take(b"x").is_empty());
        }
    }
}
