//! Content transfer decoding (RFC 2045, 6): push, cut anywhere, lenient: nothing fails, what is no code is skipped or stands for itself.

use crate::charset::hex_pair;
use crate::content::Encoding;
use std::borrow::Cow;

/// Decodes the body of a part by its Content-Transfer-Encoding.
#[derive(Clone, Debug)]
pub enum TransferDecoder {
    /// 7bit, 8bit, binary and what is unknown: as it stands.
    Identity,
    /// base64.
    Base64(Base64Decoder),
    /// quoted-printable.
    QuotedPrintable(QuotedPrintableDecoder),
}

impl TransferDecoder {
    /// For this encoding.
    pub fn new(encoding: &Encoding) -> Self {
        match encoding {
            Encoding::Base64 => Self::Base64(Base64Decoder::default()),
            Encoding::QuotedPrintable => Self::QuotedPrintable(QuotedPrintableDecoder::default()),
            Encoding::SevenBit | Encoding::EightBit | Encoding::Binary | Encoding::Other(_) => Self::Identity,
        }
    }

    /// What a whole body stands for.
    pub fn whole<'a>(encoding: &Encoding, bytes: &'a [u8]) -> Cow<'a, [u8]> {
        let mut decoder = Self::new(encoding);
        if matches!(decoder, Self::Identity) {
            return Cow::Borrowed(bytes);
        }
        let mut decoded = Vec::new();
        decoder.push(bytes, &mut decoded);
        decoder.finish(&mut decoded);
        Cow::Owned(decoded)
    }

    /// Takes the next piece and appends what it decodes to.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        match self {
            Self::Identity => out.extend_from_slice(bytes),
            Self::Base64(decoder) => decoder.push(bytes, out),
            Self::QuotedPrintable(decoder) => decoder.push(bytes, out),
        }
    }

    /// Appends what the end amounts to.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        match self {
            Self::Identity => {}
            Self::Base64(decoder) => decoder.finish(out),
            Self::QuotedPrintable(decoder) => decoder.finish(out),
        }
    }
}

/// base64 (RFC 2045, 6.8). Other letters are skipped; padding ends a group and what follows is a new one; a cut group gives its whole octets.
#[derive(Clone, Debug, Default)]
pub struct Base64Decoder {
    bits: u32,
    digits: u8,
}

impl Base64Decoder {
    /// Takes the next piece and appends what it decodes to.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        out.reserve(bytes.len() / 4 * 3 + 3);
        for &byte in bytes {
            let value = BASE64.get(usize::from(byte)).copied().unwrap_or(SKIP);
            if value < 64 {
                self.bits = self.bits << 6 | u32::from(value);
                self.digits += 1;
                if self.digits == 4 {
                    let [_, first, second, third] = self.bits.to_be_bytes();
                    out.extend_from_slice(&[first, second, third]);
                    (self.bits, self.digits) = (0, 0);
                }
            } else if byte == b'=' {
                self.finish(out);
            }
        }
    }

    /// Appends the octets of a group that was cut.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        let missing = 4 - u32::from(self.digits);
        let [_, first, second, _] = (self.bits << (6 * missing)).to_be_bytes();
        match self.digits {
            2 => out.push(first),
            3 => out.extend_from_slice(&[first, second]),
            _ => {}
        }
        (self.bits, self.digits) = (0, 0);
    }
}

const SKIP: u8 = 0xff;

/// The value of each octet as a base64 digit.
static BASE64: [u8; 256] = {
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut table = [SKIP; 256];
    let mut value: u8 = 0;
    while value < 64 {
        table[digits[value as usize] as usize] = value;
        value += 1;
    }
    table
};

/// quoted-printable (RFC 2045, 6.7). An equals sign without two hexadecimal digits stands for itself; white space at the end of a line is dropped.
#[derive(Clone, Debug, Default)]
pub struct QuotedPrintableDecoder {
    state: Quoted,
    /// White space that is dropped if the line ends behind it.
    space: Vec<u8>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Quoted {
    #[default]
    Text,
    Equals,
    Digit(u8),
    /// Behind an equals sign came white space: a soft line break if the line ends now.
    SoftSpace,
    /// Behind an equals sign came CR.
    SoftCr,
    /// A CR at what may be the end of a line.
    Cr,
}

/// White space held back; a longer run is no line's end but hostile.
const SPACE: usize = 1_000;

impl QuotedPrintableDecoder {
    /// Takes the next piece and appends what it decodes to.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        out.reserve(bytes.len());
        for &byte in bytes {
            self.step(byte, out);
        }
    }

    /// Appends what the end amounts to.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        self.settle(out);
        self.space.clear();
    }

    fn step(&mut self, byte: u8, out: &mut Vec<u8>) {
        match (self.state, byte) {
            (Quoted::Equals, b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') => self.state = Quoted::Digit(byte),
            (Quoted::Digit(high), b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') => {
                out.extend(hex_pair(high, byte));
                self.state = Quoted::Text;
            }
            (Quoted::Equals | Quoted::SoftSpace, b' ' | b'\t') => {
                self.hold(byte, out);
                self.state = Quoted::SoftSpace;
            }
            (Quoted::Equals | Quoted::SoftSpace, b'\r') => self.state = Quoted::SoftCr,
            (Quoted::Equals | Quoted::SoftSpace | Quoted::SoftCr, b'\n') => {
                self.space.clear();
                self.state = Quoted::Text;
            }
            (Quoted::Cr, b'\n') => {
                out.extend_from_slice(b"\r\n");
                self.state = Quoted::Text;
            }
            (Quoted::Text, _) => self.text(byte, out),
            _ => {
                self.settle(out);
                self.text(byte, out);
            }
        }
    }

    fn text(&mut self, byte: u8, out: &mut Vec<u8>) {
        match byte {
            b' ' | b'\t' => self.hold(byte, out),
            b'\r' => {
                self.space.clear();
                self.state = Quoted::Cr;
            }
            b'\n' => {
                self.space.clear();
                out.push(byte);
            }
            _ => {
                out.append(&mut self.space);
                if byte == b'=' {
                    self.state = Quoted::Equals;
                } else {
                    out.push(byte);
                }
            }
        }
    }

    fn hold(&mut self, byte: u8, out: &mut Vec<u8>) {
        if self.space.len() >= SPACE {
            out.append(&mut self.space);
        }
        self.space.push(byte);
    }

    /// What was begun and is no code stands for itself.
    fn settle(&mut self, out: &mut Vec<u8>) {
        match std::mem::take(&mut self.state) {
            Quoted::Text => {}
            Quoted::Equals => out.push(b'='),
            Quoted::Digit(high) => out.extend_from_slice(&[b'=', high]),
            Quoted::SoftSpace => {
                out.push(b'=');
                out.append(&mut self.space);
            }
            Quoted::SoftCr => out.extend_from_slice(b"=\r"),
            Quoted::Cr => out.push(b'\r'),
        }
    }
}

/// Decodes the "Q" encoding of an encoded word (RFC 2047, 4.2).
pub(crate) fn decode_q(text: &[u8], out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        match byte {
            b'_' => out.push(b' '),
            b'=' => match tail.first().zip(tail.get(1)).and_then(|(&high, &low)| hex_pair(high, low)) {
                Some(decoded) => {
                    out.push(decoded);
                    rest = tail.get(2..).unwrap_or_default();
                }
                None => out.push(byte),
            },
            _ => out.push(byte),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(encoding: &Encoding, bytes: &[u8]) -> Vec<u8> {
        let out = TransferDecoder::whole(encoding, bytes).into_owned();
        for cut in 0..=bytes.len() {
            let mut again = Vec::new();
            let mut decoder = TransferDecoder::new(encoding);
            decoder.push(&bytes[..cut], &mut again);
            decoder.push(&bytes[cut..], &mut again);
            decoder.finish(&mut again);
            assert_eq!(again, out, "cut at {cut}");
        }
        out
    }

    #[test]
    fn base64() {
        let cases: &[(&[u8], &[u8])] = &[
            (b"", b""),
            (b"Zm9v", b"foo"),
            (b"Zm9vYg==", b"foob"),
            (b"Zm9vYmE=", b"fooba"),
            (b"Zm9vYmE", b"fooba"),
            (b"Zm9vY", b"foo"),
            (b"Z m\r\n9\tv!", b"foo"),
            (b"Zg==Zg==", b"ff"),
            (b"====", b""),
            (b"\xff\xfe/+8=", b"\xff\xef"),
        ];
        for (text, expected) in cases {
            assert_eq!(decode(&Encoding::Base64, text), *expected, "{}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn quoted_printable() {
        let cases: &[(&[u8], &[u8])] = &[
            (b"", b""),
            (b"caf=C3=A9", "café".as_bytes()),
            (b"caf=c3=a9", "café".as_bytes()),
            (b"a=\r\nb", b"ab"),
            (b"a=\nb", b"ab"),
            (b"a= \t\r\nb", b"ab"),
            (b"a \t\r\nb", b"a\r\nb"),
            (b"a  b", b"a  b"),
            (b"a=", b"a="),
            (b"a=4", b"a=4"),
            (b"a=4x", b"a=4x"),
            (b"a==41", b"a=A"),
            (b"a= b", b"a= b"),
            (b"a=\rb", b"a=\rb"),
            (b"a\rb", b"a\rb"),
            (b"a\r\r\nb", b"a\r\r\nb"),
            (b"a=20\r\n", b"a \r\n"),
            (b"trailing  ", b"trailing"),
        ];
        for (text, expected) in cases {
            assert_eq!(decode(&Encoding::QuotedPrintable, text), *expected, "{}", String::from_utf8_lossy(text));
        }
    }
}
