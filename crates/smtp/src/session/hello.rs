//! HELO, EHLO and LHLO (RFC 5321, 4.1.1.1; RFC 2033, 4.1).
use super::phase::{Greeted, Phase};
use super::turn::Turn;
use super::{Session, keyword, refusal};
use journal::Refused;
use smtp_wire::Reply;
use std::io;

/// The longest name in a Received field.
const MAX_NAME: usize = 255;

pub(super) async fn helo(session: &mut Session, phase: Phase, name: &[u8]) -> io::Result<Turn> {
    hello(session, phase, name, false).await
}

pub(super) async fn ehlo(session: &mut Session, phase: Phase, name: &[u8]) -> io::Result<Turn> {
    hello(session, phase, name, true).await
}

/// RFC 5321, 4.1.4: a greeting that is taken ends the transaction; one that is refused leaves nothing.
async fn hello(session: &mut Session, phase: Phase, name: &[u8], extended: bool) -> io::Result<Turn> {
    session.name = Some(printable(name));
    let dns = session.house.parts.world.dns.clone();
    if let Err(fault) = session.door().helo.judge(name, dns.as_ref()).await {
        session.note_refused(Refused::Helo, &printable(name), refusal::helo_cause(fault));
        let next = if name.is_empty() { phase } else { Phase::Ungreeted };
        return Ok(Turn::say(next, refusal::helo(fault, name)));
    }
    let mut lines = vec![session.door().host_name.to_string()];
    if extended {
        lines.extend(keyword::offers(session));
    }
    let greeted = Greeted { name: printable(name), extended };
    Ok(Turn::say(greeted, Reply { code: 250, enhanced: None, lines }))
}

/// The name as Received and the journal carry it: nothing that could end or nest what it stands in.
fn printable(name: &[u8]) -> String {
    let fits = |byte: &u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(byte);
    name.iter().take(MAX_NAME).map(|byte| if fits(byte) { char::from(*byte) } else { '?' }).collect()
}
