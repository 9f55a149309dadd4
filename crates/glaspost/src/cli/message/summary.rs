//! What is told about a message; its JSON is stable: keys are added, none is renamed.
use super::structure;
use message::{Address, Envelope, Flaw, Octets, Parsed};
use serde::Serialize;

/// What is told about a message.
#[derive(Debug, Serialize)]
pub(super) struct Summary {
    /// Octets.
    pub(super) size: u64,
    pub(super) envelope: EnvelopeView,
    pub(super) parts: Vec<PartView>,
    pub(super) preview: String,
    pub(super) flaws: Vec<FlawView>,
    pub(super) thread: ThreadView,
    pub(super) text: String,
    /// Whether there is more text.
    pub(super) text_cut: bool,
}

/// Who wrote to whom, decoded.
#[derive(Debug, Serialize)]
pub(super) struct EnvelopeView {
    pub(super) date: Option<String>,
    /// Seconds since 1970.
    pub(super) sent_at: Option<i64>,
    pub(super) subject: Option<String>,
    pub(super) from: Vec<AddressView>,
    pub(super) sender: Vec<AddressView>,
    pub(super) reply_to: Vec<AddressView>,
    pub(super) to: Vec<AddressView>,
    pub(super) cc: Vec<AddressView>,
    pub(super) bcc: Vec<AddressView>,
    pub(super) in_reply_to: Option<String>,
    pub(super) message_id: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct AddressView {
    pub(super) name: Option<String>,
    pub(super) address: String,
}

/// A part. `start` and `size` are octets of the stored, still encoded body.
#[derive(Debug, Serialize)]
pub(super) struct PartView {
    /// Its number; none for the multipart that a message is.
    pub(super) part: Option<String>,
    pub(super) depth: usize,
    #[serde(rename = "type")]
    pub(super) media_type: String,
    pub(super) charset: Option<String>,
    pub(super) encoding: String,
    pub(super) size: u64,
    pub(super) lines: u64,
    pub(super) start: u64,
    pub(super) disposition: Option<String>,
    pub(super) file_name: Option<String>,
    pub(super) content_id: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct FlawView {
    pub(super) name: &'static str,
    pub(super) meaning: &'static str,
}

#[derive(Debug, Serialize)]
pub(super) struct ThreadView {
    pub(super) references: Vec<String>,
    pub(super) base_subject: String,
}

impl Summary {
    pub(super) fn new(parsed: &Parsed, text_shown: String, text_cut: bool) -> Self {
        Self {
            size: parsed.size,
            envelope: EnvelopeView::new(&parsed.envelope, parsed.sent_at.map(|date| date.seconds)),
            parts: structure::parts(&parsed.structure),
            preview: parsed.preview.to_string(),
            flaws: parsed.flaws.iter().map(flaw).collect(),
            thread: ThreadView {
                references: parsed.thread.references.iter().map(|id| text(id)).collect(),
                base_subject: parsed.thread.base_subject.to_string(),
            },
            text: text_shown,
            text_cut,
        }
    }
}

impl EnvelopeView {
    fn new(envelope: &Envelope, sent_at: Option<i64>) -> Self {
        let one = |octets: &Option<Octets>| octets.as_deref().map(text);
        Self {
            date: one(&envelope.date),
            sent_at,
            subject: envelope.subject_text(),
            from: people(&envelope.from),
            sender: people(&envelope.sender),
            reply_to: people(&envelope.reply_to),
            to: people(&envelope.to),
            cc: people(&envelope.cc),
            bcc: people(&envelope.bcc),
            in_reply_to: one(&envelope.in_reply_to),
            message_id: one(&envelope.message_id),
        }
    }
}

fn people(list: &[Address]) -> Vec<AddressView> {
    let readable = Envelope::readable(list);
    readable.into_iter().map(|one| AddressView { name: one.name, address: one.address }).collect()
}

/// Octets of a header as text.
pub(super) fn text(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets).trim().to_owned()
}

fn flaw(flaw: Flaw) -> FlawView {
    let (name, meaning) = match flaw {
        Flaw::DuplicateField => ("duplicate-field", "a field that may stand once stands twice; the first is read"),
        Flaw::SpaceBeforeColon => ("space-before-colon", "white space between a field's name and its colon"),
        Flaw::JunkInHeader => ("junk-in-header", "a header line that is no field; it is skipped"),
        Flaw::NoHeaderEnd => ("no-header-end", "no empty line ends the header; all of it is header"),
        Flaw::ControlInHeader => ("control-in-header", "NUL, or CR or LF alone, in a header; read as a space"),
        Flaw::NotUtf8InHeader => ("not-utf8-in-header", "octets in a header that are no UTF-8; read as windows-1252"),
        Flaw::BadContentType => ("bad-content-type", "a Content-Type that is none; read as text/plain"),
        Flaw::NoBoundary => ("no-boundary", "a multipart without boundary; read as one text/plain part"),
        Flaw::EmptyMultipart => ("empty-multipart", "a multipart that has no part; read as one text/plain part"),
        Flaw::MissingEnd => ("missing-end", "a multipart without its last boundary"),
        Flaw::SameBoundary => ("same-boundary", "a multipart has the boundary of the one around it"),
        Flaw::EncodedComposite => ("encoded-composite", "an encoded multipart or attached message; not decoded"),
        Flaw::UnknownEncoding => ("unknown-encoding", "an unknown Content-Transfer-Encoding; read as it stands"),
        Flaw::DuplicateParameter => ("duplicate-parameter", "a parameter stands twice in a field; the first is read"),
        Flaw::TooDeep => ("too-deep", "nested too deep; the rest is one part"),
        Flaw::TooManyParts => ("too-many-parts", "too many parts; the last takes the rest"),
        Flaw::HeaderCut => ("header-cut", "too many header octets; later fields are not seen"),
        Flaw::TooManyAddresses => ("too-many-addresses", "too many addresses; later ones are not seen"),
        Flaw::TooManyParameters => ("too-many-parameters", "too many parameters; later ones are not seen"),
        Flaw::BoundaryInHeader => ("boundary-in-header", "a boundary inside the header of a part; it has no body"),
    };
    FlawView { name, meaning }
}
