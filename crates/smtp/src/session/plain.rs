//! The commands that neither carry mail nor change who somebody is.
use super::phase::Phase;
use super::turn::Turn;
use super::{Session, refusal, table};
use smtp_wire::{EnhancedCode, Reply};
use std::io;

/// RSET (RFC 5321, 4.1.1.5).
pub(super) async fn rset(_: &mut Session, phase: Phase, arguments: &[u8]) -> io::Result<Turn> {
    if !arguments.is_empty() {
        return Ok(Turn::say(phase, refusal::no_argument()));
    }
    Ok(Turn::say(phase.reset(), ok()))
}

/// NOOP (RFC 5321, 4.1.1.9); its argument is ignored.
pub(super) async fn noop(_: &mut Session, phase: Phase, _: &[u8]) -> io::Result<Turn> {
    Ok(Turn::say(phase, ok()))
}

/// QUIT (RFC 5321, 4.1.1.10).
pub(super) async fn quit(session: &mut Session, phase: Phase, arguments: &[u8]) -> io::Result<Turn> {
    if !arguments.is_empty() {
        return Ok(Turn::say(phase, refusal::no_argument()));
    }
    let text = format!("{} closing", session.door().host_name);
    Ok(Turn::hang_up(Some(Reply::new(221, EnhancedCode(2, 0, 0), text))))
}

/// VRFY (RFC 5321, 4.1.1.6 and 7.3): the same for all, so that nobody learns who lives here.
pub(super) async fn vrfy(_: &mut Session, phase: Phase, arguments: &[u8]) -> io::Result<Turn> {
    if arguments.is_empty() {
        return Ok(Turn::say(phase, refusal::argument_missing()));
    }
    let text = "not verified here; send and see";
    Ok(Turn::say(phase, Reply::new(252, EnhancedCode(2, 5, 0), text)))
}

/// EXPN (RFC 5321, 4.1.1.7 and 7.3).
pub(super) async fn expn(_: &mut Session, phase: Phase, _: &[u8]) -> io::Result<Turn> {
    Ok(Turn::say(phase, refusal::not_implemented()))
}

/// HELP (RFC 5321, 4.1.1.8).
pub(super) async fn help(session: &mut Session, phase: Phase, _: &[u8]) -> io::Result<Turn> {
    let verbs: Vec<&str> = table::verbs(session.door()).collect();
    let lines = vec![format!("commands: {}", verbs.join(" ")), "see RFC 5321".to_owned()];
    Ok(Turn::say(phase, Reply { code: 214, enhanced: Some(EnhancedCode(2, 0, 0)), lines }))
}

fn ok() -> Reply {
    Reply::new(250, EnhancedCode(2, 0, 0), "ok")
}
