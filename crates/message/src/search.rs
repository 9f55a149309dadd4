//! The text of a message as a search sees it (RFC 9051, 6.4.4: TEXT and BODY): header fields and text parts, decoded.

use crate::encoded_word;
use crate::field::HeaderFields;
use crate::limits::Limits;
use crate::structure::Part;
use crate::text_part::TextPart;
use crate::walker::{Sink, Walker};

/// What a search looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SearchScope {
    /// `TEXT`: the header of the message and its body.
    Text,
    /// `BODY`: the body, in which headers of parts and of attached messages are content.
    Body,
    /// The text parts and nothing else: what people read.
    Content,
}

/// Gives the text of a message while its bytes go by. The structure is read anew, so that nothing but the bytes is needed.
///
/// Every field is a line of its own, every text part begins on a new line. HTML gives the text between its tags. Bytes
/// that are no text (images, unknown encodings) give nothing.
///
/// ```
/// use message::{Limits, SearchScope, TextExtractor};
/// let mut extractor = TextExtractor::new(Limits::default(), SearchScope::Text);
/// let mut text = String::new();
/// extractor.push(b"Subject: =?utf-8?q?caf=C3=A9?=\r\n\r\nopen", &mut text);
/// extractor.finish(&mut text);
/// assert_eq!(text, "Subject: café\nopen\n");
/// ```
pub struct TextExtractor {
    walker: Walker<Collector>,
}

impl TextExtractor {
    /// With these limits, for this search.
    pub fn new(limits: Limits, scope: SearchScope) -> Self {
        let collector = Collector { scope, text: String::new(), part: None, first: true };
        Self { walker: Walker::new(limits, collector) }
    }

    /// Takes the next octets and appends the text that they complete. The caller may take `text` away between calls; what it may
    /// not rely on is that a word comes in one piece.
    pub fn push(&mut self, bytes: &[u8], text: &mut String) {
        std::mem::swap(text, &mut self.walker.sink.text);
        self.walker.push(bytes);
        std::mem::swap(text, &mut self.walker.sink.text);
    }

    /// The message has ended; appends the rest.
    pub fn finish(mut self, text: &mut String) {
        std::mem::swap(text, &mut self.walker.sink.text);
        self.walker.finish();
        std::mem::swap(text, &mut self.walker.sink.text);
    }
}

/// Appends fields, each as a line.
pub(crate) fn put_fields(fields: HeaderFields<'_>, text: &mut String) {
    for field in fields {
        text.push_str(&encoded_word::decode(field.name));
        text.push_str(": ");
        text.push_str(&encoded_word::decode(field.value));
        text.push('\n');
    }
}

struct Collector {
    scope: SearchScope,
    /// Where text is put; the caller's while it pushes.
    text: String,
    part: Option<TextPart>,
    /// The header of the message has not been seen.
    first: bool,
}

impl Sink for Collector {
    fn part(&mut self, part: &Part, header: &[u8], _depth: usize) -> bool {
        let own = std::mem::replace(&mut self.first, false);
        let shown = match self.scope {
            SearchScope::Text => true,
            SearchScope::Body => !own,
            SearchScope::Content => false,
        };
        if shown {
            put_fields(HeaderFields::new(header), &mut self.text);
        }
        self.part = TextPart::new(part);
        self.part.is_some()
    }

    fn body(&mut self, bytes: &[u8]) {
        if let Some(part) = &mut self.part {
            part.push(bytes, &mut self.text);
        }
    }

    fn body_end(&mut self) {
        if let Some(mut part) = self.part.take() {
            part.finish(&mut self.text);
            self.text.push('\n');
        }
    }

    fn leaf_after_all(&mut self, part: &Part, _depth: usize) -> bool {
        self.part = TextPart::new(part);
        self.part.is_some()
    }
}
