//! The bytes of one message, read when they are needed: in pieces, never whole unless it is small.
use bytes::Bytes;
use message::{Section, Span};
use std::ops::Range;
use std::sync::Arc;
use store::{Account, Email, Error, MessageSource};

/// Longest header block that is looked into; what is longer was not read for fields when it came either.
pub const MAX_HEADER: u64 = 1 << 20;
/// How much is read at a time.
const PIECE: u64 = 64 * 1024;

/// A message with its record, opened when its bytes are needed.
pub struct Content {
    /// Its record.
    pub email: Arc<Email>,
    source: Option<MessageSource>,
}

impl Content {
    /// A message that may be open already.
    pub fn opened(email: Arc<Email>, source: Option<MessageSource>) -> Self {
        Self { email, source }
    }

    async fn source(&mut self, account: &Account) -> Result<&MessageSource, Error> {
        let source = match self.source.take() {
            Some(source) => source,
            None => account.open(&self.email).await?,
        };
        Ok(self.source.insert(source))
    }

    /// Reads the bytes of a range that is known to be small.
    ///
    /// # Errors
    /// What the store says; the same holds for all below.
    pub async fn read(&mut self, account: &Account, range: Range<u64>) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        let mut at = range.start;
        while at < range.end {
            let piece = self.piece(account, at, range.end).await?;
            at += u64::try_from(piece.len()).unwrap_or(range.end);
            bytes.extend_from_slice(&piece);
        }
        Ok(bytes)
    }

    /// The next bytes from `at` on, before `end`; never none.
    ///
    /// # Errors
    /// See [`Content::read`].
    pub async fn piece(&mut self, account: &Account, at: u64, end: u64) -> Result<Bytes, Error> {
        let piece = self.source(account).await?.read(at..end.min(at.saturating_add(PIECE))).await?;
        if piece.is_empty() {
            Err(Error::Corrupt("a message is shorter than its record says".to_owned()))
        } else {
            Ok(piece)
        }
    }

    /// All bytes of a message that is small.
    ///
    /// # Errors
    /// See [`Content::read`].
    pub async fn whole(&mut self, account: &Account) -> Result<Option<Bytes>, Error> {
        let size = self.email.size;
        if size == 0 || size > PIECE {
            return Ok(None);
        }
        Ok(Some(self.piece(account, 0, size).await?))
    }

    /// A header, as far as it is looked into.
    ///
    /// # Errors
    /// See [`Content::read`].
    pub async fn header(&mut self, account: &Account, span: Span) -> Result<Vec<u8>, Error> {
        self.read(account, span.start..span.end.min(span.start.saturating_add(MAX_HEADER))).await
    }

    /// The header of the message itself.
    ///
    /// # Errors
    /// See [`Content::read`].
    pub async fn own_header(&mut self, account: &Account) -> Result<Vec<u8>, Error> {
        match self.email.parsed.structure.section(&[], Section::Header) {
            Some(span) => self.header(account, span).await,
            None => Ok(Vec::new()),
        }
    }
}
