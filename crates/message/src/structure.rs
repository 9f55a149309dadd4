//! What parts a message has (RFC 2045, 2046): a flat list in the order of the bytes, complete for IMAP's BODYSTRUCTURE and its sections.

use crate::content::{Disposition, Encoding, MediaType};
use crate::envelope::Envelope;
use crate::span::Span;

/// An octet string as the sender wrote it; often, but not always, ASCII.
pub type Octets = Box<[u8]>;

/// What a part is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Bytes with a media type.
    Leaf,
    /// A multipart: its children follow it in the list. There is always one at least.
    Multipart,
    /// An attached message (`message/rfc822`, `message/global`): the next part in the list is that message's own root.
    Message(Box<Envelope>),
}

/// One part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Type, subtype and parameters, with the defaults of RFC 2045, 5.2 and RFC 2046, 5.1.5 filled in.
    pub media: MediaType,
    /// Content-Transfer-Encoding.
    pub encoding: Encoding,
    /// Content-ID, with its angle brackets.
    pub id: Option<Octets>,
    /// Content-Description, unfolded, not decoded.
    pub description: Option<Octets>,
    /// Content-Disposition with its parameters (RFC 2183).
    pub disposition: Option<Disposition>,
    /// Content-Language (RFC 3282).
    pub language: Vec<Octets>,
    /// Content-Location (RFC 2557).
    pub location: Option<Octets>,
    /// Content-MD5 (RFC 1864).
    pub md5: Option<Octets>,
    /// The header of the part, its empty line included. For a root it is the header of the message.
    pub header: Span,
    /// The body, without the line end that belongs to the boundary behind it (RFC 2046, 5.1.1), still encoded.
    pub body: Span,
    /// Lines of the body; a last line without a line end counts.
    pub lines: u64,
    /// Index in the list after the last part inside this one.
    pub end: u32,
    /// What it is made of.
    pub shape: Shape,
}

impl Part {
    /// Whether it is a multipart.
    pub fn is_multipart(&self) -> bool {
        matches!(self.shape, Shape::Multipart)
    }

    /// The envelope of the attached message, if it is one.
    pub fn envelope(&self) -> Option<&Envelope> {
        match &self.shape {
            Shape::Message(envelope) => Some(envelope),
            Shape::Leaf | Shape::Multipart => None,
        }
    }

    /// Whether the sender asked to show it apart from the text.
    pub fn is_attachment(&self) -> bool {
        self.disposition.as_ref().is_some_and(|disposition| disposition.kind.eq_ignore_ascii_case(b"attachment"))
    }

    /// The file name: `filename` of Content-Disposition, else `name` of Content-Type; decoded (RFC 2231, 2047).
    pub fn file_name(&self) -> Option<String> {
        let given = self.disposition.as_ref().and_then(|disposition| disposition.parameters.text("filename"));
        given.or_else(|| self.media.parameters.text("name"))
    }

    /// The charset parameter of a text, as written.
    pub fn charset(&self) -> Option<&[u8]> {
        self.media.parameters.get("charset")
    }
}

/// All parts of a message; the first is the message itself.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Structure {
    pub(crate) parts: Vec<Part>,
}

impl Structure {
    /// All parts in the order of the bytes; the first is the root.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The part at an index of the list.
    pub fn part(&self, index: usize) -> Option<&Part> {
        self.parts.get(index)
    }

    /// The root: the message itself.
    pub fn root(&self) -> Option<&Part> {
        self.parts.first()
    }

    /// The indices of the parts directly inside the one at `index`: the children of a multipart, or the root of an attached message.
    pub fn children(&self, index: usize) -> Children<'_> {
        let end = self.parts.get(index).map_or(0, |part| part.end as usize);
        Children { structure: self, next: index.saturating_add(1), end }
    }
}

/// See [`Structure::children`].
#[derive(Clone, Debug)]
pub struct Children<'a> {
    structure: &'a Structure,
    next: usize,
    end: usize,
}

impl Iterator for Children<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let child = self.next;
        if child >= self.end {
            return None;
        }
        let after = self.structure.parts.get(child)?.end as usize;
        self.next = after.max(child + 1);
        Some(child)
    }
}
