//! COPY (RFC 3501, 6.4.7) and MOVE (RFC 6851), with the UIDs of what came of it (RFC 4315, 3).
mod between;
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::{Answer, Completion};
use crate::session::messages::{Addressing, messages};
use crate::session::place::{not_allowed, place};
use crate::session::refusal::refusal;
use crate::session::selected::{Expunges, Own, Selected};
use crate::session::talk::Talk;
use imap_wire::reply::{Code, Status};
use imap_wire::{Cursor, SequenceSet};
use store::{Copied, Rights};

pub(crate) const COPY: Command = Command {
    name: "COPY",
    capability: None,
    effect: Effect::Tells,
    run: Run::Selected(|selected, talk, args| Box::pin(copy(selected, talk, args, Addressing::Sequence, Act::Copy))),
};

pub(crate) const UID_COPY: Command = Command {
    name: "UID COPY",
    capability: Some("UIDPLUS"),
    effect: Effect::Tells,
    run: Run::Selected(|selected, talk, args| Box::pin(copy(selected, talk, args, Addressing::Uid, Act::Copy))),
};

pub(crate) const MOVE: Command = Command {
    name: "MOVE",
    capability: Some("MOVE"),
    effect: Effect::Tells,
    run: Run::Selected(|selected, talk, args| Box::pin(copy(selected, talk, args, Addressing::Sequence, Act::Move))),
};

pub(crate) const UID_MOVE: Command = Command {
    name: "UID MOVE",
    capability: Some("MOVE"),
    effect: Effect::Tells,
    run: Run::Selected(|selected, talk, args| Box::pin(copy(selected, talk, args, Addressing::Uid, Act::Move))),
};

/// Whether the messages stay too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Copy,
    Move,
}

async fn copy(selected: &mut Selected, talk: &mut Talk, mut args: Cursor<'_>, by: Addressing, act: Act) -> Answer {
    let (set, name) = match args.space().and_then(|()| imap_wire::copy(&mut args)) {
        Ok(read) => read,
        Err(error) => return Ok(error.into()),
    };
    // All or none: what others have removed must be known before, not found out on the way.
    selected.tell(talk, Expunges::Held, &Own { by_uid: by == Addressing::Uid, ..Own::default() }).await?;
    let found = match messages(selected, &set, by) {
        Ok(found) => found,
        Err(refused) => return Ok(refused),
    };
    if act == Act::Move && selected.read_only {
        return Ok(Completion::no(Code::Cannot, "the mailbox is open for reading only"));
    }
    // RFC 6851, 4.4: what COPY, STORE of \Deleted and EXPUNGE ask for.
    if act == Act::Move && !selected.rights.contains(Rights::DELETE_MESSAGES.with(Rights::EXPUNGE)) {
        return Ok(not_allowed());
    }
    // RFC 3501, 6.4.7: a mailbox that does not exist is not made on the way.
    let target = match place(&selected.login, talk, &name).await.and_then(|place| place.target()) {
        Ok(target) => target,
        Err(refused) => return Ok(refused),
    };
    // RFC 3501, 6.4.7 and 6.4.8: all or none by number; by UID those that are there.
    if found.gone {
        return Ok(Completion::no(Code::ExpungeIssued, "some of the messages are gone"));
    }
    if found.uids.is_empty() {
        return Ok(Completion::ok("there is nothing to do"));
    }
    let account = &target.account;
    let outcome = match act {
        _ if account.id() != selected.account.id() => {
            talk.while_at_work(between::transfer(selected, &found.uids, &target, act)).await?
        }
        Act::Copy => {
            let copying = account.copy(selected.mailbox, &found.uids, target.mailbox);
            talk.while_at_work(copying).await?.map(store::Outcome::into_value)
        }
        Act::Move => {
            let moving = account.move_to(selected.mailbox, &found.uids, target.mailbox);
            talk.while_at_work(moving).await?.map(store::Outcome::into_value)
        }
    };
    let copied = match outcome {
        Ok(copied) => copied,
        Err(store::Error::NoSuchMailbox) if !selected.deleted => {
            return Ok(Completion::no(Code::TryCreate, "no such mailbox"));
        }
        Err(error) => return Ok(refusal(&error)),
    };
    talk.added.extend(copied.iter().map(|copied| (account.id(), copied.to.mailbox, copied.to.uid)));
    talk.removed |= act == Act::Move;
    let Some(code) = copy_uid(&copied) else { return Ok(Completion::ok("there was nothing left to do")) };
    Ok(match act {
        Act::Copy => Completion::ok("done").with(code),
        Act::Move => {
            // RFC 6851, 4.3: COPYUID comes before the expunges, in an untagged OK.
            talk.tell(Status::Ok, Some(&code), "moved");
            selected.with_mod_sequence(talk, Completion::ok("done")).await?
        }
    })
}

/// COPYUID: both sets in the same order (RFC 4315, 3).
fn copy_uid(copied: &[Copied]) -> Option<Code> {
    let validity = copied.first()?.to.uid_validity;
    let from = SequenceSet::compact(copied.iter().map(|copied| copied.from.get()))?;
    let to = SequenceSet::compact(copied.iter().map(|copied| copied.to.uid.get()))?;
    Some(Code::CopyUid(validity, from, to))
}
