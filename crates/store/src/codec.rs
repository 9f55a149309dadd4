//! How records are written: a version byte, then numbers as varints (7 bits a byte, low first) and byte strings behind
//! their length. A reader takes nothing on trust: lengths are checked against what is there.
use crate::error::Error;

/// Builds a record.
#[derive(Debug, Default)]
pub struct Encoder(Vec<u8>);

impl Encoder {
    /// Begins a record of a layout version.
    pub fn new(version: u8) -> Self {
        let mut bytes = Vec::with_capacity(64);
        bytes.push(version);
        Self(bytes)
    }

    /// Adds one byte.
    pub fn byte(&mut self, byte: u8) -> &mut Self {
        self.0.push(byte);
        self
    }

    /// Adds a number.
    pub fn number(&mut self, mut number: u64) -> &mut Self {
        while number >= 0x80 {
            self.0.push(number.to_le_bytes()[0] | 0x80);
            number >>= 7;
        }
        self.byte(number.to_le_bytes()[0])
    }

    /// Adds a number that may be negative (zigzag).
    pub fn signed(&mut self, number: i64) -> &mut Self {
        self.number((number.wrapping_shl(1) ^ (number >> 63)).cast_unsigned())
    }

    /// Adds a number that may be absent.
    pub fn option(&mut self, number: Option<u64>) -> &mut Self {
        match number {
            None => self.byte(0),
            Some(number) => self.byte(1).number(number),
        }
    }

    /// Adds bytes behind their length.
    pub fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.number(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
        self
    }

    /// Adds a text behind its length.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.bytes(text.as_bytes())
    }

    /// Adds a text that may be absent.
    pub fn option_text(&mut self, text: Option<&str>) -> &mut Self {
        match text {
            None => self.byte(0),
            Some(text) => self.byte(1).text(text),
        }
    }

    /// Adds bytes whose number the reader knows.
    pub fn raw(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.extend_from_slice(bytes);
        self
    }

    /// How many bytes there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is nothing; a record begins with its version.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The record.
    pub fn finish(self) -> Vec<u8> {
        self.0
    }
}

/// Reads a record, from the front.
#[derive(Debug, Clone, Copy)]
pub struct Decoder<'a> {
    rest: &'a [u8],
    what: &'static str,
    version: u8,
}

impl<'a> Decoder<'a> {
    /// Begins to read; `what` names the record in errors. Versions above `newest` are refused.
    ///
    /// # Errors
    /// [`Error::Corrupt`], as from every step.
    pub fn new(record: &'a [u8], what: &'static str, newest: u8) -> Result<Self, Error> {
        match record.split_first() {
            Some((&version, rest)) if version >= 1 && version <= newest => Ok(Self { rest, what, version }),
            _ => Err(Error::Corrupt(format!("{what}: unknown layout"))),
        }
    }

    fn wrong(&self) -> Error {
        Error::Corrupt(format!("{}: cut or malformed", self.what))
    }

    /// The record's layout version.
    pub fn version(&self) -> u8 {
        self.version
    }

    /// Reads one byte.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn byte(&mut self) -> Result<u8, Error> {
        let (&byte, rest) = self.rest.split_first().ok_or_else(|| self.wrong())?;
        self.rest = rest;
        Ok(byte)
    }

    /// Reads a number.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn number(&mut self) -> Result<u64, Error> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                return Err(self.wrong());
            }
            number |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(self.wrong())
    }

    /// Reads a number that counts: an id, a size, a modseq. Below 2^56, so that going on from it never overflows.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub(crate) fn figure(&mut self) -> Result<u64, Error> {
        let number = self.number()?;
        if number >> 56 == 0 { Ok(number) } else { Err(self.wrong()) }
    }

    /// Reads a number of 32 bits.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn number32(&mut self) -> Result<u32, Error> {
        u32::try_from(self.number()?).map_err(|_| self.wrong())
    }

    /// Reads a number of 16 bits.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn number16(&mut self) -> Result<u16, Error> {
        u16::try_from(self.number()?).map_err(|_| self.wrong())
    }

    /// Reads a number that may be negative.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn signed(&mut self) -> Result<i64, Error> {
        let number = self.number()?;
        Ok((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }

    /// Reads a number that may be absent.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn option(&mut self) -> Result<Option<u64>, Error> {
        match self.byte()? {
            0 => Ok(None),
            1 => self.number().map(Some),
            _ => Err(self.wrong()),
        }
    }

    /// Reads a count of things that take at least one byte each, so that no count makes more room than there are bytes.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn count(&mut self) -> Result<usize, Error> {
        let count = self.number()?;
        usize::try_from(count).ok().filter(|count| *count <= self.rest.len()).ok_or_else(|| self.wrong())
    }

    /// Reads bytes behind their length.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn bytes(&mut self) -> Result<&'a [u8], Error> {
        let length = self.count()?;
        self.raw(length)
    }

    /// Reads a text behind its length.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn text(&mut self) -> Result<&'a str, Error> {
        std::str::from_utf8(self.bytes()?).map_err(|_| self.wrong())
    }

    /// Reads a text that may be absent.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn option_text(&mut self) -> Result<Option<&'a str>, Error> {
        match self.byte()? {
            0 => Ok(None),
            1 => self.text().map(Some),
            _ => Err(self.wrong()),
        }
    }

    /// Reads `length` bytes.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn raw(&mut self, length: usize) -> Result<&'a [u8], Error> {
        let (bytes, rest) = self.rest.split_at_checked(length).ok_or_else(|| self.wrong())?;
        self.rest = rest;
        Ok(bytes)
    }

    /// Reads a fixed number of bytes.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        self.raw(N)?.try_into().map_err(|_| self.wrong())
    }

    /// What has not been read.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Whether all has been read.
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(number: u64, signed: i64, bytes: Vec<u8>, text: String, absent: Option<u64>) {
            let mut encoder = Encoder::new(1);
            encoder.number(number).signed(signed).bytes(&bytes).text(&text).option(absent).option_text(Some(&text));
            let record = encoder.finish();
            let mut decoder = Decoder::new(&record, "test", 1).unwrap();
            prop_assert_eq!(decoder.number().unwrap(), number);
            prop_assert_eq!(decoder.signed().unwrap(), signed);
            prop_assert_eq!(decoder.bytes().unwrap(), &bytes[..]);
            prop_assert_eq!(decoder.text().unwrap(), &text);
            prop_assert_eq!(decoder.option().unwrap(), absent);
            prop_assert_eq!(decoder.option_text().unwrap(), Some(&text[..]));
            prop_assert!(decoder.is_empty() && decoder.byte().is_err());
        }

        #[test]
        fn junk_is_refused_and_never_more_room_than_bytes(bytes: Vec<u8>) {
            if let Ok(mut decoder) = Decoder::new(&bytes, "junk", 9) {
                let mut copy = decoder;
                if let Ok(count) = copy.count() {
                    prop_assert!(count <= bytes.len());
                }
                let _ = decoder.number();
                let _ = decoder.text();
            }
        }
    }
}
