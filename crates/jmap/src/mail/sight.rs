//! Which mailboxes the caller saw when a stretch of the change log begins: what he never saw is not told to be gone.
use crate::opened::{Opened, SEES};
use std::collections::BTreeMap;
use store::{LogEntry, MailboxId, Rights, Touched};

/// What was seen before the first entry.
pub(crate) struct Sight<'o> {
    opened: &'o Opened,
    /// Whether it was seen, by the first entry that says what was before; nothing for what did not exist.
    before: BTreeMap<MailboxId, Option<bool>>,
}

impl<'o> Sight<'o> {
    /// Nothing was read yet.
    pub(crate) const fn new(opened: &'o Opened) -> Self {
        Self { opened, before: BTreeMap::new() }
    }

    /// Reads it from a log.
    pub(crate) fn before(opened: &'o Opened, log: &[LogEntry]) -> Self {
        let mut sight = Self::new(opened);
        log.iter().for_each(|entry| sight.read(entry));
        sight
    }

    /// Reads the next entry.
    pub(crate) fn read(&mut self, entry: &LogEntry) {
        for touched in &entry.touched {
            match touched {
                Touched::MailboxCreated { mailbox } => drop(self.before.entry(*mailbox).or_insert(None)),
                Touched::Acl { mailbox, account, granted, denied, .. } if *account == self.opened.caller => {
                    let saw = || Some(rights(self.opened, *granted, *denied).contains(SEES));
                    self.before.entry(*mailbox).or_insert_with(saw);
                }
                _ => {}
            }
        }
    }

    /// Whether the caller saw a mailbox then. One that is gone was an owner's to see; of another's the log has the list
    /// that went with it.
    pub(crate) fn saw(&self, mailbox: MailboxId) -> bool {
        let unchanged = || match self.opened.mailboxes.get(mailbox) {
            Some(_) => self.opened.sees(mailbox),
            None => self.opened.own,
        };
        self.before.get(&mailbox).map_or_else(unchanged, |saw| *saw == Some(true))
    }

    /// Whether what is in a mailbox came into sight or went out of it with rights alone, so that no email's entry says so.
    pub(crate) fn changed_by_rights(&self) -> bool {
        let other = |(mailbox, saw): (&MailboxId, &Option<bool>)| {
            self.opened.mailboxes.get(*mailbox).is_some() && saw.is_some_and(|saw| saw != self.opened.sees(*mailbox))
        };
        self.before.iter().any(other)
    }
}

/// What an entry of a list allowed (as `Acl::rights` counts it).
fn rights(opened: &Opened, granted: Option<Rights>, denied: Option<Rights>) -> Rights {
    let (without_entry, always) = if opened.own { (Rights::ALL, Rights::OWNERS) } else { (Rights::NONE, Rights::NONE) };
    granted.unwrap_or(without_entry).without(denied.unwrap_or_default()).with(always)
}
