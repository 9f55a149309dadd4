//! NAMESPACE (RFC 2342, 5): one personal namespace, and one for what others share.
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::Completion;
use crate::session::place::OTHERS;
use imap_wire::reply;

pub(crate) const NAMESPACE: Command = Command {
    name: "NAMESPACE",
    capability: Some("NAMESPACE"),
    effect: Effect::Tells,
    run: Run::AfterLogin(|_, talk, args| {
        Box::pin(async move {
            if let Err(error) = args.end() {
                return Ok(error.into());
            }
            reply::namespace(talk.out(), &format!("{OTHERS}/"));
            Ok(Completion::ok("done"))
        })
    }),
};
