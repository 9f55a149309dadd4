//! RENAME (RFC 3501, 6.3.5): with all below it; INBOX stays, and gives its messages to the new name.
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::{Answer, Completion};
use crate::session::names::tell_old_name;
use crate::session::phase::Login;
use crate::session::place::{Place, is_others, not_allowed, nowhere, place};
use crate::session::refusal::refusal;
use crate::session::talk::Talk;
use imap_wire::reply::Code;
use imap_wire::{Cursor, two_mailboxes};
use store::Rights;

pub(crate) const RENAME: Command = Command {
    name: "RENAME",
    capability: None,
    effect: Effect::Tells,
    run: Run::AfterLogin(|login, talk, args| Box::pin(rename(login, talk, args))),
};

async fn rename(login: &mut Login, talk: &mut Talk, mut args: Cursor<'_>) -> Answer {
    let (from, to) = match args.space().and_then(|()| two_mailboxes(&mut args)) {
        Ok(names) => names,
        Err(error) => return Ok(error.into()),
    };
    let given = to.clone();
    let (from, to) = match (place(login, talk, &from).await, place(login, talk, &to).await) {
        (Ok(from), Ok(to)) => (from, to),
        (Ok(_), Err(_)) if is_others(&to) => return Ok(not_allowed()),
        (Err(refused), _) | (_, Err(refused)) => return Ok(refused),
    };
    if let Err(refused) = may_move(&from) {
        return Ok(refused);
    }
    if from.account_id() != to.account_id() {
        return Ok(Completion::no(Code::Cannot, "a mailbox stays in its account"));
    }
    if !to.may_create() {
        return Ok(not_allowed());
    }
    match from.account(Rights::NONE).rename_mailbox(&from.name, &to.name).await {
        Ok(_) => {
            if !to.is_shared() {
                tell_old_name(talk, login, &given, &to.name).await;
            }
            Ok(Completion::ok("done"))
        }
        Err(error) => Ok(refusal(&error)),
    }
}

/// Whether the mailbox, or the level, may get another name, with all below it (RFC 4314, 4).
fn may_move(from: &Place) -> Result<(), Completion> {
    let named = from.mailboxes.named(&from.name).map(|mailbox| &mailbox.name);
    let moved: Vec<_> = named.into_iter().chain(from.mailboxes.below(&from.name)).collect();
    let rights = |name: &&store::MailboxName| from.mailboxes.named(name).map(|mailbox| from.rights(mailbox.id));
    let rights: Vec<Rights> = moved.iter().filter_map(rights).collect();
    if from.name.is_inbox() {
        // RFC 3501, 6.3.5: INBOX stays, and all that is in it goes.
        let emptied = Rights::DELETE.with(Rights::DELETE_MESSAGES).with(Rights::EXPUNGE);
        return from.allowed(emptied).map(drop);
    }
    if !rights.iter().any(|rights| rights.contains(Rights::LOOKUP)) {
        return Err(nowhere());
    }
    let all = rights.iter().all(|rights| rights.contains(Rights::DELETE));
    if all { Ok(()) } else { Err(not_allowed()) }
}
