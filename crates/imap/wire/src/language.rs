//! LANGUAGE (RFC 5255, 3).
use crate::{Cursor, Error};

/// Most language ranges in one LANGUAGE.
const RANGES: usize = 20;

/// `language-cmd = "LANGUAGE" *(SP lang-range-quoted)`: the ranges (RFC 4647, 2.1), the one that is liked best first.
///
/// # Errors
/// When the arguments are something else, or there are too many.
pub fn language(cursor: &mut Cursor<'_>) -> Result<Vec<String>, Error> {
    let mut ranges = Vec::new();
    while cursor.eat(b' ') {
        if ranges.len() == RANGES {
            return Err(Error::TooMany { what: "language ranges", limit: RANGES });
        }
        let range = cursor.astring()?;
        match std::str::from_utf8(&range) {
            Ok(range) if is_range(range) => ranges.push(range.to_owned()),
            Ok(_) | Err(_) => return cursor.expected("a language range before this"),
        }
    }
    cursor.end()?;
    Ok(ranges)
}

/// `language-range = (1*8ALPHA *("-" 1*8alphanum)) / "*"` (RFC 4647, 2.1)
fn is_range(range: &str) -> bool {
    let mut parts = range.split('-');
    let fits = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let first = parts.next().unwrap_or_default();
    range == "*" || (fits(first) && first.bytes().all(|byte| byte.is_ascii_alphabetic()) && parts.all(fits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table() {
        let read = |text: &str| language(&mut Cursor::new(text.as_bytes()));
        for (text, ranges) in [
            ("", vec![]),
            (" nl", vec!["nl"]),
            (" \"fr-CA\" EN-ca {7}\r\ndefault", vec!["fr-CA", "EN-ca", "default"]),
            (" i-default \"*\"", vec!["i-default", "*"]),
        ] {
            assert_eq!(read(text), Ok(ranges.into_iter().map(str::to_owned).collect()), "{text}");
        }
        let many = " nl".repeat(21);
        for text in [" ", " nl ", " (nl)", " \"\"", " -nl", " n1", " nl-", " nl_NL", " \"nl NL\"", " onbekende1", &many]
        {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
