//! A message of which more is asked than its record knows: its bytes are opened when they are needed, and read in pieces.
use super::allowance::{Allowance, Untold};
use crate::blob_id::BlobId;
use crate::mail::octets::Octets;
use message::{BodyText, Encoding, Parsed, Part, Shape, TransferDecoder};
use serde_json::{Value, json};
use std::sync::Arc;
use store::{Account, BlobHash, Email, Error};

/// Longest header that is shown; what is longer was not read for fields when it came either.
const MAX_HEADER: u64 = 1 << 20;
/// The largest value of a body, in bytes, whatever the client asks.
pub(crate) const MAX_VALUE: usize = 4 << 20;
/// Characters of a line of base64 (RFC 2045, 6.8).
const BASE64_LINE: u64 = 76;

/// A message that is being read.
pub(crate) struct Reading<'p> {
    pub(crate) parsed: &'p Parsed,
    pub(crate) naming: Naming,
    octets: Source,
}

/// What the blobs of a message and of its parts are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Naming {
    /// It is a blob of its own.
    Whole(BlobHash),
    /// It is attached to the message in a blob, as the part of that number: its own parts follow that.
    Attached(BlobHash, usize),
}

impl Naming {
    /// The message itself.
    pub(crate) const fn message(self) -> BlobId {
        match self {
            Self::Whole(hash) => BlobId::Whole(hash),
            Self::Attached(hash, part) => BlobId::Part(hash, part),
        }
    }

    /// A part of it.
    pub(crate) const fn part(self, index: usize) -> BlobId {
        match self {
            Self::Whole(hash) => BlobId::Part(hash, index),
            Self::Attached(hash, part) => BlobId::Part(hash, part + 1 + index),
        }
    }
}

enum Source {
    Email(Account, Arc<Email>),
    Open(Octets),
}

impl<'p> Reading<'p> {
    /// An email of an account.
    pub(crate) fn email(account: &Account, email: &'p Arc<Email>) -> Self {
        let octets = Source::Email(account.clone(), Arc::clone(email));
        Self { parsed: &email.parsed, naming: Naming::Whole(email.blob), octets }
    }

    /// A blob that was parsed.
    pub(crate) fn parsed(naming: Naming, parsed: &'p Parsed, octets: Octets) -> Self {
        Self { parsed, naming, octets: Source::Open(octets) }
    }

    async fn octets(&mut self) -> Result<&Octets, Error> {
        if let Source::Email(account, email) = &self.octets {
            self.octets = Source::Open(Octets::email(account.open(email).await?));
        }
        match &self.octets {
            Source::Open(octets) => Ok(octets),
            Source::Email(..) => Err(Error::Closed),
        }
    }

    fn part(&self, index: usize) -> Option<&'p Part> {
        self.parsed.structure.part(index)
    }

    /// The header of a part; that of the message for the first.
    pub(crate) async fn header(&mut self, index: usize) -> Result<Vec<u8>, Error> {
        let Some(span) = self.part(index).map(|part| part.header) else { return Ok(Vec::new()) };
        let end = span.end.min(span.start.saturating_add(MAX_HEADER));
        self.octets().await?.all(span.start..end).await
    }

    /// How many bytes a part has without its encoding.
    pub(crate) async fn decoded_size(&mut self, index: usize, allowance: &mut Allowance<'_>) -> Result<u64, Untold> {
        let Some(part) = self.part(index) else { return Ok(0) };
        let stored = part.body.end.saturating_sub(part.body.start);
        let leaf = matches!(part.shape, Shape::Leaf);
        match part.encoding {
            Encoding::Base64 if leaf => match self.regular_base64(part).await? {
                Some(size) => Ok(size),
                None => self.measured(part, allowance).await,
            },
            Encoding::QuotedPrintable if leaf => self.measured(part, allowance).await,
            _ => Ok(stored),
        }
    }

    /// The size of what is written as RFC 2045, 6.8 has it: by its lines, and by how it ends.
    async fn regular_base64(&mut self, part: &Part) -> Result<Option<u64>, Error> {
        let (start, end) = (part.body.start, part.body.end);
        let tail = self.octets().await?.all(end.saturating_sub(4).max(start)..end).await?;
        Ok(regular_size(end.saturating_sub(start), part.lines, &tail))
    }

    async fn measured(&mut self, part: &Part, allowance: &mut Allowance<'_>) -> Result<u64, Untold> {
        let mut decoder = TransferDecoder::new(&part.encoding);
        let (mut at, mut size, mut decoded) = (part.body.start, 0, Vec::new());
        let octets = self.octets().await?;
        while at < part.body.end {
            let piece = octets.piece(at, part.body.end).await?;
            at += piece.len() as u64;
            decoded.clear();
            decoder.push(&piece, &mut decoded);
            size += decoded.len() as u64;
            allowance.look(piece.len()).await?;
        }
        decoded.clear();
        decoder.finish(&mut decoded);
        Ok(size + decoded.len() as u64)
    }

    /// An EmailBodyValue (RFC 8621, 4.1.4) of at most `max` bytes.
    pub(crate) async fn body_value(
        &mut self,
        index: usize,
        max: usize,
        allowance: &mut Allowance<'_>,
    ) -> Result<Value, Untold> {
        let Some(part) = self.part(index) else { return Ok(Value::Null) };
        let (mut reader, mut text) = (BodyText::new(part), String::new());
        let mut at = part.body.start;
        let octets = self.octets().await?;
        while at < part.body.end && text.len() <= max {
            let piece = octets.piece(at, part.body.end).await?;
            at += piece.len() as u64;
            reader.push(&piece, &mut text);
            allowance.look(piece.len()).await?;
        }
        if at >= part.body.end {
            reader.finish(&mut text);
        }
        let truncated = text.len() > max;
        if truncated {
            text.truncate(cut(&text, max, part.media.is_exactly("text", "html")));
        }
        Ok(json!({"value": text, "isEncodingProblem": reader.is_faulty(), "isTruncated": truncated}))
    }
}

/// The size of what so many octets of base64 in so many lines decode to; nothing where they are not written as RFC 2045,
/// 6.8 has it.
fn regular_size(stored: u64, lines: u64, tail: &[u8]) -> Option<u64> {
    let line_ends = if tail.ends_with(b"\r\n") { lines } else { lines.saturating_sub(1) };
    let letters = stored.checked_sub(2 * line_ends)?;
    let regular = letters.is_multiple_of(4) && lines == letters.div_ceil(BASE64_LINE);
    let padding = tail.iter().filter(|byte| **byte == b'=').count() as u64;
    if regular { (letters / 4 * 3).checked_sub(padding) } else { None }
}

/// Where a text is cut: not within a character, nor within a tag of HTML.
fn cut(text: &str, max: usize, html: bool) -> usize {
    let end = text.floor_char_boundary(max);
    let kept = text.get(..end).unwrap_or_default();
    match (kept.rfind('<'), kept.rfind('>')) {
        (Some(open), closed) if html && closed.is_none_or(|closed| closed < open) => open,
        _ => end,
    }
}

#[cfg(test)]
mod tests {
    use super::{cut, regular_size};
    use message::{Limits, encode_base64, parse};
    use proptest::prelude::*;

    #[test]
    fn nothing_is_cut_in_two() {
        for (text, max, html, kept) in [
            ("abc", 2, false, "ab"),
            ("a\u{e9}c", 2, false, "a"),
            ("<p>a</p>", 5, false, "<p>a<"),
            ("<p>a</p>", 5, true, "<p>a"),
            ("<p>a</p>", 4, true, "<p>a"),
            ("<p>a</p>", 2, true, ""),
            ("a > b <", 7, true, "a > b "),
        ] {
            assert_eq!(&text[..cut(text, max, html)], kept, "{text} at {max}");
        }
    }

    proptest! {
        #[test]
        fn base64_is_measured_by_its_lines(octets in prop::collection::vec(any::<u8>(), 0..400), ends: bool, turns: bool) {
            let mut encoded = encode_base64(&octets);
            if !ends {
                encoded.truncate(encoded.len().saturating_sub(2));
            }
            if turns {
                // a space somewhere, as nobody writes it, is no reason to tell a wrong size
                encoded.insert(encoded.len() / 2, b' ');
            }
            let message = [b"Content-Transfer-Encoding: base64\r\n\r\n".as_slice(), &encoded].concat();
            let parsed = parse(&message, Limits::default());
            let part = parsed.structure.root().unwrap();
            let tail = &encoded[encoded.len().saturating_sub(4)..];
            match regular_size(encoded.len() as u64, part.lines, tail) {
                Some(size) => prop_assert_eq!(size, octets.len() as u64),
                None => prop_assert!(turns),
            }
        }

        #[test]
        fn any_cut_is_sound(text in "[<>a\u{e9}\u{20ac}]{0,20}", max in 0..40_usize, html: bool) {
            let end = cut(&text, max, html);
            prop_assert!(end <= max && text.is_char_boundary(end));
        }
    }
}
