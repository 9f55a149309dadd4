//! ENABLE (RFC 5161): CONDSTORE is all that can be enabled; what is not known is passed over.
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::{Answer, Completion};
use crate::session::phase::Phase;
use crate::session::talk::Talk;
use imap_wire::{Cursor, reply};

pub(crate) const ENABLE: Command = Command {
    name: "ENABLE",
    capability: Some("ENABLE"),
    effect: Effect::Tells,
    run: Run::WithPhase(|phase, talk, args| Box::pin(async move { enable(phase, talk, args) })),
};

fn enable(phase: &mut Phase, talk: &mut Talk, mut args: Cursor<'_>) -> Answer {
    let names = match args.space().and_then(|()| imap_wire::enable(&mut args)) {
        Ok(names) => names,
        Err(error) => return Ok(error.into()),
    };
    let condstore = names.iter().any(|name| name == "CONDSTORE");
    reply::words(talk.out(), "ENABLED", condstore.then_some("CONDSTORE"));
    if condstore {
        if let Some(selected) = phase.selected_mut() {
            selected.enable_condstore(talk);
        } else if let Some(login) = phase.login_mut() {
            login.condstore = true;
        }
    }
    Ok(Completion::ok("done"))
}
