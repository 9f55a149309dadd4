//! STAT (RFC 1939, 5).
use crate::session::Session;
use crate::session::row::{Answer, Next, Row, When};

pub(in crate::session) const STAT: Row =
    Row { name: "STAT", when: When::Transaction, capability: None, run: |session, _| stat(session) };

fn stat(session: &mut Session) -> Answer<'_> {
    Box::pin(async move {
        let (count, size) = session.maildrop().map_or((0, 0), |maildrop| maildrop.totals());
        session.ok(&format!("{count} {size}")).await?;
        Ok(Next::GoOn)
    })
}
