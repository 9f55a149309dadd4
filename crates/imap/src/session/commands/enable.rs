//! ENABLE (RFC 5161): CONDSTORE and QRESYNC (RFC 7162, 3.1 and 3.2.3), IMAP4rev2 (RFC 9051, 6.3.1), METADATA and
//! METADATA-SERVER (RFC 5464, 4.1), UTF8=ACCEPT (RFC 9755, 3), UIDONLY (RFC 9586, 3); what is not known is passed over.
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::{Answer, Completion};
use crate::session::news::Metadata;
use crate::session::phase::Phase;
use crate::session::refusal::refusal;
use crate::session::talk::Talk;
use imap_wire::{Cursor, reply};

pub(crate) const ENABLE: Command = Command {
    name: "ENABLE",
    capability: Some("ENABLE"),
    effect: Effect::Tells,
    run: Run::WithPhase(|phase, talk, args| Box::pin(enable(phase, talk, args))),
};

/// What can be enabled.
const KNOWN: [&str; 7] = ["CONDSTORE", "IMAP4rev2", "METADATA", "METADATA-SERVER", "QRESYNC", "UIDONLY", "UTF8=ACCEPT"];

async fn enable(phase: &mut Phase, talk: &mut Talk, mut args: Cursor<'_>) -> Answer {
    let names = match args.space().and_then(|()| imap_wire::enable(&mut args)) {
        Ok(names) => names,
        Err(error) => return Ok(error.into()),
    };
    let enabled: Vec<&str> =
        KNOWN.into_iter().filter(|known| names.iter().any(|name| name.eq_ignore_ascii_case(known))).collect();
    if let Some(login) = phase.login_mut() {
        for (name, metadata) in [("METADATA", Metadata::All), ("METADATA-SERVER", Metadata::Server)] {
            if enabled.contains(&name)
                && let Err(error) = login.news.enable(&login.account, metadata).await
            {
                return Ok(refusal(&error));
            }
        }
        login.qresync |= enabled.contains(&"QRESYNC");
        login.rev2 |= enabled.contains(&"IMAP4rev2");
        login.uid_only |= enabled.contains(&"UIDONLY");
        login.utf8 |= enabled.contains(&"UTF8=ACCEPT");
    }
    reply::words(talk.out(), "ENABLED", &enabled);
    // RFC 7162, 3.2.3: QRESYNC is CONDSTORE too.
    if enabled.iter().any(|name| ["CONDSTORE", "QRESYNC"].contains(name)) {
        if let Some(selected) = phase.selected_mut() {
            selected.enable_condstore(talk);
        } else if let Some(login) = phase.login_mut() {
            login.condstore = true;
        }
    }
    Ok(Completion::ok("done"))
}
