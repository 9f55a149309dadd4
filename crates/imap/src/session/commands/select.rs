//! SELECT and EXAMINE (RFC 3501, 6.3.1 and 6.3.2; CONDSTORE and QRESYNC of RFC 7162, 3.1.8 and 3.2.5; MAILBOXID of RFC 8474, 4.2;
//! LIST of RFC 9051, 6.3.2).
use super::list::special_use;
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::{Completion, Ended};
use crate::session::names::stored;
use crate::session::numbers::Numbers;
use crate::session::phase::{Login, Phase};
use crate::session::refusal::refusal;
use crate::session::resync;
use crate::session::selected::{Kept, Selected, print_flags};
use crate::session::talk::Talk;
use imap_wire::reply::{self, Attribute, Code, Listed, Status};
use imap_wire::{Cursor, MailboxName, Select};
use roaring::RoaringBitmap;
use std::collections::BTreeSet;
use std::sync::Arc;
use store::{MailboxId, SystemFlags, View};

pub(crate) const SELECT: Command = Command {
    name: "SELECT",
    capability: None,
    effect: Effect::Nothing,
    run: Run::Mailbox(|phase, talk, args| Box::pin(select(phase, talk, args, Access::Write))),
};

pub(crate) const EXAMINE: Command = Command {
    name: "EXAMINE",
    capability: None,
    effect: Effect::Nothing,
    run: Run::Mailbox(|phase, talk, args| Box::pin(select(phase, talk, args, Access::Read))),
};

/// What the session may do with the mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    Read,
    Write,
}

async fn select(
    phase: Phase,
    talk: &mut Talk,
    mut args: Cursor<'_>,
    access: Access,
) -> Result<(Phase, Completion), Ended> {
    let select = match args.space().and_then(|()| Select::read(&mut args)) {
        Ok(select) => select,
        // RFC 3501, 6.3.1: a refused SELECT leaves no mailbox selected; a command that is none changes nothing.
        Err(imap_wire::Error::MailboxName) => {
            return Ok((leave(phase, talk), imap_wire::Error::MailboxName.into()));
        }
        Err(error) => return Ok((phase, error.into())),
    };
    if select.resync.is_some() && !phase.login().is_some_and(|login| login.qresync) {
        // RFC 7162, 3.2.5
        return Ok((phase, Completion::bad("enable QRESYNC first")));
    }
    let mut login = match leave(phase, talk) {
        Phase::Authenticated(login) => login,
        other @ (Phase::NotAuthenticated | Phase::Selected(_)) => return Ok((other, Completion::bad("log in first"))),
    };
    login.condstore |= select.condstore || select.resync.is_some();
    Ok(match open(&login, &select.mailbox, access).await {
        Ok(opened) => {
            let selected = opened.tell(talk, login, access);
            if let Some(known) = &select.resync {
                resync::after_select(&selected, talk, known).await?;
            }
            let completion = match access {
                Access::Read => Completion::ok("the mailbox is open for reading").with(Code::ReadOnly),
                Access::Write => Completion::ok("the mailbox is open").with(Code::ReadWrite),
            };
            (Phase::Selected(Box::new(selected)), completion)
        }
        Err(refused) => (Phase::Authenticated(login), refused),
    })
}

/// Leaves the mailbox that was selected (RFC 7162, 3.2.11: CLOSED parts what is told of the old from the new).
fn leave(phase: Phase, talk: &mut Talk) -> Phase {
    if matches!(phase, Phase::Selected(_)) {
        reply::condition(talk.out(), None, Status::Ok, Some(&Code::Closed), "the previous mailbox is closed");
    }
    phase.without_mailbox()
}

/// A mailbox as SELECT finds it.
struct Opened {
    mailbox: MailboxId,
    name: MailboxName,
    attributes: Vec<Attribute>,
    view: Arc<View>,
    recent: RoaringBitmap,
    kept: Kept,
}

async fn open(login: &Login, name: &MailboxName, access: Access) -> Result<Opened, Completion> {
    let name = stored(name)?;
    let mailboxes = login.account.mailboxes().await.map_err(|error| refusal(&error))?;
    let Some(mailbox) = mailboxes.named(&name) else {
        return Err(Completion::no(Code::NonExistent, "no such mailbox"));
    };
    let children = if mailboxes.has_children(&name) { Attribute::HasChildren } else { Attribute::HasNoChildren };
    let attributes = [Some(children), mailbox.role.and_then(special_use)].into_iter().flatten().collect();
    let (mailbox, name) = (mailbox.id, MailboxName::new(mailbox.name.as_str()));
    let first = match access {
        Access::Read => login.account.recent(mailbox).await,
        Access::Write => login.account.claim_recent(mailbox).await,
    };
    let first = first.map_err(|error| refusal(&error))?;
    let view = login.account.view(mailbox).await.map_err(|error| refusal(&error))?;
    let recent = view.between(first, store::Uid::MAX).map(|message| message.uid.get()).collect();
    let kept = Kept::ask(&login.account, access == Access::Read).await;
    Ok(Opened { mailbox, name, attributes, view, recent, kept })
}

impl Opened {
    /// Says what RFC 3501, 6.3.1 asks, in its order.
    fn tell(self, talk: &mut Talk, login: Login, access: Access) -> Selected {
        let mut keywords = BTreeSet::new();
        for keyword in self.view.iter().flat_map(|message| message.keywords) {
            if !keywords.contains(keyword) {
                keywords.insert(keyword.clone());
            }
        }
        let unseen = self.view.iter().position(|message| !message.system.contains(SystemFlags::SEEN));
        let out = talk.out();
        print_flags(out, &keywords, self.kept);
        reply::number(out, self.view.len(), "EXISTS");
        // RFC 9051, Appendix E: RECENT and UNSEEN are of IMAP4rev1, and LIST is of IMAP4rev2.
        if login.rev2 {
            let name = (&self.name, login.names());
            Listed { attributes: self.attributes, name, child_subscribed: false }.print(out, "LIST");
        } else {
            reply::number(out, u32::try_from(self.recent.len()).unwrap_or(u32::MAX), "RECENT");
        }
        if !login.rev2
            && let Some(first) = unseen.and_then(|index| u32::try_from(index + 1).ok())
        {
            reply::condition(out, None, Status::Ok, Some(&Code::Unseen(first)), "the first that is not seen");
        }
        let told = [
            (Code::UidValidity(self.view.uid_validity()), "UIDs are valid"),
            (Code::UidNext(self.view.uid_next().max(1)), "the next UID"),
            (Code::HighestModSeq(self.view.modseq().0.max(1)), "the highest mod-sequence"),
            (Code::MailboxId(self.mailbox.to_string()), "the mailbox's id"),
        ];
        for (code, text) in told {
            reply::condition(out, None, Status::Ok, Some(&code), text);
        }
        Selected {
            login,
            mailbox: self.mailbox,
            read_only: access == Access::Read,
            synchronised: self.view.modseq(),
            numbers: Numbers::new(self.view),
            keywords,
            recent: self.recent,
            saved: RoaringBitmap::new(),
            deleted: false,
        }
    }
}
