//! What the journal is told of a session: never a password, no text of a message.
use super::completion::Ended;
use super::talk::Talk;
use crate::service::House;
use journal::{Cause, Event, Login, Peer, Refused, Text};
use names::AccountId;
use std::sync::Arc;
use transport::InputError;
use world::UnixTime;

/// Tells of one session.
pub(crate) struct Report {
    began: UnixTime,
}

impl Report {
    pub(crate) fn new(house: &House) -> Self {
        Self { began: house.rooms.world.clock.now() }
    }

    pub(crate) fn opened(&self, talk: &Talk) {
        talk.house.rooms.journal.record(Event::SessionOpened { peer: peer(talk) });
    }

    pub(crate) fn closed(&self, talk: &Talk, account: Option<AccountId>, ended: &Ended) {
        let cause = match ended {
            Ended::Silent => Some(Cause::TimedOut),
            Ended::Gone(InputError::TlsOnPlainPort) => Some(Cause::TlsOnPlainPort),
            Ended::Gone(InputError::TimedOut) => Some(Cause::TimedOut),
            Ended::Said
            | Ended::Stopped
            | Ended::Revoked
            | Ended::MailboxDeleted
            | Ended::Overstayed
            | Ended::Garbled
            | Ended::Gone(InputError::Closed | InputError::Io(_)) => None,
        };
        if let Some(cause) = cause {
            refused(talk, account, Refused::Connection, "", cause);
        }
        let took = talk.house.rooms.world.clock.now().since(self.began);
        talk.house.rooms.journal.record(Event::SessionClosed {
            peer: peer(talk),
            name: talk.client.as_deref().map(Text::new),
            account,
            counts: talk.counts,
            took_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        });
    }

    pub(crate) fn too_many_errors(&self, talk: &Talk, account: Option<AccountId>) {
        refused(talk, account, Refused::Command, "", Cause::TooManyErrors);
    }
}

fn refused(talk: &Talk, account: Option<AccountId>, what: Refused, subject: &str, cause: Cause) {
    let subject = Text::new(subject);
    talk.house.rooms.journal.record(Event::Refused { peer: peer(talk), what, subject, account, cause });
}

/// A login that succeeded.
pub(crate) fn login_accepted(talk: &Talk, account: AccountId, mechanism: &str) {
    let mechanism = Text::new(mechanism);
    talk.house.rooms.journal.record(Event::LoginAccepted { peer: peer(talk), account, mechanism });
}

/// A login that did not: an account that exists by its number, any other name as a hash.
pub(crate) async fn login_refused(talk: &Talk, name: &str, mechanism: &str, cause: Cause) {
    let known = talk.house.rooms.directory.named_at_login(name).await;
    let login = match known {
        Ok(Some(account)) => Login::Account(account),
        Ok(None) | Err(_) => Login::Stranger(talk.house.rooms.journal.stranger(name)),
    };
    record_refused(talk, login, mechanism, cause);
}

/// A login that was refused before a name was told.
pub(crate) fn nameless_login_refused(talk: &Talk, mechanism: &str, cause: Cause) {
    record_refused(talk, Login::Stranger(talk.house.rooms.journal.stranger("")), mechanism, cause);
}

fn record_refused(talk: &Talk, login: Login, mechanism: &str, cause: Cause) {
    let mechanism = Text::new(mechanism);
    talk.house.rooms.journal.record(Event::LoginRefused { peer: peer(talk), login, mechanism, cause });
}

/// The peer as the journal keeps it.
fn peer(talk: &Talk) -> Peer {
    let peer = &talk.conversation.peer;
    Peer {
        session: peer.session.to_string().into(),
        remote: peer.remote,
        listener: Arc::clone(&peer.listener),
        tls: peer.tls.as_ref().map(|tls| format!("{} {}", tls.version, tls.cipher).into()),
    }
}
