//! Encoded words: what they decode to is one line without controls, and what we encode comes back.
use message::{HeaderFields, HeaderWriter, decode_text};

pub(crate) fn encoded_words(data: &[u8]) {
    let text = decode_text(data);
    assert!(!text.chars().any(char::is_control));
    let header = HeaderWriter::new().text("Subject", &text).into_bytes();
    assert!(header.is_ascii());
    let mut fields = HeaderFields::new(&header);
    let value = fields.next().map(|field| decode_text(field.value)).unwrap_or_default();
    assert!(fields.next().is_none());
    // runs of spaces in text that needs no encoding are folded to one
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(words(&value), words(&text));
}
