//! CREATE (RFC 3501, 6.3.3).
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::{Answer, Completion};
use crate::session::names::stored;
use crate::session::phase::Login;
use crate::session::refusal::refusal;
use imap_wire::reply::Code;
use imap_wire::{Cursor, MailboxName, one_mailbox};

pub(crate) const CREATE: Command = Command {
    name: "CREATE",
    capability: None,
    effect: Effect::Tells,
    run: Run::AfterLogin(|login, _, args| Box::pin(create(login, args))),
};

async fn create(login: &mut Login, mut args: Cursor<'_>) -> Answer {
    let name = match args.space().and_then(|()| one_mailbox(&mut args)) {
        Ok(name) => name,
        Err(error) => return Ok(error.into()),
    };
    // RFC 3501, 6.3.3: a separator at the end says that names below it will be created; it is not part of the name.
    let name = MailboxName::new(name.as_str().strip_suffix('/').unwrap_or(name.as_str()));
    if name.is_inbox() {
        return Ok(Completion::no(Code::AlreadyExists, "INBOX is always there"));
    }
    let name = match stored(&name) {
        Ok(name) => name,
        Err(refused) => return Ok(refused),
    };
    match login.account.create_mailbox(&name, None).await {
        Ok(_) => Ok(Completion::ok("done")),
        Err(error) => Ok(refusal(&error)),
    }
}
