//! An mbox file as it comes: lines, and which of them begin a message.
use message::Date;

/// The longest line that is held; a longer one goes on in pieces, which begin nothing.
const LONGEST: usize = 64 * 1024;

/// A line with its end, or a piece of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::exchange) struct Line<'l> {
    pub(in crate::exchange) bytes: &'l [u8],
    /// Whether a line begins with it.
    pub(in crate::exchange) begins: bool,
}

/// Cuts what comes into lines.
#[derive(Debug, Default)]
pub(in crate::exchange) struct Lines {
    held: Vec<u8>,
    used: usize,
    /// The next piece goes on with a line.
    within: bool,
}

impl Lines {
    /// Takes bytes.
    pub(in crate::exchange) fn push(&mut self, bytes: &[u8]) {
        self.held.drain(..self.used);
        self.used = 0;
        self.held.extend_from_slice(bytes);
    }

    /// The next line that is whole; at the end of the file, the last one without its end.
    pub(in crate::exchange) fn next(&mut self, at_end: bool) -> Option<Line<'_>> {
        let rest = self.held.get(self.used..)?;
        let length = match memchr::memchr(b'\n', rest) {
            Some(at) => at + 1,
            None if rest.len() >= LONGEST || (at_end && !rest.is_empty()) => rest.len(),
            None => return None,
        };
        let begins = !self.within;
        let bytes = self.held.get(self.used..self.used + length)?;
        self.used += length;
        self.within = !bytes.ends_with(b"\n");
        Some(Line { bytes, begins })
    }
}

/// A line that begins a message (RFC 4155, appendix A): `From `, an address, and a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::exchange) struct Separator {
    /// When it was received, in seconds since 1970, where the line says it in a way that is understood.
    pub(in crate::exchange) received: Option<u64>,
}

impl Separator {
    /// Reads a line; nothing where it is none. A line of a letter that begins with `From ` has hardly a time in it.
    pub(in crate::exchange) fn read(line: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(line.strip_prefix(b"From ")?).ok()?.trim();
        text.split_ascii_whitespace().find(|word| is_time(word))?;
        let (_, date) = text.split_once(' ')?;
        let received = Date::parse(date.as_bytes()).and_then(|date| u64::try_from(date.seconds).ok());
        Some(Self { received })
    }
}

/// `13:04` or `13:04:41`.
fn is_time(word: &str) -> bool {
    let is_number = |part: &str| (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    matches!(word.split(':').count(), 2 | 3) && word.split(':').all(is_number)
}

/// Whether a `>` is to be taken from a line: one that would begin a message had it none.
pub(in crate::exchange) fn is_quoted(line: &[u8]) -> bool {
    let quotes = line.iter().take_while(|byte| **byte == b'>').count();
    quotes > 0 && line.get(quotes..).is_some_and(|rest| rest.starts_with(b"From "))
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, Lines, Separator, is_quoted};

    #[test]
    fn lines_come_whole_whatever_the_pieces() {
        let text = b"a\nbc\r\n\nlast";
        for cut in 0..=text.len() {
            let (mut lines, mut found) = (Lines::default(), Vec::new());
            for piece in [&text[..cut], &text[cut..]] {
                lines.push(piece);
                while let Some(line) = lines.next(false) {
                    assert!(line.begins);
                    found.push(line.bytes.to_vec());
                }
            }
            while let Some(line) = lines.next(true) {
                found.push(line.bytes.to_vec());
            }
            assert_eq!(found, [&b"a\n"[..], b"bc\r\n", b"\n", b"last"], "{cut}");
        }
    }

    #[test]
    fn no_line_is_held_without_end() {
        let mut lines = Lines::default();
        lines.push(&[b'x'; LONGEST]);
        assert_eq!(lines.next(false).map(|line| (line.bytes.len(), line.begins)), Some((LONGEST, true)));
        lines.push(b"From a\nb\n");
        assert_eq!(lines.next(false).map(|line| line.begins), Some(false));
        assert_eq!(lines.next(false).map(|line| line.begins), Some(true));
        assert!(lines.held.capacity() < 4 * LONGEST);
    }

    #[test]
    fn what_begins_a_message_has_a_time() {
        for (line, received) in [
            ("From renee@buren.example Sun Nov 30 13:04:41 2026\n", Some(Some(1_796_043_881))),
            ("From - Sun Nov  2 13:04:41 2026\r\n", Some(Some(1_793_624_681))),
            ("From x Sun Nov 30 13:04 2026 +0100\n", Some(Some(1_796_040_240))),
            ("From x 30 13:04:41\n", Some(None)),
            ("From here on all is well\n", None),
            ("From: x 13:04:41\n", None),
            (">From x Sun Nov 30 13:04:41 2026\n", None),
            ("From \n", None),
        ] {
            assert_eq!(Separator::read(line.as_bytes()).map(|read| read.received), received, "{line}");
        }
    }

    #[test]
    fn a_quote_is_taken_from_what_looks_like_a_beginning() {
        for (line, quoted) in
            [(">From x", true), (">>>From ", true), ("From x", false), (">From", false), ("> From ", false)]
        {
            assert_eq!(is_quoted(line.as_bytes()), quoted, "{line}");
        }
    }
}
