//! Encoded words in header text (RFC 2047), decoded once: what they decode to is text and never read again.
//!
//! Lenient where senders err: a word may be longer than 75 characters, stand inside another word or a quoted string, and hold a part
//! of a character that the next word of the same charset goes on with.

use crate::charset;
use crate::steps;
use crate::transfer::{Base64Decoder, decode_q};

/// Decodes header text to one clean line: encoded words decoded, other 8-bit bytes read as UTF-8, else as windows-1252, controls replaced.
pub fn decode(value: &[u8]) -> String {
    if let Some(plain) = plain(value) {
        return plain.to_owned();
    }
    let value = crate::field::unfold(value);
    let mut text = String::with_capacity(value.len());
    let mut rest: &[u8] = &value;
    let mut run = Run::default();
    while let Some((at, word)) = find_word(rest) {
        let between = rest.get(..at).unwrap_or_default();
        // RFC 2047, 6.2: white space between encoded words is not shown
        if !run.open || !between.iter().all(u8::is_ascii_whitespace) {
            run.close(&mut text);
            text.push_str(&charset::decode(b"", between));
        }
        run.add(&word, &mut text);
        rest = rest.get(at + word.length..).unwrap_or_default();
    }
    run.close(&mut text);
    text.push_str(&charset::decode(b"", rest));
    charset::clean_line(&text)
}

/// The text of a value that holds nothing to decode: printable ASCII on one line, as most are.
pub(crate) fn plain(value: &[u8]) -> Option<&str> {
    let value = value.trim_ascii();
    let printable = value.iter().all(|byte| matches!(byte, b' '..=b'~'));
    if printable && memchr::memmem::find(value, b"=?").is_none() { std::str::from_utf8(value).ok() } else { None }
}

/// Neighbouring words of one charset, whose bytes are decoded together.
#[derive(Default)]
struct Run<'a> {
    open: bool,
    charset: &'a [u8],
    bytes: Vec<u8>,
}

impl<'a> Run<'a> {
    fn add(&mut self, word: &Word<'a>, text: &mut String) {
        if self.open && !self.charset.eq_ignore_ascii_case(word.charset) {
            self.close(text);
        }
        self.open = true;
        self.charset = word.charset;
        word.bytes(&mut self.bytes);
    }

    fn close(&mut self, text: &mut String) {
        if self.open {
            text.push_str(&charset::decode(self.charset, &self.bytes));
        }
        self.open = false;
        self.bytes.clear();
    }
}

/// One `=?charset?encoding?text?=`.
struct Word<'a> {
    charset: &'a [u8],
    base64: bool,
    text: &'a [u8],
    /// Octets of the whole.
    length: usize,
}

impl Word<'_> {
    fn bytes(&self, bytes: &mut Vec<u8>) {
        if self.base64 {
            let mut decoder = Base64Decoder::default();
            decoder.push(self.text, bytes);
            decoder.finish(bytes);
        } else {
            decode_q(self.text, bytes);
        }
    }
}

/// The first encoded word, and where it begins. Each octet is looked at a bounded number of times: a try that fails
/// goes on behind the `=?` it began with, and looks no further than the word may be long.
fn find_word(text: &[u8]) -> Option<(usize, Word<'_>)> {
    let mut from = 0;
    loop {
        let at = from + memchr::memmem::find(text.get(from..)?, b"=?")?;
        if let Some(word) = word_at(text.get(at..)?) {
            return Some((at, word));
        }
        from = at + 2;
    }
}

/// `encoded-word = "=?" charset "?" encoding "?" encoded-text "?="` (RFC 2047, 2), with RFC 2231's `charset*language`.
fn word_at(text: &[u8]) -> Option<Word<'_>> {
    let begin = text.get(2..text.len().min(2 + LONGEST))?;
    let mark = memchr(b'?', begin.get(..begin.len().min(LONGEST_CHARSET))?)?;
    let label = begin.get(..mark)?;
    let label = label.split(|&byte| byte == b'*').next().unwrap_or(label);
    if label.is_empty() || !label.iter().all(u8::is_ascii_graphic) {
        return None;
    }
    let base64 = match begin.get(mark + 1)? {
        b'b' | b'B' => true,
        b'q' | b'Q' => false,
        _ => return None,
    };
    if begin.get(mark + 2)? != &b'?' {
        return None;
    }
    let body = begin.get(mark + 3..)?;
    let end = memchr(b'?', body)?;
    // a question mark inside the text is wrong (RFC 2047, 4.2), so the first one must be the end
    if body.get(end + 1)? != &b'=' {
        return None;
    }
    Some(Word { charset: label, base64, text: body.get(..end)?, length: 2 + mark + 3 + end + 2 })
}

/// Where a byte is first.
fn memchr(byte: u8, text: &[u8]) -> Option<usize> {
    let found = memchr::memchr(byte, text);
    steps::taken(found.unwrap_or(text.len()));
    found
}

/// Octets that a word may have behind `=?`; RFC 2047 says 75, some senders put a whole subject into one.
const LONGEST: usize = 2_000;
/// Octets of a charset's name.
const LONGEST_CHARSET: usize = 60;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_decoded() {
        let cases: &[(&[u8], &str)] = &[
            (b"plain", "plain"),
            (b"=?utf-8?q?caf=C3=A9?=", "café"),
            (b"=?ISO-8859-1?Q?Andr=E9?= Pirard", "André Pirard"),
            (b"=?utf-8?B?w6k=?=", "é"),
            (b"=?utf-8?B?w6k?=", "é"),
            // RFC 2047, 8
            (b"(=?ISO-8859-1?Q?a?=)", "(a)"),
            (b"=?ISO-8859-1?Q?a?= b", "a b"),
            (b"=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=", "ab"),
            (b"=?ISO-8859-1?Q?a?=\r\n    =?ISO-8859-1?Q?b?=", "ab"),
            (b"=?ISO-8859-1?Q?a_b?=", "a b"),
            (b"=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=", "a b"),
            (b"=?utf-8?b?4oI=?= =?utf-8?b?rA==?=", "€"),
            (b"=?utf-8*nl?q?a?=", "a"),
            (b"x=?utf-8?q?a?=y", "xay"),
            (b"=?utf-8?x?a?=", "=?utf-8?x?a?="),
            (b"=?utf-8?q?a", "=?utf-8?q?a"),
            (b"=??q?a?=", "=??q?a?="),
            (b"=?=?utf-8?q?a?=", "=?a"),
            (b"=?utf-8?q?=3D=3Futf-8=3Fq=3Fa=3F=3D?=", "=?utf-8?q?a?="),
            (b"=?utf-8?q?a=0D=0Ab=00<?=", "a b\u{fffd}<"),
            (b"=?utf-7?q?+AGE-?=", "+AGE-"),
            (b"=?utf-8?q?a b?=", "a b"),
            (b"=?utf-8?q??=", ""),
            ("é".as_bytes(), "é"),
            (b"\xe9", "é"),
            (b"=?iso-2022-jp?B?GyRCJDMbKEI=?=", "こ"),
        ];
        for (value, expected) in cases {
            assert_eq!(decode(value), *expected, "{}", String::from_utf8_lossy(value));
        }
    }

    #[test]
    fn many_begins_cost_linear_time() {
        assert_eq!(decode(&b"=?".repeat(100_000)).len(), 200_000);
        assert_eq!(decode(&b"=?a?q?".repeat(100_000)).len(), 600_000);
    }
}
