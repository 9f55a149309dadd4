//! Content transfer encoding (RFC 2045, 6.7 and 6.8) for messages of our own.

use data_encoding::BASE64;

/// Octets of an encoded line without its line end.
const LINE: usize = 76;

/// Encodes octets as base64 in lines with CRLF.
pub fn base64(octets: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(octets.len() / 57 * 78 + 78);
    for line in octets.chunks(LINE / 4 * 3) {
        out.extend_from_slice(BASE64.encode(line).as_bytes());
        out.extend_from_slice(b"\r\n");
    }
    out
}

/// Encodes text as quoted-printable; line ends become CRLF, and the last line has one.
pub fn quoted_printable(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + text.len() / 8);
    for line in text.lines() {
        let mut column = 0;
        let mut rest = line.as_bytes();
        while let Some((&byte, behind)) = rest.split_first() {
            // RFC 2045, 6.7 (3): white space at the end of a line is encoded
            let literal = match byte {
                b' ' | b'\t' => !behind.is_empty(),
                b'=' => false,
                // a dot or a From at the begin of a line does not survive everywhere (RFC 2049, 3)
                b'.' | b'F' => column > 0,
                _ => byte.is_ascii_graphic(),
            };
            let cost = if literal { 1 } else { 3 };
            let limit = if behind.is_empty() { LINE } else { LINE - 1 };
            if column + cost > limit {
                out.extend_from_slice(b"=\r\n");
                column = 0;
                continue;
            }
            if literal {
                out.push(byte);
            } else {
                out.extend_from_slice(format!("={byte:02X}").as_bytes());
            }
            column += cost;
            rest = behind;
        }
        out.extend_from_slice(b"\r\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::Encoding;
    use crate::transfer::TransferDecoder;

    fn decode(encoding: &Encoding, bytes: &[u8]) -> Vec<u8> {
        assert!(bytes.split(|&byte| byte == b'\n').all(|line| line.len() <= LINE + 1));
        TransferDecoder::whole(encoding, bytes).into_owned()
    }

    proptest::proptest! {
        #[test]
        fn base64_comes_back(octets: Vec<u8>) {
            proptest::prop_assert_eq!(decode(&Encoding::Base64, &base64(&octets)), octets);
        }

        #[test]
        fn quoted_printable_comes_back(text in "([ -~é€.F\t=]{0,200}\n){0,5}") {
            let encoded = quoted_printable(&text);
            proptest::prop_assert!(encoded.is_ascii());
            proptest::prop_assert_eq!(decode(&Encoding::QuotedPrintable, &encoded), text.replace('\n', "\r\n").into_bytes());
        }
    }
}
