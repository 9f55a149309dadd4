//! LOGOUT (RFC 3501, 6.1.3).
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::{Completion, Ended};
use imap_wire::reply::Status;

pub(crate) const LOGOUT: Command = Command {
    name: "LOGOUT",
    capability: None,
    effect: Effect::Nothing,
    run: Run::Always(|_, talk, args| {
        Box::pin(async move {
            if let Err(error) = args.end() {
                return Ok(error.into());
            }
            let tag = talk.tag.clone();
            talk.tell(Status::Bye, None, "logging out");
            Completion::ok("goodbye").print(talk, Some(&tag));
            Err(Ended::Said)
        })
    }),
};
