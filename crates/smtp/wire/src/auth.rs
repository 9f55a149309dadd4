//! AUTH (RFC 4954): the command and the base64 of its lines. What they mean is the affair of the login.
use crate::SyntaxError;
use crate::cursor::Cursor;
use data_encoding::BASE64;

/// The longest line of an AUTH exchange, its end included (RFC 4954, 4: 12288).
pub const MAX_AUTH_LINE: usize = 12_288;

/// The arguments of AUTH: `mechanism [SP initial-response]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Auth<'a> {
    /// The mechanism, upper case.
    pub mechanism: String,
    /// The initial response, still in base64; `=` is an empty one.
    pub initial: Option<&'a [u8]>,
}

impl<'a> Auth<'a> {
    /// Reads what follows the verb.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(arguments: &'a [u8]) -> Result<Self, SyntaxError> {
        let mut cursor = Cursor::new(arguments);
        let name = cursor.while_fits(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        // RFC 4422, 3.1: at most 20 characters
        if !(1..=20).contains(&name.len()) {
            return Err(SyntaxError::Expected("a mechanism"));
        }
        if cursor.spaces() == 0 && !cursor.rest().is_empty() {
            return Err(SyntaxError::Expected("a mechanism"));
        }
        let initial = Some(cursor.rest()).filter(|rest| !rest.is_empty());
        if initial.is_some_and(|initial| initial.contains(&b' ')) {
            return Err(SyntaxError::Trailing);
        }
        Ok(Self { mechanism: String::from_utf8_lossy(name).to_ascii_uppercase(), initial })
    }
}

/// The bytes of a base64 line; `=` alone is an empty initial response (RFC 4954, 4).
///
/// # Errors
/// [`SyntaxError::BadBase64`].
pub fn decode_base64(line: &[u8]) -> Result<Vec<u8>, SyntaxError> {
    if line == b"=" {
        return Ok(Vec::new());
    }
    BASE64.decode(line).map_err(|_| SyntaxError::BadBase64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table() {
        let parse = |text: &'static str| Auth::parse(text.as_bytes());
        assert_eq!(parse("plain"), Ok(Auth { mechanism: "PLAIN".into(), initial: None }));
        assert_eq!(parse("PLAIN AGEAYg=="), Ok(Auth { mechanism: "PLAIN".into(), initial: Some(b"AGEAYg==") }));
        assert_eq!(parse("PLAIN ="), Ok(Auth { mechanism: "PLAIN".into(), initial: Some(b"=") }));
        for wrong in ["", "=", "PLAIN a b", "PLAIN=x", "ABCDEFGHIJKLMNOPQRSTU"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn base64() {
        assert_eq!(decode_base64(b"AGEAYg=="), Ok(b"\0a\0b".to_vec()));
        assert_eq!(decode_base64(b"="), Ok(Vec::new()));
        assert_eq!(decode_base64(b""), Ok(Vec::new()));
        for wrong in ["AGEAYg", "AGEAYg==x", "*", "A G=", "AGEAYh=="] {
            assert!(decode_base64(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }
}
