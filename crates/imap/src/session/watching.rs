//! What a client has asked for by NOTIFY (RFC 5465, 5 and 6), and where the account stood when it was last told.
use super::place::is_others;
use imap_wire::{EventGroup, Events, FetchItem, MailboxFilter, MailboxName, NotifySet, SelectedEvents, StatusItem};
use names::AccountId;
use std::sync::Arc;
use store::{Account, Error, Mailboxes, ModSeq, Rights};
use tokio::sync::watch;

/// A NOTIFY SET that is in force.
#[derive(Debug, Clone)]
pub(crate) struct Watching {
    owner: AccountId,
    selected: Option<SelectedEvents>,
    groups: Vec<EventGroup>,
    /// Tells each commit of the account.
    changed: watch::Receiver<ModSeq>,
    /// The mailboxes as they were told last.
    before: Arc<Mailboxes>,
}

impl Watching {
    /// From the account as it is now.
    pub(crate) async fn begin(account: &Account, set: NotifySet) -> Result<Self, Error> {
        let changed = account.watch();
        let before = account.mailboxes().await?;
        Ok(Self { owner: account.id(), selected: set.selected, groups: set.groups, changed, before })
    }

    /// Whether mailboxes of other users are named: they are watched while they are selected, and not from afar.
    pub(crate) fn names_others(&self) -> bool {
        let subscribed = || self.before.subscribed().iter().any(|name| is_others(&MailboxName::new(name.as_str())));
        self.groups.iter().filter(|group| group.events != Events::default()).any(|group| match &group.mailboxes {
            MailboxFilter::Inboxes | MailboxFilter::Personal => false,
            MailboxFilter::Subscribed => subscribed(),
            MailboxFilter::Subtree(names) | MailboxFilter::Mailboxes(names) => names.iter().any(is_others),
        })
    }

    /// Of the selected mailbox.
    pub(crate) const fn selected(&self) -> Option<&SelectedEvents> {
        self.selected.as_ref()
    }

    /// What is fetched of new messages in the selected mailbox.
    pub(crate) fn fetched(&self) -> &[FetchItem] {
        self.selected.as_ref().map_or(&[], |selected| selected.fetched.as_slice())
    }

    /// Whether anything but the messages of the selected mailbox is asked for.
    pub(crate) fn looks_further(&self) -> bool {
        self.groups.iter().any(|group| group.events != Events::default())
    }

    /// The mailboxes as they were told last.
    pub(crate) const fn mailboxes(&self) -> &Arc<Mailboxes> {
        &self.before
    }

    /// All is told up to here.
    pub(crate) fn has_told(&mut self, mailboxes: Arc<Mailboxes>) {
        self.before = mailboxes;
    }

    /// What follows is told by the next wait.
    pub(crate) fn mark(&mut self) {
        self.changed.borrow_and_update();
    }

    /// Waits for a commit of the account, or of another one too; for ever once nobody wakes any more.
    ///
    /// # Cancel safety
    /// Nothing is lost.
    pub(crate) async fn wait(&mut self, other: Option<&mut watch::Receiver<ModSeq>>) {
        let other = async {
            match other {
                Some(other) => other.changed().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            Ok(()) = self.changed.changed() => {}
            Ok(()) = other => {}
            else => std::future::pending().await,
        }
    }

    /// What is asked for of a mailbox that is not selected. A group with `NONE` silences its mailboxes (RFC 5465, 8);
    /// of the others all hold (RFC 5465, 6).
    pub(crate) fn events(&self, name: &str, now: &Mailboxes) -> Events {
        let mut all = Events::default();
        // RFC 5465, 5: events ask for the rights `l` and `r`.
        let named = store::MailboxName::new(name).ok().and_then(|name| now.named(&name));
        let needed = Rights::LOOKUP.with(Rights::READ);
        if named.is_some_and(|mailbox| !now.acl(mailbox.id).rights(self.owner, self.owner).contains(needed)) {
            return all;
        }
        for group in self.groups.iter().filter(|group| self.covers(&group.mailboxes, name, now)) {
            let events = group.events;
            if events == Events::default() {
                return events;
            }
            all = Events {
                messages: all.messages | events.messages,
                flags: all.flags | events.flags,
                names: all.names | events.names,
                subscriptions: all.subscriptions | events.subscriptions,
                metadata: all.metadata | events.metadata,
                server_metadata: all.server_metadata | events.server_metadata,
            };
        }
        all
    }

    /// Whether annotations of the server are asked for: of no mailbox, whatever group names them.
    pub(crate) fn server_metadata(&self) -> bool {
        self.groups.iter().any(|group| group.events.server_metadata)
    }

    fn covers(&self, filter: &MailboxFilter, name: &str, now: &Mailboxes) -> bool {
        let subscribed = |mailboxes: &Mailboxes| {
            store::MailboxName::new(name).is_ok_and(|name| mailboxes.subscribed().contains(&name))
        };
        match filter {
            // RFC 5465, 6.3: where mail may be filed anywhere, inboxes are all mailboxes.
            MailboxFilter::Inboxes | MailboxFilter::Personal => !is_others(&MailboxName::new(name)),
            // RFC 5465, 6.4: as the list is now; what has just left it is told a last time.
            MailboxFilter::Subscribed => subscribed(now) || subscribed(&self.before),
            MailboxFilter::Subtree(roots) => roots.iter().any(|root| is_within(name, root.as_str())),
            // RFC 5465, 6.6: wildcards are nothing special here.
            MailboxFilter::Mailboxes(names) => names.iter().any(|named| named.as_str() == name),
        }
    }

    /// What the first STATUS of a mailbox has (RFC 5465, 3.1), if it has one. `NONE` is a way to ask for it once
    /// (RFC 5465, 5).
    pub(crate) fn first_status(&self, name: &str) -> Option<Vec<StatusItem>> {
        let named = self.groups.iter().any(|group| self.covers(&group.mailboxes, name, &self.before));
        let events = self.events(name, &self.before);
        if !named || !(events.messages || events == Events::default()) {
            return None;
        }
        let mut items = vec![StatusItem::Messages, StatusItem::UidNext, StatusItem::UidValidity];
        if events.flags {
            items.extend([StatusItem::Unseen, StatusItem::HighestModSeq]);
        }
        Some(items)
    }
}

/// Whether a name is `root` or below it (RFC 5465, 6.5).
fn is_within(name: &str, root: &str) -> bool {
    name.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with(store::SEPARATOR))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subtree_ends_at_a_level() {
        for (name, root, within) in [
            ("a", "a", true),
            ("a/b/c", "a", true),
            ("ab", "a", false),
            ("a", "a/b", false),
            ("INBOX/x", "INBOX", true),
        ] {
            assert_eq!(is_within(name, root), within, "{name} {root}");
        }
    }
}
