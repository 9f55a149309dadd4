//! UNAUTHENTICATE (RFC 8437): another may log in over the same connection. All that the session knows is forgotten, but
//! for TLS and what the client calls itself; a mailbox is left without expunging.
use super::capability::capabilities;
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::{Completion, Ended};
use crate::session::language::Speech;
use crate::session::phase::Phase;
use crate::session::talk::Talk;
use imap_wire::Cursor;
use imap_wire::reply::Code;

pub(crate) const UNAUTHENTICATE: Command = Command {
    name: "UNAUTHENTICATE",
    capability: Some("UNAUTHENTICATE"),
    effect: Effect::Nothing,
    run: Run::Mailbox(|phase, talk, args| Box::pin(unauthenticate(phase, talk, args))),
};

async fn unauthenticate(phase: Phase, talk: &mut Talk, args: Cursor<'_>) -> Result<(Phase, Completion), Ended> {
    if let Err(error) = args.end() {
        return Ok((phase, error.into()));
    }
    // The account's place among its sessions is given back, and the account is not watched any more.
    drop(phase);
    talk.leash.release();
    talk.speech = Speech::default();
    // RFC 8437, 4.1: the reply is the last that is compressed.
    talk.end_deflate = std::mem::take(&mut talk.compressed);
    let code = Code::Capability(capabilities(false, talk));
    Ok((Phase::NotAuthenticated, Completion::ok("who is next?").with(code)))
}
