//! STLS (RFC 2595, 4): neither offered nor accepted where the listener has no certificate for it, as on the page's 110.
use crate::session::authorization::Authorization;
use crate::session::row::{Answer, Next, Row, When};
use crate::session::{Ended, Session, State};
use transport::Refusal;

pub(in crate::session) const STLS: Row =
    Row { name: "STLS", when: When::Authorization, capability: None, run: |session, _| stls(session) };

fn stls(session: &mut Session) -> Answer<'_> {
    Box::pin(async move {
        if !session.talk.can_start_tls() {
            return Ok(Next::Fault(session.words.no_tls_here));
        }
        session.ok(session.words.begin_tls).await?;
        if let Err(error) = session.talk.start_tls().await {
            session.talk.refuse(Refusal::HandshakeFailed(error.to_string()));
            return Ok(Next::End(Ended::Gone));
        }
        // RFC 2595, 4: what was said before TLS is forgotten.
        session.state = State::Authorization(Authorization::default());
        Ok(Next::GoOn)
    })
}
