//! Arguments of the commands about mailboxes: DELETE, RENAME, SUBSCRIBE, UNSUBSCRIBE, STATUS.
use crate::{Cursor, Error, MailboxName};
use std::fmt;

/// One mailbox and nothing else: DELETE, SUBSCRIBE, UNSUBSCRIBE.
///
/// # Errors
/// When the arguments are something else.
pub fn one_mailbox(cursor: &mut Cursor<'_>) -> Result<MailboxName, Error> {
    let mailbox = cursor.mailbox()?;
    cursor.end()?;
    Ok(mailbox)
}

/// `rename = "RENAME" SP mailbox SP mailbox`: from, to.
///
/// # Errors
/// When the arguments are something else.
pub fn two_mailboxes(cursor: &mut Cursor<'_>) -> Result<(MailboxName, MailboxName), Error> {
    let from = cursor.mailbox()?;
    cursor.space()?;
    Ok((from, one_mailbox(cursor)?))
}

/// `status-att`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusItem {
    /// `MESSAGES`
    Messages,
    /// `RECENT`
    Recent,
    /// `UIDNEXT`
    UidNext,
    /// `UIDVALIDITY`
    UidValidity,
    /// `UNSEEN`: how many, unlike SELECT's.
    Unseen,
    /// `HIGHESTMODSEQ` (RFC 7162, 3.1.7)
    HighestModSeq,
    /// `SIZE`: the sum of all RFC822.SIZE (RFC 8438, 3)
    Size,
    /// `APPENDLIMIT` (RFC 7889, 3.1)
    AppendLimit,
    /// `MAILBOXID` (RFC 8474, 4.3)
    MailboxId,
    /// `DELETED`: how many have `\\Deleted` (RFC 9208, 4.1.4, as the next)
    Deleted,
    /// `DELETED-STORAGE`: their octets
    DeletedStorage,
}

impl StatusItem {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Messages,
        Self::Recent,
        Self::UidNext,
        Self::UidValidity,
        Self::Unseen,
        Self::HighestModSeq,
        Self::Size,
        Self::AppendLimit,
        Self::MailboxId,
        Self::Deleted,
        Self::DeletedStorage,
    ];

    /// `"(" status-att *(SP status-att) ")"`
    ///
    /// # Errors
    /// When no such list stands here.
    pub fn list(cursor: &mut Cursor<'_>) -> Result<Vec<Self>, Error> {
        let items = cursor.list("status items", |cursor| {
            let found = Self::ALL.into_iter().find(|item| cursor.keyword(item.name()));
            found.map_or_else(|| cursor.expected("a status item"), Ok)
        })?;
        if items.is_empty() { cursor.expected("a status item") } else { Ok(items) }
    }

    /// As written on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Messages => "MESSAGES",
            Self::Recent => "RECENT",
            Self::UidNext => "UIDNEXT",
            Self::UidValidity => "UIDVALIDITY",
            Self::Unseen => "UNSEEN",
            Self::HighestModSeq => "HIGHESTMODSEQ",
            Self::Size => "SIZE",
            Self::AppendLimit => "APPENDLIMIT",
            Self::MailboxId => "MAILBOXID",
            Self::Deleted => "DELETED",
            Self::DeletedStorage => "DELETED-STORAGE",
        }
    }
}

impl fmt::Display for StatusItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// `status = "STATUS" SP mailbox SP "(" status-att *(SP status-att) ")"`
///
/// # Errors
/// When the arguments are something else.
pub fn status(cursor: &mut Cursor<'_>) -> Result<(MailboxName, Vec<StatusItem>), Error> {
    let mailbox = cursor.mailbox()?;
    cursor.space()?;
    let items = StatusItem::list(cursor)?;
    cursor.end()?;
    Ok((mailbox, items))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_status() {
        assert_eq!(two_mailboxes(&mut Cursor::new(b"a \"b c\"")).unwrap().1.as_str(), "b c");
        assert!(two_mailboxes(&mut Cursor::new(b"a b c")).is_err());
        assert!(one_mailbox(&mut Cursor::new(b"")).is_err());
        let read = |text: &str| status(&mut Cursor::new(text.as_bytes()));
        assert_eq!(read("a (UIDNEXT unseen)").unwrap().1, [StatusItem::UidNext, StatusItem::Unseen]);
        for text in ["a", "a ()", "a MESSAGES", "a (X)", "a (MESSAGES) b"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
