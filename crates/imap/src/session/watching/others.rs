//! The accounts of others that a client watches: those that share with the login and that its groups may name. Each tells
//! its commits by its own channel; rights are asked when there is something to tell (RFC 5465, 5.9).
use super::{Watching, is_within};
use crate::session::ids::Ids;
use crate::session::phase::Login;
use crate::session::place::{OTHERS, canonical, level, sharing};
use crate::session::talk::Talk;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use imap_wire::{EventGroup, Events, MailboxFilter};
use names::{AccountId, Address};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Account, Error, Mailboxes, ModSeq};
use tokio::sync::watch;

/// An account that shares something with the login.
#[derive(Clone)]
pub(crate) struct Other {
    /// The account, in the hand of the login.
    pub(crate) account: Account,
    owner: Address,
    /// What stands before the names of its mailboxes.
    pub(crate) prefix: String,
    changed: watch::Receiver<ModSeq>,
    /// Its mailboxes as they were told last; nothing while all that is there is news.
    pub(crate) before: Option<Arc<Mailboxes>>,
    /// Up to which commit it is told.
    pub(crate) told: ModSeq,
}

/// Whether what is there when an account begins to be watched is news.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AtFirst {
    /// The client has asked just now, and knows.
    Known,
    /// It was shared meanwhile.
    News,
}

/// Why accounts are not watched.
#[derive(Debug)]
pub(crate) enum Unwatched {
    /// More are named than one session may watch.
    TooMany,
    /// One could not be looked into.
    Store(Error),
}

impl From<Error> for Unwatched {
    fn from(error: Error) -> Self {
        Self::Store(error)
    }
}

impl Other {
    async fn begin(account: Account, owner: Address, first: AtFirst) -> Result<Self, Error> {
        let changed = account.watch();
        let now = account.mailboxes().await?;
        let (told, prefix) = (now.modseq(), prefix(&owner));
        let before = (first == AtFirst::Known).then_some(now);
        Ok(Self { account, owner, prefix, changed, before, told })
    }

    /// How ids of the account are told.
    pub(crate) fn ids(&self) -> Ids {
        Ids::of_account(Some(self.account.id()))
    }

    /// Whether the account still is whose it was, and may be looked into.
    pub(crate) async fn is_open(&self, login: &Login, talk: &Talk) -> bool {
        matches!(sharing(login, talk, self.account.id(), &self.owner).await, Ok(Some(_)))
    }

    pub(super) fn mark(&mut self) {
        self.changed.borrow_and_update();
    }
}

/// What stands before the names of an owner's mailboxes.
fn prefix(owner: &Address) -> String {
    format!("{OTHERS}/{}/", level(owner))
}

/// Waits for a commit of one of the accounts; for ever once none wakes any more.
pub(super) async fn changed(others: &mut BTreeMap<AccountId, Other>) {
    if others.is_empty() {
        return std::future::pending().await;
    }
    let mut changed: FuturesUnordered<_> = others.values_mut().map(|other| other.changed.changed()).collect();
    while let Some(woken) = changed.next().await {
        if woken.is_ok() {
            return;
        }
    }
    std::future::pending().await
}

impl Watching {
    /// The accounts of others that are watched.
    pub(crate) const fn others(&self) -> &BTreeMap<AccountId, Other> {
        &self.others
    }

    /// The same, to be changed.
    pub(crate) const fn others_mut(&mut self) -> &mut BTreeMap<AccountId, Other> {
        &mut self.others
    }

    /// Looks who shares something with the login now, and watches those who are asked for, also when they share it later
    /// (RFC 5465, 5.9). Gives those who share nothing any more.
    pub(crate) async fn look_for_others(
        &mut self,
        (login, talk): (&Login, &Talk),
        own: &Mailboxes,
        first: AtFirst,
    ) -> Result<Vec<Other>, Unwatched> {
        let wanted: BTreeMap<AccountId, &Address> = own
            .sharers()
            .filter(|(_, sharer)| self.names_owner(&sharer.address, own))
            .map(|(id, sharer)| (id, &sharer.address))
            .collect();
        if wanted.len() > talk.house.settings.watched_accounts {
            return Err(Unwatched::TooMany);
        }
        // Who has another address now has other names.
        let stays = |id: &AccountId, other: &Other| wanted.get(id).is_some_and(|owner| **owner == other.owner);
        let (stay, gone): (BTreeMap<_, _>, BTreeMap<_, _>) =
            std::mem::take(&mut self.others).into_iter().partition(|(id, other)| stays(id, other));
        self.others = stay;
        for (id, owner) in wanted {
            if !self.others.contains_key(&id)
                && let Some(account) = sharing(login, talk, id, owner).await?
            {
                self.others.insert(id, Other::begin(account, owner.clone(), first).await?);
            }
        }
        Ok(gone.into_values().collect())
    }

    /// The first STATUS is told: what was looked at for it alone is not watched.
    pub(crate) fn has_begun(&mut self) {
        self.at_first = false;
        let own = Arc::clone(&self.before);
        let mut others = std::mem::take(&mut self.others);
        others.retain(|_, other| self.names_owner(&other.owner, &own));
        self.others = others;
    }

    /// Whether groups may name mailboxes of an owner.
    fn names_owner(&self, owner: &Address, own: &Mailboxes) -> bool {
        let told = prefix(owner);
        let root = canonical(&told);
        let root = root.as_str();
        let subscribed =
            |mailboxes: &Mailboxes| mailboxes.subscribed().iter().any(|name| name.as_str().starts_with(&told));
        let asks = |group: &&EventGroup| self.at_first || group.events != Events::default();
        self.groups.iter().filter(asks).any(|group| match &group.mailboxes {
            MailboxFilter::Inboxes | MailboxFilter::Personal => false,
            MailboxFilter::Subscribed => subscribed(own) || subscribed(&self.before),
            MailboxFilter::Subtree(roots) => {
                roots.iter().any(|named| is_within(named.as_str(), root) || is_within(root, named.as_str()))
            }
            MailboxFilter::Mailboxes(names) => names.iter().any(|named| is_within(named.as_str(), root)),
        })
    }
}
