//! What one header block says: the fields of the part, the envelope and the facts of a message.

use crate::content::{Disposition, Encoding, MediaType, languages};
use crate::envelope::{Envelope, EnvelopeReader};
use crate::field::{HeaderFields, unfold};
use crate::flaw::{Flaw, Flaws};
use crate::limits::Limits;
use crate::span::Span;
use crate::structure::{Octets, Part, Shape};
use crate::thread::{ThreadKeys, base_subject, message_ids};

/// What SMTP asks of the header of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct HeaderFacts {
    /// `Received:` fields (RFC 5321, 6.3: loops are found by their number).
    pub received: u32,
    /// `From:` fields; RFC 5322, 3.6 wants one.
    pub from: u32,
    /// Whether there is a `Date:`.
    pub has_date: bool,
    /// Whether there is a `Message-ID:`.
    pub has_message_id: bool,
}

impl HeaderFacts {
    pub(crate) fn count(&mut self, name: &[u8]) {
        match name.len() {
            4 if name.eq_ignore_ascii_case(b"date") => self.has_date = true,
            4 if name.eq_ignore_ascii_case(b"from") => self.from = self.from.saturating_add(1),
            8 if name.eq_ignore_ascii_case(b"received") => self.received = self.received.saturating_add(1),
            10 if name.eq_ignore_ascii_case(b"message-id") => self.has_message_id = true,
            _ => {}
        }
    }
}

/// How many more of each may be kept in this message.
pub(crate) struct Room {
    pub(crate) addresses: usize,
    pub(crate) parameters: usize,
}

/// Whose header it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    /// The message itself or an attached one.
    Message,
    /// A part of a multipart; what it is without Content-Type depends on the multipart (RFC 2046, 5.1.5).
    Part { in_digest: bool },
}

/// One header read.
pub(crate) struct HeaderRead {
    pub(crate) part: Part,
    pub(crate) envelope: Envelope,
    pub(crate) facts: HeaderFacts,
}

/// Reads a header block. Of each field the first one counts.
pub(crate) fn read(block: &[u8], owner: Owner, room: &mut Room, flaws: &mut Flaws) -> HeaderRead {
    let mut part = blank_part();
    let mut envelope = EnvelopeReader::new();
    let mut facts = HeaderFacts::default();
    let mut seen = 0u8;
    let mut typed = false;
    let mut fields = HeaderFields::new(block);
    for field in fields.by_ref() {
        if let Some(which) = content_field(field.name) {
            if seen & 1 << which != 0 {
                flaws.insert(Flaw::DuplicateField);
            } else {
                seen |= 1 << which;
                typed |= which == 0;
                take_content(&mut part, which, field.value, room, flaws);
            }
        } else if owner == Owner::Message {
            facts.count(field.name);
            envelope.take(field.name, field.value, &mut room.addresses, flaws);
        }
    }
    flaws.extend(fields.flaws());
    if !typed && owner == (Owner::Part { in_digest: true }) {
        part.media = MediaType::bare("message", "rfc822");
    }
    flag_bytes(block, flaws);
    HeaderRead { part, envelope: envelope.envelope, facts }
}

/// The thread keys of a message, from its header block. Of each field the first one counts.
pub(crate) fn thread_keys(block: &[u8], limits: &Limits) -> ThreadKeys {
    let mut keys = ThreadKeys::default();
    let mut seen = [false; 4];
    for field in HeaderFields::new(block) {
        let which = ["Message-ID", "In-Reply-To", "References", "Subject"].iter().position(|name| field.is(name));
        let Some((which, seen)) = which.and_then(|which| Some((which, seen.get_mut(which)?))) else { continue };
        if std::mem::replace(seen, true) {
            continue;
        }
        match which {
            0 => keys.message_id = message_ids(field.value, 1).pop(),
            1 => keys.in_reply_to = message_ids(field.value, limits.references),
            2 => keys.references = message_ids(field.value, limits.references),
            _ => keys.base_subject = base_subject(field.value).into(),
        }
    }
    keys
}

fn blank_part() -> Part {
    Part {
        media: MediaType::text_plain(),
        encoding: Encoding::default(),
        id: None,
        description: None,
        disposition: None,
        language: Vec::new(),
        location: None,
        md5: None,
        header: Span::default(),
        body: Span::default(),
        lines: 0,
        end: 0,
        shape: Shape::Leaf,
    }
}

/// The number of a `Content-…` field in [`take_content`].
fn content_field(name: &[u8]) -> Option<u8> {
    let (head, rest) = name.split_at_checked(8)?;
    if !head.eq_ignore_ascii_case(b"content-") {
        return None;
    }
    let names: [&[u8]; 8] =
        [b"type", b"transfer-encoding", b"disposition", b"id", b"description", b"language", b"location", b"md5"];
    let index = names.iter().position(|known| rest.eq_ignore_ascii_case(known))?;
    u8::try_from(index).ok()
}

fn take_content(part: &mut Part, which: u8, value: &[u8], room: &mut Room, flaws: &mut Flaws) {
    let text = || Some(Octets::from(unfold(value)));
    match which {
        0 => match MediaType::parse(value, &mut room.parameters, flaws) {
            Some(media) => part.media = media,
            None => flaws.insert(Flaw::BadContentType),
        },
        1 => part.encoding = Encoding::parse(value, flaws),
        2 => part.disposition = Disposition::parse(value, &mut room.parameters, flaws),
        3 => part.id = text(),
        4 => part.description = text(),
        5 => part.language = languages(value),
        6 => part.location = text(),
        _ => part.md5 = text(),
    }
}

fn flag_bytes(block: &[u8], flaws: &mut Flaws) {
    if !block.is_ascii() && std::str::from_utf8(block).is_err() {
        flaws.insert(Flaw::NotUtf8InHeader);
    }
    let lone_cr = |at: usize| block.get(at + 1) != Some(&b'\n');
    if memchr::memchr_iter(b'\r', block).any(lone_cr) || memchr::memchr(0, block).is_some() {
        flaws.insert(Flaw::ControlInHeader);
    }
}
