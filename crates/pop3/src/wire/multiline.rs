//! The body of a multi-line answer: dot-stuffed, ended by `CRLF.CRLF` (RFC 1939, 3), cut behind TOP's lines.
//!
//! Stored messages end every line with CRLF, but nothing here depends on it: a bare CR or LF passes through as it is,
//! and what does not end with CRLF gets one before the final dot.

/// How much of a message is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// All of it: RETR.
    Whole,
    /// The header, the empty line, and so many lines of the body: TOP (RFC 1939, 7).
    Lines(u32),
}

/// Room for as many dots is made before a piece.
const DOTS: usize = 64;

/// A machine that takes a message in pieces of any size and gives the bytes of the answer.
#[derive(Debug)]
pub struct Multiline {
    wanted: Body,
    /// Lines of the body that may still begin; counts only behind the header.
    left: u32,
    in_header: bool,
    /// Bytes of the current line so far, as far as it matters: 0, 1, or more.
    column: u8,
    /// Whether the byte before was a CR.
    after_cr: bool,
    done: bool,
}

impl Multiline {
    /// At the first byte of a message.
    pub const fn new(wanted: Body) -> Self {
        let left = match wanted {
            Body::Whole => 0,
            Body::Lines(lines) => lines,
        };
        Self { wanted, left, in_header: true, column: 0, after_cr: false, done: false }
    }

    /// Whether nothing more of the message is wanted.
    pub const fn is_done(&self) -> bool {
        self.done
    }

    /// Takes the next piece and appends what is to be sent.
    pub fn push(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        match self.wanted {
            Body::Whole => self.push_whole(piece, out),
            Body::Lines(_) => self.push_lines(piece, out),
        }
    }

    /// Nothing is looked for but a line that begins with a dot.
    fn push_whole(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        out.reserve(piece.len() + DOTS);
        let mut rest = piece;
        if let (true, Some((b'\n', after))) = (self.after_cr, rest.split_first()) {
            out.push(b'\n');
            (self.column, self.after_cr, rest) = (0, false, after);
        }
        if self.column == 0 && rest.first() == Some(&b'.') {
            out.push(b'.');
        }
        let (Some(&last), stuffed) = (rest.last(), memchr::memmem::find_iter(rest, b"\r\n.")) else { return };
        let mut from = 0;
        for found in stuffed {
            let dot = found + 2;
            out.extend_from_slice(rest.get(from..dot).unwrap_or_default());
            out.push(b'.');
            from = dot;
        }
        out.extend_from_slice(rest.get(from..).unwrap_or_default());
        self.column = if rest.ends_with(b"\r\n") { 0 } else { 2 };
        self.after_cr = last == b'\r';
    }

    fn push_lines(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        for &byte in piece {
            if self.column == 0 && !self.begin_line() {
                return;
            }
            if self.column == 0 && byte == b'.' {
                out.push(b'.');
            }
            out.push(byte);
            if byte == b'\n' && self.after_cr {
                // A line of only CRLF ends the header.
                self.in_header &= self.column != 1;
                self.column = 0;
            } else {
                self.column = if self.column == 0 && byte == b'\r' { 1 } else { 2 };
            }
            self.after_cr = byte == b'\r';
        }
        // An empty line that ends the header may be the last one wanted.
        self.done |= self.column == 0 && !self.in_header && self.wanted == Body::Lines(0);
    }

    /// Ends the answer.
    pub fn finish(self, out: &mut Vec<u8>) {
        if self.column != 0 {
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(b".\r\n");
    }

    /// Whether the line that begins here is wanted.
    fn begin_line(&mut self) -> bool {
        if self.done {
            return false;
        }
        if self.in_header {
            return true;
        }
        match self.left.checked_sub(1) {
            Some(left) => self.left = left,
            None => self.done = true,
        }
        !self.done
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn answer(message: &[u8], wanted: Body, piece: usize) -> Vec<u8> {
        let (mut machine, mut out) = (Multiline::new(wanted), Vec::new());
        for piece in message.chunks(piece) {
            machine.push(piece, &mut out);
        }
        machine.finish(&mut out);
        out
    }

    #[test]
    fn table() {
        let message = b"A: 1\r\n.B: 2\r\n\r\n.one\r\ntwo\r\n..three\r\n";
        for (wanted, expected) in [
            (Body::Whole, &b"A: 1\r\n..B: 2\r\n\r\n..one\r\ntwo\r\n...three\r\n.\r\n"[..]),
            (Body::Lines(0), b"A: 1\r\n..B: 2\r\n\r\n.\r\n"),
            (Body::Lines(1), b"A: 1\r\n..B: 2\r\n\r\n..one\r\n.\r\n"),
            (Body::Lines(9), b"A: 1\r\n..B: 2\r\n\r\n..one\r\ntwo\r\n...three\r\n.\r\n"),
        ] {
            for piece in [1, 2, 3, 7, 100] {
                assert_eq!(answer(message, wanted, piece), expected, "{wanted:?} by {piece}");
            }
        }
        assert_eq!(answer(b"no line end", Body::Whole, 4), b"no line end\r\n.\r\n");
        assert_eq!(answer(b"", Body::Whole, 4), b".\r\n");
        // a bare LF is no line end, not even at the very beginning
        assert_eq!(answer(b"\n", Body::Whole, 4), b"\n\r\n.\r\n");
        assert_eq!(answer(b"\r\nbody\r\n", Body::Lines(0), 1), b"\r\n.\r\n");
    }

    proptest! {
        /// Looking for dots alone gives what going byte by byte gives.
        #[test]
        fn whole_is_all_lines(message in "[.\r\na]{0,40}", piece in 1_usize..9) {
            let message = message.as_bytes();
            prop_assert_eq!(answer(message, Body::Whole, piece), answer(message, Body::Lines(u32::MAX), 1));
        }

        /// What a client un-stuffs is what was stored, and only the final dot stands alone on a line.
        #[test]
        fn a_client_reads_what_was_stored(lines in proptest::collection::vec("[.a\r]{0,4}", 0..8), piece in 1_usize..9) {
            let message: Vec<u8> = lines.iter().flat_map(|line| format!("{}\r\n", line.replace('\r', "x")).into_bytes()).collect();
            let out = answer(&message, Body::Whole, piece);
            let text = String::from_utf8(out).unwrap();
            let mut read = String::new();
            let mut ended = false;
            for line in text.split_inclusive("\r\n") {
                prop_assert!(!ended);
                if line == ".\r\n" { ended = true; } else { read.push_str(line.strip_prefix('.').unwrap_or(line)); }
            }
            prop_assert!(ended);
            prop_assert_eq!(read.into_bytes(), message);
        }
    }
}
