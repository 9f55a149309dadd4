//! SUBSCRIBE and UNSUBSCRIBE (RFC 3501, 6.3.6 and 6.3.7). A name is subscribed, not a mailbox: it need not exist.
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::{Answer, Completion};
use crate::session::names::stored;
use crate::session::phase::Login;
use crate::session::refusal::refusal;
use imap_wire::{Cursor, one_mailbox};
use store::MailboxName;

pub(crate) const SUBSCRIBE: Command = Command {
    name: "SUBSCRIBE",
    capability: None,
    effect: Effect::Tells,
    run: Run::AfterLogin(|login, _, args| {
        Box::pin(async move {
            match name(args) {
                Ok(name) => done(login.account.subscribe(&name).await),
                Err(refused) => Ok(refused),
            }
        })
    }),
};

pub(crate) const UNSUBSCRIBE: Command = Command {
    name: "UNSUBSCRIBE",
    capability: None,
    effect: Effect::Tells,
    run: Run::AfterLogin(|login: &mut Login, _, args| {
        Box::pin(async move {
            match name(args) {
                Ok(name) => done(login.account.unsubscribe(&name).await),
                Err(refused) => Ok(refused),
            }
        })
    }),
};

fn name(mut args: Cursor<'_>) -> Result<MailboxName, Completion> {
    args.space()?;
    stored(&one_mailbox(&mut args)?)
}

fn done<T>(outcome: Result<T, store::Error>) -> Answer {
    Ok(match outcome {
        Ok(_) => Completion::ok("done"),
        Err(error) => refusal(&error),
    })
}
