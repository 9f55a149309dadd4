//! LIST, LSUB, STATUS and NAMESPACE replies (RFC 3501, 7.2; RFC 5258; RFC 2342; STATUS of RFC 7889 and RFC 8474).
use super::{mailbox, put, quoted_or_literal};
use crate::{MailboxName, Named, StatusItem};
use std::fmt;

/// `mbx-list-flags` and their extensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attribute {
    /// `\Noselect`: no mailbox, only a level.
    NoSelect,
    /// `\NonExistent` (RFC 5258, 3.4): implies `\Noselect`.
    NonExistent,
    /// `\HasChildren` (RFC 3348, 4)
    HasChildren,
    /// `\HasNoChildren` (RFC 3348, 4)
    HasNoChildren,
    /// `\Subscribed` (RFC 5258, 3.4)
    Subscribed,
    /// `\Archive` (RFC 6154, 2, as all below)
    Archive,
    /// `\Drafts`
    Drafts,
    /// `\Flagged`
    Flagged,
    /// `\Junk`
    Junk,
    /// `\Sent`
    Sent,
    /// `\Trash`
    Trash,
    /// `\All`
    All,
}

impl Attribute {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::NoSelect => "\\Noselect",
            Self::NonExistent => "\\NonExistent",
            Self::HasChildren => "\\HasChildren",
            Self::HasNoChildren => "\\HasNoChildren",
            Self::Subscribed => "\\Subscribed",
            Self::Archive => "\\Archive",
            Self::Drafts => "\\Drafts",
            Self::Flagged => "\\Flagged",
            Self::Junk => "\\Junk",
            Self::Sent => "\\Sent",
            Self::Trash => "\\Trash",
            Self::All => "\\All",
        }
    }
}

/// One line of LIST or LSUB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<'a> {
    /// What it is.
    pub attributes: Vec<Attribute>,
    /// Its name.
    pub name: Named<'a>,
    /// CHILDINFO: that a child is subscribed (RFC 5258, 3.5).
    pub child_subscribed: bool,
    /// OLDNAME: as the client has written the name, or as it was called before (RFC 9051, 7.3.1).
    pub old_name: Option<&'a MailboxName>,
}

impl<'a> Listed<'a> {
    /// A line without extended data.
    pub const fn new(attributes: Vec<Attribute>, name: Named<'a>) -> Self {
        Self { attributes, name, child_subscribed: false, old_name: None }
    }

    /// Prints `* LIST (…) "/" name`, `word` being `LIST` or `LSUB`.
    pub fn print(&self, out: &mut Vec<u8>, word: &str) {
        put(out, format_args!("* {word} ("));
        for (index, attribute) in self.attributes.iter().enumerate() {
            put(out, format_args!("{}{}", if index == 0 { "" } else { " " }, attribute.word()));
        }
        put(out, ") \"/\" ");
        mailbox(out, self.name);
        // mbox-list-extended = "(" [item *(SP item)] ")"
        let mut open = " (";
        if self.child_subscribed {
            put(out, format_args!("{}\"CHILDINFO\" (\"SUBSCRIBED\")", std::mem::replace(&mut open, " ")));
        }
        if let Some(old_name) = self.old_name {
            put(out, format_args!("{}\"OLDNAME\" (", std::mem::replace(&mut open, " ")));
            mailbox(out, (old_name, self.name.1));
            out.push(b')');
        }
        if open == " " {
            out.push(b')');
        }
        out.extend_from_slice(b"\r\n");
    }
}

/// What STATUS tells of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatusValue {
    /// A number.
    Number(u64),
    /// `"(" objectid ")"` (RFC 8474, 4.3)
    ObjectId(String),
}

impl fmt::Display for StatusValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::ObjectId(id) => write!(f, "({id})"),
        }
    }
}

/// `* STATUS name (…)` (RFC 3501, 7.2.4)
pub fn status(out: &mut Vec<u8>, name: Named<'_>, items: &[(StatusItem, StatusValue)]) {
    put(out, "* STATUS ");
    mailbox(out, name);
    put(out, " (");
    for (index, (item, value)) in items.iter().enumerate() {
        put(out, format_args!("{}{item} {value}", if index == 0 { "" } else { " " }));
    }
    out.extend_from_slice(b")\r\n");
}

/// `* NAMESPACE (("" "/")) (("Other Users/" "/")) NIL`: one personal namespace, and that of other users, whose names begin
/// with `others` (RFC 2342, 5).
pub fn namespace(out: &mut Vec<u8>, others: &str) {
    put(out, "* NAMESPACE ((\"\" \"/\")) ((");
    quoted_or_literal(out, others.as_bytes());
    put(out, " \"/\")) NIL\r\n");
}

/// `* JMAPACCESS "https://…"` (RFC 9698, 5: `resp-jmapaccess = "JMAPACCESS" SP quoted`)
pub fn jmap_access(out: &mut Vec<u8>, address: &str) {
    put(out, "* JMAPACCESS ");
    quoted_or_literal(out, address.as_bytes());
    put(out, "\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::NameCoding;

    #[test]
    fn table() {
        let mut out = Vec::new();
        let name = MailboxName::new("a b/\u{e9}");
        let named = (&name, NameCoding::Utf7);
        let attributes = vec![Attribute::HasNoChildren, Attribute::Junk];
        let old_name = MailboxName::new("c");
        Listed { child_subscribed: true, ..Listed::new(attributes, named) }.print(&mut out, "LIST");
        Listed { old_name: Some(&old_name), ..Listed::new(Vec::new(), named) }.print(&mut out, "LIST");
        Listed { child_subscribed: true, old_name: Some(&old_name), ..Listed::new(Vec::new(), named) }
            .print(&mut out, "LIST");
        assert_eq!(crate::client::read_all(&out).map(|replies| replies.len()), Ok(3));
        let id = StatusValue::ObjectId("mb".to_owned());
        status(&mut out, named, &[(StatusItem::Messages, StatusValue::Number(3)), (StatusItem::MailboxId, id)]);
        let wanted = "* LIST (\\HasNoChildren \\Junk) \"/\" \"a b/&AOk-\" (\"CHILDINFO\" (\"SUBSCRIBED\"))\r\n\
                      * LIST () \"/\" \"a b/&AOk-\" (\"OLDNAME\" (c))\r\n\
                      * LIST () \"/\" \"a b/&AOk-\" (\"CHILDINFO\" (\"SUBSCRIBED\") \"OLDNAME\" (c))\r\n\
                      * STATUS \"a b/&AOk-\" (MESSAGES 3 MAILBOXID (mb))\r\n";
        assert_eq!(String::from_utf8(out).unwrap(), wanted);
    }
}
