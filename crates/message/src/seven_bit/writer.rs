//! Writes a message by its plan.

use super::encode::{Base64, QuotedPrintable};
use super::{Change, Step};
use crate::field::is_blank;

/// The field that is written anew.
const FIELD: &[u8] = b"Content-Transfer-Encoding";
/// Octets of a header line that are held until it is known which field it is.
const HELD: usize = FIELD.len() + 1;

/// Takes a message and gives it with what its plan changes; any cut gives the same.
pub struct SevenBitWriter<'a> {
    steps: &'a [Step],
    /// Octets taken so far.
    at: u64,
    work: Work,
}

/// What is done with the piece that goes by.
enum Work {
    /// It goes as it is.
    Pass,
    Label(Label),
    QuotedPrintable(QuotedPrintable),
    Base64(Base64),
}

impl<'a> SevenBitWriter<'a> {
    pub(super) fn new(steps: &'a [Step]) -> Self {
        Self { steps, at: 0, work: Work::Pass }
    }

    /// Takes the next octets; appends what they become.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        let mut rest = bytes;
        loop {
            self.turn(out);
            if rest.is_empty() {
                return;
            }
            let until = match (&self.work, self.steps.first()) {
                (_, None) => u64::MAX,
                (Work::Pass, Some(step)) => step.span.start,
                (_, Some(step)) => step.span.end,
            };
            let room = usize::try_from(until - self.at).unwrap_or(usize::MAX);
            let (piece, behind) = rest.split_at(rest.len().min(room));
            match &mut self.work {
                Work::Pass => out.extend_from_slice(piece),
                Work::Label(label) => label.push(piece, out),
                Work::QuotedPrintable(encoder) => encoder.push(piece, out),
                Work::Base64(encoder) => encoder.push(piece, out),
            }
            self.at += piece.len() as u64;
            rest = behind;
        }
    }

    /// The message has ended.
    pub fn finish(mut self, out: &mut Vec<u8>) {
        self.turn(out);
        self.end(out);
    }

    /// Ends the steps that are over here, and begins the one that begins here.
    fn turn(&mut self, out: &mut Vec<u8>) {
        while let Some(step) = self.steps.first().copied() {
            match self.work {
                Work::Pass if self.at < step.span.start => return,
                Work::Pass => {
                    self.work = match step.change {
                        Change::Label(name) => Work::Label(Label::new(name)),
                        Change::QuotedPrintable => Work::QuotedPrintable(QuotedPrintable::default()),
                        Change::Base64 => Work::Base64(Base64::default()),
                    };
                }
                _ if self.at < step.span.end => return,
                _ => {
                    self.end(out);
                    self.steps = self.steps.get(1..).unwrap_or_default();
                }
            }
        }
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        match std::mem::replace(&mut self.work, Work::Pass) {
            Work::Pass => {}
            Work::Label(label) => label.finish(out),
            Work::QuotedPrintable(mut encoder) => encoder.finish(out),
            Work::Base64(mut encoder) => encoder.finish(out),
        }
    }
}

/// A header whose Content-Transfer-Encoding is another now.
struct Label {
    name: &'static str,
    /// The begin of a line of which it is not known yet what it is.
    held: Vec<u8>,
    line: Line,
}

/// What a line of the header is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Line {
    /// Not known yet; whether the field before it was dropped, and with it the lines that go on with it.
    Begins { dropping: bool },
    /// It goes as it is, or is dropped, up to its end.
    Goes { dropping: bool },
}

impl Label {
    fn new(name: &'static str) -> Self {
        Self { name, held: Vec::new(), line: Line::Begins { dropping: false } }
    }

    fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        for &byte in bytes {
            match self.line {
                Line::Begins { dropping } => {
                    self.held.push(byte);
                    if byte == b'\n' || byte == b':' || self.held.len() >= HELD {
                        self.decide(dropping, out);
                    }
                }
                Line::Goes { dropping } => {
                    if !dropping {
                        out.push(byte);
                    }
                    if byte == b'\n' {
                        self.line = Line::Begins { dropping };
                    }
                }
            }
        }
    }

    /// It is known what the line is that is held.
    fn decide(&mut self, was_dropping: bool, out: &mut Vec<u8>) {
        let goes_on = self.held.first().is_some_and(|byte| matches!(byte, b' ' | b'\t'));
        let ends = self.held.ends_with(b"\n");
        let dropping = if goes_on { was_dropping } else { is_the_field(&self.held) };
        if is_blank(&self.held) {
            self.write(out);
        }
        if !dropping {
            out.extend_from_slice(&self.held);
        }
        self.held.clear();
        self.line = if ends { Line::Begins { dropping } } else { Line::Goes { dropping } };
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(FIELD);
        out.extend_from_slice(b": ");
        out.extend_from_slice(self.name.as_bytes());
        out.extend_from_slice(b"\r\n");
    }

    fn finish(mut self, out: &mut Vec<u8>) {
        if !self.held.is_empty()
            && let Line::Begins { dropping } = self.line
        {
            self.decide(dropping, out);
        }
    }
}

/// Whether a line begins the field; `begin` goes up to its colon.
fn is_the_field(begin: &[u8]) -> bool {
    begin.strip_suffix(b":").is_some_and(|name| name.eq_ignore_ascii_case(FIELD))
}
