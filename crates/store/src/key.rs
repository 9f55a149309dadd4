//! Keys: a record kind, then big-endian numbers, so that keys sort as numbers do.
use crate::engine::Key;
use crate::error::Error;

/// Builds a key.
#[derive(Debug, Clone)]
pub struct KeyBuilder(Key);

impl KeyBuilder {
    /// Begins a key of a record kind.
    pub fn new(kind: u8) -> Self {
        let mut key = Vec::with_capacity(24);
        key.push(kind);
        Self(key)
    }

    /// Adds one byte.
    #[must_use]
    pub fn byte(mut self, byte: u8) -> Self {
        self.0.push(byte);
        self
    }

    /// Adds a number of 32 bits.
    #[must_use]
    pub fn u32(mut self, number: u32) -> Self {
        self.0.extend_from_slice(&number.to_be_bytes());
        self
    }

    /// Adds a number of 64 bits.
    #[must_use]
    pub fn u64(mut self, number: u64) -> Self {
        self.0.extend_from_slice(&number.to_be_bytes());
        self
    }

    /// Adds bytes. They must be the last part, of a fixed length, or free of what would make two keys one.
    #[must_use]
    pub fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    /// The key.
    pub fn key(self) -> Key {
        self.0
    }
}

/// Reads a key, from the front.
#[derive(Debug, Clone, Copy)]
pub struct KeyReader<'a>(&'a [u8]);

impl<'a> KeyReader<'a> {
    /// Begins behind the record kind, which must be `kind`.
    ///
    /// # Errors
    /// [`Error::Corrupt`], as from every step.
    pub fn new(key: &'a [u8], kind: u8) -> Result<Self, Error> {
        match key.split_first() {
            Some((&first, rest)) if first == kind => Ok(Self(rest)),
            _ => Err(wrong()),
        }
    }

    /// Reads one byte.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn byte(&mut self) -> Result<u8, Error> {
        self.array::<1>().map(u8::from_be_bytes)
    }

    /// Reads a number of 32 bits.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn u32(&mut self) -> Result<u32, Error> {
        self.array().map(u32::from_be_bytes)
    }

    /// Reads a number of 64 bits.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn u64(&mut self) -> Result<u64, Error> {
        self.array().map(u64::from_be_bytes)
    }

    /// Reads a fixed number of bytes.
    ///
    /// # Errors
    /// [`Error::Corrupt`].
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let (array, rest) = self.0.split_first_chunk().ok_or_else(wrong)?;
        self.0 = rest;
        Ok(*array)
    }

    /// What has not been read.
    pub fn rest(self) -> &'a [u8] {
        self.0
    }
}

fn wrong() -> Error {
    Error::Corrupt("malformed key".to_owned())
}
