//! All names that LIST can tell: mailboxes, the levels above them, and subscriptions.
use super::commands::list::special_use;
use imap_wire::reply::Attribute;
use std::collections::{BTreeMap, BTreeSet};
use store::{Mailbox, Mailboxes};

/// Names with what stands behind them.
pub(crate) struct Tree<'a> {
    names: BTreeMap<&'a str, Option<&'a Mailbox>>,
    subscribed: BTreeSet<&'a str>,
}

impl<'a> Tree<'a> {
    /// The names of an account; with those that are only subscribed, if they are asked for.
    pub(crate) fn new(mailboxes: &'a Mailboxes, with_subscribed: bool) -> Self {
        let subscribed: BTreeSet<&str> = mailboxes.subscribed().iter().map(store::MailboxName::as_str).collect();
        let mut names = BTreeMap::new();
        for mailbox in mailboxes.iter() {
            names.insert(mailbox.name.as_str(), Some(mailbox));
        }
        let only_subscribed = if with_subscribed { subscribed.clone() } else { BTreeSet::new() };
        for name in only_subscribed {
            names.entry(name).or_insert(None);
        }
        let all: Vec<&str> = names.keys().copied().collect();
        for name in all {
            for (end, _) in name.match_indices('/') {
                names.entry(name.get(..end).unwrap_or_default()).or_insert(None);
            }
        }
        Self { names, subscribed }
    }

    /// All names, sorted.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'a str> {
        self.names.keys().copied()
    }

    /// The mailbox of a name, if there is one.
    pub(crate) fn mailbox(&self, name: &str) -> Option<&'a Mailbox> {
        self.names.get(name).copied().flatten()
    }

    pub(crate) fn is_subscribed(&self, name: &str) -> bool {
        self.subscribed.contains(name)
    }

    /// The names below a name.
    pub(crate) fn below<'s>(&'s self, name: &str) -> impl Iterator<Item = &'a str> + 's {
        let start = format!("{name}/");
        let names: Vec<&'a str> = self
            .names
            .range::<str, _>((std::ops::Bound::Included(start.as_str()), std::ops::Bound::Unbounded))
            .map(|(below, _)| *below)
            .take_while(|below| below.starts_with(&start))
            .collect();
        names.into_iter()
    }

    /// Whether a mailbox stands below a name (RFC 3348, 3): a subscription alone is no child.
    pub(crate) fn has_children(&self, name: &str) -> bool {
        self.below(name).any(|child| self.mailbox(child).is_some())
    }

    /// What the mailbox of a name is for.
    pub(crate) fn special_use(&self, name: &str) -> Option<Attribute> {
        self.mailbox(name)?.role.and_then(special_use)
    }
}
