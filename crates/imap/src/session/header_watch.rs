//! Whether the header of a message that comes in pieces has bytes beyond ASCII (RFC 9755, 4; RFC 6532, 3).

/// Looks at a message up to its first empty line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HeaderWatch {
    at_line_start: bool,
    in_header: bool,
    eight_bit: bool,
}

impl Default for HeaderWatch {
    fn default() -> Self {
        Self { at_line_start: true, in_header: true, eight_bit: false }
    }
}

impl HeaderWatch {
    /// Looks at the next bytes.
    pub(crate) fn see(&mut self, piece: &[u8]) {
        if !self.in_header {
            return;
        }
        for &byte in piece {
            match byte {
                b'\n' if self.at_line_start => {
                    self.in_header = false;
                    return;
                }
                b'\n' => self.at_line_start = true,
                b'\r' => {}
                _ => {
                    self.at_line_start = false;
                    self.eight_bit |= byte >= 0x80;
                }
            }
        }
    }

    /// Whether one was there.
    pub(crate) const fn is_eight_bit(self) -> bool {
        self.eight_bit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table() {
        for (message, eight_bit) in [
            ("Subject: x\r\n\r\ncaf\u{e9}\r\n", false),
            ("Subject: caf\u{e9}\r\n\r\nx\r\n", true),
            ("Subject: x\n\ncaf\u{e9}\n", false),
            ("\r\ncaf\u{e9}\r\n", false),
            ("Subject: x\r\n\tcaf\u{e9}", true),
            ("", false),
        ] {
            for size in 1..=message.len().max(1) {
                let mut watch = HeaderWatch::default();
                message.as_bytes().chunks(size).for_each(|piece| watch.see(piece));
                assert_eq!(watch.is_eight_bit(), eight_bit, "{message:?} by {size}");
            }
        }
    }
}
