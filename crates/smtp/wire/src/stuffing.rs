//! A message on its way out: every leading dot doubled, every line end CR LF (RFC 5321, 4.5.2 and 2.3.8).

/// Writes a message as DATA wants it. A bare CR or LF becomes CR LF, so that no other server can read an end of data
/// where there is none.
#[derive(Debug, Clone)]
pub struct DotStuffer {
    /// At the begin of a line.
    start: bool,
    /// Behind a CR that has not been written yet.
    after_cr: bool,
}

impl DotStuffer {
    /// A writer at the begin of a message.
    pub const fn new() -> Self {
        Self { start: true, after_cr: false }
    }

    /// Appends `bytes` to `out` in their form on the wire.
    pub fn write(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        let mut rest = bytes;
        while let Some(first) = rest.first().copied() {
            match first {
                b'\r' => {
                    if std::mem::replace(&mut self.after_cr, true) {
                        self.end_line(out);
                        self.after_cr = true;
                    }
                    rest = rest.get(1..).unwrap_or_default();
                }
                b'\n' => {
                    self.end_line(out);
                    rest = rest.get(1..).unwrap_or_default();
                }
                _ => {
                    if self.after_cr {
                        self.end_line(out);
                    }
                    if self.start && first == b'.' {
                        out.push(b'.');
                    }
                    self.start = false;
                    let length = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(rest.len());
                    let (line, behind) = rest.split_at(length);
                    out.extend_from_slice(line);
                    rest = behind;
                }
            }
        }
    }

    /// Ends the message: its last line, then the dot.
    pub fn finish(mut self, out: &mut Vec<u8>) {
        if self.after_cr || !self.start {
            self.end_line(out);
        }
        out.extend_from_slice(b".\r\n");
    }

    fn end_line(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"\r\n");
        self.start = true;
        self.after_cr = false;
    }
}

impl Default for DotStuffer {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_at_every_split() {
        for (message, wire) in [
            ("", ".\r\n"),
            ("a\r\n", "a\r\n.\r\n"),
            ("a", "a\r\n.\r\n"),
            (".\r\n", "..\r\n.\r\n"),
            (".a\r\n..\r\n", "..a\r\n...\r\n.\r\n"),
            ("a\n.\nb", "a\r\n..\r\nb\r\n.\r\n"),
            ("a\r.\rb\r", "a\r\n..\r\nb\r\n.\r\n"),
            ("\r\r\n", "\r\n\r\n.\r\n"),
            ("a\r\n\r\n", "a\r\n\r\n.\r\n"),
        ] {
            for cut in 0..=message.len() {
                let mut out = Vec::new();
                let mut stuffer = DotStuffer::new();
                stuffer.write(&message.as_bytes()[..cut], &mut out);
                stuffer.write(&message.as_bytes()[cut..], &mut out);
                stuffer.finish(&mut out);
                assert_eq!(String::from_utf8(out).unwrap(), wire, "{message:?} at {cut}");
            }
        }
    }
}
