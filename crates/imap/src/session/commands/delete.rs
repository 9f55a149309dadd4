//! DELETE (RFC 3501, 6.3.4).
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::{Answer, Completion};
use crate::session::names::stored;
use crate::session::phase::Login;
use crate::session::refusal::refusal;
use imap_wire::reply::Code;
use imap_wire::{Cursor, one_mailbox};

pub(crate) const DELETE: Command = Command {
    name: "DELETE",
    capability: None,
    effect: Effect::Tells,
    run: Run::AfterLogin(|login, _, args| Box::pin(delete(login, args))),
};

async fn delete(login: &mut Login, mut args: Cursor<'_>) -> Answer {
    let name = match args.space().and_then(|()| one_mailbox(&mut args)) {
        Ok(name) => name,
        Err(error) => return Ok(error.into()),
    };
    let name = match stored(&name) {
        Ok(name) => name,
        Err(refused) => return Ok(refused),
    };
    if name.is_inbox() {
        return Ok(Completion::no(Code::Cannot, "INBOX cannot be deleted"));
    }
    let mailboxes = match login.account.mailboxes().await {
        Ok(mailboxes) => mailboxes,
        Err(error) => return Ok(refusal(&error)),
    };
    let Some(mailbox) = mailboxes.named(&name) else {
        // RFC 3501, 6.3.4: a level without a mailbox cannot be deleted while names stand below it.
        return Ok(if mailboxes.has_children(&name) {
            Completion::no(Code::Cannot, "there is no mailbox of that name, only mailboxes below it")
        } else {
            Completion::no(Code::NonExistent, "no such mailbox")
        });
    };
    match login.account.delete_mailbox(mailbox.id).await {
        Ok(_) => Ok(Completion::ok("done")),
        Err(error) => Ok(refusal(&error)),
    }
}
