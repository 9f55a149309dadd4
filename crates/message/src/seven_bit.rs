//! A message for a way that takes seven bits only (RFC 6152, 3): what in it would have to be encoded, and whether it may be.
//!
//! A message is looked at once, by push, which gives a plan; then it goes through [`SevenBitWriter`], by push too. Of each part the plan
//! keeps two offsets; of the message nothing is held but one line's begin. Only bodies of leaves are encoded, and only the fields
//! `Content-Transfer-Encoding` are changed, so that every program reads the same message as before. What cannot be encoded in this way is
//! said to be so: nothing is guessed and nothing is dropped.

mod encode;
mod writer;

use crate::content::Encoding;
use crate::field::HeaderFields;
use crate::flaw::{Flaw, Flaws};
use crate::limits::Limits;
use crate::span::Span;
use crate::structure::{Part, Shape};
use crate::walker::{Sink, Walker};
use thiserror::Error;

pub use writer::SevenBitWriter;

/// Octets of a line without its end (RFC 5322, 2.1.1); more is binary content (RFC 2045, 2.9).
const LINE: usize = 998;

/// Flaws that leave no doubt about where each part begins and ends, how it is encoded, and what it is.
const HARMLESS: [Flaw; 4] = [Flaw::DuplicateField, Flaw::DuplicateParameter, Flaw::MissingEnd, Flaw::TooManyAddresses];

/// Why a message cannot be made one of seven bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Unconvertible {
    /// A header holds bytes above 127: there is no encoding for a field that one does not understand.
    #[error("its header has letters beyond ASCII")]
    Header,
    /// Within what is signed or encrypted as a whole (RFC 1847, 2.1 and 2.2).
    #[error("it is signed, and would no longer be")]
    Signed,
    /// It is not a message of MIME that is understood in one way, or the bytes stand where nothing may be encoded (RFC 2045, 6.4).
    #[error("it is not in the form that could be converted")]
    Malformed,
}

/// What a look at a message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SevenBitLook {
    /// Whether all headers, also of attached messages, are ASCII: without SMTPUTF8 no others may go (RFC 6532, 3.2).
    pub ascii_headers: bool,
    /// How it becomes one of seven bits.
    pub plan: Result<SevenBit, Unconvertible>,
}

/// How a message becomes one of seven bits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SevenBit {
    /// In the order of the bytes; they do not overlap.
    steps: Vec<Step>,
}

/// What is done with a piece of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Step {
    span: Span,
    change: Change,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    /// A header: it gets this Content-Transfer-Encoding.
    Label(&'static str),
    /// A body, in quoted-printable.
    QuotedPrintable,
    /// A body, in base64.
    Base64,
}

impl SevenBit {
    /// Whether the message can go as it is.
    pub fn is_as_it_is(&self) -> bool {
        self.steps.is_empty()
    }

    /// Begins to write the message.
    pub fn writer(&self) -> SevenBitWriter<'_> {
        SevenBitWriter::new(&self.steps)
    }
}

/// Looks at a message that goes by.
///
/// ```
/// use message::{Limits, SevenBitScan};
/// let text = "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nJörg\r\n";
/// let mut scan = SevenBitScan::new(Limits::default());
/// scan.push(text.as_bytes());
/// let plan = scan.finish().plan.unwrap();
/// let (mut out, mut writer) = (Vec::new(), plan.writer());
/// writer.push(text.as_bytes(), &mut out);
/// writer.finish(&mut out);
/// assert!(out.ends_with(b"Content-Transfer-Encoding: quoted-printable\r\n\r\nJ=C3=B6rg\r\n"));
/// ```
pub struct SevenBitScan {
    walker: Walker<Looker>,
    eight_bit: u64,
}

impl SevenBitScan {
    /// With these limits.
    pub fn new(limits: Limits) -> Self {
        Self { walker: Walker::new(limits, Looker::default()), eight_bit: 0 }
    }

    /// Takes the next octets; any cut gives the same.
    pub fn push(&mut self, bytes: &[u8]) {
        self.eight_bit += eight_bit(bytes);
        self.walker.push(bytes);
    }

    /// The message has ended.
    pub fn finish(self) -> SevenBitLook {
        let Self { mut walker, eight_bit } = self;
        walker.finish();
        let looker = &walker.sink;
        let in_bodies: u64 = looker.looks.iter().map(|look| look.eight_bit).sum();
        let ascii_headers = looker.in_headers == 0 && !walker.flaws.contains(Flaw::HeaderCut);
        let stray = eight_bit - in_bodies.saturating_add(looker.in_headers).min(eight_bit);
        let plan = plan(&walker.parts, looker, walker.flaws, stray);
        SevenBitLook { ascii_headers, plan }
    }
}

/// What was seen of a leaf's body.
#[derive(Clone, Copy, Default)]
struct Look {
    octets: u64,
    eight_bit: u64,
    /// Octets that quoted-printable writes in three, beside those above 127.
    controls: u64,
    /// NUL, or a bare CR or LF: no lines of text.
    bare: bool,
    /// A line that is longer than mail allows.
    long: bool,
    line: usize,
    after_cr: bool,
}

impl Look {
    fn take(&mut self, bytes: &[u8]) {
        self.octets += bytes.len() as u64;
        self.eight_bit += eight_bit(bytes);
        for &byte in bytes {
            match byte {
                b'\n' => {
                    self.bare |= !self.after_cr;
                    self.line = 0;
                }
                _ => {
                    self.bare |= self.after_cr || byte == 0;
                    self.line += usize::from(byte != b'\r');
                    self.long |= self.line > LINE;
                    self.controls += u64::from(byte == b'=' || byte < b' ' && !matches!(byte, b'\t' | b'\r'));
                }
            }
            self.after_cr = byte == b'\r';
        }
    }

    /// Whether it can go where seven bits can, once nobody calls it binary.
    fn fits(self) -> bool {
        self.eight_bit == 0 && !self.bare && !self.long && !self.after_cr
    }

    /// Whether the body is lines of which most can be read in quoted-printable; of others base64 is much shorter.
    fn reads_as_text(self) -> bool {
        !self.bare && !self.after_cr && (self.eight_bit + self.controls).saturating_mul(3) <= self.octets
    }
}

fn eight_bit(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| !byte.is_ascii()).count() as u64
}

/// One look for each part, in their order.
#[derive(Default)]
struct Looker {
    looks: Vec<Look>,
    /// Octets above 127 in headers.
    in_headers: u64,
    /// Whether the message says that it is MIME (RFC 2045, 4).
    mime: bool,
}

impl Sink for Looker {
    fn part(&mut self, _: &Part, header: &[u8], _: usize) -> bool {
        if self.looks.is_empty() {
            self.mime = HeaderFields::new(header).any(|field| field.is("MIME-Version"));
        }
        self.in_headers += eight_bit(header);
        self.looks.push(Look::default());
        true
    }

    fn body(&mut self, bytes: &[u8]) {
        if let Some(look) = self.looks.last_mut() {
            look.take(bytes);
        }
    }

    fn body_end(&mut self) {}

    fn leaf_after_all(&mut self, _: &Part, _: usize) -> bool {
        false
    }
}

fn plan(parts: &[Part], looker: &Looker, flaws: Flaws, stray: u64) -> Result<SevenBit, Unconvertible> {
    if looker.in_headers > 0 {
        return Err(Unconvertible::Header);
    }
    if stray > 0 {
        return Err(Unconvertible::Malformed);
    }
    let mut steps = Vec::new();
    let mut encoded = false;
    let mut sealed_until = 0;
    for (at, (part, look)) in parts.iter().zip(&looker.looks).enumerate() {
        if is_sealed(part) {
            sealed_until = sealed_until.max(part.end as usize);
        }
        let before = steps.len();
        let encodes = part_steps(part, *look, &mut steps)?;
        encoded |= encodes;
        if at < sealed_until {
            // what needs no encoding may keep its label, so that the seal holds
            steps.truncate(before);
            if encodes {
                return Err(Unconvertible::Signed);
            }
        }
    }
    let understood = looker.mime && flaws.iter().all(|flaw| HARMLESS.contains(&flaw));
    match (understood, encoded) {
        (true, _) => Ok(SevenBit { steps }),
        (false, true) => Err(Unconvertible::Malformed),
        // nothing has to be encoded, so nothing is touched
        (false, false) => Ok(SevenBit::default()),
    }
}

/// RFC 1847: what is signed or encrypted as a whole is not touched.
fn is_sealed(part: &Part) -> bool {
    part.media.is_exactly("multipart", "signed") || part.media.is_exactly("multipart", "encrypted")
}

/// What is done with one part; says whether its body is encoded.
fn part_steps(part: &Part, look: Look, steps: &mut Vec<Step>) -> Result<bool, Unconvertible> {
    let says_more = matches!(part.encoding, Encoding::EightBit | Encoding::Binary);
    // a leaf that is called 8bit or 7bit is told by its bytes; one called binary may be no lines either
    let fits = if part.encoding == Encoding::Binary { look.fits() } else { look.eight_bit == 0 };
    if part.shape != Shape::Leaf || fits {
        if says_more {
            steps.push(Step { span: part.header, change: Change::Label("7bit") });
        }
        return Ok(false);
    }
    // RFC 2045, 6.4: no encoding for message/*; and none upon another one
    if part.media.is("message") || !(says_more || part.encoding == Encoding::SevenBit) {
        return Err(Unconvertible::Malformed);
    }
    let readable = part.media.is("text") && look.reads_as_text();
    let (change, name) =
        if readable { (Change::QuotedPrintable, "quoted-printable") } else { (Change::Base64, "base64") };
    steps.push(Step { span: part.header, change: Change::Label(name) });
    steps.push(Step { span: part.body, change });
    Ok(true)
}

#[cfg(test)]
mod tests;
