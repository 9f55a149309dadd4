//! Cuts the incoming bytes into commands, literals included (RFC 3501, 4.3; RFC 7888).
//!
//! The framer keeps what it needs of a command and nothing else: between commands it holds no heap. What the client
//! may send is decided at each literal by the session, which alone knows whether it is logged in and which command
//! this is; until then not a byte of the literal is taken.
use crate::Limits;

/// What the bytes have led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A whole command is there: [`Framer::command`].
    Done,
    /// More bytes are needed.
    Incomplete,
    /// The line ends in a literal of that size. The session says [`Framer::keep_literal`] (after a `+` when `sync`),
    /// takes the bytes itself and says [`Framer::literal_taken`], or says [`Framer::refuse_literal`].
    Literal {
        /// In bytes, as announced.
        size: u64,
        /// Whether the client waits for a continuation before it sends.
        sync: bool,
    },
    /// The line was longer than its limit and was thrown away up to its end; [`Framer::take`] gives its first bytes,
    /// so that the answer can have its tag.
    TooLong,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum State {
    /// Within a line, `from` being where it starts in the bytes.
    #[default]
    Line,
    /// The session has yet to say what is to happen to a literal.
    Announced {
        size: u64,
        sync: bool,
    },
    /// Within a literal that is kept.
    Literal {
        left: usize,
    },
    /// Within a literal that is thrown away; the rest of the command is too, when its line comes.
    Skipping {
        left: u64,
    },
    /// Within the rest of a line that is thrown away.
    SkippingLine,
    TooLong,
    Complete,
}

/// How much of a line that is too long is kept for its tag.
const KEPT: usize = 300;

/// Takes in bytes as they come; see the module.
#[derive(Debug, Default)]
pub struct Framer {
    bytes: Vec<u8>,
    /// Where the current line starts in `bytes`.
    line: usize,
    state: State,
    /// Set while the rest of a refused command is thrown away.
    refused: bool,
    /// How much of a line that is too long was thrown away.
    skipped: u64,
}

impl Framer {
    /// Takes bytes from `input`, and says how many and what came of them. After anything but `Incomplete` it must be
    /// asked again with what is left.
    pub fn feed(&mut self, input: &[u8], limits: &Limits) -> (usize, Step) {
        let mut used = 0;
        loop {
            let rest = input.get(used..).unwrap_or_default();
            match self.state {
                State::Complete => return (used, Step::Done),
                State::Announced { size, sync } => return (used, Step::Literal { size, sync }),
                State::Literal { left } => {
                    let taken = rest.get(..left.min(rest.len())).unwrap_or_default();
                    self.bytes.extend_from_slice(taken);
                    used += taken.len();
                    if taken.len() < left {
                        self.state = State::Literal { left: left - taken.len() };
                        return (used, Step::Incomplete);
                    }
                    self.start_line();
                }
                State::Skipping { left } => {
                    let taken = usize::try_from(left).unwrap_or(usize::MAX).min(rest.len());
                    used += taken;
                    let left = left - u64::try_from(taken).unwrap_or(left);
                    if left > 0 {
                        self.state = State::Skipping { left };
                        return (used, Step::Incomplete);
                    }
                    self.start_line();
                }
                State::TooLong => return (used, Step::TooLong),
                State::SkippingLine => {
                    self.skipped = self.skipped.saturating_add(u64::try_from(rest.len()).unwrap_or(u64::MAX));
                    match rest.iter().position(|&byte| byte == b'\n') {
                        Some(end) => {
                            used += end + 1;
                            self.state = State::TooLong;
                            if self.refused {
                                self.reset();
                            }
                        }
                        None => return (input.len(), Step::Incomplete),
                    }
                }
                State::Line => {
                    let (taken, step) = self.line(rest, limits);
                    used += taken;
                    if let Some(step) = step {
                        return (used, step);
                    }
                }
            }
        }
    }

    /// Within a line. `None` when the state has changed and the caller should look again.
    fn line(&mut self, rest: &[u8], limits: &Limits) -> (usize, Option<Step>) {
        let end = rest.iter().position(|&byte| byte == b'\n');
        let taken = end.map_or(rest.len(), |end| end + 1);
        let piece = rest.get(..taken).unwrap_or_default();
        // The line end does not count, nor does a CR that may become part of it; the same however the bytes are cut.
        let piece = piece.strip_suffix(b"\n").unwrap_or(piece);
        let content = match piece.strip_suffix(b"\r") {
            Some(piece) => self.bytes.len() - self.line + piece.len(),
            None if piece.is_empty() && self.bytes.len() > self.line && self.bytes.ends_with(b"\r") => {
                self.bytes.len() - self.line - 1
            }
            None => self.bytes.len() - self.line + piece.len(),
        };
        if content > limits.line || self.bytes.len() + taken > limits.command {
            let mut kept = self.bytes.get(..self.bytes.len().min(KEPT)).unwrap_or_default().to_vec();
            kept.extend_from_slice(rest.get(..taken.min(KEPT - kept.len())).unwrap_or_default());
            self.bytes = kept;
            self.skipped = 0;
            self.state = State::SkippingLine;
            return (0, None);
        }
        self.bytes.extend_from_slice(rest.get(..taken).unwrap_or_default());
        if end.is_none() {
            return (taken, Some(Step::Incomplete));
        }
        let line = self.bytes.get(self.line..).unwrap_or_default();
        self.state = match announced(line) {
            Some((size, sync)) => State::Announced { size, sync },
            None => State::Complete,
        };
        if self.refused {
            // What follows a refused literal belongs to a command that has had its answer. A further synchronising
            // literal there is never asked for, so the client goes on with a new command.
            match self.state {
                State::Announced { size, sync: false } => self.refuse_literal(size, false),
                _ => self.reset(),
            }
        }
        (taken, None)
    }

    fn start_line(&mut self) {
        self.line = self.bytes.len();
        self.state = State::Line;
    }

    /// The bytes of the command so far: whole after `Done`, without their last line end and the spaces before it; up to
    /// the announcement's line end after `Literal`.
    pub fn command(&self) -> &[u8] {
        if self.state != State::Complete {
            return &self.bytes;
        }
        // quirk: a bare LF ends a command line too; scripts and telnet send it. It never ends a message.
        let line = self.bytes.strip_suffix(b"\n").unwrap_or(&self.bytes);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        // quirk: some clients leave spaces at the end of a line; those of a literal before it stay.
        let spaces = line.iter().skip(self.line).rev().take_while(|byte| **byte == b' ').count();
        line.get(..line.len() - spaces).unwrap_or(line)
    }

    /// Takes the whole command out, leaving the framer empty and ready for the next.
    pub fn take(&mut self) -> Vec<u8> {
        let length = self.command().len();
        let mut bytes = std::mem::take(&mut self.bytes);
        bytes.truncate(length);
        self.reset();
        bytes
    }

    /// How much of a line that is too long has been thrown away so far; zero outside of one.
    pub const fn skipped(&self) -> u64 {
        if matches!(self.state, State::SkippingLine) { self.skipped } else { 0 }
    }

    /// Whether nothing of a command has come yet.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty() && self.state == State::Line && !self.refused
    }

    /// Whether a literal of `size` may be kept with its command.
    pub fn has_room(&self, size: u64, limits: &Limits) -> bool {
        usize::try_from(size)
            .is_ok_and(|size| size <= limits.literal && self.bytes.len().saturating_add(size) <= limits.command)
    }

    /// The announced literal is to be kept with the command; ask [`Framer::has_room`] first.
    pub fn keep_literal(&mut self) {
        if let State::Announced { size, .. } = self.state {
            self.state = State::Literal { left: usize::try_from(size).unwrap_or(usize::MAX) };
        }
    }

    /// The session has taken the literal's bytes itself; the rest of the command follows as a line of its own, and
    /// [`Framer::command`] then holds just that line.
    pub fn literal_taken(&mut self) {
        self.reset();
    }

    /// The command is refused at its literal. A synchronising client sends nothing more of it; otherwise `size` bytes
    /// and the rest of the command are thrown away.
    pub fn refuse_literal(&mut self, size: u64, sync: bool) {
        self.reset();
        if !sync {
            self.refused = true;
            self.state = State::Skipping { left: size };
        }
    }

    fn reset(&mut self) {
        *self = Self::default();
    }
}

/// The literal that a line ends in: `"{" digits ["+"] "}" CRLF`. A number beyond 64 bits counts as the largest.
pub(crate) fn announced(line: &[u8]) -> Option<(u64, bool)> {
    let line = line.strip_suffix(b"\n")?;
    let line = line.strip_suffix(b"\r").unwrap_or(line).strip_suffix(b"}")?;
    let (line, sync) = match line.strip_suffix(b"+") {
        Some(line) => (line, false),
        None => (line, true),
    };
    let digits = line.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let (before, digits) = line.split_at_checked(line.len() - digits)?;
    if digits.is_empty() || before.last() != Some(&b'{') {
        return None;
    }
    let size = digits.iter().try_fold(0_u64, |size, digit| size.checked_mul(10)?.checked_add(u64::from(digit - b'0')));
    Some((size.unwrap_or(u64::MAX), sync))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LIMITS: Limits = Limits { line: 40, literal: 10, command: 80 };

    /// Runs `input` in pieces ending at `cuts`, keeping what fits and refusing the rest; gives what came out.
    fn run(input: &[u8], cuts: &[usize]) -> Vec<String> {
        let (mut framer, mut out, mut from) = (Framer::default(), Vec::new(), 0);
        for &cut in cuts.iter().chain([&input.len()]) {
            let mut piece = &input[from..cut];
            from = cut;
            loop {
                let (used, step) = framer.feed(piece, &LIMITS);
                piece = &piece[used..];
                match step {
                    Step::Incomplete => break,
                    Step::Done => out.push(String::from_utf8_lossy(&framer.take()).into_owned()),
                    Step::TooLong => {
                        out.push("too long".to_owned());
                        framer.take();
                    }
                    Step::Literal { size, .. } if framer.has_room(size, &LIMITS) => framer.keep_literal(),
                    Step::Literal { size, sync } => {
                        out.push(format!("refused {size}"));
                        framer.refuse_literal(size, sync);
                    }
                }
            }
            assert!(framer.bytes.len() <= LIMITS.command.max(KEPT));
        }
        out
    }

    #[test]
    fn table() {
        let long = format!("{}\r\nb NOOP\r\n", "x".repeat(100));
        for (input, out) in [
            ("a NOOP\r\nb NOOP\n", vec!["a NOOP", "b NOOP"]),
            ("a LOGIN {3}\r\nabc {2+}\r\nde\r\n", vec!["a LOGIN {3}\r\nabc {2+}\r\nde"]),
            ("a NOOP  \r\n \r\n", vec!["a NOOP", ""]),
            ("a X {4}\r\nab  \r\nb X {2}\r\nab  \r\n", vec!["a X {4}\r\nab  ", "b X {2}\r\nab"]),
            ("a LOGIN {3}\r\n\r\n\r\r\n", vec!["a LOGIN {3}\r\n\r\n\r"]),
            (long.as_str(), vec!["too long", "b NOOP"]),
            ("a X {11}\r\nb NOOP\r\n", vec!["refused 11", "b NOOP"]),
            ("a X {11+}\r\n12345678901 {12+}\r\n123456789012 y\r\nb NOOP\r\n", vec!["refused 11", "b NOOP"]),
            ("a X {99999999999999999999}\r\nb NOOP\r\n", vec!["refused 18446744073709551615", "b NOOP"]),
            ("a X {-1}\r\n{}\r\n", vec!["a X {-1}", "{}"]),
        ] {
            assert_eq!(run(input.as_bytes(), &[]), out, "{input}");
        }
    }

    #[test]
    fn a_line_without_end_is_not_kept() {
        let mut framer = Framer::default();
        for _ in 0..10_000 {
            assert_eq!(framer.feed(&[b'('; 100], &LIMITS), (100, Step::Incomplete));
            assert!(framer.bytes.capacity() <= 2 * KEPT);
        }
        assert_eq!(framer.feed(b"\r\n", &LIMITS), (2, Step::TooLong));
        framer.take();
        assert!(framer.is_empty());
    }

    proptest! {
        #[test]
        fn every_split_gives_the_same(
            input in "(a NOOP|[xy ]{0,50}|b X \\{[0-9]{1,2}\\+?\\}|[a\"{}()]{0,9}){0,8}(\r\n[ab{}0-9+]{0,9}){0,8}\r\n",
            cut in proptest::collection::btree_set(0_usize..120, 0..6),
        ) {
            let cuts: Vec<usize> = cut.into_iter().filter(|cut| *cut <= input.len()).collect();
            prop_assert_eq!(run(input.as_bytes(), &cuts), run(input.as_bytes(), &[]));
        }
    }
}
