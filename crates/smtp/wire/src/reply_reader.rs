//! What another server answers, read with limits (RFC 5321, 4.2.1).
use crate::{EnhancedCode, Reply};
use thiserror::Error;

/// The longest line of a reply, its end included. RFC 5321, 4.5.3.1.5 says 512; some servers write more.
pub const MAX_REPLY_LINE: usize = 4096;
/// The most lines of a reply.
pub const MAX_REPLY_LINES: usize = 512;
/// The most text that is kept of one reply; lines beyond it are read and left out.
const MAX_KEPT: usize = 64 * 1024;

/// Why what a server said is no reply. The connection is of no more use.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReplyError {
    /// A line is longer than [`MAX_REPLY_LINE`].
    #[error("a reply line is longer than {MAX_REPLY_LINE} bytes")]
    LineTooLong,
    /// There are more than [`MAX_REPLY_LINES`] lines.
    #[error("a reply has more than {MAX_REPLY_LINES} lines")]
    TooManyLines,
    /// A line does not begin with a code from 200 to 599 and a space, a hyphen or the end.
    #[error("not a reply: {0}")]
    Malformed(String),
    /// The code changed within one reply.
    #[error("a reply changes its code from {0} to {1}")]
    CodeChanged(u16, u16),
}

/// Puts replies together from whatever pieces they come in.
#[derive(Debug, Clone, Default)]
pub struct ReplyReader {
    line: Vec<u8>,
    lines: usize,
    kept: usize,
    reply: Option<Reply>,
}

impl ReplyReader {
    /// A reader at the begin of a reply.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes bytes up to the end of one reply; says how many were used, and gives the reply if it is complete.
    ///
    /// # Errors
    /// See [`ReplyError`].
    pub fn read(&mut self, input: &[u8]) -> Result<(usize, Option<Reply>), ReplyError> {
        let mut used = 0;
        while let Some(rest) = input.get(used..).filter(|rest| !rest.is_empty()) {
            let end = rest.iter().position(|byte| *byte == b'\n').map(|at| at + 1);
            let piece = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
            if self.line.len() + piece.len() > MAX_REPLY_LINE {
                return Err(ReplyError::LineTooLong);
            }
            self.line.extend_from_slice(piece);
            used += piece.len();
            if end.is_some()
                && let Some(reply) = self.line()?
            {
                return Ok((used, Some(reply)));
            }
        }
        Ok((used, None))
    }

    /// Reads the line that is complete; gives the reply if this was its last one.
    fn line(&mut self) -> Result<Option<Reply>, ReplyError> {
        let line = std::mem::take(&mut self.line);
        let text = String::from_utf8_lossy(line.trim_ascii_end());
        let malformed = || ReplyError::Malformed(text.chars().take(100).filter(|c| !c.is_control()).collect());
        let (code, rest) = text.split_at_checked(3).ok_or_else(malformed)?;
        let digits = code.bytes().all(|byte| byte.is_ascii_digit());
        let code: u16 = code.parse().ok().filter(|code| digits && (200..600).contains(code)).ok_or_else(malformed)?;
        let (last, words) = match rest.split_at_checked(1) {
            None => (true, ""),
            Some((" ", words)) => (true, words),
            Some(("-", words)) => (false, words),
            Some(_) => return Err(malformed()),
        };
        self.lines += 1;
        if self.lines > MAX_REPLY_LINES {
            return Err(ReplyError::TooManyLines);
        }
        self.keep(code, words)?;
        if !last {
            return Ok(None);
        }
        self.lines = 0;
        self.kept = 0;
        Ok(self.reply.take())
    }

    fn keep(&mut self, code: u16, words: &str) -> Result<(), ReplyError> {
        // RFC 2034, 4: the class of the enhanced code is that of the code, and each line has the same
        let found = EnhancedCode::read(words).filter(|(enhanced, _)| u16::from(enhanced.0) == code / 100);
        let reply = self.reply.get_or_insert_with(|| Reply {
            code,
            enhanced: found.map(|(enhanced, _)| enhanced),
            lines: Vec::new(),
        });
        if reply.code != code {
            return Err(ReplyError::CodeChanged(reply.code, code));
        }
        let words = match found {
            Some((enhanced, rest)) if reply.enhanced == Some(enhanced) => rest,
            _ => words,
        };
        self.kept += words.len();
        if self.kept <= MAX_KEPT || reply.lines.is_empty() {
            reply.lines.push(words.to_owned());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(bytes: &[u8]) -> Result<(usize, Option<Reply>), ReplyError> {
        ReplyReader::new().read(bytes)
    }

    #[test]
    fn reads_at_every_split() {
        let wire = b"250-5.1.1 not of this class\r\n250-2.0.0 b\r\n250\r\n550-5.1.1 x\r\n550 5.1.1 y\r\n";
        for cut in 0..wire.len() {
            let mut reader = ReplyReader::new();
            let mut replies = Vec::new();
            for piece in [&wire[..cut], &wire[cut..]] {
                let mut rest = piece;
                while !rest.is_empty() {
                    let (used, reply) = reader.read(rest).unwrap();
                    rest = &rest[used..];
                    replies.extend(reply);
                }
            }
            let lines = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
            let first = Reply { code: 250, enhanced: None, lines: lines(&["5.1.1 not of this class", "2.0.0 b", ""]) };
            let second = Reply { code: 550, enhanced: Some(EnhancedCode(5, 1, 1)), lines: lines(&["x", "y"]) };
            assert_eq!(replies, [first, second]);
        }
    }

    #[test]
    fn refuses() {
        for wire in ["hello\r\n", "25 x\r\n", "199 x\r\n", "600 x\r\n", "250x\r\n", "\r\n", "+50 x\r\n", "2é0 x\r\n"] {
            assert!(matches!(read(wire.as_bytes()), Err(ReplyError::Malformed(_))), "{wire:?}");
        }
        assert_eq!(read(b"250-a\r\n550 b\r\n"), Err(ReplyError::CodeChanged(250, 550)));
        assert_eq!(read(&b"250-a\r\n".repeat(600)), Err(ReplyError::TooManyLines));
        assert_eq!(read(&[b'2'; 5000]), Err(ReplyError::LineTooLong));
        assert_eq!(read(b"25"), Ok((2, None)));
    }

    #[test]
    fn keeps_no_more_than_its_limit() {
        let mut wire = format!("250-{}\r\n", "x".repeat(4000)).repeat(100);
        wire.push_str("250 end\r\n");
        let reply = read(wire.as_bytes()).unwrap().1.unwrap();
        assert!(reply.lines.iter().map(String::len).sum::<usize>() <= MAX_KEPT);
    }

    proptest! {
        #[test]
        fn reads_what_is_printed(code in 200_u16..600, text in proptest::collection::vec("[a-z]{1,5}( [a-z]{1,5}){0,4}", 1..5)) {
            let class = u8::try_from(code / 100).unwrap();
            let enhanced = (class != 3).then_some(EnhancedCode(class, 1, 10));
            let reply = Reply { code, enhanced, lines: text };
            prop_assert_eq!(read(&reply.to_bytes()).unwrap().1, Some(reply));
        }
    }
}
