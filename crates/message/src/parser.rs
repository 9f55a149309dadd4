//! A message goes in, piece by piece; what is inside it comes out.

use crate::date::Date;
use crate::envelope::Envelope;
use crate::flaw::Flaws;
use crate::header::{HeaderFacts, thread_keys};
use crate::limits::Limits;
use crate::preview::Preview;
use crate::structure::{Part, Structure};
use crate::thread::ThreadKeys;
use crate::walker::{Sink, Walker};

/// What is inside a message. Offsets count from its first octet.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Parsed {
    /// Octets of the message.
    pub size: u64,
    /// Where it could be read in two ways.
    pub flaws: Flaws,
    /// Counts of header fields that SMTP asks for.
    pub facts: HeaderFacts,
    /// When the sender says that it was sent.
    pub sent_at: Option<Date>,
    /// The envelope of the message itself.
    pub envelope: Envelope,
    /// Its parts.
    pub structure: Structure,
    /// The begin of its text on one line, at most [`Limits::preview`] characters.
    pub preview: Box<str>,
    /// What ties it to its thread.
    pub thread: ThreadKeys,
}

/// Parses a message by push; see the crate's documentation.
///
/// ```
/// use message::{Limits, Parser, Section};
/// let mut parser = Parser::new(Limits::default());
/// parser.push(b"Subject: hello\r\n\r\nGood ");
/// parser.push(b"morning\r\n");
/// let parsed = parser.finish();
/// assert_eq!(parsed.envelope.subject.as_deref(), Some(&b"hello"[..]));
/// assert_eq!(&*parsed.preview, "Good morning");
/// let text = parsed.structure.section(&[1], Section::Whole).unwrap();
/// assert_eq!(text.range(), 18..32);
/// ```
pub struct Parser {
    walker: Walker<Reader>,
}

impl Parser {
    /// With these limits.
    pub fn new(limits: Limits) -> Self {
        let reader = Reader { limits, thread: None, preview: Preview::new(limits.preview) };
        Self { walker: Walker::new(limits, reader) }
    }

    /// Takes the next octets; any cut gives the same.
    pub fn push(&mut self, bytes: &[u8]) {
        self.walker.push(bytes);
    }

    /// The message has ended.
    pub fn finish(self) -> Parsed {
        let mut walker = self.walker;
        walker.finish();
        let (envelope, facts) = walker.root.take().unwrap_or_default();
        Parsed {
            size: walker.size(),
            flaws: walker.flaws,
            facts,
            sent_at: envelope.sent_at(),
            envelope,
            structure: Structure { parts: walker.parts },
            preview: walker.sink.preview.finish(),
            thread: walker.sink.thread.unwrap_or_default(),
        }
    }
}

/// Parses a message that is in memory.
pub fn parse(message: &[u8], limits: Limits) -> Parsed {
    let mut parser = Parser::new(limits);
    parser.push(message);
    parser.finish()
}

struct Reader {
    limits: Limits,
    /// Of the first header, which is the message's.
    thread: Option<ThreadKeys>,
    preview: Preview,
}

impl Sink for Reader {
    fn part(&mut self, part: &Part, header: &[u8], depth: usize) -> bool {
        if self.thread.is_none() {
            self.thread = Some(thread_keys(header, &self.limits));
        }
        self.preview.part(part, header, depth)
    }

    fn body(&mut self, bytes: &[u8]) {
        self.preview.body(bytes);
    }

    fn body_end(&mut self) {
        self.preview.body_end();
    }

    fn leaf_after_all(&mut self, part: &Part, depth: usize) -> bool {
        self.preview.leaf_after_all(part, depth)
    }
}
