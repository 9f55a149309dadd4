//! The records that `store` keeps of a parsed message: a version byte, then numbers of seven bits an octet (LEB128) and strings with their
//! length before them. Words that most messages share cost one octet. Reading checks every bound; a record is never trusted.

mod envelope;
mod glance;
mod structure;
mod words;
pub use glance::{AddressGlance, Addresses, EnvelopeGlance, Glance, Ids};

use crate::date::Date;
use crate::error::Error;
use crate::flaw::Flaws;
use crate::header::HeaderFacts;
use crate::parser::Parsed;
use crate::structure::Octets;
use crate::thread::ThreadKeys;
use words::WORDS;

/// The version that is written. Words may be added to the end of the list under the same version only if no release has been made.
const VERSION: u8 = 1;

impl Parsed {
    /// All of it as one record.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Writer::new();
        out.number(self.size);
        out.number(u64::from(self.flaws.bits()));
        out.number(u64::from(self.facts.received));
        out.number(u64::from(self.facts.from));
        out.number(u64::from(self.facts.has_date) | u64::from(self.facts.has_message_id) << 1);
        match self.sent_at {
            Some(Date { seconds, offset_minutes }) => {
                out.number(1);
                out.signed(seconds);
                out.signed(i64::from(offset_minutes));
            }
            None => out.number(0),
        }
        out.octets(self.preview.as_bytes());
        self.thread.write(&mut out);
        self.envelope.write(&mut out);
        self.structure.write(&mut out);
        out.bytes
    }

    /// Reads what [`Parsed::encode`] wrote.
    ///
    /// # Errors
    /// [`Error`] if the record is of another version or damaged.
    pub fn decode(record: &[u8]) -> Result<Self, Error> {
        let mut input = Reader::open(record)?;
        let size = input.number()?;
        let flaws = Flaws::from_bits(input.small()?);
        let (received, from, has) = (input.small()?, input.small()?, input.number()?);
        let facts = HeaderFacts { received, from, has_date: has & 1 != 0, has_message_id: has & 2 != 0 };
        let sent_at = input.sent_at()?;
        let preview = input.text()?;
        let thread = ThreadKeys::read(&mut input)?;
        let envelope = envelope::read(&mut input)?;
        let structure = structure::read(&mut input)?;
        input.end()?;
        Ok(Self { size, flaws, facts, sent_at, envelope, structure, preview, thread })
    }
}

impl ThreadKeys {
    /// As a record of its own.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Writer::new();
        self.write(&mut out);
        out.bytes
    }

    /// Reads what [`ThreadKeys::encode`] wrote.
    ///
    /// # Errors
    /// [`Error`] if the record is of another version or damaged.
    pub fn decode(record: &[u8]) -> Result<Self, Error> {
        let mut input = Reader::open(record)?;
        let keys = Self::read(&mut input)?;
        input.end()?;
        Ok(keys)
    }

    fn write(&self, out: &mut Writer) {
        out.optional(self.message_id.as_deref());
        out.list(&self.in_reply_to);
        out.list(&self.references);
        out.octets(self.base_subject.as_bytes());
    }

    fn read(input: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(Self {
            message_id: input.optional()?,
            in_reply_to: input.list()?,
            references: input.list()?,
            base_subject: input.text()?,
        })
    }
}

/// Appends to a record.
struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    fn new() -> Self {
        Self { bytes: vec![VERSION] }
    }

    fn number(&mut self, number: u64) {
        let mut rest = number;
        while rest >= 0x80 {
            self.bytes.push((rest & 0x7f) as u8 | 0x80);
            rest >>= 7;
        }
        self.bytes.push((rest & 0x7f) as u8);
    }

    /// Small numbers of either sign are short.
    fn signed(&mut self, number: i64) {
        self.number((number.cast_unsigned() << 1) ^ (number >> 63).cast_unsigned());
    }

    fn octets(&mut self, octets: &[u8]) {
        self.number(octets.len() as u64);
        self.bytes.extend_from_slice(octets);
    }

    /// A string that is often one of [`WORDS`].
    fn word(&mut self, word: &[u8]) {
        match WORDS.iter().position(|known| known.as_bytes() == word) {
            Some(index) => self.number(index as u64 * 2 + 1),
            None => {
                self.number(word.len() as u64 * 2);
                self.bytes.extend_from_slice(word);
            }
        }
    }

    fn optional(&mut self, octets: Option<&[u8]>) {
        match octets {
            Some(octets) => {
                self.number(octets.len() as u64 + 1);
                self.bytes.extend_from_slice(octets);
            }
            None => self.number(0),
        }
    }

    fn list(&mut self, list: &[Octets]) {
        self.number(list.len() as u64);
        for octets in list {
            self.octets(octets);
        }
    }
}

/// Reads a record.
#[derive(Clone, Copy, Debug)]
struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// After the version.
    fn open(record: &'a [u8]) -> Result<Self, Error> {
        match record.split_first() {
            Some((&VERSION, rest)) => Ok(Self { rest }),
            Some((&version, _)) => Err(Error::UnknownVersion(version)),
            None => Err(Error::Damaged),
        }
    }

    fn end(&self) -> Result<(), Error> {
        if self.rest.is_empty() { Ok(()) } else { Err(Error::Damaged) }
    }

    fn octet(&mut self) -> Result<u8, Error> {
        let (&first, rest) = self.rest.split_first().ok_or(Error::Damaged)?;
        self.rest = rest;
        Ok(first)
    }

    fn number(&mut self) -> Result<u64, Error> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let octet = self.octet()?;
            number |= u64::from(octet & 0x7f) << shift;
            if octet & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(Error::Damaged)
    }

    fn small(&mut self) -> Result<u32, Error> {
        u32::try_from(self.number()?).map_err(|_| Error::Damaged)
    }

    fn signed(&mut self) -> Result<i64, Error> {
        let number = self.number()?;
        Ok((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }

    /// How many entries follow, each of at least one octet: never more than octets are left, so that a damaged record allocates nothing.
    fn count(&mut self) -> Result<usize, Error> {
        let count = usize::try_from(self.number()?).map_err(|_| Error::Damaged)?;
        if count > self.rest.len() { Err(Error::Damaged) } else { Ok(count) }
    }

    fn take(&mut self, length: u64) -> Result<&'a [u8], Error> {
        let length = usize::try_from(length).map_err(|_| Error::Damaged)?;
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(Error::Damaged)?;
        self.rest = rest;
        Ok(taken)
    }

    /// Octets behind their length, as they lie in the record.
    fn lent(&mut self) -> Result<&'a [u8], Error> {
        let length = self.number()?;
        self.take(length)
    }

    fn octets(&mut self) -> Result<Octets, Error> {
        self.lent().map(Into::into)
    }

    fn text(&mut self) -> Result<Box<str>, Error> {
        std::str::from_utf8(self.lent()?).map(Into::into).map_err(|_| Error::Damaged)
    }

    /// When the message was sent.
    fn sent_at(&mut self) -> Result<Option<Date>, Error> {
        if self.number()? == 0 {
            return Ok(None);
        }
        let seconds = self.signed()?;
        let offset_minutes = i16::try_from(self.signed()?).map_err(|_| Error::Damaged)?;
        Ok(Some(Date { seconds, offset_minutes }))
    }

    fn word(&mut self) -> Result<Octets, Error> {
        let tag = self.number()?;
        if tag & 1 == 0 {
            return Ok(self.take(tag >> 1)?.into());
        }
        let word = usize::try_from(tag >> 1).ok().and_then(|index| WORDS.get(index)).ok_or(Error::Damaged)?;
        Ok(word.as_bytes().into())
    }

    fn optional_lent(&mut self) -> Result<Option<&'a [u8]>, Error> {
        match self.number()? {
            0 => Ok(None),
            length => Ok(Some(self.take(length - 1)?)),
        }
    }

    fn optional(&mut self) -> Result<Option<Octets>, Error> {
        Ok(self.optional_lent()?.map(Into::into))
    }

    fn list(&mut self) -> Result<Vec<Octets>, Error> {
        let count = self.count()?;
        self.several(count, |input, _| input.octets())
    }

    /// Reads `count` of something into just the room that they take: thousands of them are held.
    fn several<T>(
        &mut self,
        count: usize,
        mut read: impl FnMut(&mut Self, usize) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        // a record that lies gets no room for what it does not hold
        let mut list = Vec::with_capacity(count.min(8));
        for index in 0..count {
            list.push(read(self, index)?);
        }
        list.shrink_to_fit();
        Ok(list)
    }
}
