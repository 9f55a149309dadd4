//! Sections of a message as FETCH reads them.
mod decoded;
pub(crate) use decoded::{Decoding, decoded};

use imap_wire::{Partial, Section, SectionText};
use message::{HeaderFields, Section as Within};
pub(crate) use search::Content;
use std::ops::Range;
use store::{Account, Error};

/// What a section has come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// There is no such part.
    Missing,
    /// These bytes of the message.
    Stored(Range<u64>),
    /// Bytes put together for the answer (HEADER.FIELDS).
    Made(Vec<u8>),
    /// A part, decoded (BINARY).
    Decoded(Decoding),
    /// A part that cannot be decoded.
    Undecodable,
}

impl Piece {
    /// How many bytes it has.
    pub(crate) fn size(&self) -> Option<u64> {
        match self {
            Self::Missing | Self::Undecodable => None,
            Self::Stored(range) => Some(range.end - range.start),
            Self::Decoded(decoding) => Some(decoding.size()),
            Self::Made(bytes) => u64::try_from(bytes.len()).ok(),
        }
    }

    /// The part of it that is asked for; nothing of it where that lies behind its end (RFC 3501, 6.4.5).
    fn cut(self, partial: Option<Partial>) -> Self {
        let (Some(partial), Some(size)) = (partial, self.size()) else { return self };
        let start = u64::from(partial.start).min(size);
        let end = start.saturating_add(u64::from(partial.length)).min(size);
        match self {
            // What is decoded is cut where it is measured.
            whole @ (Self::Missing | Self::Undecodable | Self::Decoded(_)) => whole,
            Self::Stored(range) => Self::Stored(range.start + start..range.start + end),
            Self::Made(bytes) => {
                let range = usize::try_from(start).unwrap_or(0)..usize::try_from(end).unwrap_or(0);
                Self::Made(bytes.get(range).unwrap_or_default().to_vec())
            }
        }
    }
}

/// Finds a section, and makes it where it has to be made.
pub(crate) async fn section(
    content: &mut Content,
    account: &Account,
    section: &Section,
    partial: Option<Partial>,
) -> Result<Piece, Error> {
    let (within, fields) = match &section.text {
        SectionText::All => (Within::Whole, None),
        SectionText::Text => (Within::Text, None),
        SectionText::Mime => (Within::Mime, None),
        SectionText::Header => (Within::Header, None),
        SectionText::HeaderFields(names) => (Within::Header, Some((names, true))),
        SectionText::HeaderFieldsNot(names) => (Within::Header, Some((names, false))),
    };
    let Some(span) = content.email.parsed.structure.section(&section.part, within) else { return Ok(Piece::Missing) };
    let piece = match fields {
        None => Piece::Stored(span.range()),
        Some((names, wanted)) => {
            let block = content.header(account, span).await?;
            Piece::Made(chosen(&block, names, wanted))
        }
    };
    Ok(piece.cut(partial))
}

/// The fields with one of the names, or with none of them, and the empty line (RFC 3501, 6.4.5).
fn chosen(block: &[u8], names: &[Vec<u8>], wanted: bool) -> Vec<u8> {
    let mut made = Vec::new();
    for field in HeaderFields::new(block) {
        if names.iter().any(|name| name.eq_ignore_ascii_case(field.name)) == wanted {
            made.extend_from_slice(field.whole.within(block));
            if !made.ends_with(b"\n") {
                made.extend_from_slice(b"\r\n");
            }
        }
    }
    made.extend_from_slice(b"\r\n");
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_chosen_whole() {
        let block = b"To: a,\r\n b\r\nSubject: x\r\nTO: c\r\n\r\n";
        let names = [b"to".to_vec()];
        assert_eq!(chosen(block, &names, true), b"To: a,\r\n b\r\nTO: c\r\n\r\n");
        assert_eq!(chosen(block, &names, false), b"Subject: x\r\n\r\n");
        assert_eq!(chosen(b"", &names, true), b"\r\n");
    }

    #[test]
    fn a_partial_is_cut_at_the_end() {
        let partial = |start, length| Some(Partial { start, length });
        assert_eq!(Piece::Stored(10..20).cut(partial(5, 100)), Piece::Stored(15..20));
        assert_eq!(Piece::Stored(10..20).cut(partial(50, 100)), Piece::Stored(20..20));
        assert_eq!(Piece::Made(b"abc".to_vec()).cut(partial(1, 1)), Piece::Made(b"b".to_vec()));
        assert_eq!(Piece::Missing.cut(partial(1, 1)), Piece::Missing);
    }
}
