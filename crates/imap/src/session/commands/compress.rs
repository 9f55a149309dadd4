//! COMPRESS (RFC 4978).
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::{Answer, Completion};
use crate::session::talk::Talk;
use imap_wire::{Cursor, compress};

pub(crate) const COMPRESS: Command = Command {
    name: "COMPRESS",
    capability: Some("COMPRESS=DEFLATE"),
    effect: Effect::Tells,
    run: Run::AfterLogin(|_, talk, args| Box::pin(async move { begin(talk, args) })),
};

fn begin(talk: &mut Talk, mut args: Cursor<'_>) -> Answer {
    if let Err(error) = args.space().and_then(|()| compress(&mut args)) {
        return Ok(error.into());
    }
    if talk.compressed {
        // RFC 4978, 3: NO would mean that another layer does it.
        return Ok(Completion::bad("what we say is compressed already"));
    }
    // Compression begins when the reply has been sent.
    (talk.compressed, talk.begin_deflate) = (true, true);
    Ok(Completion::ok("compress from now on"))
}
