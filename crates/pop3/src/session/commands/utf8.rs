//! UTF8 (RFC 6856, 2): names and passwords are UTF-8 already, and messages are served as they are stored.
use crate::session::Session;
use crate::session::row::{Answer, Next, Row, When};

pub(in crate::session) const UTF8: Row =
    Row { name: "UTF8", when: When::Authorization, capability: Some("UTF8 USER"), run: |session, _| utf8(session) };

fn utf8(session: &mut Session) -> Answer<'_> {
    Box::pin(async move {
        session.ok(session.words.utf8).await?;
        Ok(Next::GoOn)
    })
}
