//! Bytes of a message or of a part of one, read in pieces.
use bytes::Bytes;
use std::ops::Range;
use store::{BlobSource, Error, MessageSource};

/// How much is read at a time.
pub(crate) const PIECE: u64 = 64 * 1024;

/// Some of the bytes of a stored blob.
pub(crate) struct Octets {
    source: Source,
    range: Range<u64>,
}

enum Source {
    Email(MessageSource),
    Blob(Box<dyn BlobSource>),
}

impl Octets {
    /// All of an email.
    pub(crate) fn email(source: MessageSource) -> Self {
        let range = 0..source.size();
        Self { source: Source::Email(source), range }
    }

    /// All of a blob.
    pub(crate) fn blob(source: Box<dyn BlobSource>) -> Self {
        let range = 0..source.size();
        Self { source: Source::Blob(source), range }
    }

    /// Some of these.
    pub(crate) fn part(self, range: Range<u64>) -> Self {
        let at = |offset: u64| self.range.start.saturating_add(offset).min(self.range.end);
        let range = at(range.start)..at(range.end);
        Self { source: self.source, range }
    }

    /// How many there are.
    pub(crate) const fn size(&self) -> u64 {
        self.range.end.saturating_sub(self.range.start)
    }

    /// The next bytes from `at` on, before `end`, at most [`PIECE`]; never none before `end`.
    ///
    /// # Errors
    /// What the store says.
    pub(crate) async fn piece(&self, at: u64, end: u64) -> Result<Bytes, Error> {
        let end = end.min(at.saturating_add(PIECE)).min(self.size());
        let range = self.range.start + at..self.range.start + end;
        let piece = match &self.source {
            Source::Email(source) => source.read(range).await?,
            Source::Blob(source) => source.read(range).await?,
        };
        if piece.is_empty() && at < end {
            return Err(Error::Corrupt("a message is shorter than its record says".to_owned()));
        }
        Ok(piece)
    }

    /// The bytes of a range that is known to be small.
    ///
    /// # Errors
    /// What the store says.
    pub(crate) async fn all(&self, range: Range<u64>) -> Result<Vec<u8>, Error> {
        let (mut bytes, mut at) = (Vec::new(), range.start);
        let end = range.end.min(self.size());
        while at < end {
            let piece = self.piece(at, end).await?;
            at += piece.len() as u64;
            bytes.extend_from_slice(&piece);
        }
        Ok(bytes)
    }
}
