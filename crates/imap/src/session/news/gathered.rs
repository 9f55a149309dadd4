//! What others have done to an account, merged from pages of its change log: a mailbox, a name or an entry stands here
//! once, however often it was touched.
use std::collections::{BTreeMap, BTreeSet};
use store::{Annotated, EntryName, LogEntry, MailboxId, MailboxName, Touched};

/// What has happened to the messages of a mailbox.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Happened {
    /// Some came or went.
    pub(super) messages: bool,
    /// Flags changed, or the mailbox is another than was.
    pub(super) flags: bool,
}

/// What others have done.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) messages: BTreeMap<MailboxId, Happened>,
    /// Mailboxes with a new name: the first that they had.
    pub(super) renamed: BTreeMap<MailboxId, MailboxName>,
    pub(super) created: BTreeSet<MailboxId>,
    pub(super) removed: BTreeSet<MailboxName>,
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
                if !goes_with_another(name, beside) {
                    self.renamed.entry(*mailbox).or_insert_with(|| name.clone());
                }
            }
            Touched::MailboxRemoved { name, .. } => {
                self.removed.insert(name.clone());
            }
            Touched::Subscription { name, .. } => {
                self.subscriptions.insert(name.clone());
            }
            Touched::Metadata { of, entries } => {
                let seen = entries.iter().filter(|entry| entry.of.is_none_or(|of| of == account));
                self.metadata.entry(*of).or_default().extend(seen.map(|entry| entry.name.clone()));
            }
            Touched::Quota { .. } | Touched::Acl { .. } | Touched::Pruned => {}
        }
    }
}

/// RFC 5465, 5.4: what is renamed because a mailbox above it is, is not told by itself.
fn goes_with_another(name: &MailboxName, beside: &[Touched]) -> bool {
    beside.iter().any(|other| matches!(other, Touched::MailboxChanged { name: above, .. } if name.is_below(above)))
}
