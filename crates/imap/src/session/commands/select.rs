//! SELECT and EXAMINE (RFC 3501, 6.3.1 and 6.3.2; CONDSTORE and QRESYNC of RFC 7162, 3.1.8 and 3.2.5; MAILBOXID of RFC 8474, 4.2;
//! LIST of RFC 9051, 6.3.2).
use super::list::special_use;
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::{Completion, Ended};
use crate::session::contexts::Contexts;
use crate::session::kept::{Kept, print_flags};
use crate::session::names::old_name;
use crate::session::numbers::Numbers;
use crate::session::phase::{Login, Phase};
use crate::session::place::{Allowed, Place, place};
use crate::session::refusal::refusal;
use crate::session::resync;
use crate::session::selected::Selected;
use crate::session::talk::Talk;
use imap_wire::reply::{self, Attribute, Code, Listed, Status};
use imap_wire::{Cursor, MailboxName, Select};
use roaring::RoaringBitmap;
use std::collections::BTreeSet;
use std::sync::Arc;
use store::{MailboxId, Rights, SystemFlags, View};

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
    if phase.is_uid_only() && select.resync.as_ref().is_some_and(|known| known.matched.is_some()) {
        // RFC 9586, 3.4: sequence numbers that matched are none that the client should know.
        return Ok((phase, Completion::uid_required()));
    }
    let mut login = match leave(phase, talk) {
        Phase::Authenticated(login) => login,
        other @ (Phase::NotAuthenticated | Phase::Selected(_)) => return Ok((other, Completion::bad("log in first"))),
    };
    login.condstore |= select.condstore || select.resync.is_some();
    Ok(match open(&login, talk, &select.mailbox, access).await {
        Ok(opened) => {
            let writable = access == Access::Write && opened.allowed.may_write();
            let selected = opened.tell(talk, login, access);
            if let Some(known) = &select.resync {
                resync::after_select(&selected, talk, known).await?;
            }
            let completion = if writable {
                Completion::ok("the mailbox is open").with(Code::ReadWrite)
            } else {
                Completion::ok("the mailbox is open for reading").with(Code::ReadOnly)
            };
            (Phase::Selected(Box::new(selected)), completion)
        }
        Err(refused) => (Phase::Authenticated(login), refused),
    })
}

/// Leaves the mailbox that was selected (RFC 7162, 3.2.11: CLOSED parts what is told of the old from the new).
fn leave(phase: Phase, talk: &mut Talk) -> Phase {
    if matches!(phase, Phase::Selected(_)) {
        talk.tell(Status::Ok, Some(&Code::Closed), "the previous mailbox is closed");
    }
    phase.without_mailbox()
}

/// A mailbox as SELECT finds it.
struct Opened {
    allowed: Allowed,
    name: MailboxName,
    /// As the client has written it, where that is another spelling.
    given: Option<MailboxName>,
    attributes: Vec<Attribute>,
    view: Arc<View>,
    recent: RoaringBitmap,
    kept: Kept,
}

async fn open(login: &Login, talk: &Talk, name: &MailboxName, access: Access) -> Result<Opened, Completion> {
    let place = place(login, talk, name).await?;
    let allowed = place.allowed(Rights::READ)?;
    let (account, mailbox) = (&allowed.account, allowed.mailbox);
    let attributes = attributes(&place, mailbox);
    // `\Recent` is for the owner's sessions: others look without claiming it.
    let claims = access == Access::Write && !place.is_shared();
    let first = if claims { account.claim_recent(mailbox).await } else { account.recent(mailbox).await };
    let first = first.map_err(|error| refusal(&error))?;
    let view = account.view(mailbox).await.map_err(|error| refusal(&error))?;
    let recent = view.between(first, store::Uid::MAX).map(|message| message.uid.get()).collect();
    let kept = Kept::ask(account, access == Access::Read).await;
    // RFC 9051, 6.3.2: the name in the case in which it is kept.
    let given = name;
    let named = place.mailboxes.get(mailbox).filter(|_| !place.is_shared());
    let name = named.map_or_else(|| name.clone(), |mailbox| MailboxName::new(mailbox.name.as_str()));
    let given = old_name(given, &place.name).filter(|_| !place.is_shared()).cloned();
    Ok(Opened { allowed, name, given, attributes, view, recent, kept })
}

/// What LIST says of the mailbox, too (RFC 9051, 6.3.2).
fn attributes(place: &Place, mailbox: MailboxId) -> Vec<Attribute> {
    let seen = |name: &store::MailboxName| {
        let below = place.mailboxes.named(name);
        below.is_some_and(|below| place.rights(below.id).contains(Rights::LOOKUP))
    };
    let children = place.mailboxes.below(&place.name).any(seen);
    let children = if children { Attribute::HasChildren } else { Attribute::HasNoChildren };
    let role = place.mailboxes.get(mailbox).filter(|_| !place.is_shared()).and_then(|mailbox| mailbox.role);
    [Some(children), role.and_then(special_use)].into_iter().flatten().collect()
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
        print_flags(talk, &keywords, (self.kept, self.allowed.rights));
        reply::number(talk.out(), self.view.len(), "EXISTS");
        // RFC 9051, Appendix E: RECENT and UNSEEN are of IMAP4rev1, and LIST is of IMAP4rev2.
        if login.rev2 {
            let name = (&self.name, login.names());
            let old_name = self.given.as_ref(); // RFC 9051, 6.3.2
            Listed { old_name, ..Listed::new(self.attributes, name) }.print(talk.out(), "LIST");
        } else {
            reply::number(talk.out(), u32::try_from(self.recent.len()).unwrap_or(u32::MAX), "RECENT");
        }
        // RFC 9586, 3.4: nor where UIDONLY is enabled.
        if !login.rev2
            && !login.uid_only
            && let Some(first) = unseen.and_then(|index| u32::try_from(index + 1).ok())
        {
            talk.tell(Status::Ok, Some(&Code::Unseen(first)), "the first that is not seen");
        }
        let told = [
            (Code::UidValidity(self.view.uid_validity()), "UIDs are valid"),
            (Code::UidNext(self.view.uid_next().max(1)), "the next UID"),
            (Code::HighestModSeq(self.view.modseq().0.max(1)), "the highest mod-sequence"),
            (Code::MailboxId(self.allowed.ids.told(self.allowed.mailbox)), "the mailbox's id"),
        ];
        for (code, text) in told {
            talk.tell(Status::Ok, Some(&code), text);
        }
        Selected {
            login,
            account: self.allowed.account,
            rights: self.allowed.rights,
            ids: self.allowed.ids,
            mailbox: self.allowed.mailbox,
            read_only: access == Access::Read,
            synchronised: self.view.modseq(),
            numbers: Numbers::new(self.view),
            keywords,
            recent: self.recent,
            untold: RoaringBitmap::new(),
            saved: RoaringBitmap::new(),
            contexts: Contexts::default(),
            deleted: false,
        }
    }
}
