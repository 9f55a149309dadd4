//! RENAME (RFC 3501, 6.3.5): with all below it; INBOX stays, and gives its messages to the new name.
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::{Answer, Completion};
use crate::session::names::stored;
use crate::session::phase::Login;
use crate::session::refusal::refusal;
use imap_wire::{Cursor, two_mailboxes};

pub(crate) const RENAME: Command = Command {
    name: "RENAME",
    capability: None,
    effect: Effect::Tells,
    run: Run::AfterLogin(|login, _, args| Box::pin(rename(login, args))),
};

async fn rename(login: &mut Login, mut args: Cursor<'_>) -> Answer {
    let (from, to) = match args.space().and_then(|()| two_mailboxes(&mut args)) {
        Ok(names) => names,
        Err(error) => return Ok(error.into()),
    };
    let (from, to) = match (stored(&from), stored(&to)) {
        (Ok(from), Ok(to)) => (from, to),
        (Err(refused), _) | (_, Err(refused)) => return Ok(refused),
    };
    match login.account.rename_mailbox(&from, &to).await {
        Ok(_) => Ok(Completion::ok("done")),
        Err(error) => Ok(refusal(&error)),
    }
}
