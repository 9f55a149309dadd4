//! DELETE (RFC 3501, 6.3.4), with the right to (RFC 4314, 4).
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::{Answer, Completion};
use crate::session::phase::Phase;
use crate::session::place::place;
use crate::session::refusal::refusal;
use crate::session::talk::Talk;
use imap_wire::reply::{self, Code, Status};
use imap_wire::{Cursor, one_mailbox};
use store::Rights;

pub(crate) const DELETE: Command = Command {
    name: "DELETE",
    capability: None,
    effect: Effect::Tells,
    run: Run::WithPhase(|phase, talk, args| Box::pin(delete(phase, talk, args))),
};

async fn delete(phase: &mut Phase, talk: &mut Talk, mut args: Cursor<'_>) -> Answer {
    let Some(login) = phase.login() else { return Ok(Completion::bad("log in first")) };
    let name = match args.space().and_then(|()| one_mailbox(&mut args)) {
        Ok(name) => name,
        Err(error) => return Ok(error.into()),
    };
    let place = match place(login, talk, &name).await {
        Ok(place) => place,
        Err(refused) => return Ok(refused),
    };
    if place.seen().is_none() && !place.is_shared() && place.mailboxes.has_children(&place.name) {
        // RFC 3501, 6.3.4: a level without a mailbox cannot be deleted while names stand below it.
        let text = "there is no mailbox of that name, only mailboxes below it";
        return Ok(Completion::no(Code::Cannot, text));
    }
    let allowed = match place.allowed(Rights::DELETE) {
        Ok(allowed) => allowed,
        Err(refused) => return Ok(refused),
    };
    if place.name.is_inbox() {
        return Ok(Completion::no(Code::Cannot, "INBOX cannot be deleted"));
    }
    let (owner, mailbox) = (allowed.account.id(), allowed.mailbox);
    if let Err(error) = allowed.account.delete_mailbox(mailbox).await {
        return Ok(refusal(&error));
    }
    // RFC 2180, 3.3 is about other sessions: this one leaves its mailbox, as by CLOSE (RFC 9051, 7.1)
    if phase.selected_mut().is_some_and(|selected| selected.mailbox == mailbox && selected.account.id() == owner) {
        phase.leave_mailbox();
        reply::condition(talk.out(), None, Status::Ok, Some(&Code::Closed), "it was the selected mailbox");
    }
    Ok(Completion::ok("done"))
}
