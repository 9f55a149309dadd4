//! What a caller has not read of what is shared with him, where `\Seen` is his own: counted from his views.
use crate::opened::Opened;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use store::{EmailId, Error, MailboxId, Message, Role, SystemFlags, ThreadId, View};

/// Unread emails and threads by mailbox; none where the kept counts are the caller's too.
#[derive(Default)]
pub(super) struct Unread(HashMap<MailboxId, (u64, u64)>);

impl Unread {
    /// Counts what is asked for.
    pub(super) async fn of(opened: &Opened, mailboxes: &[MailboxId]) -> Result<Self, Error> {
        if opened.reader.is_none() || mailboxes.is_empty() {
            return Ok(Self::default());
        }
        let mut views = Vec::new();
        // what is unread somewhere is unread everywhere: all that the caller sees is looked at
        for mailbox in opened.mailboxes.iter().filter(|mailbox| opened.sees(mailbox.id)) {
            let is_trash = mailbox.role == Some(Role::Trash);
            let view = opened.view(mailbox.id).await?;
            views.extend(view.map(|view| Seen { mailbox: mailbox.id, is_trash, view }));
            tokio::task::yield_now().await;
        }
        let census = Census::of(&views).await;
        let mut counted = HashMap::new();
        for seen in views.iter().filter(|seen| mailboxes.contains(&seen.mailbox)) {
            counted.insert(seen.mailbox, census.count(seen));
            tokio::task::yield_now().await;
        }
        Ok(Self(counted))
    }

    /// Unread emails and threads of a mailbox.
    pub(super) fn in_mailbox(&self, mailbox: MailboxId) -> Option<(u64, u64)> {
        self.0.get(&mailbox).copied()
    }
}

/// A mailbox as the caller sees it.
struct Seen {
    mailbox: MailboxId,
    is_trash: bool,
    view: Arc<View>,
}

impl Seen {
    /// What is there for JMAP (RFC 8621, 4.1.1).
    fn messages(&self) -> impl Iterator<Item = Message<'_>> {
        self.view.iter().filter(|message| !message.system.contains(SystemFlags::DELETED))
    }
}

/// What is unread in all that the caller sees.
#[derive(Default)]
struct Census {
    /// Emails with neither `$seen` nor `$draft`.
    emails: HashSet<EmailId>,
    /// Threads of those that are anywhere but in the trash, and of those that are there. RFC 8621, 2: what is only in the
    /// trash is nothing to other mailboxes, and the trash counts what is in it alone.
    elsewhere: HashSet<ThreadId>,
    in_trash: HashSet<ThreadId>,
}

impl Census {
    async fn of(views: &[Seen]) -> Self {
        let mut census = Self::default();
        let mut drafts = HashSet::new();
        for seen in views {
            for message in seen.messages() {
                if message.system.contains(SystemFlags::DRAFT) {
                    drafts.insert(message.email);
                // "$seen" is had only if all places have it
                } else if !message.system.contains(SystemFlags::SEEN) {
                    census.emails.insert(message.email);
                }
            }
            tokio::task::yield_now().await;
        }
        census.emails.retain(|email| !drafts.contains(email));
        for seen in views {
            let threads = if seen.is_trash { &mut census.in_trash } else { &mut census.elsewhere };
            let unread = seen.messages().filter(|message| census.emails.contains(&message.email));
            threads.extend(unread.map(|message| message.thread));
            tokio::task::yield_now().await;
        }
        census
    }

    /// Unread emails and threads of a mailbox.
    fn count(&self, seen: &Seen) -> (u64, u64) {
        let unread = if seen.is_trash { &self.in_trash } else { &self.elsewhere };
        let (mut emails, mut threads) = (HashSet::new(), HashSet::new());
        for message in seen.messages() {
            emails.extend(self.emails.contains(&message.email).then_some(message.email));
            threads.extend(unread.contains(&message.thread).then_some(message.thread));
        }
        (emails.len() as u64, threads.len() as u64)
    }
}

#[cfg(test)]
mod tests;
