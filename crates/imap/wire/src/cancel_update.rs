//! CANCELUPDATE (RFC 5267, 5).
use crate::{Cursor, Error, MAX_ITEMS};

/// `"CANCELUPDATE" 1*(SP quoted)`: the tags of searches.
///
/// # Errors
/// When the arguments are something else.
pub fn cancel_update(cursor: &mut Cursor<'_>) -> Result<Vec<String>, Error> {
    let mut tags = Vec::new();
    loop {
        cursor.space()?;
        if cursor.peek() != Some(b'"') {
            return cursor.expected("a tag in quotes");
        }
        tags.push(String::from_utf8_lossy(&cursor.string()?).into_owned());
        if cursor.rest().is_empty() {
            return Ok(tags);
        }
        if tags.len() == MAX_ITEMS {
            return Err(Error::TooMany { what: "tags", limit: MAX_ITEMS });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table() {
        let read = |text: &str| cancel_update(&mut Cursor::new(text.as_bytes()));
        assert_eq!(read(" \"B01\"").map(|tags| tags.len()), Ok(1));
        assert_eq!(read(" \"B01\" \"a\\\"b\""), Ok(vec!["B01".to_owned(), "a\"b".to_owned()]));
        for text in ["", " ", " B01", "\"B01\"", " \"B01\" ", " \"B01", " {3}\r\nB01"] {
            assert!(read(text).is_err(), "{text}");
        }
        assert!(read(&" \"a\"".repeat(2_000)).is_ok() && read(&" \"a\"".repeat(2_001)).is_err());
    }
}
