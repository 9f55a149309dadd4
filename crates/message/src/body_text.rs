//! The text of a part as a client shows it (RFC 8621, 4.1.4: EmailBodyValue): decoded, each CRLF an LF, tags left alone.

use crate::charset::CharsetDecoder;
use crate::content::Encoding;
use crate::structure::Part;
use crate::transfer::TransferDecoder;

/// Decodes the body of a part, in pieces, cut anywhere.
///
/// ```
/// use message::{BodyText, Limits, parse};
/// let message = b"Content-Transfer-Encoding: quoted-printable\r\n\r\ncaf=C3=A9\r\n";
/// let parsed = parse(message, Limits::default());
/// let mut text = String::new();
/// let mut body = BodyText::new(parsed.structure.root().unwrap());
/// body.push(b"caf=C3=A9\r\n", &mut text);
/// body.finish(&mut text);
/// assert_eq!((text.as_str(), body.is_faulty()), ("caf\u{e9}\n", false));
/// ```
pub struct BodyText {
    transfer: TransferDecoder,
    charset: CharsetDecoder,
    unknown_encoding: bool,
    /// A CR came last, of which nobody knows yet what follows.
    after_cr: bool,
    bytes: Vec<u8>,
    letters: String,
}

const STRIDE: usize = 8 * 1024;

impl BodyText {
    /// For this part.
    pub fn new(part: &Part) -> Self {
        Self {
            transfer: TransferDecoder::new(&part.encoding),
            charset: CharsetDecoder::new(part.charset().unwrap_or_default()),
            unknown_encoding: matches!(part.encoding, Encoding::Other(_)),
            after_cr: false,
            bytes: Vec::new(),
            letters: String::new(),
        }
    }

    /// Whether its charset or encoding is not known, or bytes so far were not of its charset.
    pub fn is_faulty(&self) -> bool {
        self.unknown_encoding || self.charset.is_faulty()
    }

    /// Takes the next piece of the body and appends what it says.
    pub fn push(&mut self, body: &[u8], text: &mut String) {
        for stride in body.chunks(STRIDE) {
            self.bytes.clear();
            self.letters.clear();
            self.transfer.push(stride, &mut self.bytes);
            self.charset.push(&self.bytes, &mut self.letters);
            self.put(text);
        }
    }

    /// Appends what the end of the body amounts to.
    pub fn finish(&mut self, text: &mut String) {
        self.bytes.clear();
        self.letters.clear();
        self.transfer.finish(&mut self.bytes);
        self.charset.push(&self.bytes, &mut self.letters);
        self.charset.finish(&mut self.letters);
        self.put(text);
        if std::mem::take(&mut self.after_cr) {
            text.push('\r');
        }
    }

    fn put(&mut self, text: &mut String) {
        let mut rest = self.letters.as_str();
        if rest.is_empty() {
            return;
        }
        if std::mem::take(&mut self.after_cr) && !rest.starts_with('\n') {
            text.push('\r');
        }
        if let Some(before) = rest.strip_suffix('\r') {
            (rest, self.after_cr) = (before, true);
        }
        let mut lines = rest.split("\r\n");
        text.push_str(lines.next().unwrap_or_default());
        for line in lines {
            text.push('\n');
            text.push_str(line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::BodyText;
    use crate::{Limits, parse};

    fn read(header: &str, body: &[u8], cut: usize) -> (String, bool) {
        let message = format!("{header}\r\n\r\n");
        let parsed = parse(message.as_bytes(), Limits::default());
        let (mut text, mut reader) = (String::new(), BodyText::new(parsed.structure.root().unwrap()));
        let (one, two) = body.split_at(cut);
        reader.push(one, &mut text);
        reader.push(two, &mut text);
        reader.finish(&mut text);
        (text, reader.is_faulty())
    }

    #[test]
    fn bodies_become_text_wherever_they_are_cut() {
        let cases: &[(&str, &[u8], &str, bool)] = &[
            ("", b"a\r\nb\r\n", "a\nb\n", false),
            ("", b"a\rb\n\r", "a\rb\n\r", false),
            ("", b"\r\r\n\r\n", "\r\n\n", false),
            ("", "caf\u{e9}".as_bytes(), "caf\u{e9}", false),
            ("", b"caf\xe9!", "caf\u{e9}!", true),
            ("", b"caf\xe2\x82", "caf\u{e2}\u{201a}", true),
            ("Content-Type: text/plain; charset=utf-8", b"a\xffb", "a\u{fffd}b", true),
            ("Content-Type: text/plain; charset=iso-8859-1", b"\xe9\r\n", "\u{e9}\n", false),
            ("Content-Type: text/plain; charset=x-unknown", b"abc", "abc", true),
            ("Content-Type: text/html", b"<b>\r\n</b>", "<b>\n</b>", false),
            ("Content-Transfer-Encoding: base64", b"YQ0KYg==", "a\nb", false),
            ("Content-Transfer-Encoding: x-what", b"abc", "abc", true),
        ];
        for (header, body, expected, faulty) in cases {
            for cut in 0..=body.len() {
                assert_eq!(read(header, body, cut), ((*expected).to_owned(), *faulty), "{header} {body:?} at {cut}");
            }
        }
    }
}
