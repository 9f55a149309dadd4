//! What a session is told of its account beside its commands: annotations that others have changed, once METADATA is
//! enabled (RFC 5464, 4.4.2), and what NOTIFY asks for (RFC 5465). It comes from the change log, which says who made
//! each commit: what this session did itself is not told (RFC 5465, 5). Nothing is queued: a session that was busy, or
//! whose client reads slowly, goes on in the log where it stopped, and what was touched several times is told once.
//! Accounts of others that are watched are told in the same way, each from its own log.
mod gathered;
mod teller;
use super::commands::fetch::announce;
use super::completion::Ended;
use super::phase::{Login, Phase};
use super::selected::Selected;
use super::talk::Talk;
use super::watching::{AtFirst, Other, Unwatched, Watching};
use gathered::Gathered;
use imap_wire::reply::{Code, Status};
use imap_wire::{Events, FetchItem};
use std::sync::Arc;
use store::{Account, Error, MailboxId, Mailboxes, ModSeq, Uid};
use teller::{Part, Teller};

/// Commits in a page of the change log.
const PAGE: usize = 100;
/// Commits of which a client may be told late; one that is further behind is told of none (RFC 5465, 5.8).
const BEHIND: u64 = 10_000;

/// What a session wants to hear.
#[derive(Clone, Default)]
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
#[derive(Clone, Default)]
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
    pub(crate) fn listen(&mut self, mut watching: Watching) {
        watching.has_begun();
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
    fn asks(&self, name: &str, own: &Mailboxes) -> Events {
        match &self.notify {
            Asked::Never => Events { metadata: self.metadata == Some(Metadata::All), ..Events::default() },
            Asked::Nothing => Events::default(),
            Asked::Watching(watching) => watching.asks(name, own),
        }
    }

    fn server_metadata(&self) -> bool {
        match &self.notify {
            Asked::Never => self.metadata.is_some(),
            Asked::Nothing => false,
            Asked::Watching(watching) => watching.server_metadata(),
        }
    }

    /// The own mailboxes as they were told last.
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

/// The mailbox that is selected, and whose it is.
type Place = Option<(names::AccountId, MailboxId)>;

/// The client was told that it is too late.
struct Overflowed;

async fn tell_wanted(login: &mut Login, talk: &mut Talk, selected: Place) -> Result<(), Ended> {
    let told = match tell_own(login, talk, selected).await? {
        Ok(()) => tell_others(login, talk, selected).await?,
        overflowed => overflowed,
    };
    match told {
        Ok(()) => Ok(()),
        Err(Overflowed) => overflow(login, talk).await,
    }
}

/// Tells of the login's own account.
async fn tell_own(login: &mut Login, talk: &mut Talk, selected: Place) -> Result<Result<(), Overflowed>, Ended> {
    loop {
        let asked = login.news.was_asked();
        let Some(page) = page(&login.account, login.news.told, asked).await else { return Ok(Err(Overflowed)) };
        let (Some(last), Ok(now)) = (page.entries.last(), login.account.mailboxes().await) else { return Ok(Ok(())) };
        let gathered = Gathered::new(&page.entries, login.account.who(), login.account.id());
        let part = Part::own(login, &now);
        Teller::new(login, &now, part, selected).tell(talk, &gathered).await?;
        login.news.told = last.modseq;
        // What is newer than this page is told with the next one, and compared with what was before it.
        if let Some(watching) = login.news.watching().filter(|_| now.modseq() == last.modseq) {
            watching.has_told(now);
        }
        if !page.more {
            return Ok(Ok(()));
        }
    }
}

/// Tells of the accounts of others that are watched; and of those that have come and gone since the last time.
async fn tell_others(login: &mut Login, talk: &mut Talk, selected: Place) -> Result<Result<(), Overflowed>, Ended> {
    let Ok(own) = login.account.mailboxes().await else { return Ok(Ok(())) };
    let has_others = |watching: &&mut Watching| !watching.others().is_empty() || own.sharers().next().is_some();
    let Some(mut watching) = login.news.watching().filter(has_others).cloned() else { return Ok(Ok(())) };
    match watching.look_for_others((login, talk), &own, AtFirst::News).await {
        Ok(gone) => {
            for other in &gone {
                let nothing = Arc::new(Mailboxes::default());
                let part = Part::other(other, &nothing);
                Teller::new(login, &own, part, selected).tell(talk, &Gathered::all_gone(other)).await?;
            }
        }
        Err(Unwatched::TooMany) => return Ok(Err(Overflowed)),
        // The next news ask again.
        Err(Unwatched::Store(error)) => tracing::warn!(%error, "an account that shares could not be watched"),
    }
    for other in watching.others_mut().values_mut() {
        if let Err(overflowed) = tell_other(login, talk, (other, &own), selected).await? {
            return Ok(Err(overflowed));
        }
    }
    if let Some(kept) = login.news.watching() {
        *kept = watching;
    }
    Ok(Ok(()))
}

/// Tells of one of them.
async fn tell_other(
    login: &Login,
    talk: &mut Talk,
    (other, own): (&mut Other, &Arc<Mailboxes>),
    selected: Place,
) -> Result<Result<(), Overflowed>, Ended> {
    // An account that is not there is told of when its sharing ends.
    let is_new = other.before.is_none();
    match other.account.modseq().await {
        Ok(now) if now == other.told && !is_new => return Ok(Ok(())),
        Ok(_) if other.is_open(login, talk).await => {}
        Ok(_) | Err(_) => return Ok(Ok(())),
    }
    if is_new && let Ok(now) = other.account.mailboxes().await {
        let gathered = Gathered::all_new(&now);
        let part = Part::other(other, &now);
        Teller::new(login, own, part, selected).tell(talk, &gathered).await?;
        other.told = now.modseq();
        other.before = Some(now);
    }
    loop {
        let Some(page) = page(&other.account, other.told, true).await else { return Ok(Err(Overflowed)) };
        let (Some(last), Ok(now)) = (page.entries.last(), other.account.mailboxes().await) else { return Ok(Ok(())) };
        let gathered = Gathered::new(&page.entries, other.account.who(), login.account.id());
        let part = Part::other(other, &now);
        Teller::new(login, own, part, selected).tell(talk, &gathered).await?;
        other.told = last.modseq;
        if now.modseq() == last.modseq {
            other.before = Some(now);
        }
        if !page.more {
            return Ok(Ok(()));
        }
    }
}

/// The next page of a log; `None` when the session is too far behind, or nobody knows what has happened.
async fn page(account: &Account, told: ModSeq, was_asked: bool) -> Option<store::Changes> {
    let page = async {
        if was_asked && account.modseq().await?.0 > told.0.saturating_add(BEHIND) {
            return Ok(None);
        }
        account.changes(told, PAGE).await.map(Some)
    };
    page.await.unwrap_or_else(|error: Error| {
        tracing::warn!(%error, "the change log could not be read");
        None
    })
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
