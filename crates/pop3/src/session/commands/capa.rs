//! CAPA (RFC 2449, 5), printed from the table of commands.
use super::TABLE;
use crate::session::Session;
use crate::session::row::{Answer, Next, Row, When};

pub(in crate::session) const CAPA: Row =
    Row { name: "CAPA", when: When::Always, capability: None, run: |session, _| capa(session) };

/// What no single command offers (RFC 2449, 6; RFC 3206).
const OTHERS: [&str; 5] = ["RESP-CODES", "AUTH-RESP-CODE", "PIPELINING", "EXPIRE NEVER", "IMPLEMENTATION Glaspost"];

fn capa(session: &mut Session) -> Answer<'_> {
    Box::pin(async move {
        let mut lines: Vec<String> = Vec::new();
        if session.may_log_in() {
            lines.extend(["USER".to_owned(), "SASL PLAIN LOGIN".to_owned()]);
        }
        if session.talk.can_start_tls() {
            lines.push("STLS".to_owned());
        }
        lines.extend(TABLE.iter().filter_map(|row| row.capability).map(str::to_owned));
        lines.extend(OTHERS.map(str::to_owned));
        session.ok(session.words.capabilities).await?;
        session.lines(lines.into_iter()).await?;
        Ok(Next::GoOn)
    })
}
