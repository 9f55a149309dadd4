//! From the stored bytes of a text part to its text: transfer decoding, charset, HTML; in pieces, cut anywhere.

use crate::charset::{self, CharsetDecoder, Sameness};
use crate::content::Encoding;
use crate::html::HtmlText;
use crate::structure::Part;
use crate::transfer::TransferDecoder;

/// Decodes the body of one text part.
pub(crate) struct TextPart {
    transfer: TransferDecoder,
    charset: CharsetDecoder,
    html: Option<HtmlText>,
    bytes: Vec<u8>,
    letters: String,
}

impl TextPart {
    /// For this part; `None` if it is no text, or encoded in a way that nobody knows.
    pub(crate) fn new(part: &Part) -> Option<Self> {
        if !part.media.is("text") || matches!(part.encoding, Encoding::Other(_)) {
            return None;
        }
        Some(Self {
            transfer: TransferDecoder::new(&part.encoding),
            charset: CharsetDecoder::new(part.charset().unwrap_or_default()),
            html: part.media.is_exactly("text", "html").then(HtmlText::default),
            bytes: Vec::new(),
            letters: String::new(),
        })
    }

    /// Takes the next piece of the body and appends what it says.
    pub(crate) fn push(&mut self, body: &[u8], text: &mut String) {
        // in strides, so that no buffer grows with the piece
        for stride in body.chunks(STRIDE) {
            self.bytes.clear();
            self.transfer.push(stride, &mut self.bytes);
            let Some(html) = &mut self.html else {
                self.charset.push(&self.bytes, text);
                continue;
            };
            self.letters.clear();
            self.charset.push(&self.bytes, &mut self.letters);
            html.push(&self.letters, text);
        }
    }

    /// Appends what the end of the body amounts to.
    pub(crate) fn finish(&mut self, text: &mut String) {
        self.bytes.clear();
        self.letters.clear();
        self.transfer.finish(&mut self.bytes);
        self.charset.push(&self.bytes, &mut self.letters);
        self.charset.finish(&mut self.letters);
        match &mut self.html {
            Some(html) => {
                html.push(&self.letters, text);
                html.finish(text);
            }
            None => text.push_str(&self.letters),
        }
    }
}

const STRIDE: usize = 8 * 1024;

/// The body of a part where its bytes are its text: plain, not encoded, in a charset in which they mean themselves.
pub(crate) fn as_it_stands<'a>(part: &Part, body: &'a [u8]) -> Option<&'a str> {
    let plain = part.media.is("text") && !part.media.is_exactly("text", "html");
    if !plain || part.encoding.is_transforming() || matches!(part.encoding, Encoding::Other(_)) {
        return None;
    }
    let stands = match charset::sameness(part.charset().unwrap_or_default()) {
        Sameness::Utf8 => true,
        Sameness::Ascii => body.is_ascii(),
        Sameness::None => false,
    };
    if stands { std::str::from_utf8(body).ok() } else { None }
}
