//! What a session is told of its account beside its commands: annotations that others have changed, once METADATA is
//! enabled (RFC 5464, 4.4.2), and what NOTIFY asks for (RFC 5465). It comes from the change log, which says who made
//! each commit: what this session did itself is not told (RFC 5465, 5). Nothing is queued: a session that was busy, or
//! whose client reads slowly, goes on in the log where it stopped, and what was touched several times is told once.
mod gathered;
use super::commands::fetch::announce;
use super::commands::list::listed;
use super::commands::status::of_mailbox;
use super::completion::Ended;
use super::ids::Ids;
use super::phase::{Login, Phase};
use super::place::shares;
use super::selected::Selected;
use super::talk::Talk;
use super::tree::Tree;
use super::watching::Watching;
use gathered::{Gathered, Happened};
use imap_wire::reply::{self, Code, Listed, Status};
use imap_wire::{Events, FetchItem, MailboxName, StatusItem};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::{Account, Annotated, EntryName, Error, Mailbox, MailboxId, Mailboxes, ModSeq, Uid};

/// Commits in a page of the change log.
const PAGE: usize = 100;
/// Commits of which a client may be told late; one that is further behind is told of none (RFC 5465, 5.8).
const BEHIND: u64 = 10_000;

/// What a session wants to hear.
#[derive(Debug, Clone, Default)]
pub(crate) struct News {
    /// What ENABLE asked for, where NOTIFY never did.
    metadata: Option<Metadata>,
    notify: Asked,
    /// Up to which commit it has been told.
    told: ModSeq,
}

/// What of annotations is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Metadata {
    /// Those of the server: ENABLE METADATA-SERVER.
    Server,
    /// Those of mailboxes too: ENABLE METADATA.
    All,
}

/// What NOTIFY has asked for.
#[derive(Debug, Clone, Default)]
enum Asked {
    /// It never did.
    #[default]
    Never,
    /// To be told nothing.
    Nothing,
    /// This.
    Watching(Box<Watching>),
}

/// What is told of the selected mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OfSelected {
    /// Messages that come and go.
    pub(crate) messages: bool,
    /// Changes of flags.
    pub(crate) flags: bool,
    /// Also while no command is in progress (RFC 5465, 3.1).
    pub(crate) at_once: bool,
    /// Expunges only beside commands that allow them (RFC 5465, 6.1.2).
    pub(crate) delayed: bool,
}

impl News {
    /// From now on changes of annotations are told (RFC 5464, 4.1).
    pub(crate) async fn enable(&mut self, account: &Account, metadata: Metadata) -> Result<(), Error> {
        if self.metadata.is_none() && matches!(self.notify, Asked::Never) {
            self.told = account.modseq().await?;
        }
        if self.metadata != Some(Metadata::All) {
            self.metadata = Some(metadata);
        }
        Ok(())
    }

    /// NOTIFY SET.
    pub(crate) fn listen(&mut self, watching: Watching) {
        self.told = watching.mailboxes().modseq();
        self.notify = Asked::Watching(Box::new(watching));
    }

    /// NOTIFY NONE.
    pub(crate) fn listen_to_nothing(&mut self) {
        self.notify = Asked::Nothing;
    }

    /// As if NOTIFY had never been used.
    pub(crate) fn listen_as_ever(&mut self) {
        self.notify = Asked::Never;
    }

    /// Whether NOTIFY was used: then UIDs are told with flags (RFC 5465, 5.1).
    pub(crate) const fn was_asked(&self) -> bool {
        !matches!(self.notify, Asked::Never)
    }

    /// What NOTIFY SET asked for.
    pub(crate) fn watching(&mut self) -> Option<&mut Watching> {
        if let Asked::Watching(watching) = &mut self.notify { Some(watching) } else { None }
    }

    /// What is told of the selected mailbox.
    pub(crate) fn of_selected(&self) -> OfSelected {
        match &self.notify {
            Asked::Never => OfSelected { messages: true, flags: true, at_once: false, delayed: false },
            Asked::Nothing => OfSelected { messages: false, flags: false, at_once: false, delayed: false },
            Asked::Watching(watching) => {
                let selected = watching.selected();
                OfSelected {
                    messages: selected.is_some(),
                    flags: selected.is_some_and(|selected| selected.flags),
                    at_once: selected.is_some(),
                    delayed: selected.is_some_and(|selected| selected.delayed),
                }
            }
        }
    }

    /// What is fetched of new messages in the selected mailbox (RFC 5465, 5.2).
    pub(crate) fn fetched(&self) -> Vec<FetchItem> {
        if let Asked::Watching(watching) = &self.notify { watching.fetched().to_vec() } else { Vec::new() }
    }

    /// Whether the change log has anything to say to this session.
    fn is_wanted(&self) -> bool {
        match &self.notify {
            Asked::Never => self.metadata.is_some(),
            Asked::Nothing => false,
            Asked::Watching(watching) => watching.looks_further(),
        }
    }

    /// What is told of a mailbox, apart from the messages of the selected one.
    fn events(&self, name: &str, now: &Mailboxes) -> Events {
        match &self.notify {
            Asked::Never => Events { metadata: self.metadata == Some(Metadata::All), ..Events::default() },
            Asked::Nothing => Events::default(),
            Asked::Watching(watching) => watching.events(name, now),
        }
    }

    fn server_metadata(&self) -> bool {
        match &self.notify {
            Asked::Never => self.metadata.is_some(),
            Asked::Nothing => false,
            Asked::Watching(watching) => watching.server_metadata(),
        }
    }

    /// The mailboxes as they were told last.
    fn before(&self) -> Option<&Mailboxes> {
        if let Asked::Watching(watching) = &self.notify { Some(watching.mailboxes()) } else { None }
    }
}

/// Sends what NOTIFY asks of messages that others have put into the selected mailbox (RFC 5465, 5.2).
pub(crate) async fn announce_arrived(selected: &Selected, talk: &mut Talk, arrived: &[Uid]) -> Result<(), Ended> {
    let items = selected.login.news.fetched();
    if items.is_empty() || arrived.is_empty() {
        return Ok(());
    }
    let (account, mailbox) = (selected.account.id(), selected.mailbox);
    let others = arrived.iter().copied().filter(|uid| !talk.added.contains(&(account, mailbox, *uid)));
    let others: Vec<Uid> = others.collect();
    Box::pin(announce(selected, talk, &items, &others)).await
}

/// Tells what is new since the last time.
pub(crate) async fn tell(phase: &mut Phase, talk: &mut Talk) -> Result<(), Ended> {
    let selected = phase.selected_mailbox();
    match phase.login_mut() {
        // Who listens to nothing holds no room for it.
        Some(login) if login.news.is_wanted() => Box::pin(tell_wanted(login, talk, selected)).await,
        Some(_) | None => Ok(()),
    }
}

async fn tell_wanted(login: &mut Login, talk: &mut Talk, selected: Option<MailboxId>) -> Result<(), Ended> {
    loop {
        let page = match page(login).await {
            Ok(Some(page)) => page,
            Ok(None) => return overflow(login, talk).await,
            Err(error) => {
                tracing::warn!(%error, "the change log could not be read");
                return overflow(login, talk).await;
            }
        };
        let (Some(last), Ok(now)) = (page.entries.last(), login.account.mailboxes().await) else { return Ok(()) };
        let gathered = Gathered::new(&page.entries, login.account.who(), login.account.id());
        Teller { login, now: &now, selected }.tell(talk, &gathered).await?;
        login.news.told = last.modseq;
        // What is newer than this page is told with the next one, and compared with what was before it.
        if let Some(watching) = login.news.watching().filter(|_| now.modseq() == last.modseq) {
            watching.has_told(now);
        }
        if !page.more {
            return Ok(());
        }
    }
}

/// The next page of the log; `None` when the session is too far behind.
async fn page(login: &Login) -> Result<Option<store::Changes>, Error> {
    let told = login.news.told;
    if login.news.was_asked() && login.account.modseq().await?.0 > told.0.saturating_add(BEHIND) {
        return Ok(None);
    }
    login.account.changes(told, PAGE).await.map(Some)
}

/// Too much has happened, or nobody knows what: a client that has asked by NOTIFY hears that it is told nothing any more
/// (RFC 5465, 5.8).
async fn overflow(login: &mut Login, talk: &mut Talk) -> Result<(), Ended> {
    if login.news.was_asked() {
        login.news.listen_to_nothing();
        let text = "too much has happened; nothing is told any more";
        talk.tell(Status::Ok, Some(&Code::NotificationOverflow), text);
    } else if let Ok(now) = login.account.modseq().await {
        login.news.told = now;
    }
    Ok(())
}

/// Tells what was gathered, as far as this session wants to hear it.
struct Teller<'a> {
    login: &'a Login,
    now: &'a Arc<Mailboxes>,
    selected: Option<MailboxId>,
}

impl Teller<'_> {
    async fn tell(&self, talk: &mut Talk, gathered: &Gathered) -> Result<(), Ended> {
        self.tell_names(talk, gathered).await?;
        for (id, happened) in &gathered.messages {
            // RFC 5465, 3.1: of the selected mailbox only what SELECTED names.
            let Some(mailbox) = self.now.get(*id).filter(|_| self.selected != Some(*id)) else { continue };
            self.tell_status(talk, mailbox, *happened).await?;
        }
        for (of, entries) in &gathered.metadata {
            self.tell_metadata(talk, *of, entries).await?;
        }
        Ok(())
    }

    fn events(&self, name: &str) -> Events {
        self.login.news.events(name, self.now)
    }

    /// LIST of names that are new, gone, others, or subscribed otherwise (RFC 5465, 5.4 and 5.5).
    async fn tell_names(&self, talk: &mut Talk, gathered: &Gathered) -> Result<(), Ended> {
        let mut told: BTreeMap<&str, Option<&str>> = BTreeMap::new();
        let created = gathered.created.iter().filter_map(|id| self.now.get(*id)).map(|mailbox| &mailbox.name);
        for name in created.chain(&gathered.removed) {
            // RFC 5465, 5.4: what is made or removed touches what is above it too.
            let parent = name.as_str().rsplit_once(store::SEPARATOR).map(|(parent, _)| parent);
            for name in [Some(name.as_str()), parent].into_iter().flatten().filter(|name| self.events(name).names) {
                told.entry(name).or_insert(None);
            }
        }
        for (id, old) in &gathered.renamed {
            let Some(new) = self.now.get(*id).map(|mailbox| mailbox.name.as_str()) else { continue };
            if new != old.as_str() && (self.events(new).names || self.events(old.as_str()).names) {
                told.insert(new, Some(old.as_str()));
            }
        }
        for name in gathered.subscriptions.iter().filter(|name| self.events(name.as_str()).subscriptions) {
            told.entry(name.as_str()).or_insert(None);
        }
        if told.is_empty() {
            return Ok(());
        }
        let shares = shares(self.login, talk, self.now).await.unwrap_or_default();
        let tree = Tree::new((&self.login.account, self.now), &shares, true);
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
        let name = mailbox.name.as_str();
        let Some(items) = self.status_items(mailbox, happened) else { return Ok(()) };
        match of_mailbox((&self.login.account, &Ids::default()), talk, mailbox, &items).await {
            Ok(values) => reply::status(talk.out(), (&MailboxName::new(name), self.login.names()), &values),
            Err(error) => tracing::warn!(%error, "a status could not be told"),
        }
        talk.pass().await
    }

    fn status_items(&self, mailbox: &Mailbox, happened: Happened) -> Option<Vec<StatusItem>> {
        let events = self.events(mailbox.name.as_str());
        let before = self.login.news.before().and_then(|before| before.get(mailbox.id));
        let unseen = before.is_none_or(|before| before.counters.unseen != mailbox.counters.unseen);
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
            Annotated::Account if self.login.news.server_metadata() => "",
            Annotated::Account => return Ok(()),
            Annotated::Mailbox(id) => match self.now.get(id).map(|mailbox| mailbox.name.as_str()) {
                Some(name) if self.events(name).metadata => name,
                Some(_) | None => return Ok(()), // gone meanwhile
            },
        };
        if !entries.is_empty() {
            let names = entries.iter().map(EntryName::as_str);
            reply::metadata_changed(talk.out(), (&MailboxName::new(name), self.login.names()), names);
        }
        talk.pass().await
    }
}
