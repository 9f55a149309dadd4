//! What a session is told of its account beside the mailbox that it has selected: annotations that others have changed
//! (RFC 5464, 4.4.2). It comes from the change log, which says who made each commit: what this session did itself is
//! not told. Nothing is queued; a session that was busy reads the log from where it stopped.
use super::completion::Ended;
use super::phase::Login;
use super::talk::Talk;
use imap_wire::{MailboxName, reply};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::{Account, Annotated, EntryName, Error, LogEntry, Mailboxes, ModSeq, Touched};

/// Commits in a page of the change log.
const PAGE: usize = 100;

/// What a session wants to hear.
#[derive(Debug, Clone, Default)]
pub(crate) struct News {
    /// Annotations of mailboxes.
    mailbox_metadata: bool,
    /// Annotations of the server.
    server_metadata: bool,
    /// Up to which commit it has been told.
    told: ModSeq,
}

/// What of annotations is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Metadata {
    /// Those of mailboxes and of the server: ENABLE METADATA.
    All,
    /// Those of the server: ENABLE METADATA-SERVER.
    Server,
}

/// What others have done, merged.
#[derive(Debug, Default)]
struct Gathered {
    metadata: BTreeMap<Annotated, BTreeSet<EntryName>>,
}

impl News {
    /// From now on changes of annotations are told (RFC 5464, 4.1).
    pub(crate) async fn enable(&mut self, account: &Account, metadata: Metadata) -> Result<(), Error> {
        if !self.is_wanted() {
            self.told = account.modseq().await?;
        }
        self.server_metadata = true;
        self.mailbox_metadata |= metadata == Metadata::All;
        Ok(())
    }

    /// Whether anything is to be told at all.
    const fn is_wanted(&self) -> bool {
        self.mailbox_metadata || self.server_metadata
    }

    const fn wants(&self, of: Annotated) -> bool {
        match of {
            Annotated::Account => self.server_metadata,
            Annotated::Mailbox(_) => self.mailbox_metadata,
        }
    }
}

/// Tells what is new since the last time.
pub(crate) async fn tell(login: &mut Login, talk: &mut Talk) -> Result<(), Ended> {
    while login.news.is_wanted() {
        let page = match login.account.changes(login.news.told, PAGE).await {
            Ok(page) => page,
            Err(error) => {
                lost(login, &error).await;
                return Ok(());
            }
        };
        let Some(last) = page.entries.last() else { return Ok(()) };
        login.news.told = last.modseq;
        let Ok(mailboxes) = login.account.mailboxes().await else { return Ok(()) };
        gathered(login, &page.entries).print(login, talk, &mailboxes).await?;
        if !page.more {
            return Ok(());
        }
    }
    Ok(())
}

/// The log does not say what happened: the session goes on from here.
async fn lost(login: &mut Login, error: &Error) {
    tracing::warn!(%error, "the change log could not be read");
    if let Ok(now) = login.account.modseq().await {
        login.news.told = now;
    }
}

/// What others did of what this session wants to hear.
fn gathered(login: &Login, entries: &[LogEntry]) -> Gathered {
    let mut gathered = Gathered::default();
    let me = login.account.who();
    for touched in entries.iter().filter(|entry| &*entry.who != me).flat_map(|entry| &entry.touched) {
        match touched {
            Touched::Metadata { of, entries } if login.news.wants(*of) => {
                let mine = entries.iter().filter(|entry| entry.of.is_none_or(|of| of == login.account.id()));
                gathered.metadata.entry(*of).or_default().extend(mine.map(|entry| entry.name.clone()));
            }
            _ => {}
        }
    }
    gathered
}

impl Gathered {
    async fn print(self, login: &Login, talk: &mut Talk, mailboxes: &Arc<Mailboxes>) -> Result<(), Ended> {
        for (of, entries) in self.metadata.into_iter().filter(|(_, entries)| !entries.is_empty()) {
            let name = match of {
                Annotated::Account => "",
                Annotated::Mailbox(id) => match mailboxes.get(id) {
                    Some(mailbox) => mailbox.name.as_str(),
                    None => continue, // gone meanwhile
                },
            };
            let names = entries.iter().map(EntryName::as_str);
            reply::metadata_changed(talk.out(), (&MailboxName::new(name), login.names()), names);
            talk.pass().await?;
        }
        Ok(())
    }
}
