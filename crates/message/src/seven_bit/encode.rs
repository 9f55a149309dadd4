//! The encodings of RFC 2045, 6.7 and 6.8 for a body that goes by in pieces. Neither ends the last line: the line end behind a part belongs
//! to the boundary that follows.

use data_encoding::BASE64;

/// Octets of an encoded line without its line end.
const LINE: usize = 76;

/// Lines of text in quoted-printable.
#[derive(Default)]
pub(super) struct QuotedPrintable {
    column: usize,
    /// A space, a tab or a CR: what follows says how it is written.
    held: Option<u8>,
}

impl QuotedPrintable {
    pub(super) fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        for &byte in bytes {
            match (self.held.take(), byte) {
                (Some(b'\r'), b'\n') => {
                    out.extend_from_slice(b"\r\n");
                    self.column = 0;
                    continue;
                }
                (Some(b'\r'), _) => self.escape(b'\r', out),
                // RFC 2045, 6.7 (3): white space at the end of a line is encoded
                (Some(space), b'\r' | b'\n') => self.escape(space, out),
                (Some(space), _) => self.literal(space, out),
                (None, _) => {}
            }
            let begins = self.column == 0 || self.column + 1 >= LINE;
            match byte {
                b' ' | b'\t' | b'\r' => self.held = Some(byte),
                b'=' => self.escape(byte, out),
                // a dot or a From at the begin of a line does not survive everywhere (RFC 2049, 3), and where a line is
                // cut none may look like a boundary
                b'.' | b'F' | b'-' if begins => self.escape(byte, out),
                _ if byte.is_ascii_graphic() => self.literal(byte, out),
                _ => self.escape(byte, out),
            }
        }
    }

    pub(super) fn finish(&mut self, out: &mut Vec<u8>) {
        if let Some(held) = self.held.take() {
            self.escape(held, out);
        }
    }

    fn literal(&mut self, byte: u8, out: &mut Vec<u8>) {
        self.make_room(1, out);
        out.push(byte);
    }

    fn escape(&mut self, byte: u8, out: &mut Vec<u8>) {
        const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
        self.make_room(3, out);
        let digit = |value: u8| DIGITS.get(usize::from(value)).copied().unwrap_or(b'0');
        out.extend_from_slice(&[b'=', digit(byte >> 4), digit(byte & 15)]);
    }

    /// RFC 2045, 6.7 (5): a soft line break, its `=` within the line.
    fn make_room(&mut self, octets: usize, out: &mut Vec<u8>) {
        if self.column + octets >= LINE {
            out.extend_from_slice(b"=\r\n");
            self.column = 0;
        }
        self.column += octets;
    }
}

/// Any octets in base64.
#[derive(Default)]
pub(super) struct Base64 {
    /// Of the line that is not full yet.
    held: Vec<u8>,
    begun: bool,
}

impl Base64 {
    pub(super) fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        const FULL: usize = LINE / 4 * 3;
        let mut rest = bytes;
        while !rest.is_empty() {
            let (piece, behind) = rest.split_at(rest.len().min(FULL - self.held.len()));
            self.held.extend_from_slice(piece);
            rest = behind;
            if self.held.len() == FULL {
                self.line(out);
            }
        }
    }

    pub(super) fn finish(&mut self, out: &mut Vec<u8>) {
        if !self.held.is_empty() {
            self.line(out);
        }
    }

    fn line(&mut self, out: &mut Vec<u8>) {
        if std::mem::replace(&mut self.begun, true) {
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(BASE64.encode(&self.held).as_bytes());
        self.held.clear();
    }
}
