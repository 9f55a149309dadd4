//! What the journal is told.
use super::{Ended, Session, State};
use ::journal::{Event, Peer};
use std::time::Duration;

/// The peer as the journal knows it.
pub(super) fn peer(peer: &transport::Peer) -> Peer {
    Peer {
        session: peer.session.to_string().into(),
        remote: peer.remote,
        listener: peer.listener.clone(),
        tls: peer.tls.as_ref().map(|tls| format!("{} {}", tls.version, tls.cipher).into()),
    }
}

pub(super) fn opened(peer: &transport::Peer) -> Event {
    Event::SessionOpened { peer: self::peer(peer) }
}

impl Session {
    pub(super) fn journal_end(&self, end: &Ended, took: Duration) {
        tracing::debug!(session = %self.talk.peer.session, ?end, "the session ended");
        let account = match &self.state {
            State::Transaction(maildrop) => Some(maildrop.login.account),
            State::Authorization(_) => None,
        };
        self.house.journal.record(Event::SessionClosed {
            peer: peer(&self.talk.peer),
            name: None,
            account,
            counts: self.counts,
            took_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        });
    }
}
