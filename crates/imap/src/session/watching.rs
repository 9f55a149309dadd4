//! What a client has asked for by NOTIFY (RFC 5465, 5 and 6), and where the accounts stood when it was last told.
mod others;
pub(crate) use others::{AtFirst, Other, Unwatched};

use super::completion::Completion;
use super::phase::Login;
use super::place::{canonical, is_others};
use super::refusal::refusal;
use super::talk::Talk;
use imap_wire::reply::Code;
use imap_wire::{EventGroup, Events, FetchItem, MailboxFilter, MailboxName, NotifySet, SelectedEvents, StatusItem};
use names::AccountId;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Mailboxes, ModSeq, Rights};
use tokio::sync::watch;

/// RFC 5465, 5: what events of a mailbox ask for.
pub(crate) const WATCH: Rights = Rights::LOOKUP.with(Rights::READ);

/// A NOTIFY SET that is in force.
#[derive(Clone)]
pub(crate) struct Watching {
    selected: Option<SelectedEvents>,
    /// With names as the accounts have them.
    groups: Vec<EventGroup>,
    /// Tells each commit of the login's own account.
    changed: watch::Receiver<ModSeq>,
    /// The own mailboxes as they were told last.
    before: Arc<Mailboxes>,
    /// The first STATUS is yet to be told, also of what `NONE` names (RFC 5465, 5).
    at_first: bool,
    /// The accounts of others that are watched beside it.
    others: BTreeMap<AccountId, Other>,
}

impl Watching {
    /// From the accounts as they are now.
    pub(crate) async fn begin(login: &Login, talk: &Talk, set: NotifySet) -> Result<Self, Completion> {
        let changed = login.account.watch();
        let before = login.account.mailboxes().await.map_err(|error| refusal(&error))?;
        let groups = set.groups.into_iter().map(canonical_group).collect();
        let mut watching = Self {
            selected: set.selected,
            groups,
            changed,
            before: Arc::clone(&before),
            at_first: set.status,
            others: BTreeMap::new(),
        };
        match watching.look_for_others((login, talk), &before, AtFirst::Known).await {
            Ok(_) => Ok(watching),
            // RFC 5465, 3.1: what would cost too much is refused by NO.
            Err(Unwatched::TooMany) => {
                let text = "so many accounts are not watched at once";
                Err(Completion::no(Code::NotificationOverflow, text))
            }
            Err(Unwatched::Store(error)) => Err(refusal(&error)),
        }
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

    /// The own mailboxes as they were told last.
    pub(crate) const fn mailboxes(&self) -> &Arc<Mailboxes> {
        &self.before
    }

    /// All of the own account is told up to here.
    pub(crate) fn has_told(&mut self, mailboxes: Arc<Mailboxes>) {
        self.before = mailboxes;
    }

    /// What follows is told by the next wait.
    pub(crate) fn mark(&mut self) {
        self.changed.borrow_and_update();
        self.others.values_mut().for_each(Other::mark);
    }

    /// Waits for a commit of an account that is watched, or of `elsewhere` too; for ever once nobody wakes any more.
    ///
    /// # Cancel safety
    /// Nothing is lost.
    pub(crate) async fn wait(&mut self, elsewhere: Option<&mut watch::Receiver<ModSeq>>) {
        let elsewhere = async {
            match elsewhere {
                Some(elsewhere) => elsewhere.changed().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            Ok(()) = self.changed.changed() => {}
            Ok(()) = elsewhere => {}
            () = others::changed(&mut self.others) => {}
            else => std::future::pending().await,
        }
    }

    /// The same of the accounts of others alone.
    ///
    /// # Cancel safety
    /// Nothing is lost.
    pub(crate) async fn wait_for_others(&mut self) {
        others::changed(&mut self.others).await;
    }

    /// What is asked for of a mailbox that is not selected, by its full name; whether the login may know of it is another
    /// matter. A group with `NONE` silences its mailboxes (RFC 5465, 8); of the others all hold (RFC 5465, 6).
    pub(crate) fn asks(&self, name: &str, own: &Mailboxes) -> Events {
        let mut all = Events::default();
        let known = canonical(name);
        for group in self.groups.iter().filter(|group| self.covers(&group.mailboxes, (name, &known), own)) {
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

    /// Whether a filter has a mailbox: by its name as it is told, and as the accounts have it.
    fn covers(&self, filter: &MailboxFilter, (name, known): (&str, &str), own: &Mailboxes) -> bool {
        let subscribed = |mailboxes: &Mailboxes| {
            store::MailboxName::new(name).is_ok_and(|name| mailboxes.subscribed().contains(&name))
        };
        match filter {
            // RFC 5465, 6.3: where mail may be filed anywhere, inboxes are all mailboxes.
            MailboxFilter::Inboxes | MailboxFilter::Personal => !is_others(&MailboxName::new(name)),
            // RFC 5465, 6.4: as the list is now; what has just left it is told a last time.
            MailboxFilter::Subscribed => subscribed(own) || subscribed(&self.before),
            MailboxFilter::Subtree(roots) => roots.iter().any(|root| is_within(known, root.as_str())),
            // RFC 5465, 6.6: wildcards are nothing special here.
            MailboxFilter::Mailboxes(names) => names.iter().any(|named| named.as_str() == known),
        }
    }

    /// What the first STATUS of a mailbox has (RFC 5465, 3.1), if it has one. `NONE` is a way to ask for it once
    /// (RFC 5465, 5).
    pub(crate) fn first_status(&self, name: &str) -> Option<Vec<StatusItem>> {
        let known = canonical(name);
        let named = self.groups.iter().any(|group| self.covers(&group.mailboxes, (name, &known), &self.before));
        let events = self.asks(name, &self.before);
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

/// A group with its names as the accounts have them: one mailbox has one.
fn canonical_group(group: EventGroup) -> EventGroup {
    let all = |names: Vec<MailboxName>| names.iter().map(|name| MailboxName::new(canonical(name.as_str()))).collect();
    let mailboxes = match group.mailboxes {
        MailboxFilter::Subtree(names) => MailboxFilter::Subtree(all(names)),
        MailboxFilter::Mailboxes(names) => MailboxFilter::Mailboxes(all(names)),
        unnamed @ (MailboxFilter::Inboxes | MailboxFilter::Personal | MailboxFilter::Subscribed) => unnamed,
    };
    EventGroup { mailboxes, events: group.events }
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
