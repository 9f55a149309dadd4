//! xtext (RFC 3461, 4): printable ASCII in which `+`, `=` and everything else is `+` and two hexadecimal digits. For
//! addresses beyond ASCII there is another coding (RFC 6533, 3): `\x{`, the hexadecimal number of a character, and `}`.

fn is_xchar(byte: u8) -> bool {
    (b'!'..=b'~').contains(&byte) && !matches!(byte, b'+' | b'=')
}

/// The bytes that `text` stands for; `None` where it is no xtext.
pub fn decode_xtext(text: &str) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'+' => {
                let (high, low) = (hex(bytes.next()?)?, hex(bytes.next()?)?);
                decoded.push(high * 16 + low);
            }
            byte if is_xchar(byte) => decoded.push(byte),
            _ => return None,
        }
    }
    Some(decoded)
}

/// `bytes` as xtext.
pub fn encode_xtext(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for &byte in bytes {
        if is_xchar(byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("+{byte:02X}"));
        }
    }
    text
}

/// An address in ASCII, by the coding of RFC 6533, 3 (`utf-8-addr-xtext`).
pub fn encode_unitext(address: &str) -> String {
    coded(address, |letter| !letter.is_ascii() || matches!(letter, '\\' | '+' | '='))
}

/// What is in that coding already, or has its letters as they are (`utf-8-addr-unitext`), in ASCII.
pub fn unitext_in_ascii(text: &str) -> String {
    coded(text, |letter| !letter.is_ascii())
}

fn coded(text: &str, is_coded: impl Fn(char) -> bool) -> String {
    let mut coded = String::with_capacity(text.len());
    for letter in text.chars() {
        if is_coded(letter) {
            coded.push_str(&format!("\\x{{{:X}}}", u32::from(letter)));
        } else {
            coded.push(letter);
        }
    }
    coded
}

/// RFC 3461, 4: only upper case.
fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn table() {
        assert_eq!(decode_xtext("anna+2Blijst"), Some(b"anna+lijst".to_vec()));
        for wrong in ["a b", "a=b", "+", "+2", "+2b", "+XY", "é"] {
            assert_eq!(decode_xtext(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn addresses_beyond_ascii() {
        for (address, coded) in [
            ("ren\u{e9}@bücher.example", r"ren\x{E9}@b\x{FC}cher.example"),
            ("\u{20ac}+a=b@x.example", r"\x{20AC}\x{2B}a\x{3D}b@x.example"),
            ("anna@x.example", "anna@x.example"),
        ] {
            assert_eq!(encode_unitext(address), coded);
            assert_eq!(unitext_in_ascii(coded), coded);
        }
        assert_eq!(unitext_in_ascii("ren\u{e9}"), r"ren\x{E9}");
    }

    proptest! {
        #[test]
        fn round_trip(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            prop_assert_eq!(decode_xtext(&encode_xtext(&bytes)), Some(bytes));
        }
    }
}
