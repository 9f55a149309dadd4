//! Names of mailboxes, as both sides of the wire mean them.
use crate::{Error, utf7};
use std::fmt;

/// How names of mailboxes are written on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NameCoding {
    /// In modified UTF-7 (RFC 3501, 5.1.3). Read leniently: UTF-8 is taken too, where it can be nothing else.
    #[default]
    Utf7,
    /// As it is, once IMAP4rev2 (RFC 9051, 5.1 and Appendix A) or UTF8=ACCEPT (RFC 9755, 3) is enabled.
    Utf8,
}

/// A name, and how it is to be printed.
pub type Named<'a> = (&'a MailboxName, NameCoding);

/// A mailbox name in UTF-8, its levels parted by `/`. INBOX is written in capitals in whatever case it came
/// (RFC 3501, 5.1), also as the first level of a longer name. Whether such a mailbox may exist is the store's to say.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MailboxName(String);

impl MailboxName {
    /// Takes a name in UTF-8.
    pub fn new(name: impl Into<String>) -> Self {
        let mut name: String = name.into();
        let first = name.split('/').next().unwrap_or_default();
        if first.eq_ignore_ascii_case("INBOX") {
            name.replace_range(..first.len(), "INBOX");
        }
        Self(name)
    }

    /// Reads the bytes of an `astring`.
    ///
    /// # Errors
    /// When they are neither modified UTF-7 nor UTF-8.
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        utf7::decode(bytes).map(Self::new)
    }

    /// Reads the bytes of an `astring`.
    ///
    /// # Errors
    /// When they are not of that coding.
    pub fn decode_as(bytes: &[u8], coding: NameCoding) -> Result<Self, Error> {
        coding.decode(bytes).map(Self::new)
    }

    /// The name in UTF-8.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is the INBOX.
    pub fn is_inbox(&self) -> bool {
        self.0 == "INBOX"
    }
}

impl NameCoding {
    /// The text of a name, or of a pattern.
    ///
    /// # Errors
    /// When it is not of this coding.
    pub fn decode(self, bytes: &[u8]) -> Result<String, Error> {
        match self {
            Self::Utf7 => utf7::decode(bytes),
            Self::Utf8 => std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| Error::MailboxName),
        }
    }
}

impl fmt::Display for MailboxName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for MailboxName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inbox_has_no_case() {
        assert!(MailboxName::decode(b"inBox").unwrap().is_inbox());
        assert_eq!(MailboxName::decode(b"inbox/x").unwrap().as_str(), "INBOX/x");
        for (bytes, coding, name) in [
            (&b"R&-D"[..], NameCoding::Utf7, Some("R&D")),
            (b"R&D", NameCoding::Utf7, None),
            (b"R&D", NameCoding::Utf8, Some("R&D")),
            ("caf\u{e9}".as_bytes(), NameCoding::Utf8, Some("caf\u{e9}")),
            (b"caf\xe9", NameCoding::Utf8, None),
        ] {
            assert_eq!(MailboxName::decode_as(bytes, coding).ok().as_ref().map(MailboxName::as_str), name);
        }
        assert_eq!(MailboxName::decode(b"inboxes").unwrap().as_str(), "inboxes");
    }
}
