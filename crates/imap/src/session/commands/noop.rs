//! NOOP and CHECK (RFC 3501, 6.1.2 and 6.4.1): what is new is told, as after every command. Everything acknowledged is
//! on disk already, so CHECK has nothing more to do.
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::Completion;

pub(crate) const NOOP: Command = Command {
    name: "NOOP",
    capability: None,
    effect: Effect::Tells,
    run: Run::Always(|_, _, args| {
        Box::pin(async move { Ok(args.end().map_or_else(Completion::from, |()| Completion::ok("done"))) })
    }),
};

pub(crate) const CHECK: Command = Command {
    name: "CHECK",
    capability: None,
    effect: Effect::Tells,
    run: Run::Selected(|_, _, args| {
        Box::pin(async move { Ok(args.end().map_or_else(Completion::from, |()| Completion::ok("done"))) })
    }),
};
