//! Modified UTF-7: what is read is written again as what reads the same, and what is written is ASCII.
use imap_wire::{utf7_decode, utf7_encode};

pub(crate) fn imap_utf7(data: &[u8]) {
    if let Ok(name) = utf7_decode(data) {
        let coded = utf7_encode(&name);
        assert!(coded.bytes().all(|byte| matches!(byte, 0x20..=0x7e)));
        assert_eq!(utf7_decode(coded.as_bytes()), Ok(name));
    }
    if let Ok(text) = std::str::from_utf8(data) {
        let coded = utf7_encode(text);
        let clean = !text.chars().any(char::is_control);
        assert_eq!(utf7_decode(coded.as_bytes()).ok().as_deref() == Some(text), clean);
    }
}
