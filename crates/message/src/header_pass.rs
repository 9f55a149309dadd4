//! The header of a message alone, as it comes in: for what SMTP must know before it takes the rest.

use memchr::memchr;

use crate::field::{HeaderFields, HeaderLine, HeaderLines};
use crate::header::HeaderFacts;
use crate::span::Span;

/// Collects the header block of a message that comes in pieces.
#[derive(Clone, Debug)]
pub struct HeaderPass {
    block: Vec<u8>,
    limit: usize,
    /// Octets of the line that is coming in, and whether all of them are a line end so far.
    line: usize,
    ended: bool,
    cut: bool,
}

impl HeaderPass {
    /// Keeps at most `limit` octets.
    pub fn new(limit: usize) -> Self {
        Self { block: Vec::new(), limit, line: 0, ended: false, cut: false }
    }

    /// Takes the next piece. After the empty line nothing more is looked at.
    pub fn push(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while !self.ended && !rest.is_empty() {
            let end = memchr(b'\n', rest);
            let (piece, behind) = rest.split_at(end.map_or(rest.len(), |end| end + 1));
            let was = self.line;
            let carriage = was == 1 && self.block.last() == Some(&b'\r') || was == 0 && piece == b"\r\n";
            self.line = was.saturating_add(piece.len());
            let kept = piece.len().min(self.limit - self.block.len());
            self.cut |= kept < piece.len();
            self.block.extend_from_slice(piece.get(..kept).unwrap_or_default());
            if end.is_some() {
                self.ended = self.line == 1 || self.line == 2 && carriage;
                self.line = 0;
            }
            rest = behind;
        }
    }

    /// Whether the empty line has come.
    pub fn is_complete(&self) -> bool {
        self.ended
    }

    /// Whether the header is longer than the limit, so that what is kept is not all.
    pub fn is_cut(&self) -> bool {
        self.cut
    }

    /// The header block so far, with its empty line.
    pub fn block(&self) -> &[u8] {
        &self.block
    }

    /// The fields of what is kept.
    pub fn fields(&self) -> HeaderFields<'_> {
        HeaderFields::new(&self.block)
    }

    /// The header block so far without the lines of which `goes` is true, byte for byte else. A field comes with its folds;
    /// what is no field is asked about too, since others may read it as one.
    pub fn block_without(&self, goes: impl Fn(&HeaderLine<'_>) -> bool) -> Vec<u8> {
        let mut kept = Vec::with_capacity(self.block.len());
        let mut from = 0;
        for line in HeaderLines::new(&self.block).filter(|line| goes(line)) {
            let span = line.span();
            kept.extend_from_slice(Span::new(from, span.start).within(&self.block));
            from = span.end;
        }
        kept.extend_from_slice(Span::new(from, self.block.len() as u64).within(&self.block));
        kept
    }

    /// Whether a CR stands without LF in it, or an LF without CR: a header in which readers find different lines.
    pub fn has_bare_line_ends(&self) -> bool {
        let block = &self.block;
        let lone_cr = |at: usize| block.get(at + 1) != Some(&b'\n');
        let lone_lf = |at: usize| at == 0 || block.get(at - 1) != Some(&b'\r');
        memchr::memchr_iter(b'\r', block).any(lone_cr) || memchr::memchr_iter(b'\n', block).any(lone_lf)
    }

    /// What SMTP asks.
    pub fn facts(&self) -> HeaderFacts {
        let mut facts = HeaderFacts::default();
        for field in self.fields() {
            facts.count(field.name);
        }
        facts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_collected_in_any_cut() {
        let cases: &[(&[u8], &[u8], bool)] = &[
            (b"A: 1\r\nReceived: x\r\n\r\nbody", b"A: 1\r\nReceived: x\r\n\r\n", true),
            (b"A: 1\n\nbody", b"A: 1\n\n", true),
            (b"\r\nbody", b"\r\n", true),
            (b"A: 1\r\n \r\nB: 2", b"A: 1\r\n \r\nB: 2", false),
            (b"A: 1\r\nx\n\r\n", b"A: 1\r\nx\n\r\n", true),
            (b"", b"", false),
        ];
        for (message, block, complete) in cases {
            for cut in 0..=message.len() {
                let mut pass = HeaderPass::new(1_000);
                pass.push(&message[..cut]);
                pass.push(&message[cut..]);
                assert_eq!(pass.block(), *block);
                assert_eq!(pass.is_complete(), *complete, "{:?}", String::from_utf8_lossy(message));
                assert!(!pass.is_cut());
            }
        }
    }

    #[test]
    fn fields_are_left_out() {
        let without = |block: &str| {
            let mut pass = HeaderPass::new(1_000);
            pass.push(block.as_bytes());
            String::from_utf8(pass.block_without(|line| line.is_blind_copy())).unwrap()
        };
        for (block, kept) in [
            ("Bcc: a\r\n\r\n", "\r\n"),
            ("A: 1\r\nbcc : a,\r\n b\r\nResent-BCC:\r\nB: Bcc: 2\r\n\r\n", "A: 1\r\nB: Bcc: 2\r\n\r\n"),
            ("junk\nBcc: a\n\tb\nX-Bcc: 1\n\n", "junk\nX-Bcc: 1\n\n"),
            ("A: 1\r\n\r\n", "A: 1\r\n\r\n"),
            ("Bcc: a", ""),
        ] {
            assert_eq!(without(block), kept, "{block}");
        }
    }

    #[test]
    fn what_is_no_field_is_asked_about_too() {
        let mut pass = HeaderPass::new(1_000);
        pass.push(b" lost\r\nA: 1\r\nBad\r\n : 2\r\nB: 3\r\n\r\n");
        let goes = |line: &HeaderLine<'_>| line.raw.starts_with(b"Bad") || line.raw.starts_with(b" lost");
        assert_eq!(pass.block_without(goes), b"A: 1\r\nB: 3\r\n\r\n");
    }

    #[test]
    fn bare_line_ends_are_found() {
        for (block, bare) in [
            ("A: 1\r\n b\r\n\r\n", false),
            ("A: 1\n\r\n", true),
            ("\nA", true),
            ("A: 1\rB: 2\r\n\r\n", true),
            ("A: 1\r", true),
            ("A: 1", false),
        ] {
            let mut pass = HeaderPass::new(1_000);
            pass.push(block.as_bytes());
            assert_eq!(pass.has_bare_line_ends(), bare, "{block:?}");
        }
    }

    #[test]
    fn facts_are_counted() {
        let mut pass = HeaderPass::new(1_000);
        pass.push(b"Received: a\r\nRECEIVED : b\r\n c\r\nFrom: x\r\nMessage-Id: <a@b>\r\n\r\nDate: no\r\n");
        assert_eq!(pass.facts(), HeaderFacts { received: 2, from: 1, has_date: false, has_message_id: true });
    }

    #[test]
    fn no_more_than_the_limit_is_kept() {
        let mut pass = HeaderPass::new(10);
        pass.push(&b"A: 1\r\n".repeat(100));
        assert!(pass.is_cut());
        assert_eq!(pass.block().len(), 10);
        pass.push(b"\r\n");
        assert!(pass.is_complete());
    }
}
