//! What the journal is told of a session: who came, what was refused and why. Never a password, nor the text of a
//! message.
use super::Session;
use directory::Mechanism;
use journal::{Arrival, Cause, Event, Login, Peer, Refused};
use names::AccountId;

impl Session {
    /// The peer as the journal writes it.
    pub(super) fn journal_peer(&self) -> Peer {
        let peer = &self.talk.peer;
        Peer {
            session: peer.session.to_string().into(),
            remote: peer.remote,
            listener: peer.listener.clone(),
            tls: peer.tls.as_ref().map(|tls| format!("{} {}", tls.version, tls.cipher).into()),
        }
    }

    /// How a message that begins now has come.
    pub(super) fn arrival(&self, helo: &str) -> Arrival {
        let now = self.house.parts.world.clock.now();
        let connected_ms = now.minus(self.began.elapsed()).millis();
        Arrival { helo: helo.into(), connected_ms, begun_ms: now.millis() }
    }

    pub(super) fn note_opened(&self) {
        self.record(Event::SessionOpened { peer: self.journal_peer() });
    }

    pub(super) fn note_closed(&self) {
        self.record(Event::SessionClosed {
            peer: self.journal_peer(),
            name: self.name.as_deref().map(Into::into),
            account: self.account(),
            counts: self.counts,
            took_ms: u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX),
        });
    }

    pub(super) fn note_refused(&self, what: Refused, subject: &str, cause: Cause) {
        self.record(Event::Refused {
            peer: self.journal_peer(),
            what,
            subject: subject.into(),
            account: self.account(),
            cause,
        });
    }

    pub(super) fn note_login(&self, account: AccountId, mechanism: Mechanism) {
        self.record(Event::LoginAccepted { peer: self.journal_peer(), account, mechanism: mechanism.name().into() });
    }

    /// A login that was refused: an account that exists by its number, any other name as a hash.
    pub(super) async fn note_login_refused(&self, name: &str, mechanism: Mechanism, cause: Cause) {
        let login = match self.house.parts.directory.named_at_login(name).await {
            Ok(Some(account)) => Login::Account(account),
            Ok(None) | Err(_) => Login::Stranger(self.house.parts.journal.stranger(name)),
        };
        self.login_refused(login, mechanism.name(), cause);
    }

    pub(super) fn note_login_broken(&self, mechanism: Mechanism) {
        let nobody = Login::Stranger(self.house.parts.journal.stranger(""));
        self.login_refused(nobody, mechanism.name(), Cause::LoginBroken);
    }

    /// A login that was refused before its name was read.
    pub(super) fn note_login_refused_unread(&self, cause: Cause) {
        self.login_refused(Login::Stranger(self.house.parts.journal.stranger("")), "", cause);
    }

    fn login_refused(&self, login: Login, mechanism: &str, cause: Cause) {
        self.record(Event::LoginRefused { peer: self.journal_peer(), login, mechanism: mechanism.into(), cause });
    }

    fn account(&self) -> Option<AccountId> {
        self.login.as_ref().map(|login| login.account)
    }

    fn record(&self, event: Event) {
        self.house.parts.journal.record(event);
    }
}
