//! A message on its way into an mbox file: line ends of Unix, and a `>` before what would begin another message.

/// What is held back at the beginning of a line until it is clear what it is.
const FROM: &[u8] = b"From ";

/// Quotes the lines of one message, in whichever pieces it comes.
#[derive(Default)]
pub(in crate::exchange) struct Quoter {
    /// How much of [`FROM`] the line has so far, behind its `>`; nothing where it is another line.
    matched: Option<usize>,
    /// Whether a line has begun.
    within: bool,
    /// A CR that may be half of a line's end.
    after_cr: bool,
}

impl Quoter {
    /// Takes a piece, and appends what becomes of it.
    pub(in crate::exchange) fn push(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        for byte in piece.iter().copied() {
            if std::mem::take(&mut self.after_cr) && byte != b'\n' {
                self.byte(b'\r', out);
            }
            if byte == b'\r' {
                self.after_cr = true;
            } else {
                self.byte(byte, out);
            }
        }
    }

    fn byte(&mut self, byte: u8, out: &mut Vec<u8>) {
        if !self.within {
            (self.within, self.matched) = (true, Some(0));
        }
        match self.matched {
            // any number of them: one more in front is one more behind
            Some(0) if byte == b'>' => return out.push(byte),
            Some(held) if FROM.get(held) == Some(&byte) => {
                if held + 1 < FROM.len() {
                    self.matched = Some(held + 1);
                } else {
                    self.matched = None;
                    out.push(b'>');
                    out.extend_from_slice(FROM);
                }
                return;
            }
            Some(held) => {
                self.matched = None;
                out.extend_from_slice(FROM.get(..held).unwrap_or_default());
            }
            None => {}
        }
        out.push(byte);
        if byte == b'\n' {
            self.within = false;
        }
    }

    /// Ends the message: with a whole line, and an empty one that parts it from the next.
    pub(in crate::exchange) fn finish(mut self, out: &mut Vec<u8>) {
        if std::mem::take(&mut self.after_cr) {
            self.byte(b'\r', out);
        }
        if let Some(held) = self.matched.take().filter(|_| self.within) {
            out.extend_from_slice(FROM.get(..held).unwrap_or_default());
        }
        if self.within {
            out.push(b'\n');
        }
        out.push(b'\n');
    }
}

#[cfg(test)]
mod tests {
    use super::Quoter;

    #[test]
    fn lines_are_quoted_whatever_the_pieces() {
        for (given, expected) in [
            ("From a\r\nb\r\n", ">From a\nb\n\n"),
            (">From \r\n>>From x\r\n", ">>From \n>>>From x\n\n"),
            ("Fro\r\nFrom\r\n>Fromm\r\n", "Fro\nFrom\n>Fromm\n\n"),
            (" From \r\nFrom:\r\n", " From \nFrom:\n\n"),
            ("a\rb\r\n", "a\rb\n\n"),
            ("no end", "no end\n\n"),
            ("Fr", "Fr\n\n"),
            ("x\r", "x\r\n\n"),
            ("\r\n\r\n", "\n\n\n"),
            ("", "\n"),
        ] {
            for cut in 0..=given.len() {
                let (mut quoter, mut out) = (Quoter::default(), Vec::new());
                quoter.push(&given.as_bytes()[..cut], &mut out);
                quoter.push(&given.as_bytes()[cut..], &mut out);
                quoter.finish(&mut out);
                assert_eq!(String::from_utf8(out).unwrap(), expected, "{given:?} cut at {cut}");
            }
        }
    }
}
