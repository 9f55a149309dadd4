//! The text of a message whose parts are known and whose bytes are all in memory: what [`TextExtractor`] gives, without
//! reading the structure anew, and without a copy where the bytes of a part are its text.
//!
//! [`TextExtractor`]: crate::TextExtractor

use std::borrow::Cow;

use crate::field::HeaderFields;
use crate::parser::Parsed;
use crate::search::SearchScope;
use crate::structure::{Part, Shape};
use crate::text_part::{TextPart, as_it_stands};

/// The pieces of the text, in order. A word may lie across two of them.
///
/// ```
/// use message::{KnownText, Limits, SearchScope, parse};
/// let message = b"Subject: hello\r\n\r\nGood morning";
/// let parsed = parse(message, Limits::default());
/// let text: String = KnownText::new(&parsed, message, SearchScope::Text).unwrap().collect();
/// assert_eq!(text, "Subject: hello\nGood morning\n");
/// ```
pub struct KnownText<'a> {
    parts: &'a [Part],
    bytes: &'a [u8],
    scope: SearchScope,
    at: usize,
    next: Next,
}

/// What comes next of the part at hand.
enum Next {
    Header,
    Body,
    LineEnd,
}

impl<'a> KnownText<'a> {
    /// `None` where `bytes` are not all of the message, or can be read in two ways: then only the reading itself says
    /// what is text.
    pub fn new(parsed: &'a Parsed, bytes: &'a [u8], scope: SearchScope) -> Option<Self> {
        let whole = parsed.size == bytes.len() as u64 && parsed.flaws.is_empty();
        whole.then(|| Self { parts: parsed.structure.parts(), bytes, scope, at: 0, next: Next::Header })
    }

    /// The bytes of a part's body, with the line end that belongs to the boundary behind it.
    fn body(&self, part: &Part) -> &'a [u8] {
        let bytes = part.body.within(self.bytes);
        let rest = usize::try_from(part.body.end).ok().and_then(|end| self.bytes.get(end..)).unwrap_or_default();
        let line_end = if rest.starts_with(b"\r\n") { 2 } else { usize::from(rest.starts_with(b"\n")) };
        let end = usize::try_from(part.body.end).unwrap_or(usize::MAX).saturating_add(line_end);
        usize::try_from(part.body.start).ok().and_then(|start| self.bytes.get(start..end)).unwrap_or(bytes)
    }

    /// The header of the part at hand, where it is looked at.
    fn header(&self, part: &Part) -> Option<String> {
        let shown = match self.scope {
            SearchScope::Text => true,
            SearchScope::Body => self.at > 0,
            SearchScope::Content => false,
        };
        shown.then(|| {
            let mut text = String::new();
            crate::search::put_fields(HeaderFields::new(part.header.within(self.bytes)), &mut text);
            text
        })
    }
}

/// What the body of a part says, where it is text.
fn text_of<'a>(part: &Part, body: &'a [u8]) -> Option<Cow<'a, str>> {
    if part.shape != Shape::Leaf {
        return None;
    }
    if let Some(text) = as_it_stands(part, body) {
        return Some(Cow::Borrowed(text));
    }
    let mut decoder = TextPart::new(part)?;
    let mut text = String::new();
    decoder.push(body, &mut text);
    decoder.finish(&mut text);
    Some(Cow::Owned(text))
}

impl<'a> Iterator for KnownText<'a> {
    type Item = Cow<'a, str>;

    fn next(&mut self) -> Option<Cow<'a, str>> {
        loop {
            let part = self.parts.get(self.at)?;
            match self.next {
                Next::Header => {
                    self.next = Next::Body;
                    if let Some(text) = self.header(part) {
                        return Some(Cow::Owned(text));
                    }
                }
                Next::Body => match text_of(part, self.body(part)) {
                    Some(text) => {
                        self.next = Next::LineEnd;
                        return Some(text);
                    }
                    None => (self.at, self.next) = (self.at + 1, Next::Header),
                },
                Next::LineEnd => {
                    (self.at, self.next) = (self.at + 1, Next::Header);
                    return Some(Cow::Borrowed("\n"));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Limits, TextExtractor, parse};

    /// The message without flaws, in which nothing but the picture is no text.
    const MESSAGE: &[u8] = b"From: a@b.example\r\nSubject: one\r\n two =?utf-8?q?caf=C3=A9?=\r\n\
        Content-Type: multipart/mixed; boundary=b\r\n\r\npreamble\r\n\
        --b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\ncaf\xc3\xa9\r\nas it stands\r\n\
        --b\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\ncaf\xe9\r\n\
        --b\r\nContent-Type: text/html\r\n\r\n<p>a<b>b</b>c</p>\r\n\
        --b\r\nContent-Type: text/plain; charset=iso-2022-jp\r\n\r\n\x1b$B$3\x1b(B\r\n\
        --b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\na=\r\nb\r\n\
        --b\r\nContent-Type: text/plain\r\n\r\n\r\n\
        --b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\nYWJj\r\n\
        --b\r\nContent-Type: message/rfc822\r\n\r\nSubject: inside\r\n\r\nword\r\n--b--\r\nepilogue\r\n";

    #[test]
    fn gives_what_the_reading_gives() {
        let parsed = parse(MESSAGE, Limits::default());
        for scope in [SearchScope::Text, SearchScope::Body, SearchScope::Content] {
            let (mut extractor, mut text) = (TextExtractor::new(Limits::default(), scope), String::new());
            extractor.push(MESSAGE, &mut text);
            extractor.finish(&mut text);
            assert!(text.contains("as it stands") && text.contains("abc") && text.contains("word"), "{text}");
            assert_eq!(KnownText::new(&parsed, MESSAGE, scope).unwrap().collect::<String>(), text, "{scope:?}");
        }
    }

    #[test]
    fn what_stands_as_it_is_is_not_copied_and_what_is_unsure_is_not_known() {
        let message = b"Subject: x\r\n\r\nplain\r\n";
        let parsed = parse(message, Limits::default());
        let pieces: Vec<Cow<'_, str>> = KnownText::new(&parsed, message, SearchScope::Body).unwrap().collect();
        assert!(matches!(pieces[..], [Cow::Borrowed("plain\r\n"), Cow::Borrowed("\n")]), "{pieces:?}");
        assert!(KnownText::new(&parsed, &message[1..], SearchScope::Body).is_none());
        let twice = b"Subject: x\r\nContent-Type: text/plain\r\nContent-Type: text/html\r\n\r\nplain\r\n";
        assert!(KnownText::new(&parse(twice, Limits::default()), twice, SearchScope::Body).is_none());
    }
}
