//! Parameters of Content-Type and Content-Disposition (RFC 2045, 5.1), beyond ASCII as RFC 2231 has them.

/// Letters of one piece of a value that is cut (RFC 2231, 3).
const PIECE: usize = 60;

/// A parameter as words, each of which may begin a line.
pub(super) fn parameter(name: &str, value: &str) -> Vec<String> {
    let simple = value.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ') && value.len() <= PIECE;
    if simple {
        let mut quoted = String::with_capacity(value.len());
        for letter in value.chars() {
            if matches!(letter, '"' | '\\') {
                quoted.push('\\');
            }
            quoted.push(letter);
        }
        return vec![format!("{name}=\"{quoted}\"")];
    }
    let encoded: Vec<String> = value.bytes().map(octet).collect();
    let mut pieces: Vec<String> = vec![String::new()];
    for octet in encoded {
        match pieces.last_mut() {
            Some(piece) if piece.len() + octet.len() <= PIECE => piece.push_str(&octet),
            _ => pieces.push(octet),
        }
    }
    match pieces.as_slice() {
        [one] => vec![format!("{name}*=utf-8''{one}")],
        pieces => pieces
            .iter()
            .enumerate()
            .map(|(at, piece)| format!("{name}*{at}*={}{piece}", if at == 0 { "utf-8''" } else { "" }))
            .collect(),
    }
}

/// RFC 2231, 7: attribute-char stands for itself.
fn octet(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`{|}~".contains(&byte) {
        char::from(byte).to_string()
    } else {
        format!("%{byte:02X}")
    }
}

#[cfg(test)]
mod tests {
    use super::parameter;
    use proptest::prelude::*;

    fn read_back(value: &str) -> Option<String> {
        let header =
            format!("Content-Disposition: attachment; {}\r\n\r\n", parameter("filename", value).join(";\r\n "));
        let parsed = message::parse(header.as_bytes(), message::Limits::default());
        parsed.structure.part(0)?.file_name()
    }

    #[test]
    fn names_are_written() {
        assert_eq!(parameter("name", "a \"b\".txt"), ["name=\"a \\\"b\\\".txt\""]);
        assert_eq!(parameter("name", "\u{e9}.txt"), ["name*=utf-8''%C3%A9.txt"]);
        assert_eq!(parameter("name", &"\u{e9}".repeat(20)).len(), 2);
    }

    proptest! {
        #[test]
        fn names_come_back(name in "[a-zA-Z0-9é€ .\"\\\\%']{1,120}") {
            prop_assume!(name.trim() == name);
            prop_assert_eq!(read_back(&name), Some(name));
        }
    }
}
