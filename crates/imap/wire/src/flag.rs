//! Flags and keywords (RFC 3501, 2.3.2).
use crate::{Cursor, Error, MAX_ITEMS};
use std::fmt;

/// A flag of a message.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flag {
    /// `\Answered`
    Answered,
    /// `\Flagged`
    Flagged,
    /// `\Deleted`
    Deleted,
    /// `\Seen`
    Seen,
    /// `\Draft`
    Draft,
    /// `\Recent`: the server's alone to set.
    Recent,
    /// `\Name`: a system flag that RFC 3501 does not know, without its backslash.
    Extension(String),
    /// A keyword, in the case it was written; it compares without case in the session.
    Keyword(String),
}

impl Flag {
    /// `flag = "\Answered" / … / flag-keyword / flag-extension`
    ///
    /// # Errors
    /// When no flag stands here.
    pub fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        if !cursor.eat(b'\\') {
            return cursor.atom().map(|keyword| Self::Keyword(keyword.to_owned()));
        }
        let name = cursor.atom()?;
        let known = [Self::Answered, Self::Flagged, Self::Deleted, Self::Seen, Self::Draft, Self::Recent];
        let found = known.into_iter().find(|flag| flag.name().eq_ignore_ascii_case(name));
        Ok(found.unwrap_or_else(|| Self::Extension(name.to_owned())))
    }

    /// The flag without its backslash.
    pub fn name(&self) -> &str {
        match self {
            Self::Answered => "Answered",
            Self::Flagged => "Flagged",
            Self::Deleted => "Deleted",
            Self::Seen => "Seen",
            Self::Draft => "Draft",
            Self::Recent => "Recent",
            Self::Extension(name) | Self::Keyword(name) => name,
        }
    }
}

impl fmt::Display for Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let backslash = if matches!(self, Self::Keyword(_)) { "" } else { "\\" };
        write!(f, "{backslash}{}", self.name())
    }
}

/// `flag-list / (flag *(SP flag))`, as STORE takes it (RFC 3501, 9, store-att-flags).
///
/// # Errors
/// When no flag stands here, or there are too many.
pub(crate) fn flags(cursor: &mut Cursor<'_>) -> Result<Vec<Flag>, Error> {
    if cursor.peek() == Some(b'(') {
        return cursor.list("flags", Flag::read);
    }
    let mut flags = vec![Flag::read(cursor)?];
    while cursor.eat(b' ') {
        if flags.len() == MAX_ITEMS {
            return Err(Error::TooMany { what: "flags", limit: MAX_ITEMS });
        }
        flags.push(Flag::read(cursor)?);
    }
    Ok(flags)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table() {
        for (text, printed) in [
            ("\\seen", "\\Seen"),
            ("\\Odd", "\\Odd"),
            ("$Forwarded", "$Forwarded"),
            ("(\\Deleted work)", "\\Deleted work"),
            ("\\Draft \\Recent", "\\Draft \\Recent"),
            ("()", ""),
        ] {
            let mut cursor = Cursor::new(text.as_bytes());
            let read: Vec<String> = flags(&mut cursor).unwrap().iter().map(ToString::to_string).collect();
            assert_eq!(read.join(" "), printed);
            assert!(cursor.end().is_ok());
        }
        for text in ["", "\\", "\\*", "(a", "(a  b)", "( a)", "\"a\"", "(a b) "] {
            let mut cursor = Cursor::new(text.as_bytes());
            assert!(flags(&mut cursor).and_then(|_| cursor.end()).is_err(), "{text}");
        }
    }
}
