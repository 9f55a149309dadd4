//! The end of a message, and its dots (RFC 5321, 4.1.1.4 and 4.5.2).
//!
//! Only CR LF `.` CR LF ends the data. A bare CR or LF is content, begins no line, and is reported: what becomes of
//! such a message is the session's affair.

/// Which line ends were not CR LF.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BareLineEnds {
    /// A CR without LF.
    pub cr: bool,
    /// An LF without CR.
    pub lf: bool,
}

impl BareLineEnds {
    /// Whether there was any.
    pub const fn any(self) -> bool {
        self.cr || self.lf
    }
}

/// Looks for bare line ends in content that is counted, not ended by a dot (RFC 3030).
#[derive(Debug, Clone, Copy, Default)]
pub struct LineEndWatch {
    after_cr: bool,
    bare: BareLineEnds,
}

impl LineEndWatch {
    /// Looks at the next bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            match (self.after_cr, byte) {
                (true, b'\n') => {}
                (true, _) => self.bare.cr = true,
                (false, b'\n') => self.bare.lf = true,
                (false, _) => {}
            }
            self.after_cr = byte == b'\r';
        }
    }

    /// The bare line ends, when everything has come: a CR at the end is one.
    pub const fn finish(self) -> BareLineEnds {
        BareLineEnds { cr: self.bare.cr || self.after_cr, lf: self.bare.lf }
    }
}

/// A piece of the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Content, without the dot that hid a dot; a part of the input, not a copy.
    Content(&'a [u8]),
    /// The message ended. What follows is the next command.
    End,
    /// Everything was used; the message goes on.
    More,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// At the begin of a line.
    LineStart,
    /// Behind a dot at the begin of a line; the dot is not content.
    Dot,
    /// Behind a dot at the begin of a line and a CR, which is held back.
    DotCr,
    /// Within a line.
    Middle,
    /// Behind a CR within a line, which is content already.
    Cr,
    End,
}

/// Finds the content and the end of a message in whatever pieces it comes.
#[derive(Debug, Clone)]
pub struct DataReader {
    state: State,
    bare: BareLineEnds,
}

impl DataReader {
    /// A reader at the begin of a message: behind the 354.
    pub const fn new() -> Self {
        Self { state: State::LineStart, bare: BareLineEnds { cr: false, lf: false } }
    }

    /// The next piece of `input`, and how many bytes of it are used up. Call it again with the rest until it says
    /// [`Piece::More`] or [`Piece::End`].
    pub fn next<'a>(&mut self, input: &'a [u8]) -> (usize, Piece<'a>) {
        let mut used = 0;
        while let Some(rest) = input.get(used..).filter(|rest| !rest.is_empty()) {
            match self.marker(rest) {
                Marker::Skip => used += 1,
                // the CR that was held back: it was no end after all
                Marker::HeldCr => return (used, Piece::Content(b"\r")),
                Marker::End => return (used + 1, Piece::End),
                Marker::Content => {
                    let length = self.content(rest);
                    return (used + length, Piece::Content(rest.get(..length).unwrap_or_default()));
                }
                Marker::AfterEnd => return (used, Piece::End),
            }
        }
        (used, if self.state == State::End { Piece::End } else { Piece::More })
    }

    /// The bare line ends so far.
    pub const fn bare_line_ends(&self) -> BareLineEnds {
        self.bare
    }

    /// What the first byte is, where it could be a part of the end.
    fn marker(&mut self, rest: &[u8]) -> Marker {
        let first = rest.first().copied();
        match (self.state, first) {
            (State::End, _) => Marker::AfterEnd,
            (State::LineStart, Some(b'.')) => self.become_(State::Dot, Marker::Skip),
            (State::Dot, Some(b'\r')) => self.become_(State::DotCr, Marker::Skip),
            (State::DotCr, Some(b'\n')) => self.become_(State::End, Marker::End),
            (State::DotCr, _) => self.become_(State::Cr, Marker::HeldCr),
            _ => Marker::Content,
        }
    }

    fn become_(&mut self, state: State, marker: Marker) -> Marker {
        self.state = state;
        marker
    }

    /// How many bytes from here are content without a break.
    fn content(&mut self, rest: &[u8]) -> usize {
        let mut at = 0;
        while let Some(byte) = rest.get(at).copied() {
            match (self.state, byte) {
                // a line that begins with a dot: its dot is looked at by `marker`
                (State::LineStart, b'.') => return at,
                (State::Cr, b'\n') => self.state = State::LineStart,
                (State::Cr, b'\r') => self.bare.cr = true,
                (_, b'\r') => self.state = State::Cr,
                (state, byte) => {
                    self.bare.cr |= state == State::Cr;
                    self.bare.lf |= byte == b'\n';
                    self.state = State::Middle;
                    // to the next line end in one stride
                    let stride = rest.get(at + 1..).unwrap_or_default();
                    at += stride.iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(stride.len());
                }
            }
            at += 1;
        }
        at
    }
}

impl Default for DataReader {
    fn default() -> Self {
        Self::new()
    }
}

enum Marker {
    Skip,
    HeldCr,
    Content,
    End,
    AfterEnd,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DotStuffer;
    use proptest::prelude::*;

    /// Reads the pieces; gives content, whether it ended, bare line ends, and the bytes behind the end.
    fn read(pieces: &[&[u8]]) -> (Vec<u8>, bool, BareLineEnds, Vec<u8>) {
        let mut reader = DataReader::new();
        let (mut content, mut ended, mut behind) = (Vec::new(), false, Vec::new());
        for piece in pieces {
            let mut rest = *piece;
            while !ended {
                let (used, found) = reader.next(rest);
                rest = &rest[used..];
                match found {
                    Piece::Content(bytes) => content.extend_from_slice(bytes),
                    Piece::End => ended = true,
                    Piece::More => break,
                }
            }
            if ended {
                behind.extend_from_slice(rest);
            }
        }
        (content, ended, reader.bare_line_ends(), behind)
    }

    #[test]
    fn table_at_every_split() {
        let (none, lf, cr) = ((false, false), (false, true), (true, false));
        let both = (true, true);
        for (input, content, ends, bare) in [
            (".\r\n", "", true, none),
            ("a\r\n.\r\n", "a\r\n", true, none),
            ("a\r\n.\r\nQUIT\r\n", "a\r\n", true, none),
            ("..\r\n.\r\n", ".\r\n", true, none),
            ("..a\r\n...\r\n.\r\n", ".a\r\n..\r\n", true, none),
            (".a\r\n.\r\n", "a\r\n", true, none),
            ("\r\n.\r\n", "\r\n", true, none),
            // the ways to smuggle (CVE-2023-51764 and its kin): none of them ends the message
            ("a\n.\n.\r\n", "a\n.\n.\r\n", false, lf),
            ("a\n.\r\nb\r\n.\r\n", "a\n.\r\nb\r\n", true, lf),
            ("a\r\n.\nb\r\n.\r\n", "a\r\n\nb\r\n", true, lf),
            ("a\r.\r\nb\r\n.\r\n", "a\r.\r\nb\r\n", true, cr),
            ("a\r\n.\rb\r\n.\r\n", "a\r\n\rb\r\n", true, cr),
            ("a\r\n.\r\r\n.\r\n", "a\r\n\r\r\n", true, cr),
            ("a\r\r\n.\r\n", "a\r\r\n", true, cr),
            ("a\n\r.\r\n", "a\n\r.\r\n", false, both),
            ("a\r\n.\r", "a\r\n", false, none),
            ("a\r\n\0.\r\n", "a\r\n\0.\r\n", false, none),
        ] {
            for cut in 0..=input.len() {
                let (got, ended, found, behind) = read(&[&input.as_bytes()[..cut], &input.as_bytes()[cut..]]);
                assert_eq!(String::from_utf8_lossy(&got), content, "{input:?} at {cut}");
                assert_eq!(ended, ends, "{input:?} at {cut}");
                assert_eq!((found.cr, found.lf), bare, "{input:?} at {cut}");
                assert_eq!(behind.len(), if input.ends_with("QUIT\r\n") { 6 } else { 0 });
            }
            let single: Vec<&[u8]> = input.as_bytes().chunks(1).collect();
            assert_eq!(read(&single).0, content.as_bytes());
        }
    }

    #[test]
    fn watches_counted_content_at_every_split() {
        for (content, bare) in [
            ("a\r\nb", (false, false)),
            ("a\nb", (false, true)),
            ("a\rb", (true, false)),
            ("a\r", (true, false)),
            ("\r\r\n", (true, false)),
        ] {
            for cut in 0..=content.len() {
                let mut watch = LineEndWatch::default();
                watch.push(&content.as_bytes()[..cut]);
                watch.push(&content.as_bytes()[cut..]);
                let found = watch.finish();
                assert_eq!((found.cr, found.lf), bare, "{content:?} at {cut}");
            }
        }
    }

    #[test]
    fn content_is_not_copied() {
        let input = b"one\r\ntwo\r\nthree";
        let (used, piece) = DataReader::new().next(input);
        assert_eq!((used, piece), (input.len(), Piece::Content(input)));
    }

    proptest! {
        #[test]
        fn what_was_stuffed_comes_out(lines in proptest::collection::vec("[.a]{0,4}", 0..8), cuts in proptest::collection::vec(any::<u8>(), 0..6)) {
            let message: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
            let mut wire = Vec::new();
            let mut stuffer = DotStuffer::new();
            stuffer.write(message.as_bytes(), &mut wire);
            stuffer.finish(&mut wire);
            let mut places: Vec<usize> = cuts.iter().map(|cut| usize::from(*cut) % (wire.len() + 1)).collect();
            places.extend([0, wire.len()]);
            places.sort_unstable();
            let pieces: Vec<&[u8]> = places.windows(2).map(|pair| &wire[pair[0]..pair[1]]).collect();
            let (content, ended, bare, _) = read(&pieces);
            prop_assert!(ended && !bare.any());
            prop_assert_eq!(content, message.into_bytes());
        }

        #[test]
        fn splits_change_nothing(input in "[.\r\na]{0,24}", cut in 0..24_usize) {
            let whole = read(&[input.as_bytes()]);
            let cut = cut.min(input.len());
            prop_assert_eq!(&read(&[&input.as_bytes()[..cut], &input.as_bytes()[cut..]]), &whole);
            let end = format!("\r\n{input}").find("\r\n.\r\n").map(|at| at + 3);
            prop_assert_eq!(whole.1, end.is_some());
            if let Some(end) = end {
                prop_assert_eq!(whole.3.len(), input.len() - end);
            }
        }
    }
}
