//! docs/security.md, M09: text in every charset that has a label, cut and broken: replacement characters, no panic, and every cut
//! of the message gives the same. What is right is what the charset library gives for the whole string at once.
use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};
use message::{Limits, Parser, SearchScope, TextExtractor, decode_text, encode_base64, parse};
use proptest::prelude::{any, prop};
use proptest::{proptest, sample};

/// Every label of the Encoding Standard (4.2), one a line.
const LABELS: &str = include_str!("charsets/labels.txt");
/// These mean "not said" in mail and are read as UTF-8, else windows-1252.
const UNSAID: [&str; 3] = ["us-ascii", "ascii", "ansi_x3.4-1968"];

/// What breaks decoders: characters cut off, surrogates, escapes without an end.
const BROKEN: &[&[u8]] = &[
    b"\xc3",
    b"\xe2\x82",
    b"\xf0\x9f\x98",
    b"\xc0\x80",
    b"\xed\xa0\x80",
    b"\xed\xa0\x80\xed\xb0\x80",
    b"\xf4\x90\x80\x80",
    b"\xff\xfe",
    b"\xfe\xff",
    b"\xef\xbb\xbf",
    b"\x00\xd8",
    b"\xd8\x00",
    b"\x3d\xd8",
    b"\x00\xdc\x00\xd8",
    b"a\x00b",
    b"\x1b",
    b"\x1b$",
    b"\x1b$B",
    b"\x1b$B3",
    b"\x1b$B$3\x1b(",
    b"\x1b(J\x7e\x1b(I\x41",
    b"\x1b$)C\x0e\x30",
    b"\x1b$A\x1b$B\x1b(B",
    b"\x0e",
    b"\x0f\x0e",
    b"~",
    b"~{",
    b"~{VP",
    b"~{VP~}~\n~~",
    b"\x81",
    b"\x81\x30",
    b"\x81\x30\x81",
    b"\x81\x30\x81\x30",
    b"\x84\x31\xa4\x39",
    b"\xfe\x39\xfe\x39",
    b"\x80\xff",
    b"\x87",
    b"\x88\x62\x88",
    b"\x82",
    b"\x82\xb1\x82",
    b"\x8f",
    b"\x8f\xa1",
    b"\x8e\x8e",
    b"\xa1",
    b"\xb0\xa1\xb0",
    b"+AGE-+",
    b"&Jjo-&",
];

fn labels() -> impl Iterator<Item = &'static str> {
    LABELS.lines()
}

/// The body of a message in this charset, as a search sees it, in pieces of so many octets.
fn searched(message: &[u8], size: usize) -> String {
    let mut extractor = TextExtractor::new(Limits::default(), SearchScope::Content);
    let mut text = String::new();
    message.chunks(size).for_each(|piece| extractor.push(piece, &mut text));
    extractor.finish(&mut text);
    text
}

/// A message of which body and subject hold `bytes`.
fn message_of(label: &str, bytes: &[u8]) -> Vec<u8> {
    let word = data_encoding::BASE64.encode(bytes);
    let head = format!(
        "Subject: =?{label}?B?{word}?=\r\nContent-Type: text/plain; charset=\"{label}\"\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n"
    );
    [head.as_bytes(), &encode_base64(bytes)].concat()
}

fn check(label: &str, bytes: &[u8]) {
    let message = message_of(label, bytes);
    let whole = searched(&message, usize::MAX);
    if !UNSAID.contains(&label) {
        let encoding = Encoding::for_label(label.as_bytes()).unwrap();
        let expected = if encoding == UTF_16LE || encoding == UTF_16BE {
            // a mark at the begin is obeyed (RFC 2781, 4.3)
            encoding.decode(bytes).0
        } else {
            encoding.decode_without_bom_handling(bytes).0
        };
        assert_eq!(whole, format!("{expected}\n"), "{label} {bytes:x?}");
    }
    for size in [1, 2, 3, 7] {
        assert_eq!(searched(&message, size), whole, "{label} {bytes:x?} in pieces of {size}");
    }
    let parsed = parse(&message, Limits::default());
    let mut parser = Parser::new(Limits::default());
    message.chunks(1).for_each(|piece| parser.push(piece));
    assert_eq!(parser.finish(), parsed, "{label} {bytes:x?}");
    assert!(!parsed.preview.chars().any(char::is_control), "{label} {bytes:x?}");
    let subject = parsed.envelope.subject_text().unwrap_or_default();
    assert!(!subject.chars().any(char::is_control), "{label} {bytes:x?}: {subject:?}");
}

#[test]
fn m09_every_label_survives_what_breaks_decoders() {
    assert_eq!(labels().count(), 228);
    for label in labels() {
        for byte in 0..=u8::MAX {
            check(label, &[byte]);
        }
        for broken in BROKEN {
            check(label, broken);
            check(label, &[b"caf", *broken, b"open"].concat());
        }
    }
}

#[test]
fn m09_a_character_that_is_cut_is_a_replacement_character() {
    for label in labels().filter(|label| !UNSAID.contains(label)) {
        let encoding = Encoding::for_label(label.as_bytes()).unwrap();
        for letter in ["é", "€", "こ", "你", "가", "😀", "ㄅ"] {
            let (bytes, used, lost) = encoding.encode(letter);
            // What encodes as another charset, or not at all, has nothing to be cut here.
            if lost || used != encoding || bytes.len() < 2 {
                continue;
            }
            for cut in 1..bytes.len() {
                let word = format!("=?{label}?B?{}?=", data_encoding::BASE64.encode(&bytes[..cut]));
                let read = decode_text(word.as_bytes());
                let stateful = used == encoding_rs::ISO_2022_JP;
                assert!(read.contains('\u{fffd}') || stateful, "{label}: {letter} cut at {cut} is {read:?}");
                check(label, &bytes[..cut]);
            }
        }
    }
}

#[test]
fn m09_a_label_that_nobody_knows_is_read_leniently() {
    for label in ["utf-7", "x-unknown", "utf-8\u{e9}", "iso-8859-99", "", " ", "*", "a*nl"] {
        for broken in BROKEN {
            let message = message_of(label, broken);
            assert_eq!(searched(&message, 1), searched(&message, usize::MAX), "{label} {broken:x?}");
        }
    }
}

proptest! {
    #[test]
    fn m09_any_bytes_in_any_charset(
        label in sample::select(labels().collect::<Vec<_>>()),
        bytes in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        check(label, &bytes);
    }
}
