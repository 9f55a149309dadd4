//! STARTTLS (RFC 3501, 6.2.1): what was said before it is forgotten, and bytes that came with it are thrown away.
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::{Completion, Ended};
use crate::session::phase::Phase;
use crate::session::talk::Talk;
use imap_wire::Cursor;

pub(crate) const STARTTLS: Command = Command {
    name: "STARTTLS",
    capability: Some("STARTTLS"),
    effect: Effect::Nothing,
    run: Run::BeforeLogin(|phase, talk, args| Box::pin(starttls(phase, talk, args))),
};

async fn starttls(phase: Phase, talk: &mut Talk, args: Cursor<'_>) -> Result<(Phase, Completion), Ended> {
    if let Err(error) = args.end() {
        return Ok((phase, error.into()));
    }
    if !talk.conversation.can_start_tls() {
        return Ok((phase, Completion::bad("TLS is not offered here, or is running already")));
    }
    // The handshake follows when the reply has been sent.
    talk.begin_tls = true;
    Ok((phase, Completion::ok("begin TLS now")))
}
