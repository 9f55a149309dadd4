//! The preview: the begin of the text that people see, on one line (RFC 8621, 4.1.4).

use crate::structure::Part;
use crate::text_part::TextPart;
use crate::walker::Sink;

/// Collects the preview while the message goes by: of the first `text/plain` part that says anything, else of the first such
/// `text/html` part. Attachments and attached messages are not looked into.
pub(crate) struct Preview {
    limit: usize,
    plain: String,
    html: String,
    reading: Option<Reading>,
}

struct Reading {
    text: TextPart,
    html: bool,
    line: Line,
}

/// Letters on one line: runs of white space are one space, controls and what has no width are dropped.
struct Line {
    text: String,
    letters: usize,
    space: bool,
    limit: usize,
}

impl Preview {
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit, plain: String::new(), html: String::new(), reading: None }
    }

    pub(crate) fn finish(self) -> Box<str> {
        if self.plain.is_empty() { self.html } else { self.plain }.into()
    }

    fn keep(&mut self, reading: Reading) {
        let kept = if reading.html { &mut self.html } else { &mut self.plain };
        *kept = reading.line.text;
    }
}

impl Sink for Preview {
    fn part(&mut self, part: &Part, _header: &[u8], depth: usize) -> bool {
        self.reading = None;
        let html = part.media.is_exactly("text", "html");
        let plain = part.media.is_exactly("text", "plain");
        let done = !self.plain.is_empty() || (html && !self.html.is_empty());
        if done || depth > 0 || !(html || plain) || part.is_attachment() {
            return false;
        }
        let line = Line { text: String::new(), letters: 0, space: false, limit: self.limit };
        self.reading = TextPart::new(part).map(|text| Reading { text, html, line });
        self.reading.is_some()
    }

    fn body(&mut self, bytes: &[u8]) {
        let Some(reading) = &mut self.reading else { return };
        for stride in bytes.chunks(STRIDE) {
            let mut letters = String::new();
            reading.text.push(stride, &mut letters);
            if !reading.line.push(&letters) {
                break;
            }
        }
        if reading.line.is_full()
            && let Some(reading) = self.reading.take()
        {
            self.keep(reading);
        }
    }

    fn body_end(&mut self) {
        if let Some(mut reading) = self.reading.take() {
            let mut letters = String::new();
            reading.text.finish(&mut letters);
            reading.line.push(&letters);
            self.keep(reading);
        }
    }

    fn leaf_after_all(&mut self, part: &Part, depth: usize) -> bool {
        self.part(part, b"", depth)
    }
}

impl Line {
    fn is_full(&self) -> bool {
        self.letters >= self.limit
    }

    /// Whether there is room for more.
    fn push(&mut self, letters: &str) -> bool {
        for letter in letters.chars() {
            if self.is_full() {
                return false;
            }
            if letter.is_whitespace() {
                self.space = !self.text.is_empty();
            } else if !(letter.is_control() || is_invisible(letter)) {
                if std::mem::take(&mut self.space) {
                    self.text.push(' ');
                    self.letters += 1;
                    if self.is_full() {
                        return false;
                    }
                }
                self.text.push(letter);
                self.letters += 1;
            }
        }
        true
    }
}

/// What newsletters fill their preview with, and what turns the direction of text.
fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{34f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

const STRIDE: usize = 512;
