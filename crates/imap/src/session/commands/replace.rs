//! REPLACE (RFC 8508): a message takes the place of another, in one commit; in another account, in two.
use super::append::{self, Batch, Coming, Literal, append_uid, collect};
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::{Answer, Completion};
use crate::session::messages::{Addressing, messages};
use crate::session::place::{Allowed, not_allowed};
use crate::session::refusal::refusal;
use crate::session::selected::Selected;
use crate::session::talk::Talk;
use imap_wire::reply::{Code, Status};
use imap_wire::{Cursor, MessageSet, Replace};
use store::{Appended, Error, NewEmail, Rights, Uid};

/// Where octets are announced it is taken there; without any at its end it comes here.
pub(crate) const REPLACE: Command = Command {
    name: "REPLACE",
    capability: Some("REPLACE"),
    effect: Effect::Tells,
    run: Run::Selected(|selected, talk, args| Box::pin(without_literal(selected, talk, args, Addressing::Sequence))),
};

/// The same by UID.
pub(crate) const UID_REPLACE: Command = Command {
    name: "UID REPLACE",
    capability: Some("REPLACE"),
    effect: Effect::Tells,
    run: Run::Selected(|selected, talk, args| Box::pin(without_literal(selected, talk, args, Addressing::Uid))),
};

/// RFC 8508, 6: what EXPUNGE and STORE of \Deleted ask for.
const MAY_REPLACE: Rights = Rights::DELETE_MESSAGES.with(Rights::EXPUNGE);

async fn without_literal(selected: &mut Selected, talk: &mut Talk, mut args: Cursor<'_>, by: Addressing) -> Answer {
    match args.space().and_then(|()| Replace::read(&mut args)) {
        Ok(replace) => receive(selected, talk, (replace, by), None).await,
        Err(error) => Ok(error.into()),
    }
}

/// Takes the message, whose first octets have been announced where there are any.
pub(in crate::session) async fn receive(
    selected: &mut Selected,
    talk: &mut Talk,
    (replace, by): (Replace, Addressing),
    literal: Option<Literal>,
) -> Answer {
    let Replace { replaced, append } = replace;
    let replaced = find(selected, &replaced, by);
    let target = append::target(&selected.login, talk, &append.mailbox).await;
    let refused = replaced.as_ref().err().or(target.as_ref().err()).cloned();
    // RFC 8508, 3.4: the quota is asked once both messages are known.
    let mut batch = Batch::of((&selected.login, Some(&*selected)), talk, None).of_one();
    let coming = Coming { steps: append.steps, reader: append.reader, literal };
    if let Err(refused) = collect(talk, &mut batch, coming, refused).await? {
        return Ok(refused);
    }
    let Some(email) = batch.emails.pop() else { return Ok(Completion::bad("the message must be a literal")) };
    drop(batch);
    let (uid, target) = match (replaced, target) {
        (Ok(uid), Ok(target)) => (uid, target),
        (Err(refused), _) | (_, Err(refused)) => return Ok(refused),
    };
    // The literal may have taken long: what was taken away meanwhile is gone.
    selected.look(talk).await?;
    if !selected.rights.contains(MAY_REPLACE) {
        return Ok(not_allowed());
    }
    let target = match target.still(selected.login.account.id(), Rights::INSERT).await {
        Ok(target) => target,
        Err(refused) => return Ok(refused),
    };
    let replaced = if target.account.id() == selected.account.id() {
        let replacing = target.account.replace(selected.mailbox, uid, target.mailbox, email);
        replacing.await.map(store::Outcome::into_value)
    } else {
        replace_elsewhere(selected, uid, &target, email).await
    };
    let appended = match replaced {
        Ok(appended) => appended,
        Err(Error::NoSuchMailbox) if !selected.deleted => {
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

/// Puts the message into another account, and takes the old one out of its own. Differs from RFC 8508, 4.1: it is not
/// atomic, since two accounts have no commit together. The new message comes first, so there is never neither; both are
/// there when the server ends between the two. What fails in between is undone.
async fn replace_elsewhere(
    selected: &Selected,
    uid: Uid,
    target: &Allowed,
    email: NewEmail,
) -> Result<Vec<Appended>, Error> {
    let (from, to) = (&selected.account, &target.account);
    if from.view(selected.mailbox).await?.get(uid).is_none() {
        return Err(Error::NoSuchEmail);
    }
    let appended = to.append(target.mailbox, vec![email]).await?.into_value();
    let removed = match from.remove(selected.mailbox, &[uid]).await {
        Ok(removed) if removed.value().is_empty() => Err(Error::NoSuchEmail),
        Ok(_) => return Ok(appended),
        Err(error) => Err(error),
    };
    let made: Vec<Uid> = appended.iter().map(|appended| appended.uid).collect();
    to.remove(target.mailbox, &made).await?;
    removed
}

/// The message that goes.
fn find(selected: &Selected, replaced: &MessageSet, by: Addressing) -> Result<Uid, Completion> {
    if selected.read_only {
        return Err(Completion::no(Code::Cannot, "the mailbox is open for reading only"));
    }
    if !selected.rights.contains(MAY_REPLACE) {
        return Err(not_allowed());
    }
    let found = messages(selected, replaced, by)?;
    match found.uids.first() {
        Some(uid) => Ok(*uid),
        None if found.gone => Err(Completion::no(Code::ExpungeIssued, "the message is gone")),
        None => Err(Completion::no(Code::NonExistent, "there is no such message")),
    }
}
