//! Strings of replies (RFC 3501, 4.3): quoted where the bytes allow, else as a literal.
use super::put;
use crate::{NameCoding, Named, utf7};

/// Longest string that is quoted: clients read lines into buffers.
const MAX_QUOTED: usize = 1_000;

/// `string = quoted / literal`. A NUL, which no string may hold, becomes `?`.
pub fn quoted_or_literal(out: &mut Vec<u8>, bytes: &[u8]) {
    // RFC 3501, 9: TEXT-CHAR is CHAR without CR and LF, and CHAR is %x01-7f.
    let quotable = bytes.len() <= MAX_QUOTED
        && bytes.iter().all(|byte| matches!(byte, 1..=0x7f) && !matches!(byte, b'\r' | b'\n'));
    if quotable {
        out.push(b'"');
        for &byte in bytes {
            if matches!(byte, b'"' | b'\\') {
                out.push(b'\\');
            }
            out.push(byte);
        }
        out.push(b'"');
        return;
    }
    put(out, format_args!("{{{}}}\r\n", bytes.len()));
    // CHAR8 = %x01-ff: a literal holds no NUL.
    out.extend(bytes.iter().map(|&byte| if byte == 0 { b'?' } else { byte }));
}

/// `nstring = string / nil`
pub fn nstring(out: &mut Vec<u8>, bytes: Option<&[u8]>) {
    match bytes {
        Some(bytes) => quoted_or_literal(out, bytes),
        None => out.extend_from_slice(b"NIL"),
    }
}

/// `mailbox`
pub fn mailbox(out: &mut Vec<u8>, (name, coding): Named<'_>) {
    let coded = match coding {
        NameCoding::Utf7 => utf7::encode(name.as_str()),
        NameCoding::Utf8 => name.as_str().to_owned(),
    };
    // RFC 9051, 9: a QUOTED-CHAR may be beyond ASCII; a name has no control characters.
    if !coded.is_ascii() {
        put(out, format_args!("\"{}\"", coded.replace('\\', "\\\\").replace('"', "\\\"")));
        return;
    }
    let atom = !coded.is_empty() && coded != "NIL" && coded.bytes().all(crate::cursor::is_astring_char);
    if atom {
        out.extend_from_slice(coded.as_bytes());
    } else {
        quoted_or_literal(out, coded.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Cursor, MailboxName};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_cursor_reads_what_is_printed(bytes in proptest::collection::vec(any::<u8>(), 0..1_200)) {
            let mut out = Vec::new();
            quoted_or_literal(&mut out, &bytes);
            let mut cursor = Cursor::new(&out);
            let wanted: Vec<u8> = bytes.iter().map(|&byte| if byte == 0 { b'?' } else { byte }).collect();
            prop_assert_eq!(&*cursor.string().unwrap(), &wanted[..]);
            prop_assert!(cursor.end().is_ok());
        }

        #[test]
        fn a_name_comes_back(name in "\\PC{1,30}") {
            let name = MailboxName::new(name);
            let mut out = Vec::new();
            for names in [NameCoding::Utf7, NameCoding::Utf8] {
                out.clear();
                mailbox(&mut out, (&name, names));
                prop_assert_eq!(&Cursor::new(&out).with_names(names).mailbox().unwrap(), &name);
            }
        }
    }
}
