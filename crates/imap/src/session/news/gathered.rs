//! What others have done to an account, merged from pages of its change log: a mailbox, a name or an entry stands here
//! once, however often it was touched.
use crate::session::watching::Other;
use std::collections::{BTreeMap, BTreeSet};
use store::{Annotated, EntryName, LogEntry, MailboxId, MailboxName, Mailboxes, Touched};

/// What has happened to the messages of a mailbox.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Happened {
    /// Some came or went.
    pub(super) messages: bool,
    /// Flags changed, or the mailbox is another than was.
    pub(super) flags: bool,
}

/// A mailbox with a new name.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Renamed {
    /// The first name that it had.
    pub(super) from: MailboxName,
    /// Mailboxes above it that were renamed in the same act.
    pub(super) above: Vec<MailboxId>,
}

/// What others have done.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) messages: BTreeMap<MailboxId, Happened>,
    pub(super) renamed: BTreeMap<MailboxId, Renamed>,
    pub(super) created: BTreeSet<MailboxId>,
    /// The last names that they had.
    pub(super) removed: BTreeMap<MailboxId, MailboxName>,
    /// Mailboxes to which the login's rights have changed.
    pub(super) rights: BTreeSet<MailboxId>,
    pub(super) subscriptions: BTreeSet<MailboxName>,
    pub(super) metadata: BTreeMap<Annotated, BTreeSet<EntryName>>,
}

impl Gathered {
    /// From a page of the log, but for what `me` did.
    pub(super) fn new(entries: &[LogEntry], me: &str, account: names::AccountId) -> Self {
        let mut gathered = Self::default();
        for entry in entries.iter().filter(|entry| &*entry.who != me) {
            for touched in &entry.touched {
                gathered.take(touched, &entry.touched, account);
            }
        }
        gathered
    }

    /// Everything in an account that begins to be told of.
    pub(super) fn all_new(now: &Mailboxes) -> Self {
        Self { rights: now.iter().map(|mailbox| mailbox.id).collect(), ..Self::default() }
    }

    /// Everything in an account that is told of no more.
    pub(super) fn all_gone(other: &Other) -> Self {
        let before = other.before.iter().flat_map(|before| before.iter());
        Self { rights: before.map(|mailbox| mailbox.id).collect(), ..Self::default() }
    }

    fn take(&mut self, touched: &Touched, beside: &[Touched], account: names::AccountId) {
        match touched {
            Touched::Arrived { mailbox, .. } | Touched::Expunged { mailbox, .. } => {
                self.messages.entry(*mailbox).or_default().messages = true;
            }
            Touched::Flags { mailbox, .. } => self.messages.entry(*mailbox).or_default().flags = true,
            Touched::MailboxCreated { mailbox } => {
                self.created.insert(*mailbox);
                // RFC 5465, 5.1: a name whose UIDVALIDITY is another.
                self.messages.entry(*mailbox).or_default().flags = true;
            }
            Touched::MailboxChanged { mailbox, name, .. } => {
                let renamed = || Renamed { from: name.clone(), above: above(name, beside) };
                self.renamed.entry(*mailbox).or_insert_with(renamed);
            }
            Touched::MailboxRemoved { mailbox, name, .. } => {
                self.removed.insert(*mailbox, name.clone());
            }
            Touched::Acl { mailbox, account: whose, .. } if *whose == account => {
                self.rights.insert(*mailbox);
            }
            Touched::Subscription { name, .. } => {
                self.subscriptions.insert(name.clone());
            }
            Touched::Metadata { of, entries } => {
                let seen = entries.iter().filter(|entry| entry.of.is_none_or(|of| of == account));
                self.metadata.entry(*of).or_default().extend(seen.map(|entry| entry.name.clone()));
            }
            Touched::Quota { .. } | Touched::Acl { .. } | Touched::Object { .. } | Touched::Pruned => {}
        }
    }
}

/// The mailboxes above one that were renamed beside it.
fn above(name: &MailboxName, beside: &[Touched]) -> Vec<MailboxId> {
    let above = beside.iter().filter_map(|other| match other {
        Touched::MailboxChanged { mailbox, name: above, .. } if name.is_below(above) => Some(*mailbox),
        _ => None,
    });
    above.collect()
}
