//! SUBSCRIBE and UNSUBSCRIBE (RFC 3501, 6.3.6 and 6.3.7). A name is subscribed, not a mailbox: it need not exist.
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::{Answer, Completion};
use crate::session::names::stored;
use crate::session::phase::Login;
use crate::session::place::{is_others, nowhere, place};
use crate::session::refusal::refusal;
use crate::session::talk::Talk;
use imap_wire::{Cursor, one_mailbox};
use store::MailboxName;

pub(crate) const SUBSCRIBE: Command = Command {
    name: "SUBSCRIBE",
    capability: None,
    effect: Effect::Tells,
    run: Run::AfterLogin(|login, talk, args| {
        Box::pin(async move {
            match name_to_subscribe(login, talk, args).await {
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

/// Of the names of other users only those that can be seen (RFC 4314, 4): whatever else is subscribed, nobody would know.
async fn name_to_subscribe(login: &Login, talk: &Talk, mut args: Cursor<'_>) -> Result<MailboxName, Completion> {
    args.space()?;
    let name = one_mailbox(&mut args)?;
    if is_others(&name) {
        place(login, talk, &name).await?.seen().ok_or_else(nowhere)?;
    }
    stored(&name)
}

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
