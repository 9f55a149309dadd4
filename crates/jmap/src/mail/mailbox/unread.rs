//! What a caller has not read of what is shared with him, where `\Seen` is his own: counted from his views.
use crate::opened::Opened;
use std::collections::{HashMap, HashSet};
use store::{Error, MailboxId, SystemFlags};

/// What makes an email read, or none at all (RFC 8621, 2 and 4.1.1).
const READ: SystemFlags = SystemFlags::SEEN.with(SystemFlags::DRAFT).with(SystemFlags::DELETED);

/// Unread emails and threads by mailbox; none where the kept counts are the caller's too.
#[derive(Default)]
pub(super) struct Unread(HashMap<MailboxId, (u64, u64)>);

impl Unread {
    /// Counts what is asked for.
    pub(super) async fn of(opened: &Opened, mailboxes: &[MailboxId]) -> Result<Self, Error> {
        let mut counted = HashMap::new();
        if opened.reader.is_none() {
            return Ok(Self::default());
        }
        for mailbox in mailboxes {
            let view = opened.account.view(*mailbox).await?;
            let (mut emails, mut threads) = (HashSet::new(), HashSet::new());
            let none = SystemFlags::ALL.without(READ);
            for message in view.iter().filter(|message| message.system.without(none).is_empty()) {
                emails.insert(message.email);
                threads.insert(message.thread);
            }
            counted.insert(*mailbox, (emails.len() as u64, threads.len() as u64));
            tokio::task::yield_now().await;
        }
        Ok(Self(counted))
    }

    /// Unread emails and threads of a mailbox.
    pub(super) fn in_mailbox(&self, mailbox: MailboxId) -> Option<(u64, u64)> {
        self.0.get(&mailbox).copied()
    }
}
