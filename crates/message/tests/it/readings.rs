//! The one reading of what is ambiguous, file by file of the corpus: outline, flaws, and where the pieces are.

use message::{Address, Flaw, Limits, SearchScope, Section, TextExtractor, parse};

use crate::corpus::{file, files, outline};

#[test]
fn outlines_and_flaws() {
    use Flaw::*;
    let cases: &[(&str, &str, &[Flaw])] = &[
        ("base64-truncated", "text/plain", &[]),
        ("binary", "text/plain", &[JunkInHeader, ControlInHeader, NotUtf8InHeader, NoHeaderEnd]),
        ("boundary-at-once", "text/plain", &[EmptyMultipart]),
        ("boundary-case", "multipart/mixed(text/plain)", &[]),
        ("boundary-empty", "text/plain", &[NoBoundary]),
        ("boundary-in-header", "multipart/mixed(text/html text/plain)", &[BoundaryInHeader]),
        ("boundary-missing", "text/plain", &[NoBoundary]),
        ("boundary-never", "text/plain", &[EmptyMultipart, MissingEnd]),
        ("boundary-no-last-line-end", "multipart/mixed(text/plain)", &[]),
        ("boundary-quoted-odd", "multipart/mixed(text/plain)", &[]),
        ("boundary-trailing-space", "multipart/mixed(text/plain text/plain)", &[]),
        ("boundary-twice", "multipart/mixed(text/plain)", &[DuplicateParameter]),
        ("boundary-with-dashes", "multipart/mixed(text/plain text/plain)", &[]),
        ("boundary-with-junk", "multipart/mixed(text/plain)", &[]),
        ("content-type-bad", "text/plain", &[BadContentType]),
        ("content-type-empty", "text/plain", &[BadContentType]),
        ("digest", "multipart/digest(message/rfc822(text/plain) text/plain message/rfc822(text/plain))", &[]),
        ("empty", "text/plain", &[NoHeaderEnd]),
        ("empty-parts", "multipart/mixed(text/plain text/plain text/html)", &[]),
        ("encoding-of-multipart", "multipart/mixed(text/plain)", &[EncodedComposite]),
        ("encoding-unknown", "text/plain", &[UnknownEncoding]),
        ("fields-twice", "text/html", &[DuplicateField]),
        ("header-junk", "text/plain", &[JunkInHeader]),
        ("header-nul", "text/plain", &[ControlInHeader]),
        ("header-only", "text/plain", &[NoHeaderEnd]),
        ("missing-end", "multipart/mixed(text/plain text/plain)", &[MissingEnd]),
        ("missing-end-inner", "multipart/mixed(multipart/mixed(text/plain) text/plain)", &[MissingEnd]),
        ("nested", "multipart/mixed(multipart/alternative(text/plain text/html) image/png)", &[]),
        ("obsolete", "text/plain", &[SpaceBeforeColon]),
        ("prefix-boundary", "multipart/mixed(multipart/alternative(text/plain) text/plain)", &[]),
        ("preamble-epilogue", "multipart/mixed(text/plain)", &[]),
        ("rfc822-base64", "message/rfc822(text/plain)", &[EncodedComposite, JunkInHeader, NoHeaderEnd]),
        ("rfc822-empty", "message/rfc822(text/plain)", &[NoHeaderEnd]),
        ("rfc822-in-rfc822", "message/rfc822(message/rfc822(multipart/mixed(text/plain)))", &[]),
        ("same-boundary-nested", "multipart/mixed(multipart/alternative(text/plain) text/plain)", &[SameBoundary]),
        ("eight-bit-header-latin1", "text/plain", &[NotUtf8InHeader]),
    ];
    for (name, expected, flaws) in cases {
        let parsed = parse(&file(name), Limits::default());
        assert_eq!(outline(&parsed.structure), *expected, "{name}");
        let mut flaws = flaws.to_vec();
        flaws.sort();
        assert_eq!(parsed.flaws.iter().collect::<Vec<_>>(), flaws, "{name}");
    }
}

#[test]
fn previews_and_subjects() {
    let cases = [
        ("plain", "plain", "Good morning."),
        ("plain-latin1", "latin", "café"),
        ("plain-base64", "b64", "café open"),
        ("base64-two-paddings", "b64p", "ab"),
        ("alternative", "alternative", "plain text"),
        ("html-only", "html", "Dear & good <friend> second line"),
        ("text-attachment-only", "t", ""),
        ("boundary-missing", "boundary-missing", "--b one --b--"),
        ("rfc822", "rfc822", "see below"),
        ("utf16", "u", "héllo"),
        ("words-adjacent", "café and onetwö x", "."),
        ("words-broken", "=?utf-8?q?open =?utf-8?x?a?= =??q?a?= ab", "."),
        ("words-hostile", "a Bcc: x\u{fffd}<=?utf-8?q?b?=", "."),
        ("words-unknown-charset", "café+AOk-", "+AOk-"),
        ("eight-bit-header-utf8", "café", "."),
        ("eight-bit-header-latin1", "café", "."),
        ("folded", "one two three  four", "."),
        ("fields-twice", "first", "YQ=="),
        ("header-nul", "a b", "xy"),
    ];
    for (name, subject, preview) in cases {
        let parsed = parse(&file(name), Limits::default());
        assert_eq!(parsed.envelope.subject_text().unwrap(), subject, "{name}");
        assert_eq!(&*parsed.preview, preview, "{name}");
    }
}

#[test]
fn m10_a_multipart_without_parts_is_text_for_every_reader() {
    let head = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
    let inner = "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n";
    for (message, text) in [
        (format!("{head}never\r\n"), "never\r\n\n"),
        (format!("{head}first\r\n--b--\r\nlast\r\n"), "first\r\n--b--\r\nlast\r\n\n"),
        (format!("{inner}{head}within\r\n--a--\r\nepilogue\r\n"), "within\r\n\n"),
        (format!("{head}preamble\r\n--b\r\n\r\npart\r\n--b--\r\n"), "part\r\n\n"),
        (format!("{head}preamble\r\n--b"), "\n"),
    ] {
        let parsed = parse(message.as_bytes(), Limits::default());
        for size in [1, 2, usize::MAX] {
            let mut extractor = TextExtractor::new(Limits::default(), SearchScope::Content);
            let mut read = String::new();
            message.as_bytes().chunks(size).for_each(|piece| extractor.push(piece, &mut read));
            extractor.finish(&mut read);
            assert_eq!(read, text, "{message}");
        }
        assert_eq!(&*parsed.preview, text.split_whitespace().collect::<Vec<_>>().join(" "), "{message}");
    }
    // What is searched of it has an end.
    let long = format!("{head}{}", "x".repeat(1 << 20));
    let mut extractor = TextExtractor::new(Limits::default(), SearchScope::Content);
    let mut read = String::new();
    extractor.push(long.as_bytes(), &mut read);
    extractor.finish(&mut read);
    assert_eq!(read.len(), (64 << 10) + 1);
}

#[test]
fn words_in_every_charset_are_read_alike() {
    for (name, message) in files() {
        if !name.starts_with("word-") {
            continue;
        }
        let parsed = parse(&message, Limits::default());
        let subject = parsed.envelope.subject_text().unwrap();
        let header = parsed.structure.root().unwrap().header.within(&message);
        let q = message::HeaderFields::new(header).find(|field| field.is("X-Q")).unwrap();
        assert_eq!(message::decode_text(q.value), subject, "{name}");
        assert_eq!(&*parsed.preview, subject, "{name}");
        assert!(!subject.contains('\u{fffd}') && !subject.is_ascii(), "{name}: {subject}");
    }
}

#[test]
fn file_names() {
    let cases = [
        ("mixed-attachment", 2, Some("a.pdf")),
        ("parameters-2231", 1, Some("café open.pdf")),
        ("parameters-2231-order", 1, Some("ab.txt")),
        ("parameters-2231-gap", 1, Some("a")),
        ("parameters-encoded-word", 1, Some("café.txt")),
        ("parameters-unquoted-space", 1, Some("my file.pdf")),
        ("parameters-quoted-special", 1, Some("a\"b;c\\d.txt")),
        ("plain", 0, None),
    ];
    for (name, part, expected) in cases {
        let parsed = parse(&file(name), Limits::default());
        assert_eq!(parsed.structure.part(part).unwrap().file_name().as_deref(), expected, "{name}");
    }
}

/// One address in a short form: `name|route|local|domain`, `{` and the name for a group, `}` for its end.
fn short(address: &Address) -> String {
    let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
    let option = |octets: &Option<Box<[u8]>>| octets.as_deref().map_or("-".to_owned(), text);
    match address {
        Address::Mailbox { name, route, local, domain } => {
            format!("{}|{}|{}|{}", option(name), option(route), text(local), text(domain))
        }
        Address::GroupStart(name) => format!("{{{}", text(name)),
        Address::GroupEnd => "}".to_owned(),
    }
}

#[test]
fn addresses_are_read() {
    let odd = parse(&file("addresses-odd"), Limits::default()).envelope;
    let groups = parse(&file("groups"), Limits::default()).envelope;
    let obsolete = parse(&file("obsolete"), Limits::default()).envelope;
    let cases = [
        (&odd.from, vec!["An, \"of\" A|-|an|a.example"]),
        (&odd.sender, vec!["An of A|-|an|a.example"]),
        (&odd.reply_to, vec!["-|@x.example,@y.example|an|a.example"]),
        (
            &odd.to,
            vec![
                "-|-|john doe|b.example",
                "-|-|no domain|",
                "-|-||",
                "-|-|only|",
                "-|-|a|b@c.example",
                "John Q. Public|-|j.q|[127.0.0.1]",
            ],
        ),
        (&odd.cc, vec!["b (c) d|-|a.b|c.example", "=?utf-8?q?J=C3=A9?= trailing|-|j|a.example"]),
        (&odd.bcc, vec!["-|-|a|b.exampleb@c.example"]),
        (&groups.to, vec!["{friends", "An|-|an|a.example", "-|-|bo|b.example", "}", "-|-|c|c.example"]),
        (&groups.cc, vec!["{undisclosed-recipients", "}"]),
        (&groups.bcc, vec!["{open", "-|-|d|d.example", "}"]),
        (&obsolete.from, vec!["An . of . A|-|an|a.example"]),
    ];
    for (list, expected) in cases {
        assert_eq!(list.iter().map(short).collect::<Vec<_>>(), expected);
    }
}

#[test]
fn sections_are_found() {
    let message = file("rfc822-multipart");
    let parsed = parse(&message, Limits::default());
    let cases: &[(&[u32], Section, Option<&str>)] = &[
        (&[1], Section::Mime, Some("Content-Type: message/rfc822\r\n\r\n")),
        (&[1], Section::Header, Some("Subject: m\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n")),
        (&[1, 1], Section::Whole, Some("one")),
        (&[1, 2], Section::Whole, Some("<i>two</i>")),
        (&[1, 2], Section::Mime, Some("Content-Type: text/html\r\n\r\n")),
        (&[1, 2], Section::Text, None),
        (&[1, 3], Section::Whole, None),
        (&[1, 1, 1], Section::Whole, None),
        (&[2], Section::Whole, Some("last")),
        (&[2], Section::Mime, Some("\r\n")),
        (&[2], Section::Header, None),
        (&[2, 1], Section::Whole, None),
        (&[3], Section::Whole, None),
        (&[0], Section::Whole, None),
        (&[u32::MAX], Section::Whole, None),
        (&[], Section::Mime, None),
    ];
    for (path, section, expected) in cases {
        let found = parsed.structure.section(path, *section);
        let text = found.map(|span| String::from_utf8_lossy(span.within(&message)).into_owned());
        assert_eq!(text.as_deref(), *expected, "{path:?} {section:?}");
    }
    let text = parsed.structure.section(&[1], Section::Text).unwrap();
    assert!(text.within(&message).starts_with(b"--c\r\n") && text.within(&message).ends_with(b"--c--"));
}

#[test]
fn a_message_that_is_no_multipart_has_one_part() {
    let message = file("plain");
    let structure = parse(&message, Limits::default()).structure;
    assert_eq!(structure.section(&[1], Section::Whole).unwrap().within(&message), b"Good morning.\r\n");
    assert_eq!(structure.section(&[1], Section::Mime), structure.section(&[], Section::Header));
    assert_eq!(structure.section(&[2], Section::Whole), None);

    let message = file("rfc822-root");
    let structure = parse(&message, Limits::default()).structure;
    assert_eq!(
        structure.section(&[1], Section::Header).unwrap().within(&message),
        b"Subject: inside\r\nFrom: x@y.example\r\n\r\n"
    );
    assert_eq!(structure.section(&[1, 1], Section::Whole).unwrap().within(&message), b"body\r\n");
}

#[test]
fn lines_are_counted() {
    let cases =
        [("plain", vec![1]), ("empty", vec![0]), ("no-last-line-end", vec![1]), ("nested", vec![17, 8, 1, 1, 1])];
    for (name, expected) in cases {
        let parsed = parse(&file(name), Limits::default());
        assert_eq!(parsed.structure.parts().iter().map(|part| part.lines).collect::<Vec<_>>(), expected, "{name}");
    }
    let parsed = parse(&file("empty-parts"), Limits::default());
    let sizes: Vec<_> = parsed.structure.parts().iter().map(|part| (part.body.len(), part.lines)).skip(1).collect();
    assert_eq!(sizes, [(0, 0), (0, 0), (0, 0)]);
}

#[test]
fn threads_are_tied() {
    let keys = parse(&file("folded"), Limits::default()).thread;
    let ids: Vec<_> = keys.ids().map(|id| String::from_utf8_lossy(id).into_owned()).collect();
    assert_eq!(ids, ["3@a", "1@a", "2@a"]);
    assert_eq!(&*keys.base_subject, "one two three four");
}
