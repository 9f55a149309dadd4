//! AUTH (RFC 4954): an exchange of base64 lines, then the login.
use super::phase::Phase;
use super::turn::Turn;
use super::{Session, refusal};
use crate::door::AuthRule;
use directory::{Attempt, Came, Credentials, Mechanism, SaslStep, Service};
use journal::Cause;
use smtp_wire::{Auth, EnhancedCode, MAX_AUTH_LINE, Reply};
use std::io;
use transport::{InputError, Line, LineEnding};

pub(super) async fn auth(session: &mut Session, phase: Phase, arguments: &[u8]) -> io::Result<Turn> {
    if let Some(reply) = not_now(session, &phase) {
        return Ok(Turn::say(phase, reply));
    }
    let (mechanism, initial) = match read(arguments) {
        Ok(read) => read,
        Err(reply) => return Ok(Turn::say(phase, reply)),
    };
    let credentials = match exchange(session, mechanism, initial.as_deref()).await? {
        Exchanged::Done(credentials) => credentials,
        Exchanged::Failed(reply) => {
            session.note_login_broken(mechanism);
            return Ok(Turn::say(phase, reply));
        }
        Exchanged::Gone(reply) => return Ok(Turn::hang_up(reply)),
    };
    let attempt = Attempt {
        name: credentials.name.clone(),
        password: credentials.password,
        from: session.talk.peer.remote.ip(),
        service: Service::Submission,
        tls: session.talk.peer.tls.is_some(),
    };
    match session.house.parts.directory.login(attempt).await {
        Ok(login) => {
            session.note_login(login.account, mechanism);
            login.permit.came(&came(session, &phase));
            session.leash.hold(&login.revoked);
            session.login = Some(login);
            session.talk.trust();
            // RFC 4954, 6
            Ok(Turn::say(phase, Reply::new(235, EnhancedCode(2, 7, 0), "authenticated")))
        }
        Err(error) => {
            session.note_login_refused(&credentials.name, mechanism, refusal::login_cause(&error)).await;
            Ok(Turn::say(phase, refusal::login(&error)))
        }
    }
}

/// How the session came in. The name of EHLO is what its program calls itself; an address literal is no name, and another
/// one in every network.
fn came<'s>(session: &'s Session, phase: &'s Phase) -> Came<'s> {
    let peer = &session.talk.peer;
    let name = match phase {
        Phase::Greeted(greeted) => Some(greeted.name.as_str()),
        Phase::Ungreeted | Phase::Begun(_) | Phase::Addressed(_) | Phase::Chunks(_) => None,
    };
    Came {
        listener: &peer.listener,
        server_name: peer.tls.as_ref().and_then(|tls| tls.server_name.as_deref()),
        port: peer.local.port(),
        tls: peer.tls.is_some(),
        from: peer.remote.ip(),
        program: name.filter(|name| !name.starts_with('[')),
        by_browser: false,
    }
}

/// Why AUTH is not answered at all just now.
fn not_now(session: &mut Session, phase: &Phase) -> Option<Reply> {
    let within_tls = session.talk.peer.tls.is_some();
    match (session.door().auth, phase) {
        (AuthRule::None, _) => Some(refusal::auth_not_here()),
        (AuthRule::InsideTls, _) if !within_tls => {
            session.note_login_refused_unread(Cause::LoginNeedsTls);
            Some(refusal::tls_first())
        }
        // RFC 4954, 4: once, and not within a transaction
        _ if session.login.is_some() => Some(refusal::login_already()),
        (_, Phase::Greeted(greeted)) if greeted.extended => None,
        (_, Phase::Greeted(_) | Phase::Ungreeted) => Some(refusal::ehlo_first()),
        (_, Phase::Begun(_) | Phase::Addressed(_) | Phase::Chunks(_)) => Some(refusal::within_transaction()),
    }
}

fn read(arguments: &[u8]) -> Result<(Mechanism, Option<Vec<u8>>), Reply> {
    let auth = Auth::parse(arguments).map_err(|error| refusal::syntax(&error))?;
    let mechanism = Mechanism::from_name(&auth.mechanism).ok_or_else(refusal::unknown_mechanism)?;
    Ok((mechanism, auth.initial.map(<[u8]>::to_vec)))
}

enum Exchanged {
    Done(Credentials),
    Failed(Reply),
    /// The client went, perhaps after a last word.
    Gone(Option<Reply>),
}

/// Challenges and responses (RFC 4954, 4). A response is no command: `*` cancels, nothing else is understood.
async fn exchange(session: &mut Session, mechanism: Mechanism, initial: Option<&[u8]>) -> io::Result<Exchanged> {
    let mut step = mechanism.begin(initial);
    loop {
        let (challenge, exchange) = match step {
            SaslStep::Done(credentials) => return Ok(Exchanged::Done(credentials)),
            SaslStep::Failed(error) => return Ok(Exchanged::Failed(refusal::sasl(error))),
            SaslStep::Challenge(challenge, exchange) => (challenge, exchange),
        };
        session.say(&Reply::plain(334, challenge)).await?;
        session.talk.output.flush().await?;
        let wait = session.door().limits.command_timeout;
        step = match session.talk.input.line(MAX_AUTH_LINE, wait).await {
            Ok(Line::Complete { ending: LineEnding::Lf, .. }) if session.is_strict() => {
                return Ok(Exchanged::Failed(refusal::bare_line_end()));
            }
            Ok(Line::Complete { bytes, .. }) => exchange.respond(&bytes),
            Ok(Line::TooLong) => return Ok(Exchanged::Failed(refusal::auth_line_too_long())),
            Err(InputError::TimedOut) => return Ok(Exchanged::Gone(Some(refusal::timed_out(session.door())))),
            Err(InputError::Closed | InputError::TlsOnPlainPort | InputError::Io(_)) => {
                return Ok(Exchanged::Gone(None));
            }
        };
    }
}
