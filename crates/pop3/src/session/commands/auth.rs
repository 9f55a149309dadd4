//! AUTH (RFC 5034): PLAIN and LOGIN.
use crate::session::row::{Answer, Next, Row, When};
use crate::session::{Ended, Session};
use crate::wire::Command;
use directory::{MAX_SASL_RESPONSE, Mechanism, SaslStep};
use transport::Line;

pub(in crate::session) const AUTH: Row =
    Row { name: "AUTH", when: When::Authorization, capability: None, run: |session, command| auth(session, command) };

fn auth(session: &mut Session, command: Command) -> Answer<'_> {
    Box::pin(async move {
        if !session.may_log_in() {
            return Ok(Next::Fault(session.words.tls_first));
        }
        let Command::Auth(Some((mechanism, initial))) = command else {
            session.ok(session.words.mechanisms).await?;
            session.lines(Mechanism::ALL.iter().map(|mechanism| mechanism.name().to_owned())).await?;
            return Ok(Next::GoOn);
        };
        let Some(mechanism) = Mechanism::from_name(&mechanism) else {
            return Ok(Next::Fault(session.words.unknown_mechanism));
        };
        let mut step = mechanism.begin(initial.as_ref().map(|initial| initial.reveal().as_bytes()));
        loop {
            step = match step {
                SaslStep::Challenge(challenge, exchange) => match response(session, challenge).await? {
                    Some(line) => exchange.respond(&line),
                    None => return Ok(Next::Fault(session.words.line_too_long)),
                },
                SaslStep::Done(credentials) => {
                    return session.log_in(mechanism.name(), credentials.name, credentials.password).await;
                }
                SaslStep::Failed(error) => return Ok(Next::Fault(session.words.sasl(error))),
            };
        }
    })
}

/// Sends a challenge and reads the client's line; nothing when it was too long.
async fn response(session: &mut Session, challenge: &str) -> Result<Option<bytes::Bytes>, Ended> {
    session.say("+ ", challenge).await?;
    session.talk.output.flush().await?;
    let wait = session.house.settings.timeout;
    match session.talk.input.line(MAX_SASL_RESPONSE + 2, wait).await {
        Ok(Line::Complete { bytes, .. }) => Ok(Some(bytes)),
        Ok(Line::TooLong) => Ok(None),
        Err(_) => Err(Ended::Gone),
    }
}
