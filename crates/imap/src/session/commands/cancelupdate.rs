//! CANCELUPDATE (RFC 5267, 4.3.5): searches are kept up to date no more.
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::Completion;
use imap_wire::reply::Code;

pub(crate) const CANCELUPDATE: Command = Command {
    name: "CANCELUPDATE",
    capability: Some("CONTEXT=SEARCH"),
    effect: Effect::Tells,
    run: Run::Selected(|selected, _, args| {
        Box::pin(async move {
            let mut args = args;
            let tags = match imap_wire::cancel_update(&mut args) {
                Ok(tags) => tags,
                Err(error) => return Ok(error.into()),
            };
            let cancelled = tags.iter().filter(|tag| selected.contexts.cancel(tag)).count();
            Ok(if cancelled == tags.len() {
                Completion::ok("nothing is told of these any more")
            } else {
                Completion::no(Code::NonExistent, "no search of that tag is kept up to date")
            })
        })
    }),
};
