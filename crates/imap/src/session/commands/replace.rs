//! REPLACE (RFC 8508): a message takes the place of another, in one commit.
use super::append::{self, Batch, Literal, Rest, append_uid, refuse, rest};
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::{Answer, Completion};
use crate::session::messages::{Addressing, messages};
use crate::session::place::{Allowed, not_allowed};
use crate::session::refusal::refusal;
use crate::session::selected::Selected;
use crate::session::talk::Talk;
use imap_wire::reply::{Code, Status};
use imap_wire::{Cursor, Replace};
use store::{Rights, Uid};

/// Only a REPLACE without a literal at its end comes here; the others are taken where the literal is announced.
pub(crate) const REPLACE: Command = Command {
    name: "REPLACE",
    capability: Some("REPLACE"),
    effect: Effect::Tells,
    run: Run::Selected(|_, _, args| Box::pin(async move { Ok(without_literal(args)) })),
};

/// The same by UID.
pub(crate) const UID_REPLACE: Command = Command {
    name: "UID REPLACE",
    capability: Some("REPLACE"),
    effect: Effect::Tells,
    run: Run::Selected(|_, _, args| Box::pin(async move { Ok(without_literal(args)) })),
};

/// RFC 8508, 6: what EXPUNGE and STORE of \Deleted ask for.
const MAY_REPLACE: Rights = Rights::DELETE_MESSAGES.with(Rights::EXPUNGE);

fn without_literal(mut args: Cursor<'_>) -> Completion {
    let read = args.space().and_then(|()| Replace::read(&mut args));
    read.err().map_or_else(|| Completion::bad("the message must be a literal"), Completion::from)
}

/// Takes the message whose literal has been announced.
pub(in crate::session) async fn receive(
    selected: &mut Selected,
    talk: &mut Talk,
    (replace, by): (Replace, Addressing),
    literal: Literal,
) -> Answer {
    let mut batch = Batch::of(&selected.login, talk);
    let admitted = match replaced(selected, &replace, by) {
        // RFC 8508, 3.4: the quota is asked once both messages are known.
        Ok(uid) => batch.admit(talk, &replace.append.message, literal.0).map(|()| uid),
        Err(refused) => Err(refused),
    };
    let target = target(selected, talk, &replace).await;
    let (uid, target) = match (admitted, target) {
        (Ok(uid), Ok(target)) => (uid, target),
        (Err(refused), _) | (_, Err(refused)) => return refuse(talk, refused, literal),
    };
    let fault = batch.take(talk, &replace.append.message, literal).await?;
    match (rest(talk, &replace.append.message).await?, fault) {
        (Rest::Bad(bad), _) => return Ok(bad),
        // RFC 8508, 4.7: one message.
        (Rest::More(_, literal), _) => {
            return refuse(talk, Completion::bad("one message takes the place of another"), literal);
        }
        (Rest::End, Some(fault)) => return Ok(fault),
        (Rest::End, None) => {}
    }
    let Some(email) = batch.emails.pop() else { return Ok(Completion::bad("the message must be a literal")) };
    // The literal may have taken long: what was taken away meanwhile is gone.
    selected.look(talk).await?;
    if !selected.rights.contains(MAY_REPLACE) {
        return Ok(not_allowed());
    }
    let target = match target.still(selected.login.account.id(), Rights::INSERT).await {
        Ok(target) => target,
        Err(refused) => return Ok(refused),
    };
    let appended = match target.account.replace(selected.mailbox, uid, target.mailbox, email).await {
        Ok(outcome) => outcome.into_value(),
        Err(store::Error::NoSuchMailbox) if !selected.deleted => {
            return Ok(Completion::no(Code::TryCreate, "no such mailbox"));
        }
        Err(error) => return Ok(refusal(&error)),
    };
    talk.counts.received += 1;
    let account = target.account.id();
    talk.added.extend(appended.iter().map(|appended| (account, appended.mailbox, appended.uid)));
    talk.removed = true;
    // RFC 8508, 4.3: before the expunge is told.
    if let Some(code) = append_uid(&appended) {
        talk.tell(Status::Ok, Some(&code), "the new message is there");
    }
    selected.with_mod_sequence(talk, Completion::ok("done")).await
}

/// Where the message comes. Both are one commit, which two accounts never have (RFC 8508, 4.1: it is atomic).
async fn target(selected: &Selected, talk: &Talk, replace: &Replace) -> Result<Allowed, Completion> {
    let target = append::target(&selected.login, talk, &replace.append.mailbox).await?;
    if target.account.id() == selected.account.id() {
        return Ok(target);
    }
    Err(Completion::no(Code::Cannot, "a message is not replaced in another account"))
}

/// The message that goes.
fn replaced(selected: &Selected, replace: &Replace, by: Addressing) -> Result<Uid, Completion> {
    if selected.read_only {
        return Err(Completion::no(Code::Cannot, "the mailbox is open for reading only"));
    }
    if !selected.rights.contains(MAY_REPLACE) {
        return Err(not_allowed());
    }
    let found = messages(selected, &replace.replaced, by)?;
    match found.uids.first() {
        Some(uid) => Ok(*uid),
        None if found.gone => Err(Completion::no(Code::ExpungeIssued, "the message is gone")),
        None => Err(Completion::no(Code::NonExistent, "there is no such message")),
    }
}
