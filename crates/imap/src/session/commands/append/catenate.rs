//! The parts of CATENATE that are URLs (RFC 4469, 3): octets of messages that the login may read, copied as they are.
use super::batch::{Batch, URLS};
use crate::session::completion::Completion;
use crate::session::content::{self, Piece};
use crate::session::phase::Login;
use crate::session::place::{Allowed, place, told_name};
use crate::session::refusal::refusal;
use crate::session::selected::Selected;
use crate::session::talk::Talk;
use imap_wire::reply::Code;
use imap_wire::{MailboxName, MessageUrl, UrlMailbox};
use search::Content;
use std::num::NonZeroU32;
use store::{Account, Error, LineEnds, MailboxId, Rights, Uid};

impl Batch<'_> {
    /// Adds what a URL names to the message. `\Seen` is not set by it (RFC 4469, 3).
    pub(super) async fn copy(&mut self, talk: &Talk, url: &[u8]) -> Result<(), Completion> {
        self.urls += 1;
        if self.urls > URLS {
            return Err(Completion::no(Code::Limit, "too many URLs"));
        }
        let Ok(read) = MessageUrl::read(url) else { return Err(bad(url)) };
        let found = mailbox((self.login, self.selected), talk, &read).await?;
        let Some((account, mailbox)) = found else { return Err(bad(url)) };
        let found = content(&account, mailbox, &read).await;
        let Some(mut content) = found.map_err(|error| refusal(&error))? else { return Err(bad(url)) };
        let section = content::section(&mut content, &account, &read.section, read.cut()).await;
        match section.map_err(|error| refusal(&error))? {
            Piece::Stored(range) => {
                self.admit(talk, range.end - range.start).await?;
                let mut at = range.start;
                while at < range.end {
                    let piece = content.piece(&account, at, range.end).await.map_err(|error| refusal(&error))?;
                    at += u64::try_from(piece.len()).unwrap_or(u64::MAX);
                    self.write(&piece, LineEnds::Keep).await?;
                    tokio::task::yield_now().await;
                }
                Ok(())
            }
            Piece::Made(bytes) => {
                self.admit(talk, u64::try_from(bytes.len()).unwrap_or(u64::MAX)).await?;
                self.write(&bytes, LineEnds::Keep).await
            }
            // RFC 4469, 4.1: an invalid part. Nothing here is decoded.
            Piece::Missing | Piece::Undecodable | Piece::Decoded(_) => Err(bad(url)),
        }
    }
}

/// Who gives a URL, and what is selected then.
type Asker<'l> = (&'l Login, Option<&'l Selected>);

/// The mailbox of a URL, where the login may read it; nothing where there is none, or none that it may see.
async fn mailbox(from: Asker<'_>, talk: &Talk, url: &MessageUrl) -> Result<Option<(Account, MailboxId)>, Completion> {
    let (login, selected) = from;
    let name = match (&url.mailbox, selected) {
        (UrlMailbox::Absolute(name), _) => Some(name.clone()),
        (UrlMailbox::Beside(name), _) => beside(from, name).await?,
        (UrlMailbox::Selected, Some(selected)) => told_name(login, selected).await?,
        (UrlMailbox::Selected, None) => None,
    };
    let Some(name) = name else { return Ok(None) };
    let allowed = match place(login, talk, &name).await {
        Ok(place) => place.allowed(Rights::READ),
        Err(refused) => Err(refused),
    };
    match allowed {
        Ok(Allowed { account, mailbox, .. }) => Ok(Some((account, mailbox))),
        Err(refused) if matches!(refused.code, Some(Code::NonExistent | Code::NoPerm | Code::Cannot)) => Ok(None),
        Err(refused) => Err(refused),
    }
}

/// A name from where the selected mailbox stands (RFC 3986, 5.2.3); without one from the root.
async fn beside((login, selected): Asker<'_>, name: &str) -> Result<Option<MailboxName>, Completion> {
    let Some(selected) = selected else { return Ok(Some(MailboxName::new(name))) };
    let base = told_name(login, selected).await?;
    Ok(base.map(|base| match base.as_str().rsplit_once(store::SEPARATOR) {
        Some((parent, _)) => MailboxName::new(format!("{parent}/{name}")),
        None => MailboxName::new(name),
    }))
}

/// The message of a URL, if it is there.
async fn content(account: &Account, mailbox: MailboxId, url: &MessageUrl) -> Result<Option<Content>, Error> {
    let view = match account.view(mailbox).await {
        Err(Error::NoSuchMailbox) => return Ok(None),
        view => view?,
    };
    let is_same = |validity: NonZeroU32| validity.get() == view.uid_validity();
    if !url.uid_validity.is_none_or(is_same) {
        return Ok(None);
    }
    let Some(message) = Uid::new(url.uid.get()).and_then(|uid| view.get(uid)) else { return Ok(None) };
    let record = account.emails(&[message.email]).await?.pop().flatten();
    Ok(record.map(|record| Content::opened(record, None)))
}

/// RFC 4469, 4.1: the first URL that could not be taken.
fn bad(url: &[u8]) -> Completion {
    Completion::no(Code::bad_url(url), "this URL names no part of a message that you may read")
}
