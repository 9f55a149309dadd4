//! Tells what was gathered of one account, as far as the session wants to hear it and the login may know it.
use super::gathered::{Gathered, Happened};
use super::{Login, Other, Place};
use crate::session::commands::list::listed;
use crate::session::commands::status::of_mailbox;
use crate::session::completion::Ended;
use crate::session::ids::Ids;
use crate::session::place::shares;
use crate::session::talk::Talk;
use crate::session::tree::Tree;
use crate::session::watching::WATCH;
use imap_wire::reply::{self, Listed};
use imap_wire::{Events, MailboxName, StatusItem};
use names::AccountId;
use std::collections::{BTreeMap, BTreeSet};
use store::{Account, Annotated, EntryName, Mailbox, MailboxId, Mailboxes, Rights};

/// An account that is told of.
pub(super) struct Part<'a> {
    /// In the hand of the login.
    account: &'a Account,
    ids: Ids,
    /// What stands before the names of its mailboxes.
    prefix: &'a str,
    /// As it was told last.
    before: Option<&'a Mailboxes>,
    now: &'a Mailboxes,
}

impl<'a> Part<'a> {
    /// The login's own account.
    pub(super) fn own(login: &'a Login, now: &'a Mailboxes) -> Self {
        Self { account: &login.account, ids: Ids::default(), prefix: "", before: login.news.before(), now }
    }

    /// Another's.
    pub(super) fn other(other: &'a Other, now: &'a Mailboxes) -> Self {
        let (account, before) = (&other.account, other.before.as_deref());
        Self { account, ids: other.ids(), prefix: &other.prefix, before, now }
    }

    /// The name of a mailbox as it is told.
    fn full(&self, name: &store::MailboxName) -> String {
        format!("{}{name}", self.prefix)
    }
}

/// Tells of one account.
pub(super) struct Teller<'a> {
    login: &'a Login,
    /// The mailboxes of the login's own account.
    own: &'a Mailboxes,
    part: Part<'a>,
    /// The mailbox that is selected, where it is one of this account.
    selected: Option<MailboxId>,
}

impl<'a> Teller<'a> {
    pub(super) fn new(login: &'a Login, own: &'a Mailboxes, part: Part<'a>, selected: Place) -> Self {
        let here = selected.filter(|(account, _)| *account == part.account.id());
        Self { login, own, part, selected: here.map(|(_, mailbox)| mailbox) }
    }

    pub(super) async fn tell(&self, talk: &mut Talk, gathered: &Gathered) -> Result<(), Ended> {
        self.tell_names(talk, gathered).await?;
        let readable = |id: &&MailboxId| self.may(self.part.now, **id, WATCH);
        let opened = gathered.rights.iter().filter(readable).filter(|id| !self.was(**id, WATCH));
        let opened = opened.map(|id| (*id, Happened { messages: true, flags: true }));
        let happened = gathered.messages.iter().map(|(id, happened)| (*id, *happened));
        for (id, happened) in opened.chain(happened).collect::<BTreeMap<_, _>>() {
            // RFC 5465, 3.1: of the selected mailbox only what SELECTED names.
            let mailbox = self.part.now.get(id).filter(|_| self.selected != Some(id));
            if let Some(mailbox) = mailbox.filter(|mailbox| self.may(self.part.now, mailbox.id, WATCH)) {
                self.tell_status(talk, mailbox, happened).await?;
            }
        }
        for (of, entries) in &gathered.metadata {
            self.tell_metadata(talk, *of, entries).await?;
        }
        Ok(())
    }

    fn is_own(&self) -> bool {
        self.part.account.id() == self.login.account.id()
    }

    fn asks(&self, name: &str) -> Events {
        self.login.news.asks(name, self.own)
    }

    /// Whether a mailbox is there and the login has these rights.
    fn may(&self, mailboxes: &Mailboxes, id: MailboxId, needed: Rights) -> bool {
        let (login, owner): (AccountId, AccountId) = (self.login.account.id(), self.part.account.id());
        mailboxes.get(id).is_some() && mailboxes.acl(id).rights(login, owner).contains(needed)
    }

    /// The same when it was told last.
    fn was(&self, id: MailboxId, needed: Rights) -> bool {
        self.part.before.is_some_and(|before| self.may(before, id, needed))
    }

    /// The mailbox as the login could see it when it was told last.
    fn seen_before(&self, id: MailboxId) -> Option<&'a Mailbox> {
        self.part.before?.get(id).filter(|_| self.was(id, Rights::LOOKUP))
    }

    /// The mailbox as the login can see it now.
    fn seen(&self, id: MailboxId) -> Option<&'a Mailbox> {
        self.part.now.get(id).filter(|_| self.may(self.part.now, id, Rights::LOOKUP))
    }

    /// Names that have come and gone for this login: made and removed, and shown and hidden by the right `l`
    /// (RFC 5465, 5.4).
    fn affected(&self, gathered: &Gathered) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for id in &gathered.created {
            names.extend(self.seen(*id).map(|mailbox| self.part.full(&mailbox.name)));
        }
        for (id, name) in &gathered.removed {
            match self.seen_before(*id) {
                Some(mailbox) if !self.is_own() => names.insert(self.part.full(&mailbox.name)),
                Some(_) | None if self.is_own() => names.insert(self.part.full(name)),
                // what was never seen is not told to be gone
                Some(_) | None => continue,
            };
        }
        for id in &gathered.rights {
            match (self.seen_before(*id), self.seen(*id)) {
                (Some(mailbox), None) | (None, Some(mailbox)) => names.insert(self.part.full(&mailbox.name)),
                (Some(_), Some(_)) | (None, None) => continue,
            };
        }
        names
    }

    /// Mailboxes with another name, and the name before, where the login could see it. What is renamed because a mailbox
    /// above it is, is not told by itself (RFC 5465, 5.4), if the login sees that one.
    fn renamed(&self, gathered: &Gathered) -> Vec<(String, Option<String>)> {
        let told = gathered.renamed.iter().filter_map(|(id, renamed)| {
            let mailbox = self.seen(*id).filter(|mailbox| mailbox.name != renamed.from)?;
            let with_another = renamed.above.iter().any(|above| self.seen(*above).is_some());
            let known = self.is_own() || self.seen_before(*id).is_some();
            let old = known.then(|| self.part.full(&renamed.from));
            (!with_another).then(|| (self.part.full(&mailbox.name), old))
        });
        told.collect()
    }

    /// LIST of names that are new, gone, others, or subscribed otherwise (RFC 5465, 5.4 and 5.5).
    async fn tell_names(&self, talk: &mut Talk, gathered: &Gathered) -> Result<(), Ended> {
        let mut told: BTreeMap<String, Option<String>> = BTreeMap::new();
        for name in self.affected(gathered) {
            // RFC 5465, 5.4: what is made or removed touches what is above it too.
            let parent = name.rsplit_once(store::SEPARATOR).map(|(parent, _)| parent.to_owned());
            for name in [Some(name), parent].into_iter().flatten().filter(|name| self.asks(name).names) {
                told.entry(name).or_insert(None);
            }
        }
        for (new, old) in self.renamed(gathered) {
            if self.asks(&new).names || old.as_ref().is_some_and(|old| self.asks(old).names) {
                told.insert(new, old);
            }
        }
        // What an owner subscribes is his affair.
        for name in gathered.subscriptions.iter().filter(|_| self.is_own()) {
            if self.asks(name.as_str()).subscriptions {
                told.entry(name.as_str().to_owned()).or_insert(None);
            }
        }
        if told.is_empty() {
            return Ok(());
        }
        let shares = shares(self.login, talk, self.own).await.unwrap_or_default();
        let tree = Tree::new((&self.login.account, self.own), &shares, true);
        for (name, old) in told {
            let old = old.map(MailboxName::new);
            let name = MailboxName::new(name);
            let listed = listed(&tree, (&name, self.login.names()));
            Listed { old_name: old.as_ref(), ..listed }.print(talk.out(), "LIST");
            talk.pass().await?;
        }
        Ok(())
    }

    /// STATUS of a mailbox that is not selected (RFC 5465, 5.1 to 5.3).
    async fn tell_status(&self, talk: &mut Talk, mailbox: &Mailbox, happened: Happened) -> Result<(), Ended> {
        let name = self.part.full(&mailbox.name);
        let Some(items) = self.status_items(&name, mailbox, happened) else { return Ok(()) };
        match of_mailbox((self.part.account, &self.part.ids), talk, mailbox, &items).await {
            Ok(values) => reply::status(talk.out(), (&MailboxName::new(name), self.login.names()), &values),
            Err(error) => tracing::warn!(%error, "a status could not be told"),
        }
        talk.pass().await
    }

    fn status_items(&self, name: &str, mailbox: &Mailbox, happened: Happened) -> Option<Vec<StatusItem>> {
        let events = self.asks(name);
        let before = self.part.before.and_then(|before| before.get(mailbox.id));
        // The counter is the owner's; who has a `\Seen` of his own may be told once more how many he has not seen.
        let unseen = self.part.account.has_own_seen()
            || before.is_none_or(|before| before.counters.unseen != mailbox.counters.unseen);
        let messages = events.messages && happened.messages;
        // RFC 5465, 5.1: without mod-sequences a change of flags shows only in UNSEEN.
        let flags = events.flags && happened.flags && (self.login.condstore || unseen);
        if !messages && !flags {
            return None;
        }
        let mut items = if messages { vec![StatusItem::Messages, StatusItem::UidNext] } else { Vec::new() };
        items.push(StatusItem::UidValidity);
        if events.flags {
            items.push(StatusItem::Unseen);
        }
        if self.login.condstore {
            items.push(StatusItem::HighestModSeq);
        }
        Some(items)
    }

    /// The names of entries that have changed (RFC 5464, 4.4.2; RFC 5465, 5.6 and 5.7).
    async fn tell_metadata(&self, talk: &mut Talk, of: Annotated, entries: &BTreeSet<EntryName>) -> Result<(), Ended> {
        let name = match of {
            Annotated::Account if self.is_own() && self.login.news.server_metadata() => String::new(),
            Annotated::Account => return Ok(()),
            Annotated::Mailbox(id) => {
                let mailbox = self.part.now.get(id).filter(|_| self.may(self.part.now, id, WATCH));
                match mailbox.map(|mailbox| self.part.full(&mailbox.name)) {
                    Some(name) if self.asks(&name).metadata => name,
                    Some(_) | None => return Ok(()), // gone meanwhile
                }
            }
        };
        if !entries.is_empty() {
            let names = entries.iter().map(EntryName::as_str);
            reply::metadata_changed(talk.out(), (&MailboxName::new(name), self.login.names()), names);
        }
        talk.pass().await
    }
}
