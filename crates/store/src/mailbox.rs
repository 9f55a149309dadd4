//! Mailboxes as they are seen: names, roles, counters; a snapshot of all of an account.
use crate::acl::Acl;
use crate::error::Error;
use crate::id::{MailboxId, ModSeq, Uid};
use names::{AccountId, Address};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// What stands between the names of a mailbox and its child.
pub const SEPARATOR: char = '/';
/// The longest full name, in bytes.
pub const MAX_NAME: usize = 1_000;
/// The deepest hierarchy.
pub const MAX_DEPTH: usize = 32;

/// The full name of a mailbox, from the top, in UTF-8: `Archive/2026`. Valid once it exists: not empty, no empty part,
/// no control characters, within [`MAX_NAME`] and [`MAX_DEPTH`]; the first part, where it is `inbox` in any case, is
/// `INBOX` (RFC 3501, 5.1). It is Net-Unicode: one spelling for what looks the same (RFC 5198, 2; RFC 9051, 5.1).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MailboxName(Arc<str>);

impl MailboxName {
    /// Checks a name.
    ///
    /// # Errors
    /// [`Error::BadName`] with the reason.
    pub fn new(name: &str) -> Result<Self, Error> {
        if name.len() > MAX_NAME {
            return Err(Error::BadName("longer than 1,000 bytes"));
        }
        // RFC 9755, 3: the separators of lines and paragraphs are as bad as control characters.
        if name.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
            return Err(Error::BadName("control characters in it"));
        }
        if !is_nfc(name) {
            // Composing does not lengthen a name beyond a small factor; the limit holds for what is kept.
            return Self::new(&name.nfc().collect::<String>());
        }
        if name.split(SEPARATOR).any(str::is_empty) {
            return Err(Error::BadName("a part of it is empty"));
        }
        if name.split(SEPARATOR).count() > MAX_DEPTH {
            return Err(Error::BadName("more than 32 levels"));
        }
        let first = name.split(SEPARATOR).next().unwrap_or(name);
        if first.eq_ignore_ascii_case("INBOX") && first != "INBOX" {
            return Ok(Self(format!("INBOX{}", name.get(first.len()..).unwrap_or_default()).into()));
        }
        Ok(Self(name.into()))
    }

    /// INBOX.
    pub fn inbox() -> Self {
        Self("INBOX".into())
    }

    /// Whether it is INBOX.
    pub fn is_inbox(&self) -> bool {
        &*self.0 == "INBOX"
    }

    /// The full name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last part: what JMAP calls the name.
    pub fn last(&self) -> &str {
        self.0.rsplit(SEPARATOR).next().unwrap_or(&self.0)
    }

    /// The name one level up; `None` at the top.
    pub fn parent(&self) -> Option<Self> {
        self.0.rsplit_once(SEPARATOR).map(|(parent, _)| Self(parent.into()))
    }

    /// Whether this stands below `other`, at any depth.
    pub fn is_below(&self, other: &Self) -> bool {
        self.0.strip_prefix(&*other.0).is_some_and(|rest| rest.starts_with(SEPARATOR))
    }

    /// This name with the part `from`, which it is or is below of, replaced by `to`.
    pub(crate) fn moved(&self, from: &Self, to: &Self) -> Result<Self, Error> {
        let rest = self.0.strip_prefix(&*from.0).unwrap_or_default();
        Self::new(&format!("{}{rest}", to.0))
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

/// What a mailbox is for (SPECIAL-USE, RFC 6154; JMAP, RFC 8621, 2). One mailbox an account has each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Role {
    /// Where mail arrives: INBOX has it, always.
    Inbox = 1,
    /// `\Drafts`.
    Drafts = 2,
    /// `\Sent`.
    Sent = 3,
    /// `\Junk`.
    Junk = 4,
    /// `\Trash`.
    Trash = 5,
    /// `\Archive`.
    Archive = 6,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 6] = [Self::Inbox, Self::Drafts, Self::Sent, Self::Junk, Self::Trash, Self::Archive];

    pub(crate) fn from_number(number: u64) -> Option<Self> {
        Self::ALL.into_iter().find(|role| *role as u64 == number)
    }
}

/// How much is in a mailbox, as IMAP counts and as JMAP does (what is only `\Deleted` does not exist for JMAP; RFC
/// 8621, 4.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// Messages (EXISTS).
    pub messages: u64,
    /// Messages without `\Seen` (UNSEEN of STATUS).
    pub unseen: u64,
    /// Messages with `\Deleted` (DELETED of STATUS, RFC 9051).
    pub deleted: u64,
    /// Bytes of all messages (SIZE of STATUS, RFC 8438).
    pub bytes: u64,
    /// JMAP `totalEmails`.
    pub emails: u64,
    /// JMAP `unreadEmails`.
    pub unread_emails: u64,
    /// JMAP `totalThreads`.
    pub threads: u64,
    /// JMAP `unreadThreads` (RFC 8621, 2): threads with an email in this mailbox, and an unread one in any mailbox but the
    /// trash; of the trash, threads with an unread email in it.
    pub unread_threads: u64,
}

/// One mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// Its id; it stays through a rename.
    pub id: MailboxId,
    /// Its full name.
    pub name: MailboxName,
    /// What it is for.
    pub role: Option<Role>,
    /// Changes when UIDs mean other messages (RFC 9051, 2.3.1.1).
    pub uid_validity: u32,
    /// The next message gets this UID or a higher one; zero when all have been given.
    pub uid_next: u32,
    /// The modseq of the last change of its messages (HIGHESTMODSEQ, RFC 7162, 3.1.2.1).
    pub modseq: ModSeq,
    /// How much is in it.
    pub counters: Counters,
    /// Where it stands beside its siblings when a client shows them: the lowest first (RFC 8621, 2).
    pub sort_order: u32,
    /// The first UID that no session has been told as `\Recent`, as of the last commit.
    pub(crate) recent: u32,
}

impl Mailbox {
    /// The UID that the next message gets; `None` when all have been given.
    pub fn next_uid(&self) -> Option<Uid> {
        Uid::new(self.uid_next)
    }
}

/// The level below which a login sees what others share with it (RFC 2342, 5), each owner's below his address.
pub const OTHER_USERS: &str = "Other Users";

/// An owner's level there: his address, in which a slash would part levels.
pub fn owners_level(owner: &str) -> String {
    owner.replace('=', "=3D").replace('/', "=2F")
}

/// Another account that may share mailboxes with this one: a hint, to be held against that account's lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sharer {
    /// Its address when it last shared something.
    pub address: Address,
    /// When that was, in seconds of UTC; what is shared since is not older.
    pub(crate) asserted: u64,
}

/// The list of a mailbox of which nothing is said.
static NOTHING_SAID: Acl = Acl::new(Vec::new());

/// All mailboxes of an account at one modseq. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Mailboxes {
    /// Sorted by id.
    pub(crate) list: Vec<Arc<Mailbox>>,
    pub(crate) names: Arc<BTreeMap<MailboxName, MailboxId>>,
    pub(crate) subscribed: Arc<BTreeSet<MailboxName>>,
    /// Lists that say anything.
    pub(crate) acls: Arc<BTreeMap<MailboxId, Arc<Acl>>>,
    pub(crate) sharers: Arc<BTreeMap<AccountId, Sharer>>,
    pub(crate) modseq: ModSeq,
    pub(crate) list_modseq: ModSeq,
}

impl Mailboxes {
    /// Every mailbox, in the order of names. A parent may be missing: the name is then a level without a mailbox
    /// (`\NonExistent`, RFC 5258, 3).
    pub fn iter(&self) -> impl Iterator<Item = &Mailbox> {
        self.names.values().filter_map(|id| self.get(*id))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there is none; an account always has INBOX.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The mailbox with an id.
    pub fn get(&self, id: MailboxId) -> Option<&Mailbox> {
        self.list
            .binary_search_by_key(&id, |mailbox| mailbox.id)
            .ok()
            .and_then(|at| self.list.get(at))
            .map(|found| &**found)
    }

    /// The mailbox with a name.
    pub fn named(&self, name: &MailboxName) -> Option<&Mailbox> {
        self.names.get(name).and_then(|id| self.get(*id))
    }

    /// INBOX.
    pub fn inbox(&self) -> Option<&Mailbox> {
        self.named(&MailboxName::inbox())
    }

    /// The mailbox with a role.
    pub fn role(&self, role: Role) -> Option<&Mailbox> {
        self.list.iter().find(|mailbox| mailbox.role == Some(role)).map(|found| &**found)
    }

    /// Whether a mailbox stands below `name`, at any depth (`\HasChildren`, RFC 5258, 4).
    pub fn has_children(&self, name: &MailboxName) -> bool {
        self.below(name).next().is_some()
    }

    /// The names below `name`, at any depth.
    pub fn below<'a>(&'a self, name: &'a MailboxName) -> impl Iterator<Item = &'a MailboxName> {
        let first = MailboxName(format!("{name}{SEPARATOR}").into());
        self.names.range(first..).map(|(below, _)| below).take_while(move |below| below.is_below(name))
    }

    /// Subscribed names, also of mailboxes that do not exist (RFC 3501, 6.3.9).
    pub fn subscribed(&self) -> &BTreeSet<MailboxName> {
        &self.subscribed
    }

    /// Who may do what with a mailbox.
    pub fn acl(&self, mailbox: MailboxId) -> &Acl {
        self.acls.get(&mailbox).map_or(&NOTHING_SAID, |acl| &**acl)
    }

    /// Accounts that may share something with this one, ascending: who they are and what they were called.
    pub fn sharers(&self) -> impl Iterator<Item = (AccountId, &Sharer)> {
        self.sharers.iter().map(|(account, sharer)| (*account, sharer))
    }

    /// The account's modseq that this is as of.
    pub fn modseq(&self) -> ModSeq {
        self.modseq
    }

    /// The modseq of the last change of names, roles or subscriptions.
    pub fn list_modseq(&self) -> ModSeq {
        self.list_modseq
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert_eq!(MailboxName::new("inbox").unwrap(), MailboxName::inbox());
        assert_eq!(MailboxName::new("Inbox/a").unwrap().as_str(), "INBOX/a");
        assert_eq!(MailboxName::new("Inboxes").unwrap().as_str(), "Inboxes");
        for wrong in ["", "/", "a/", "/a", "a//b", "a\nb", &"x".repeat(1_001), &vec!["x"; 33].join("/")] {
            assert!(MailboxName::new(wrong).is_err(), "{wrong:?}");
        }
        // What looks the same is the same.
        assert_eq!(MailboxName::new("cafe\u{301}/x").unwrap().as_str(), "caf\u{e9}/x");
        assert!(MailboxName::new("a\u{2028}b").is_err() && MailboxName::new("a\u{2029}").is_err());
        let name = MailboxName::new("a/b/c").unwrap();
        assert_eq!((name.last(), name.parent().unwrap().as_str()), ("c", "a/b"));
        assert!(name.is_below(&MailboxName::new("a").unwrap()) && !name.is_below(&name));
        assert!(!MailboxName::new("ab").unwrap().is_below(&MailboxName::new("a").unwrap()));
    }
}
