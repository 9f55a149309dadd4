//! The change log: each commit of an account leaves one entry that says what it touched and what that was before.
use crate::acl::Rights;
use crate::flags::Flags;
use crate::id::{EmailId, MailboxId, ModSeq, ObjectId, Uid};
use crate::mailbox::{MailboxName, Role};
use crate::metadata::{Annotated, TouchedEntry};
use crate::object::{ObjectKind, ObjectTouch};
use names::{AccountId, Address};
use std::sync::Arc;
use world::UnixTime;

/// One commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// Its number.
    pub modseq: ModSeq,
    /// When it was handed in.
    pub time: UnixTime,
    /// Who made it, as given to [`crate::Account::acting_as`].
    pub who: Arc<str>,
    /// What it touched, in the order in which that happened.
    pub touched: Vec<Touched>,
}

/// One thing that a commit touched, with what it was before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Touched {
    /// A message came into a mailbox.
    Arrived {
        /// Where.
        mailbox: MailboxId,
        /// Its UID.
        uid: Uid,
        /// Its email.
        email: EmailId,
        /// Whether the email came with it; else it had another membership.
        new: bool,
    },
    /// Flags changed.
    Flags {
        /// Where.
        mailbox: MailboxId,
        /// Its UID.
        uid: Uid,
        /// Its email.
        email: EmailId,
        /// What it said before.
        before: Flags,
        /// The modseq of the change before.
        modseq: ModSeq,
    },
    /// A message left a mailbox.
    Expunged {
        /// Where it was.
        mailbox: MailboxId,
        /// Its UID.
        uid: Uid,
        /// Its email.
        email: EmailId,
        /// What it said.
        before: Flags,
        /// The modseq of the change before.
        modseq: ModSeq,
        /// When it had come, in seconds of UTC.
        saved: u64,
        /// Whether it was the email's last membership: the email is a tombstone now.
        last: bool,
    },
    /// A mailbox was created.
    MailboxCreated {
        /// Which.
        mailbox: MailboxId,
    },
    /// A mailbox got another name or role.
    MailboxChanged {
        /// Which.
        mailbox: MailboxId,
        /// Its name before.
        name: MailboxName,
        /// Its role before.
        role: Option<Role>,
    },
    /// A mailbox was removed, with what was in it.
    MailboxRemoved {
        /// Which.
        mailbox: MailboxId,
        /// Its name.
        name: MailboxName,
        /// Its role.
        role: Option<Role>,
        /// Its UIDVALIDITY.
        uid_validity: u32,
    },
    /// A name was subscribed or unsubscribed.
    Subscription {
        /// Which.
        name: MailboxName,
        /// Whether it was subscribed before.
        before: bool,
    },
    /// The quota was set.
    Quota {
        /// The limit before.
        before: Option<u64>,
    },
    /// Annotations were set or removed.
    Metadata {
        /// Of what.
        of: Annotated,
        /// Which.
        entries: Vec<TouchedEntry>,
    },
    /// What a mailbox's list says of an account changed.
    Acl {
        /// Which.
        mailbox: MailboxId,
        /// Of whom.
        account: AccountId,
        /// That account's address.
        address: Address,
        /// What it was granted before.
        granted: Option<Rights>,
        /// What was taken from that before.
        denied: Option<Rights>,
    },
    /// An object was made, changed or removed.
    Object {
        /// Of which kind.
        of: ObjectKind,
        /// Which.
        id: ObjectId,
        /// How. What it was before is not kept: what was sent has a status that changes with each recipient.
        touch: ObjectTouch,
    },
    /// Old entries and tombstones were removed; nothing that can be seen changed.
    Pruned,
}

/// A page of the change log.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes {
    /// Entries, ascending.
    pub entries: Vec<LogEntry>,
    /// Whether more follow the last one.
    pub more: bool,
}
