//! Whole messages: every cut gives the same, offsets lie inside, records come back, the search text is the same in pieces.
use message::{Limits, Parsed, Parser, SearchScope, Section, TextExtractor, parse};

pub(crate) fn mime(data: &[u8]) {
    let whole = parse(data, Limits::default());
    assert_eq!(Parsed::decode(&whole.encode()).as_ref(), Ok(&whole));
    assert_eq!(whole.structure.section(&[], Section::Whole).map(message::Span::range), Some(0..data.len() as u64));
    for (index, part) in whole.structure.parts().iter().enumerate() {
        assert!(part.header.end == part.body.start && part.body.end <= whole.size);
        for child in whole.structure.children(index) {
            let inside = whole
                .structure
                .part(child)
                .is_some_and(|child| child.header.start >= part.body.start && child.body.end <= part.body.end);
            assert!(inside);
        }
    }
    // every cut of a small message, some of a large one
    let step = data.len() / 256 + 1;
    for cut in (0..data.len()).step_by(step) {
        let (head, tail) = data.split_at(cut);
        let mut parser = Parser::new(Limits::default());
        parser.push(head);
        parser.push(tail);
        assert_eq!(parser.finish(), whole);
    }
    assert_eq!(text(data, 1), text(data, usize::MAX));
    // a record that comes from elsewhere is refused or read, never more
    let _ = Parsed::decode(data);
}

fn text(data: &[u8], size: usize) -> String {
    let mut extractor = TextExtractor::new(Limits::default(), SearchScope::Text);
    let mut text = String::new();
    for piece in data.chunks(size) {
        extractor.push(piece, &mut text);
    }
    extractor.finish(&mut text);
    text
}
