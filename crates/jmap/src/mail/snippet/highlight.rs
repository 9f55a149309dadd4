//! Text with what was looked for between `<mark>` and `</mark>`, as HTML (RFC 8621, 5).
use search::folded;
use std::ops::Range;

/// "MUST NOT be bigger than 255 octets in size"
const MAX_PREVIEW: usize = 255;
/// Letters before the first match.
const BEFORE: usize = 40;
/// Matches that are marked in one text.
const MAX_MATCHES: usize = 1_000;
const OPEN: &str = "<mark>";
const CLOSE: &str = "</mark>";

/// The whole text with its matches; nothing where none is in it.
pub(super) fn whole(text: &str, terms: &[String]) -> Option<String> {
    let matches = matches(text, terms);
    (!matches.is_empty()).then(|| marked(text, &matches, usize::MAX))
}

/// The part of a text around the first match; nothing where none is in it.
pub(super) fn section(text: &str, terms: &[String]) -> Option<String> {
    let first = matches(text, terms).into_iter().next()?;
    let before = text.get(..first.start).unwrap_or_default();
    let start = before.char_indices().rev().nth(BEFORE - 1).map_or(0, |(at, _)| at);
    // a word is not begun in its middle
    let start = match before.get(start..).and_then(|tail| tail.find(char::is_whitespace)) {
        Some(space) if start > 0 => start + space,
        _ => start,
    };
    let line = one_line(text.get(start..).unwrap_or_default());
    let found = matches(&line, terms);
    (!found.is_empty()).then(|| marked(&line, &found, MAX_PREVIEW))
}

/// White space as single spaces, as far as a preview can need it.
fn one_line(text: &str) -> String {
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        if line.len() > 2 * MAX_PREVIEW {
            break;
        }
    }
    line
}

/// Where terms are, in order, none over another.
fn matches(text: &str, terms: &[String]) -> Vec<Range<usize>> {
    let (folded_text, places) = with_places(text);
    let mut found: Vec<Range<usize>> = Vec::new();
    for term in terms {
        for (at, _) in folded_text.match_indices(term.as_str()).take(MAX_MATCHES) {
            let start = places.partition_point(|(folded, _)| *folded <= at).saturating_sub(1);
            let end = places.partition_point(|(folded, _)| *folded < at + term.len());
            let place = |nth: usize| places.get(nth).map_or(text.len(), |(_, original)| *original);
            found.push(place(start)..place(end));
        }
    }
    found.sort_by_key(|range| (range.start, range.end));
    let mut apart: Vec<Range<usize>> = Vec::new();
    for range in found {
        match apart.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => apart.push(range),
        }
    }
    apart
}

/// A text without case, and for each of its letters where it begins in that and in the original.
fn with_places(text: &str) -> (String, Vec<(usize, usize)>) {
    let (mut folded_text, mut places) = (String::with_capacity(text.len()), Vec::with_capacity(text.len()));
    let mut letter = [0; 4];
    for (at, character) in text.char_indices() {
        places.push((folded_text.len(), at));
        folded_text.push_str(&folded(character.encode_utf8(&mut letter)));
    }
    (folded_text, places)
}

/// The text as HTML of at most `max` octets; a match that does not fit whole is cut, and closed.
fn marked(text: &str, matches: &[Range<usize>], max: usize) -> String {
    let mut html = String::new();
    let mut next = matches.iter().peekable();
    let mut open: Option<usize> = None;
    for (at, letter) in text.char_indices() {
        if open.is_some_and(|end| at >= end) {
            html.push_str(CLOSE);
            open = None;
        }
        let written = escaped(letter);
        let begins = next.peek().is_some_and(|range| range.start == at);
        let marks = if open.is_some() {
            CLOSE.len()
        } else if begins {
            OPEN.len() + CLOSE.len()
        } else {
            0
        };
        if html.len() + written.len() + marks > max {
            break;
        }
        if begins && let Some(range) = next.next() {
            html.push_str(OPEN);
            open = Some(range.end);
        }
        html.push_str(&written);
    }
    if open.is_some() {
        html.push_str(CLOSE);
    }
    html
}

fn escaped(letter: char) -> String {
    match letter {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        letter => letter.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_PREVIEW, section, whole};
    use proptest::prelude::*;
    use search::folded;

    fn terms(terms: &[&str]) -> Vec<String> {
        terms.iter().map(|term| folded(term)).collect()
    }

    #[test]
    fn matches_are_marked_in_html() {
        for (text, wanted, html) in [
            ("The Foo", vec!["foo"], Some("The <mark>Foo</mark>")),
            ("a<b & foo>", vec!["FOO"], Some("a&lt;b &amp; <mark>foo</mark>&gt;")),
            ("caf\u{e9} \u{c9}t\u{e9}", vec!["\u{e9}t\u{e9}"], Some("caf\u{e9} <mark>\u{c9}t\u{e9}</mark>")),
            ("foofoo", vec!["foo"], Some("<mark>foo</mark><mark>foo</mark>")),
            ("foobar", vec!["foob", "bar"], Some("<mark>foobar</mark>")),
            ("a & b", vec!["&"], Some("a <mark>&amp;</mark> b")),
            ("none", vec!["foo"], None),
            ("none", vec![], None),
        ] {
            assert_eq!(whole(text, &terms(&wanted)).as_deref(), html, "{text}");
        }
    }

    #[test]
    fn a_section_is_where_the_match_is() {
        let text = format!("{} before that the needle\n\t stands  here {}", "word ".repeat(100), "behind ".repeat(100));
        let shown = section(&text, &terms(&["needle"])).unwrap();
        assert!(shown.contains("that the <mark>needle</mark> stands here behind"), "{shown}");
        assert!(shown.starts_with("word ") && shown.len() <= MAX_PREVIEW);
        assert_eq!(section(&text, &terms(&["absent"])), None);
    }

    proptest! {
        #[test]
        fn any_section_is_short_and_sound(text in "[a-c<>&\u{e9} ]{0,600}", term in "[a-c<&\u{e9}]{1,3}") {
            if let Some(shown) = section(&text, &terms(&[&term])) {
                prop_assert!(shown.len() <= MAX_PREVIEW);
                prop_assert_eq!(shown.matches("<mark>").count(), shown.matches("</mark>").count());
                let rest = shown.replace("<mark>", "").replace("</mark>", "");
                prop_assert!(!rest.contains('<') && !rest.contains('>'));
            }
        }
    }
}
