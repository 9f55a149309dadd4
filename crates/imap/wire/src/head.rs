//! The first words of a command: its tag and its name.
use crate::{Cursor, Error};

/// `command = tag SP …`, up to the arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head<'a> {
    /// What the tagged reply repeats.
    pub tag: &'a str,
    /// The command in capitals, `UID` and what follows it as one name: `UID FETCH`.
    pub name: String,
}

/// A command whose first words make no sense. With a tag the answer is tagged BAD, without one an untagged BAD
/// (RFC 3501, 7.1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadHead<'a> {
    /// The tag, when that much was readable.
    pub tag: Option<&'a str>,
    /// What is wrong.
    pub error: Error,
}

/// Longest tag that a reply repeats.
const MAX_TAG: usize = 256;
/// Longest name of a command.
const MAX_NAME: usize = 32;

impl<'a> Head<'a> {
    /// Reads tag and name; the cursor then stands behind the name, before the space of the arguments, if any.
    ///
    /// # Errors
    /// When there is no tag or no name.
    pub fn read(cursor: &mut Cursor<'a>) -> Result<Self, BadHead<'a>> {
        let untagged = |error| BadHead { tag: None, error };
        let tag = cursor.tag().map_err(untagged)?;
        if tag.len() > MAX_TAG {
            return Err(untagged(Error::TooMany { what: "bytes in a tag", limit: MAX_TAG }));
        }
        let tagged = |error| BadHead { tag: Some(tag), error };
        cursor.space().map_err(tagged)?;
        let first = cursor.atom().map_err(tagged)?;
        let mut name = first.get(..first.len().min(MAX_NAME)).unwrap_or(first).to_ascii_uppercase();
        if name == "UID" {
            cursor.space().map_err(tagged)?;
            let second = cursor.atom().map_err(tagged)?;
            name.push(' ');
            name.push_str(&second.get(..second.len().min(MAX_NAME)).unwrap_or(second).to_ascii_uppercase());
        }
        Ok(Self { tag, name })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table() {
        for (line, tag, name, rest) in [
            ("a1 noop", "a1", "NOOP", ""),
            ("a uid fetch 1 FLAGS", "a", "UID FETCH", " 1 FLAGS"),
            ("* NOOP", "", "", ""),
            ("a.1]x LOGIN a b", "a.1]x", "LOGIN", " a b"),
        ] {
            let mut cursor = Cursor::new(line.as_bytes());
            match Head::read(&mut cursor) {
                Ok(head) => assert_eq!((head.tag, &*head.name, cursor.rest()), (tag, name, rest.as_bytes())),
                Err(bad) => assert_eq!((bad.tag, tag), (None, "")),
            }
        }
        for (line, tag) in [
            ("", None),
            ("a", Some("a")),
            ("a ", Some("a")),
            ("a  NOOP", Some("a")),
            ("+ x", None),
            ("a uid", Some("a")),
            ("{5}", None),
        ] {
            assert_eq!(Head::read(&mut Cursor::new(line.as_bytes())).unwrap_err().tag, tag, "{line}");
        }
    }
}
