//! Messages made to cost much: they are cut in the parsed view, flagged, and read in linear time.

use message::{Flaw, Limits, Parsed, Parser, SearchScope, TextExtractor, parse};

fn nested(levels: usize) -> Vec<u8> {
    let mut message = Vec::new();
    for level in 0..levels {
        message.extend_from_slice(
            format!("Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n").as_bytes(),
        );
    }
    message.extend_from_slice(b"\r\ndeep\r\n");
    message
}

fn read(message: &[u8]) -> Parsed {
    let parsed = parse(message, Limits::default());
    assert_eq!(Parsed::decode(&parsed.encode()).as_ref(), Ok(&parsed));
    parsed
}

#[test]
fn m01_nesting_is_cut_at_its_limit() {
    for (levels, parts) in [(10, 11), (100, 101), (101, 101), (1_000, 101), (100_000, 101)] {
        let parsed = read(&nested(levels));
        assert_eq!(parsed.structure.parts().len(), parts, "{levels}");
        assert_eq!(parsed.flaws.contains(Flaw::TooDeep), levels > 100);
    }
    let cut = read(&nested(1_000));
    let last = cut.structure.parts().last().unwrap();
    assert!(last.media.is_exactly("application", "octet-stream"));
    assert_eq!(last.body.end, cut.size);
}

#[test]
fn m01_attached_messages_are_cut_too() {
    let parsed = read(&b"Content-Type: message/rfc822\r\n\r\n".repeat(100_000));
    assert_eq!(parsed.structure.parts().len(), 101);
    assert!(parsed.flaws.contains(Flaw::TooDeep));
}

#[test]
fn m03_the_last_part_takes_the_rest() {
    let mut message = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n".to_vec();
    message.extend_from_slice(&b"--b\r\n\r\n".repeat(100_000));
    let parsed = read(&message);
    assert_eq!(parsed.structure.parts().len(), 10_000);
    assert!(parsed.flaws.contains(Flaw::TooManyParts));
    assert_eq!(parsed.structure.parts().last().unwrap().body.end, parsed.size);
}

#[test]
fn m04_header_bytes_are_cut() {
    let many = b"X-Field: value\r\n".repeat(100_000);
    let mut message = many.clone();
    message.extend_from_slice(b"Subject: late\r\n\r\nbody\r\n");
    let parsed = read(&message);
    assert!(parsed.flaws.contains(Flaw::HeaderCut));
    assert_eq!(parsed.envelope.subject, None);
    assert_eq!(parsed.structure.root().unwrap().header.end, message.len() as u64 - 6);

    let mut long = b"Subject: ".to_vec();
    long.resize(10 << 20, b'x');
    long.extend_from_slice(b"\r\n\r\nbody\r\n");
    let parsed = read(&long);
    assert!(parsed.flaws.contains(Flaw::HeaderCut));
    assert!(parsed.envelope.subject.unwrap().len() < 1 << 20);
    assert_eq!(&*parsed.preview, "body");
}

#[test]
fn m04_addresses_parameters_and_references_are_cut() {
    let to = format!("To: {}\r\n\r\n", "a@b,".repeat(100_000));
    let parsed = read(to.as_bytes());
    assert_eq!(parsed.envelope.to.len(), 10_000);
    assert!(parsed.flaws.contains(Flaw::TooManyAddresses));

    let groups = format!("To: {}\r\n\r\n", "g:;".repeat(100_000));
    assert!(read(groups.as_bytes()).envelope.to.len() <= 20_000);

    let parameters = format!("Content-Type: text/plain{}\r\n\r\n", ";a=b".repeat(100_000));
    let parsed = read(parameters.as_bytes());
    assert_eq!(parsed.structure.root().unwrap().media.parameters.iter().count(), 10_000);
    assert!(parsed.flaws.contains(Flaw::TooManyParameters));

    let references: String = (0..50_000).map(|number| format!("<{number}@a>")).collect();
    let parsed = read(format!("References: {references}\r\n\r\n").as_bytes());
    assert_eq!(parsed.thread.references.len(), 100);
    assert_eq!(&*parsed.thread.references[99], b"49999@a");
}

#[test]
fn m04_hostile_shapes_are_read_whole_and_in_pieces() {
    let boundaries: String = (0..99)
        .map(|level| {
            format!("Content-Type: multipart/mixed; boundary=bbbbbbbb{level:02}\r\n\r\n--bbbbbbbb{level:02}\r\n")
        })
        .collect();
    let begin = format!("{boundaries}\r\n");
    let shapes: [(&str, Vec<u8>); 9] = [
        ("boundary-like lines", [begin.as_bytes(), &b"--bbbbbbbb9x\r\n".repeat(200_000)].concat()),
        ("dashes", [begin.as_bytes(), &b"-".repeat(3 << 20)].concat()),
        ("dash lines", [begin.as_bytes(), &b"--\r\n".repeat(500_000)].concat()),
        ("one line", b"x".repeat(10 << 20)),
        ("comments", [b"From: ".as_slice(), &b"(".repeat(1 << 20)].concat()),
        ("quotes", [b"To: ".as_slice(), &b"\"\\".repeat(500_000)].concat()),
        ("angles", [b"To: ".as_slice(), &b"<".repeat(1 << 20)].concat()),
        ("encoded words", [b"Subject: ".as_slice(), &b"=?utf-8?q?a?= ".repeat(70_000)].concat()),
        ("html", [b"Content-Type: text/html\r\n\r\n".as_slice(), &b"<&<a \"".repeat(500_000)].concat()),
    ];
    for (name, message) in shapes {
        let parsed = read(&message);
        assert_eq!(parsed.size, message.len() as u64, "{name}");
        let mut parser = Parser::new(Limits::default());
        message.chunks(1_000).for_each(|piece| parser.push(piece));
        assert_eq!(parser.finish(), parsed, "{name}");
        let mut extractor = TextExtractor::new(Limits::default(), SearchScope::Text);
        let mut text = String::new();
        extractor.push(&message, &mut text);
        extractor.finish(&mut text);
        assert!(text.len() <= 4 * message.len(), "{name}");
    }
}

#[test]
fn every_limit_can_be_set() {
    let limits =
        Limits { depth: 2, parts: 3, header_bytes: 200, addresses: 1, parameters: 4, references: 1, preview: 3 };
    let message = b"To: a@b, c@d\r\nReferences: <1@a> <2@a>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
        --b\r\n\r\nlong text\r\n--b\r\n\r\ntwo\r\n--b\r\n\r\nthree\r\n--b--\r\n";
    let parsed = parse(message, limits);
    assert_eq!(parsed.envelope.to.len(), 1);
    assert_eq!(parsed.thread.references.len(), 1);
    assert_eq!(parsed.structure.parts().len(), 3);
    assert_eq!(&*parsed.preview, "lon");
}
