//! Which mailboxes the caller saw when a stretch of the change log begins: what he never saw is not told to be gone.
use crate::opened::{Opened, SEES};
use std::collections::BTreeMap;
use store::{LogEntry, MailboxId, Rights, Touched};

/// What was seen before the first entry.
pub(crate) struct Sight<'o> {
    opened: &'o Opened,
    /// By the first entry that says what was before.
    before: BTreeMap<MailboxId, bool>,
}

impl<'o> Sight<'o> {
    /// Reads it from the log.
    pub(crate) fn before<'l>(opened: &'o Opened, log: impl IntoIterator<Item = &'l LogEntry>) -> Self {
        let mut before = BTreeMap::new();
        for touched in log.into_iter().flat_map(|entry| &entry.touched) {
            match touched {
                Touched::MailboxCreated { mailbox } => drop(before.entry(*mailbox).or_insert(false)),
                Touched::Acl { mailbox, account, granted, denied, .. } if *account == opened.caller => {
                    before.entry(*mailbox).or_insert_with(|| rights(opened, *granted, *denied).contains(SEES));
                }
                _ => {}
            }
        }
        Self { opened, before }
    }

    /// Whether the caller saw a mailbox then. One that is gone was an owner's to see; of another's the log has the list
    /// that went with it.
    pub(crate) fn saw(&self, mailbox: MailboxId) -> bool {
        let unchanged = || match self.opened.mailboxes.get(mailbox) {
            Some(_) => self.opened.sees(mailbox),
            None => self.opened.own,
        };
        self.before.get(&mailbox).copied().unwrap_or_else(unchanged)
    }

    /// Whether what is in a mailbox came into sight or went out of it with rights alone, so that no email's entry says so.
    pub(crate) fn changed_by_rights(&self) -> bool {
        let other = |(mailbox, saw): (&MailboxId, &bool)| {
            self.opened.mailboxes.get(*mailbox).is_some() && self.opened.sees(*mailbox) != *saw
        };
        self.before.iter().any(other)
    }
}

/// What an entry of a list allowed (as `Acl::rights` counts it).
fn rights(opened: &Opened, granted: Option<Rights>, denied: Option<Rights>) -> Rights {
    let (without_entry, always) = if opened.own { (Rights::ALL, Rights::OWNERS) } else { (Rights::NONE, Rights::NONE) };
    granted.unwrap_or(without_entry).without(denied.unwrap_or_default()).with(always)
}
