//! USER (RFC 1939, 7). Every name gets the same answer: the verdict comes after PASS.
use crate::session::row::{Answer, Next, Row, When};
use crate::session::{Session, State};
use crate::wire::Command;

pub(in crate::session) const USER: Row =
    Row { name: "USER", when: When::Authorization, capability: None, run: |session, command| user(session, command) };

fn user(session: &mut Session, command: Command) -> Answer<'_> {
    Box::pin(async move {
        if !session.may_log_in() {
            return Ok(Next::Fault(session.words.tls_first));
        }
        if let (State::Authorization(state), Command::User(name)) = (&mut session.state, command) {
            state.name = Some(name);
        }
        session.ok(session.words.password_please).await?;
        Ok(Next::GoOn)
    })
}
