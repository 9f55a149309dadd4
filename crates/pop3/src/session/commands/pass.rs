//! PASS (RFC 1939, 7).
use crate::session::row::{Answer, Next, Row, When};
use crate::session::{Session, State};
use crate::wire::Command;

pub(in crate::session) const PASS: Row =
    Row { name: "PASS", when: When::Authorization, capability: None, run: |session, command| pass(session, command) };

fn pass(session: &mut Session, command: Command) -> Answer<'_> {
    Box::pin(async move {
        let name = match &mut session.state {
            State::Authorization(state) => state.name.take(),
            State::Transaction(_) => None,
        };
        match (name, command) {
            (Some(name), Command::Pass(password)) => session.log_in("USER", name, password).await,
            _ => Ok(Next::Fault(session.words.user_first)),
        }
    })
}
