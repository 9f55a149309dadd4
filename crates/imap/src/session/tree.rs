//! All names that LIST can tell: mailboxes, one's own and those that others share, the levels above them, and
//! subscriptions.
use super::commands::list::special_use;
use super::ids::Ids;
use super::place::Share;
use imap_wire::reply::Attribute;
use names::AccountId;
use std::collections::{BTreeMap, BTreeSet};
use store::{Account, Mailbox, MailboxId, Mailboxes, Rights};

/// Names with what stands behind them.
pub(crate) struct Tree<'a> {
    names: BTreeMap<&'a str, Option<Found<'a>>>,
    subscribed: BTreeSet<&'a str>,
}

/// A mailbox behind a name.
#[derive(Clone, Copy)]
pub(crate) struct Found<'a> {
    pub(crate) mailbox: &'a Mailbox,
    /// The account that it is in, in the hand of the login.
    pub(crate) account: &'a Account,
    /// What the login may do with it.
    pub(crate) rights: Rights,
    shared: bool,
}

impl Found<'_> {
    /// What it is among all mailboxes of all accounts.
    pub(crate) fn key(&self) -> (AccountId, MailboxId) {
        (self.account.id(), self.mailbox.id)
    }

    /// How its ids are told.
    pub(crate) fn ids(&self) -> Ids {
        Ids::of_account(self.shared.then(|| self.account.id()))
    }
}

impl<'a> Tree<'a> {
    /// The names of an account and of what is shared with it; with those that are only subscribed, if they are asked for.
    pub(crate) fn new(
        (account, mailboxes): (&'a Account, &'a Mailboxes),
        shares: &'a [Share],
        with_subscribed: bool,
    ) -> Self {
        let subscribed: BTreeSet<&str> = mailboxes.subscribed().iter().map(store::MailboxName::as_str).collect();
        let mut names = BTreeMap::new();
        for share in shares {
            for (name, mailbox, rights) in &share.names {
                let Some(mailbox) = share.mailboxes.get(*mailbox) else { continue };
                let found = Found { mailbox, account: &share.account, rights: *rights, shared: true };
                names.insert(name.as_str(), Some(found));
            }
        }
        for mailbox in mailboxes.iter() {
            let rights = rights(mailboxes, mailbox, account.id());
            names.insert(mailbox.name.as_str(), Some(Found { mailbox, account, rights, shared: false }));
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
    pub(crate) fn mailbox(&self, name: &str) -> Option<Found<'a>> {
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
        // What it is for its owner it is not for others: they have one such mailbox each.
        self.mailbox(name).filter(|found| !found.shared)?.mailbox.role.and_then(special_use)
    }
}

fn rights(mailboxes: &Mailboxes, mailbox: &Mailbox, owner: AccountId) -> Rights {
    mailboxes.acl(mailbox.id).rights(owner, owner)
}
