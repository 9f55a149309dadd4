//! GETJMAPACCESS (RFC 9698): where the same mail is asked for by JMAP, with the same password and the same ids.
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::Completion;
use imap_wire::reply;
use imap_wire::reply::Code;

pub(crate) const GETJMAPACCESS: Command = Command {
    name: "GETJMAPACCESS",
    capability: Some("JMAPACCESS"), // offered where there is an address: see `capabilities`
    effect: Effect::Tells,
    run: Run::AfterLogin(|_, talk, args| {
        Box::pin(async move {
            if let Err(error) = args.end() {
                return Ok(error.into());
            }
            let Some(address) = talk.house.settings.jmap.clone() else {
                return Ok(Completion::no(Code::Cannot, "there is no JMAP here"));
            };
            reply::jmap_access(talk.out(), &address);
            Ok(Completion::ok("done"))
        })
    }),
};
