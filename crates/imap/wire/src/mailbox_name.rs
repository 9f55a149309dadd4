//! Names of mailboxes, as both sides of the wire mean them.
use crate::{Error, utf7};
use std::fmt;

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

    /// The name in UTF-8.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is the INBOX.
    pub fn is_inbox(&self) -> bool {
        self.0 == "INBOX"
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
        assert_eq!(MailboxName::decode(b"inboxes").unwrap().as_str(), "inboxes");
    }
}
