//! DELE (RFC 1939, 5): a mark, which QUIT acts on.
use crate::session::Session;
use crate::session::row::{Answer, Next, Row, When};
use crate::wire::Command;

pub(in crate::session) const DELE: Row =
    Row { name: "DELE", when: When::Transaction, capability: None, run: |session, command| dele(session, command) };

fn dele(session: &mut Session, command: Command) -> Answer<'_> {
    Box::pin(async move {
        let marked = match (session.maildrop(), command) {
            (Some(maildrop), Command::Dele(number)) => maildrop.mark(number),
            _ => false,
        };
        if !marked {
            return Ok(Next::Fault(session.words.no_such_message));
        }
        session.ok(session.words.marked).await?;
        Ok(Next::GoOn)
    })
}
