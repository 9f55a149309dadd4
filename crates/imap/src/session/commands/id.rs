//! ID (RFC 2971): who is who. Nothing depends on what a client calls itself.
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::{Answer, Completion};
use crate::session::talk::Talk;
use imap_wire::{Cursor, reply};

pub(crate) const ID: Command = Command {
    name: "ID",
    capability: Some("ID"),
    effect: Effect::Tells,
    run: Run::Always(|_, talk, args| Box::pin(async move { id(talk, args) })),
};

fn id(talk: &mut Talk, mut args: Cursor<'_>) -> Answer {
    let fields = match args.space().and_then(|()| imap_wire::id(&mut args)) {
        Ok(fields) => fields,
        Err(error) => return Ok(error.into()),
    };
    let of = |name: &str| {
        let field = fields.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        field.and_then(|(_, value)| value.as_deref()).unwrap_or_default()
    };
    let client = format!("{} {}", of("name"), of("version"));
    talk.client = Some(client.trim().to_owned()).filter(|client| !client.is_empty());
    if let (Some(permit), Some(client)) = (talk.permit.upgrade(), &talk.client) {
        permit.is_called(client);
    }
    // RFC 2971, 4: a version helps who looks for holes; the name is enough.
    reply::id(talk.out(), &[("name", "Glaspost")]);
    Ok(Completion::ok("done"))
}
