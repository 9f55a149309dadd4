//! Bytes in a named charset become text (encoding_rs, the labels of the WHATWG Encoding Standard). Nothing fails: what cannot be
//! decoded is U+FFFD, and what names no known charset, or US-ASCII, is UTF-8 in which other bytes are read as windows-1252.

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Decodes a whole string.
pub(crate) fn decode(label: &[u8], bytes: &[u8]) -> String {
    let mut decoder = CharsetDecoder::new(label);
    let mut text = String::with_capacity(bytes.len());
    decoder.push(bytes, &mut text);
    decoder.finish(&mut text);
    text
}

/// Decodes text that comes in pieces, cut anywhere.
pub(crate) struct CharsetDecoder {
    kind: Kind,
    faulty: bool,
}

enum Kind {
    Named(Decoder),
    /// UTF-8, in which other bytes are windows-1252; holds the begin of a character that the next piece may complete.
    Lenient(Vec<u8>),
}

impl CharsetDecoder {
    /// By the label of a charset parameter or an encoded word.
    pub(crate) fn new(label: &[u8]) -> Self {
        let label = label.trim_ascii();
        let known = label.is_empty() || is_ascii_label(label);
        let named = if known { None } else { Encoding::for_label(label) };
        let faulty = named.is_none() && !known;
        let kind = match named {
            // RFC 2781, 4.3: a mark at the begin says in which order the bytes are, and is no part of the text
            Some(encoding) if encoding == UTF_16LE || encoding == UTF_16BE => Kind::Named(encoding.new_decoder()),
            Some(encoding) => Kind::Named(encoding.new_decoder_without_bom_handling()),
            None => Kind::Lenient(Vec::new()),
        };
        Self { kind, faulty }
    }

    /// Whether nobody knows the charset, or bytes so far were not of it.
    pub(crate) fn is_faulty(&self) -> bool {
        self.faulty
    }

    pub(crate) fn push(&mut self, bytes: &[u8], text: &mut String) {
        self.faulty |= match &mut self.kind {
            Kind::Named(decoder) => decode_named(decoder, bytes, text, false),
            Kind::Lenient(begun) if begun.is_empty() => decode_lenient(bytes, text, begun),
            Kind::Lenient(begun) => {
                let mut joined = std::mem::take(begun);
                joined.extend_from_slice(bytes);
                decode_lenient(&joined, text, begun)
            }
        };
    }

    /// Gives what an unfinished character at the end amounts to.
    pub(crate) fn finish(&mut self, text: &mut String) {
        self.faulty |= match &mut self.kind {
            Kind::Named(decoder) => decode_named(decoder, &[], text, true),
            Kind::Lenient(begun) => {
                text.push_str(&WINDOWS_1252.decode_without_bom_handling(begun).0);
                !std::mem::take(begun).is_empty()
            }
        };
    }
}

/// Gives whether something was not of the charset; the same holds for the next.
fn decode_named(decoder: &mut Decoder, bytes: &[u8], text: &mut String, last: bool) -> bool {
    let (mut rest, mut faulty) = (bytes, false);
    loop {
        text.reserve(rest.len() + 16);
        let (result, read, replaced) = decoder.decode_to_string(rest, text, last);
        faulty |= replaced;
        rest = rest.get(read..).unwrap_or_default();
        if result == CoderResult::InputEmpty {
            return faulty;
        }
    }
}

fn decode_lenient(bytes: &[u8], text: &mut String, begun: &mut Vec<u8>) -> bool {
    let (mut rest, mut faulty) = (bytes, false);
    loop {
        let fault = match std::str::from_utf8(rest) {
            Ok(sound) => {
                text.push_str(sound);
                return faulty;
            }
            Err(fault) => fault,
        };
        let (sound, odd) = rest.split_at(fault.valid_up_to());
        text.push_str(std::str::from_utf8(sound).unwrap_or_default());
        let Some(length) = fault.error_len() else {
            begun.extend_from_slice(odd);
            return faulty;
        };
        let (odd, behind) = odd.split_at(length);
        text.push_str(&WINDOWS_1252.decode_without_bom_handling(odd).0);
        (rest, faulty) = (behind, true);
    }
}

/// Which bytes mean the same in a charset as in UTF-8.
pub(crate) enum Sameness {
    /// All that are UTF-8.
    Utf8,
    /// ASCII alone.
    Ascii,
    /// Not even ASCII.
    None,
}

/// By the label of a charset parameter.
pub(crate) fn sameness(label: &[u8]) -> Sameness {
    let label = label.trim_ascii();
    match Encoding::for_label(label).filter(|_| !is_ascii_label(label)) {
        None => Sameness::Utf8,
        Some(encoding) if encoding == encoding_rs::UTF_8 => Sameness::Utf8,
        Some(encoding) if encoding.is_ascii_compatible() => Sameness::Ascii,
        Some(_) => Sameness::None,
    }
}

fn is_ascii_label(label: &[u8]) -> bool {
    [b"us-ascii".as_slice(), b"ascii", b"ansi_x3.4-1968"].iter().any(|name| label.eq_ignore_ascii_case(name))
}

/// Makes one line of decoded text: CR, LF and TAB become spaces (a CR LF pair one), other controls U+FFFD. So no decoded
/// text can break a header, a log line or a list.
pub(crate) fn clean_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    let mut after_cr = false;
    for letter in text.chars() {
        match letter {
            '\n' if after_cr => {}
            '\r' | '\n' | '\t' => line.push(' '),
            _ if letter.is_control() => line.push(char::REPLACEMENT_CHARACTER),
            _ => line.push(letter),
        }
        after_cr = letter == '\r';
    }
    line
}

/// The byte that two hexadecimal digits mean.
pub(crate) fn hex_pair(high: u8, low: u8) -> Option<u8> {
    Some(hex_digit(high)? << 4 | hex_digit(low)?)
}

fn hex_digit(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_become_text() {
        let cases: &[(&str, &[u8], &str)] = &[
            ("", b"plain", "plain"),
            ("us-ascii", "caf\u{e9}".as_bytes(), "café"),
            ("us-ascii", b"caf\xe9!", "café!"),
            ("utf-7", b"+AGE-", "+AGE-"),
            ("no-such", b"\xe2\x82", "â‚"),
            ("utf-8", b"a\xe2\x82", "a\u{fffd}"),
            ("UTF8", "€".as_bytes(), "€"),
            ("iso-8859-1", b"\xe9", "é"),
            ("iso-8859-15", b"\xa4", "€"),
            ("windows-1252", b"\x80", "€"),
            ("koi8-r", b"\xd4\xc5\xd3\xd4", "тест"),
            ("iso-2022-jp", b"\x1b$B$3\x1b(B", "こ"),
            ("shift_jis", b"\x82\xb1", "こ"),
            ("gb18030", b"\xc4\xe3", "你"),
            ("big5", b"\xa7A", "你"),
            ("euc-kr", b"\xb0\xa1", "가"),
            // RFC 2781, 4.3
            ("utf-16", b"\xfe\xff\x20\xac", "€"),
            ("utf-16", b"\xff\xfe\xac\x20", "€"),
            ("utf-16be", b"\x20\xac", "€"),
            ("hz-gb-2312", b"~{VP~}", "\u{fffd}"),
        ];
        for (label, bytes, expected) in cases {
            assert_eq!(decode(label.as_bytes(), bytes), *expected, "{label}");
        }
    }

    #[test]
    fn any_cut_gives_the_same() {
        for label in ["", "utf-8", "iso-2022-jp", "gb18030", "shift_jis", "utf-16le", "utf-16", "big5"] {
            let bytes = b"a\xe2\x82\xac\xe2(\xf0\x9f\x98\x80\xff\xed\xa0\x80\x1b$B$3\x1b(B\x81\x30\x81\x30~{";
            let whole = decode(label.as_bytes(), bytes);
            for cut in 0..=bytes.len() {
                let mut decoder = CharsetDecoder::new(label.as_bytes());
                let mut text = String::new();
                decoder.push(&bytes[..cut], &mut text);
                decoder.push(&bytes[cut..], &mut text);
                decoder.finish(&mut text);
                assert_eq!(text, whole, "{label} cut at {cut}");
            }
        }
    }

    #[test]
    fn a_line_holds_no_control() {
        assert_eq!(clean_line("a\r\nb\tc\0d\u{85}e\rf\ng"), "a b c\u{fffd}d\u{fffd}e f g");
    }
}
