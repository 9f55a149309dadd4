//! The one reading of a message's bytes, by push: where headers end, where parts begin and end (RFC 5322, 2.1; RFC 2046, 5.1).
//!
//! Invariants: any cut of the input gives the same; nothing recurses; no more is held than one header block within its limit and the
//! begin of one line; each octet is looked at a bounded number of times. What is found goes to a [`Sink`].
//!
//! The reading, where the bytes allow several:
//! - a line ends with LF; one CR before it belongs to the line end, any other CR is content;
//! - a boundary line is two dashes, the boundary, perhaps two dashes, perhaps spaces and tabs, and nothing else; of open multiparts with the
//!   same boundary the inner one takes it; behind its last boundary a multipart has only an epilogue;
//! - the line end before a boundary line belongs to the boundary (RFC 2046, 5.1.1);
//! - a header ends at its first empty line, or at a boundary of an open multipart.

mod lines;

use crate::content::MediaType;
use crate::envelope::Envelope;
use crate::flaw::{Flaw, Flaws};
use crate::header::{self, HeaderFacts, HeaderRead, Owner, Room};
use crate::limits::Limits;
use crate::span::Span;
use crate::steps;
use crate::structure::{Octets, Part, Shape};
use lines::Tail;

/// Takes what the walker finds, in the order of the bytes.
pub(crate) trait Sink {
    /// A header has been read; `depth` counts the attached messages around it. Says whether the body of this part, if it is a leaf, is wanted.
    fn part(&mut self, part: &Part, header: &[u8], depth: usize) -> bool;
    /// A piece of the body of the last part, if it was wanted, still encoded.
    fn body(&mut self, bytes: &[u8]);
    /// The body of the last part has ended, if it was wanted.
    fn body_end(&mut self);
    /// The multipart that was told last has no part in it and is this leaf. Says whether its body, which follows, is wanted.
    fn leaf_after_all(&mut self, part: &Part, depth: usize) -> bool;
}

/// Octets of a boundary; RFC 2046, 5.1.1 allows 70.
const LONGEST_BOUNDARY: usize = 500;
/// Octets of a line that are held to see whether it is a boundary line; a longer line is none.
const HELD: usize = 1_000;

/// Octets in front of the first part of a multipart that are held, since without any part they are its text.
const PREAMBLE: usize = 64 * 1024;

/// A part whose end has not come yet.
struct Open {
    part: usize,
    /// Of a multipart whose last boundary has not come yet.
    boundary: Option<Octets>,
    /// Line ends before its body.
    lines: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Header(Owner),
    Body,
}

/// What a line is to the open multiparts.
#[derive(Clone, Copy)]
struct Delimiter {
    level: usize,
    closing: bool,
}

pub(crate) struct Walker<S> {
    pub(crate) sink: S,
    pub(crate) limits: Limits,
    pub(crate) parts: Vec<Part>,
    pub(crate) flaws: Flaws,
    /// Of the message itself, once its header has ended.
    pub(crate) root: Option<(Envelope, HeaderFacts)>,
    room: Room,
    header_room: usize,
    open: Vec<Open>,
    /// How many of the open parts wait for a boundary.
    waiting: usize,
    mode: Mode,
    /// The header block that is coming in, and where it began.
    header: Vec<u8>,
    header_start: u64,
    /// Octets taken so far, line ends among them, and the last octets.
    at: u64,
    lines: u64,
    tail: Tail,
    /// The begin of a line that is not complete, and how long the line is so far.
    held: Vec<u8>,
    line_length: u64,
    /// The last octets with what of a header line has come in.
    line_tail: Tail,
    /// Where the header block was when its last line began.
    line_mark: usize,
    /// In a body: the next octet begins a line.
    fresh: bool,
    wanted: bool,
    /// Of the last part, where it is a multipart in which no part has begun: what its body holds so far.
    preamble: Option<Vec<u8>>,
}

impl<S: Sink> Walker<S> {
    pub(crate) fn new(limits: Limits, sink: S) -> Self {
        Self {
            sink,
            limits,
            parts: Vec::new(),
            flaws: Flaws::NONE,
            root: None,
            room: Room { addresses: limits.addresses, parameters: limits.parameters },
            header_room: limits.header_bytes,
            open: Vec::new(),
            waiting: 0,
            mode: Mode::Header(Owner::Message),
            header: Vec::new(),
            header_start: 0,
            at: 0,
            lines: 0,
            tail: Tail::default(),
            held: Vec::new(),
            line_length: 0,
            line_tail: Tail::default(),
            line_mark: 0,
            fresh: true,
            wanted: false,
            preamble: None,
        }
    }

    /// Octets taken so far.
    pub(crate) fn size(&self) -> u64 {
        self.at
    }

    /// Takes the next piece.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while !rest.is_empty() {
            let used = match self.mode {
                Mode::Header(_) => self.header_line(rest),
                Mode::Body => self.body_piece(rest),
            };
            rest = rest.get(used..).unwrap_or_default();
        }
    }

    /// The message has ended: so has everything that is open.
    pub(crate) fn finish(&mut self) {
        self.last_line();
        while matches!(self.mode, Mode::Header(_)) {
            self.flaws.insert(Flaw::NoHeaderEnd);
            self.end_header(self.at);
        }
        while !self.open.is_empty() {
            self.close(self.at);
        }
    }

    /// A part begins here with its header.
    fn begin_part(&mut self, owner: Owner) {
        self.mode = Mode::Header(owner);
        self.header.clear();
        self.header_start = self.at;
        self.line_mark = 0;
    }

    /// The header that is coming in has ended; the body begins at `body`.
    fn end_header(&mut self, body: u64) {
        let Mode::Header(owner) = self.mode else { return };
        let HeaderRead { mut part, envelope, facts } =
            header::read(&self.header, owner, &mut self.room, &mut self.flaws);
        part.header = Span::new(self.header_start, body);
        part.body = Span::new(body, body);
        let boundary = self.shape(&mut part);
        self.wanted = self.sink.part(&part, &self.header, self.messages()) && part.shape == Shape::Leaf;
        self.preamble = part.is_multipart().then(Vec::new);
        let attached = matches!(part.shape, Shape::Message(_));
        let index = self.parts.len();
        self.parts.push(part);
        if owner == Owner::Message {
            let around = self.open.last().and_then(|open| self.parts.get_mut(open.part));
            match around {
                Some(around) => around.shape = Shape::Message(Box::new(envelope)),
                None => self.root = Some((envelope, facts)),
            }
        }
        self.waiting += usize::from(boundary.is_some());
        self.open.push(Open { part: index, boundary, lines: self.lines });
        self.mode = Mode::Body;
        self.fresh = true;
        if attached {
            self.begin_part(Owner::Message);
        }
    }

    /// Attached messages around the part that begins.
    fn messages(&self) -> usize {
        let is_message = |open: &&Open| self.parts.get(open.part).is_some_and(|part| part.envelope().is_some());
        self.open.iter().filter(is_message).count()
    }

    /// Decides what the part is made of. Gives the boundary of a multipart.
    fn shape(&mut self, part: &mut Part) -> Option<Octets> {
        let multipart = part.media.is("multipart");
        if !multipart && !part.media.is_message() {
            return None;
        }
        let deep = self.open.len() >= self.limits.depth;
        if deep || self.parts.len() + 2 > self.limits.parts {
            self.flaws.insert(if deep { Flaw::TooDeep } else { Flaw::TooManyParts });
            part.media = MediaType::bare("application", "octet-stream");
            return None;
        }
        if part.encoding.is_transforming() {
            self.flaws.insert(Flaw::EncodedComposite);
        }
        if !multipart {
            part.shape = Shape::Message(Box::default());
            return None;
        }
        let boundary = part.media.parameters.get("boundary").map(|boundary| Octets::from(boundary.trim_ascii_end()));
        let Some(boundary) = boundary.filter(|boundary| (1..=LONGEST_BOUNDARY).contains(&boundary.len())) else {
            // RFC 2045, 5.2: a type that cannot be understood is text/plain
            self.flaws.insert(Flaw::NoBoundary);
            part.media = MediaType::text_plain();
            return None;
        };
        if self.open.iter().any(|open| open.boundary.as_ref() == Some(&boundary)) {
            self.flaws.insert(Flaw::SameBoundary);
        }
        part.shape = Shape::Multipart;
        Some(boundary)
    }

    /// What a complete line, with its line end or without, is to the open multiparts.
    fn delimiter(&mut self, line: &[u8]) -> Option<Delimiter> {
        if self.waiting == 0 || line.len() > HELD {
            return None;
        }
        let text = line.trim_ascii_end().strip_prefix(b"--")?;
        let bare = text.strip_suffix(b"--");
        let found = self.open.iter().enumerate().rev().find_map(|(level, open)| {
            steps::taken(1);
            let boundary = open.boundary.as_deref()?;
            let closing = bare == Some(boundary) && text != boundary;
            (closing || text == boundary).then_some(Delimiter { level, closing })
        })?;
        if self.parts.len() >= self.limits.parts {
            // the last part takes the rest, so that nothing is hidden
            self.flaws.insert(Flaw::TooManyParts);
            return None;
        }
        Some(found)
    }

    /// A boundary line begins where the walker is: what is inside the multipart ends before it.
    fn end_parts(&mut self, found: Delimiter) {
        if matches!(self.mode, Mode::Header(_)) {
            self.flaws.insert(Flaw::BoundaryInHeader);
        }
        while matches!(self.mode, Mode::Header(_)) {
            self.end_header(self.at);
        }
        let mut end = self.at.saturating_sub(self.tail.line_end());
        while self.open.len() > found.level + 1 {
            // a part without body ends behind the empty line of its header, and what is around it not before that
            end = self.close(end);
        }
        self.wanted = false;
    }

    /// Behind a boundary line: the next part, or the epilogue.
    fn after_delimiter(&mut self, found: Delimiter) {
        let Some(open) = self.open.last_mut() else { return };
        if found.closing {
            self.waiting -= usize::from(open.boundary.take().is_some());
            self.mode = Mode::Body;
            self.fresh = true;
        } else {
            let multipart = self.parts.get(open.part);
            let in_digest = multipart.is_some_and(|part| part.media.is_exactly("multipart", "digest"));
            self.begin_part(Owner::Part { in_digest });
        }
    }

    /// The innermost open part ends at `end`, which is here or before the line end that was taken last. Gives where its body ends.
    fn close(&mut self, end: u64) -> u64 {
        let Some(open) = self.open.pop() else { return end };
        if std::mem::take(&mut self.wanted) {
            self.sink.body_end();
        }
        let after = u32::try_from(self.parts.len()).unwrap_or(u32::MAX);
        let Some(part) = self.parts.get_mut(open.part) else { return end };
        part.end = after;
        part.body = Span::new(part.body.start, end);
        let line_ends = self.lines - open.lines;
        part.lines = match part.body.end {
            _ if part.body.is_empty() => 0,
            here if here == self.at => line_ends + u64::from(self.tail.last() != Some(b'\n')),
            _ => line_ends.saturating_sub(1) + u64::from(self.tail.before_line_end() != Some(b'\n')),
        };
        let end = part.body.end;
        let childless = open.part + 1 == after as usize;
        if part.is_multipart() && childless {
            self.flaws.insert(Flaw::EmptyMultipart);
            part.shape = Shape::Leaf;
            part.media = MediaType::text_plain();
            self.tell_preamble(open.part);
        }
        if open.boundary.is_some() {
            self.waiting -= 1;
            self.flaws.insert(Flaw::MissingEnd);
        }
        end
    }

    /// A multipart without any part is one of text: what was held of it is told.
    fn tell_preamble(&mut self, index: usize) {
        let Some(preamble) = self.preamble.take() else { return };
        let depth = self.messages();
        if let Some(part) = self.parts.get(index)
            && self.sink.leaf_after_all(part, depth)
        {
            self.sink.body(&preamble);
            self.sink.body_end();
        }
    }
}
