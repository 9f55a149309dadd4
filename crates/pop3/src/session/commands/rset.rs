//! RSET (RFC 1939, 5): takes back every mark.
use crate::session::Session;
use crate::session::row::{Answer, Next, Row, When};

pub(in crate::session) const RSET: Row =
    Row { name: "RSET", when: When::Transaction, capability: None, run: |session, _| rset(session) };

fn rset(session: &mut Session) -> Answer<'_> {
    Box::pin(async move {
        if let Some(maildrop) = session.maildrop() {
            maildrop.unmark();
        }
        session.ok(session.words.done).await?;
        Ok(Next::GoOn)
    })
}
