//! NOOP (RFC 1939, 5).
use crate::session::Session;
use crate::session::row::{Answer, Next, Row, When};

pub(in crate::session) const NOOP: Row =
    Row { name: "NOOP", when: When::Transaction, capability: None, run: |session, _| noop(session) };

fn noop(session: &mut Session) -> Answer<'_> {
    Box::pin(async move {
        session.ok(session.words.done).await?;
        Ok(Next::GoOn)
    })
}
