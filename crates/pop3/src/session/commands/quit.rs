//! QUIT (RFC 1939, 6): the update. All marked messages that are still there go, in one commit, before `+OK`; or none.
use crate::session::row::{Answer, Next, Row, When};
use crate::session::{Ended, Session, refusal};

pub(in crate::session) const QUIT: Row =
    Row { name: "QUIT", when: When::Always, capability: None, run: |session, _| quit(session) };

fn quit(session: &mut Session) -> Answer<'_> {
    Box::pin(async move {
        let removed = match session.maildrop() {
            Some(maildrop) => maildrop.update().await,
            None => Ok(()),
        };
        match removed {
            Ok(()) => session.ok(session.words.goodbye).await?,
            Err(error) => session.err(refusal::store(session.words, &error)).await?,
        }
        Ok(Next::End(Ended::Quit))
    })
}
