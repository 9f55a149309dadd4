//! What holds for any bytes: no panic, every cut gives the same, offsets inside the bytes, records come back, and a part that is served
//! parses as it did inside.

use message::{
    Flaws, HeaderFields, HeaderPass, KnownText, Limits, Parsed, Parser, SearchScope, Section, Shape, Span,
    TextExtractor, parse,
};
use proptest::prelude::{Strategy, any, prop_oneof};

use crate::corpus;

fn in_pieces(message: &[u8], cuts: &[usize]) -> Parsed {
    let mut parser = Parser::new(Limits::default());
    let mut from = 0;
    for &cut in cuts {
        parser.push(&message[from..cut]);
        from = cut;
    }
    parser.push(&message[from..]);
    parser.finish()
}

fn text_in_pieces(message: &[u8], size: usize, scope: SearchScope) -> String {
    let mut extractor = TextExtractor::new(Limits::default(), scope);
    let mut text = String::new();
    for piece in message.chunks(size) {
        extractor.push(piece, &mut text);
    }
    extractor.finish(&mut text);
    text
}

/// Everything that must hold of one message.
fn check(message: &[u8]) {
    let parsed = parse(message, Limits::default());
    assert_eq!(parsed.size, message.len() as u64);
    check_spans(&parsed);
    assert_eq!(Parsed::decode(&parsed.encode()).as_ref(), Ok(&parsed));
    assert_eq!(message::Envelope::decode(&parsed.envelope.encode()).as_ref(), Ok(&parsed.envelope));
    assert_eq!(message::Structure::decode(&parsed.structure.encode()).as_ref(), Ok(&parsed.structure));
    assert_eq!(message::ThreadKeys::decode(&parsed.thread.encode()).as_ref(), Ok(&parsed.thread));
    let steps: Vec<usize> = (1..message.len()).collect();
    assert_eq!(in_pieces(message, &steps), parsed, "byte by byte");
    for scope in [SearchScope::Text, SearchScope::Body, SearchScope::Content] {
        let text = text_in_pieces(message, usize::MAX, scope);
        assert_eq!(text_in_pieces(message, 1, scope), text);
        if let Some(known) = KnownText::new(&parsed, message, scope) {
            assert_eq!(known.collect::<String>(), text);
        }
    }
    check_header_pass(message, &parsed);
    check_attached(message, &parsed);
}

fn check_spans(parsed: &Parsed) {
    let parts = parsed.structure.parts();
    assert!(!parts.is_empty());
    assert!(parts.len() <= Limits::default().parts);
    let whole = parsed.structure.section(&[], Section::Whole).unwrap();
    assert_eq!(whole, Span::new(0, parsed.size));
    for (index, part) in parts.iter().enumerate() {
        assert_eq!(part.header.end, part.body.start);
        assert!(part.header.start <= part.header.end && part.body.start <= part.body.end);
        assert!(part.body.end <= parsed.size);
        let children: Vec<usize> = parsed.structure.children(index).collect();
        match part.shape {
            Shape::Leaf => assert!(children.is_empty() && part.end as usize == index + 1),
            Shape::Multipart => assert!(!children.is_empty()),
            Shape::Message(_) => {
                assert_eq!(children, [index + 1]);
                assert_eq!(parts[index + 1].header.start, part.body.start);
                assert_eq!(parts[index + 1].body.end, part.body.end);
            }
        }
        for child in children {
            assert!(parts[child].header.start >= part.body.start && parts[child].body.end <= part.body.end);
        }
    }
}

fn check_header_pass(message: &[u8], parsed: &Parsed) {
    let mut pass = HeaderPass::new(usize::MAX);
    message.chunks(3).for_each(|piece| pass.push(piece));
    let root = parsed.structure.root().unwrap();
    assert_eq!(pass.block(), root.header.within(message));
    assert_eq!(pass.facts(), parsed.facts);
    let fields: u64 = HeaderFields::new(pass.block()).map(|field| field.whole.len()).sum();
    assert!(fields <= root.header.len());
}

/// An attached message, cut out, parses to the same as it did inside.
fn check_attached(message: &[u8], parsed: &Parsed) {
    let parts = parsed.structure.parts();
    for (index, part) in parts.iter().enumerate() {
        let Some(envelope) = part.envelope() else { continue };
        let cut = parse(part.body.within(message), Limits::default());
        assert_eq!(&cut.envelope, envelope);
        let inside = &parts[index + 1..part.end as usize];
        // an open boundary outside may end a part inside; what is cut out has no outside
        if inside.len() == cut.structure.parts().len() {
            let shift = part.body.start;
            for (outer, inner) in inside.iter().zip(cut.structure.parts()) {
                assert_eq!(outer.media, inner.media);
                assert_eq!(outer.header, Span::new(inner.header.start + shift, inner.header.end + shift));
                assert_eq!(outer.body, Span::new(inner.body.start + shift, inner.body.end + shift));
                assert_eq!(outer.lines, inner.lines);
            }
        }
    }
}

#[test]
fn all_holds_for_the_corpus() {
    for (name, message) in corpus::files() {
        println!("{name}");
        check(&message);
    }
}

#[test]
fn every_single_cut_of_the_corpus_gives_the_same() {
    for (name, message) in corpus::files() {
        let whole = parse(&message, Limits::default());
        for cut in 0..=message.len() {
            assert_eq!(in_pieces(&message, &[cut]), whole, "{name} cut at {cut}");
        }
    }
}

#[test]
fn what_we_build_has_no_flaw() {
    let built = message::Builder::new(message::HeaderWriter::new().field("From", "a@b.example")).text("x\n");
    assert_eq!(parse(&built, Limits::default()).flaws, Flaws::NONE);
}

/// Lines that matter to the parser, in any order.
fn nasty() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        proptest::sample::select(vec![
            "\r\n",
            "\r\n",
            "\r\n",
            "--a\r\n",
            "--a--\r\n",
            "--b\r\n",
            "--b--\r\n",
            "--",
            "-",
            "\n",
            "\r",
            " \r\n",
            "Content-Type: multipart/mixed; boundary=a\r\n",
            "Content-Type: multipart/digest; boundary=b\r\n",
            "Content-Type: multipart/mixed; boundary=\"a--\"\r\n",
            "Content-Type: message/rfc822\r\n",
            "Content-Type: text/html; charset=utf-8\r\n",
            "Content-Transfer-Encoding: base64\r\n",
            "Content-Transfer-Encoding: quoted-printable\r\n",
            "Content-Disposition: attachment; filename*0*=utf-8''%41; filename*1=b\r\n",
            "Subject: =?utf-8?q?a=C3?= =?utf-8?b?qQ==?=\r\n",
            "From: g: \"x\" <@r:a@b> (c);, d@e\r\n",
            "References: <a@b> <c@d>\r\n",
            "Received: x\r\n",
            "<p>text &amp; more</p>\r\n",
            "YWJj=3D=\r\n",
        ])
        .prop_map(|line| line.as_bytes().to_vec()),
        proptest::collection::vec(any::<u8>(), 0..12),
    ];
    proptest::collection::vec(line, 0..40).prop_map(|lines| lines.concat())
}

proptest::proptest! {
    #[test]
    fn all_holds_for_nasty_bytes(message in nasty()) {
        check(&message);
    }

    #[test]
    fn nasty_bytes_in_any_pieces(message in nasty(), cuts in proptest::collection::vec(any::<proptest::sample::Index>(), 0..8)) {
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(message.len() + 1)).collect();
        cuts.sort_unstable();
        proptest::prop_assert_eq!(in_pieces(&message, &cuts), parse(&message, Limits::default()));
    }

    #[test]
    fn a_damaged_record_is_refused_or_read(message in nasty(), at: proptest::sample::Index, with: u8) {
        let mut record = parse(&message, Limits::default()).encode();
        let at = at.index(record.len());
        record[at] = with;
        let _ = Parsed::decode(&record);
        let _ = Parsed::decode(&record[..at]);
    }
}
