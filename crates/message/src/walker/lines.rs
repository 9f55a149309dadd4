//! How the walker takes octets: header lines one by one, bodies in long strides from one line that begins with two dashes to the next.

use memchr::{memchr, memchr_iter, memmem};

use super::{HELD, Mode, PREAMBLE, Sink, Walker};
use crate::field::is_blank;
use crate::flaw::Flaw;
use crate::steps;

/// The last octets that were taken; three tell what stands before a line end.
#[derive(Clone, Copy, Default)]
pub(super) struct Tail([Option<u8>; 3]);

impl Tail {
    fn push(&mut self, bytes: &[u8]) {
        for &byte in bytes.get(bytes.len().saturating_sub(3)..).unwrap_or_default() {
            self.0 = [self.0[1], self.0[2], Some(byte)];
        }
    }

    pub(super) fn last(self) -> Option<u8> {
        self.0[2]
    }

    /// Octets of the line end that has just been taken.
    pub(super) fn line_end(self) -> u64 {
        match self.0 {
            [_, Some(b'\r'), Some(b'\n')] => 2,
            [_, _, Some(b'\n')] => 1,
            _ => 0,
        }
    }

    /// The octet before that line end.
    pub(super) fn before_line_end(self) -> Option<u8> {
        match self.line_end() {
            2 => self.0[0],
            1 => self.0[1],
            _ => self.0[2],
        }
    }
}

impl<S: Sink> Walker<S> {
    /// Takes at most one header line. Gives how many octets were used.
    pub(super) fn header_line(&mut self, bytes: &[u8]) -> usize {
        let end = memchr(b'\n', bytes);
        let piece = end.and_then(|end| bytes.get(..=end)).unwrap_or(bytes);
        steps::taken(piece.len());
        self.keep_header(piece);
        if self.line_length == 0 {
            self.line_tail = self.tail;
        }
        self.line_tail.push(piece);
        let whole = self.line_length == 0 && end.is_some();
        self.line_length += piece.len() as u64;
        if whole {
            self.whole_header_line(piece);
            return piece.len();
        }
        let room = (HELD + 1).saturating_sub(self.held.len());
        self.held.extend_from_slice(piece.get(..piece.len().min(room)).unwrap_or_default());
        if end.is_some() {
            let held = std::mem::take(&mut self.held);
            self.whole_header_line(&held);
            self.held = held;
            self.held.clear();
        }
        piece.len()
    }

    /// A header line is complete; of a long one only the begin is given.
    fn whole_header_line(&mut self, line: &[u8]) {
        if self.header_delimiter(line) {
            return;
        }
        self.settle_line(1);
        self.line_mark = self.header.len();
        if is_blank(line) {
            self.end_header(self.at);
        }
    }

    /// Ends the header if the line is a boundary line.
    fn header_delimiter(&mut self, line: &[u8]) -> bool {
        let Some(found) = self.delimiter(line) else { return false };
        self.header_room += self.header.len() - self.line_mark;
        self.header.truncate(self.line_mark);
        self.end_parts(found);
        self.settle_line(u64::from(line.ends_with(b"\n")));
        self.after_delimiter(found);
        true
    }

    /// The header line that came in is taken.
    fn settle_line(&mut self, lines: u64) {
        self.at += std::mem::take(&mut self.line_length);
        self.lines += lines;
        self.tail = self.line_tail;
    }

    /// Takes a stride of a body. Gives how many octets were used.
    pub(super) fn body_piece(&mut self, bytes: &[u8]) -> usize {
        if self.waiting == 0 {
            self.take_body(bytes);
            return bytes.len();
        }
        if !self.held.is_empty() || self.fresh && bytes.first() == Some(&b'-') {
            return self.dashed_line(bytes);
        }
        let stride = match memmem::find(bytes, b"\n--") {
            Some(at) => at + 1,
            // a dash behind the last line end may be the first of two
            None if bytes.ends_with(b"\n-") => bytes.len() - 1,
            None => bytes.len(),
        };
        let (stride, _) = bytes.split_at(stride);
        steps::taken(stride.len());
        self.take_body(stride);
        self.fresh = stride.last() == Some(&b'\n');
        stride.len()
    }

    /// Takes a line that begins with a dash, or a piece of it.
    fn dashed_line(&mut self, bytes: &[u8]) -> usize {
        let end = memchr(b'\n', bytes);
        let piece = end.and_then(|end| bytes.get(..=end)).unwrap_or(bytes);
        if end.is_some() && self.held.is_empty() {
            self.whole_dashed_line(piece);
            return piece.len();
        }
        let room = (HELD + 1).saturating_sub(self.held.len());
        let (taken, _) = piece.split_at(piece.len().min(room));
        steps::taken(taken.len());
        self.held.extend_from_slice(taken);
        if end.is_some() && taken.len() == piece.len() || self.held.len() > HELD || !begins_with_dashes(&self.held) {
            let held = std::mem::take(&mut self.held);
            self.whole_dashed_line(&held);
            self.held = held;
            self.held.clear();
        }
        taken.len()
    }

    /// A line that begins with a dash, complete or too long to be a boundary line.
    fn whole_dashed_line(&mut self, line: &[u8]) {
        match self.delimiter(line) {
            Some(found) => {
                self.end_parts(found);
                self.hold(line);
                self.advance(line, u64::from(line.ends_with(b"\n")));
                self.after_delimiter(found);
            }
            None => {
                self.take_body(line);
                self.fresh = line.ends_with(b"\n");
            }
        }
    }

    /// The message ends within a line: it may still be a boundary line.
    pub(super) fn last_line(&mut self) {
        let held = std::mem::take(&mut self.held);
        if held.is_empty() {
            return;
        }
        if self.mode == Mode::Body {
            self.whole_dashed_line(&held);
            return;
        }
        if !self.header_delimiter(&held) {
            self.settle_line(0);
        }
    }

    fn take_body(&mut self, bytes: &[u8]) {
        if self.wanted {
            self.sink.body(bytes);
        } else {
            self.hold(bytes);
        }
        self.advance(bytes, memchr_iter(b'\n', bytes).count() as u64);
    }

    /// Holds what may be the text of a multipart without parts.
    fn hold(&mut self, bytes: &[u8]) {
        if let Some(preamble) = &mut self.preamble {
            let room = PREAMBLE - preamble.len();
            preamble.extend_from_slice(bytes.get(..bytes.len().min(room)).unwrap_or_default());
        }
    }

    fn advance(&mut self, bytes: &[u8], lines: u64) {
        self.at += bytes.len() as u64;
        self.lines += lines;
        self.tail.push(bytes);
    }

    fn keep_header(&mut self, bytes: &[u8]) {
        let (kept, cut) = bytes.split_at(bytes.len().min(self.header_room));
        self.header_room -= kept.len();
        self.header.extend_from_slice(kept);
        if !cut.is_empty() {
            self.flaws.insert(Flaw::HeaderCut);
        }
    }
}

/// Whether what is known of a line can be the begin of a boundary line.
fn begins_with_dashes(begin: &[u8]) -> bool {
    begin.starts_with(b"--") || begin == b"-"
}
