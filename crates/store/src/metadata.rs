//! Annotations of mailboxes and of the account as a whole (RFC 5464): names, values, how much there may be.
use crate::id::MailboxId;
use bytes::Bytes;
use names::{AccountId, ByteSize};
use std::fmt;
use std::sync::Arc;

/// The longest name of an entry, in bytes.
pub const MAX_ENTRY_NAME: usize = 255;

/// The name of an entry, in lower case, for names have no case (RFC 5464, 3.2): `/private/comment`. Valid once it
/// exists: `/private` or `/shared` and at least one part below, no empty part, printable ASCII without wildcards.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryName(Arc<str>);

impl EntryName {
    /// Takes a name in any case; `None` when no entry can have it.
    pub fn new(name: &str) -> Option<Self> {
        let allowed = |byte: u8| byte.is_ascii() && byte > 0x1f && !matches!(byte, b'*' | b'%');
        let lower = name.to_ascii_lowercase();
        let rest = lower.strip_prefix("/private/").or_else(|| lower.strip_prefix("/shared/"))?;
        let whole = name.len() <= MAX_ENTRY_NAME && name.bytes().all(allowed) && !rest.split('/').any(str::is_empty);
        whole.then(|| Self(lower.into()))
    }

    /// The name, in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whose the entry is if `account` names it: its own under `/private`, everybody's under `/shared`
    /// (RFC 5464, 3.3).
    pub fn whose(&self, account: AccountId) -> Option<AccountId> {
        self.0.starts_with("/private/").then_some(account)
    }
}

impl fmt::Display for EntryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for EntryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// What has annotations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Annotated {
    /// The account: what a client sees as the server's (RFC 5464, 3.2.1.1).
    Account,
    /// One of its mailboxes.
    Mailbox(MailboxId),
}

/// An entry with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation {
    /// Whose it is; `None`: shared.
    pub of: Option<AccountId>,
    /// Its name.
    pub name: EntryName,
    /// Its value: any octets.
    pub value: Bytes,
}

impl Annotation {
    /// What it counts for in the account's sum.
    pub(crate) fn size(&self) -> u64 {
        (self.name.0.len() + self.value.len()) as u64
    }
}

/// An entry that a commit set or removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TouchedEntry {
    /// Whose it is; `None`: shared.
    pub of: Option<AccountId>,
    /// Its name.
    pub name: EntryName,
    /// Its value before; `None`: there was none.
    pub before: Option<Bytes>,
}

/// How many annotations there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MetadataLimits {
    /// Bytes of one value. Default 16 KiB; RFC 5464, 4.1 asks for at least 1,024.
    pub value: ByteSize,
    /// Entries on one mailbox, or on the account, that are shared; and as many of each account's own. Default 50;
    /// RFC 5464, 4.1 asks for at least 10.
    pub entries: usize,
    /// Bytes of all names and values in an account. Default 4 MiB.
    pub total: ByteSize,
}

impl Default for MetadataLimits {
    fn default() -> Self {
        Self { value: ByteSize::kib(16), entries: 50, total: ByteSize::mib(4) }
    }
}

/// What came of setting annotations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetadataSet {
    /// All are as asked.
    Done,
    /// One more entry would be too many: nothing is changed (RFC 5464, 4.3).
    TooMany,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let name = EntryName::new("/Private/Comment").unwrap();
        assert_eq!((name.as_str(), name.whose(AccountId(7))), ("/private/comment", Some(AccountId(7))));
        assert_eq!(EntryName::new("/shared/vendor/x/y").unwrap().whose(AccountId(7)), None);
        let long = format!("/shared/{}", "x".repeat(MAX_ENTRY_NAME));
        for wrong in [
            "",
            "/",
            "/private",
            "/private/",
            "/shared//a",
            "/shared/a/",
            "/other/a",
            "shared/a",
            "/shared/*",
            "/shared/a%",
            "/shared/\u{e9}",
            "/shared/a\n",
            &long,
        ] {
            assert_eq!(EntryName::new(wrong), None, "{wrong:?}");
        }
    }
}
