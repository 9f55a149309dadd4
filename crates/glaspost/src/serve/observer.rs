//! Who is told what the doors turn away and what happens at login: the journal, and the log where an operator must know.
use directory::{LoginNotice, LoginObserver};
use journal::{Cause, Event, Journal, Refused};
use std::sync::Arc;
use tracing::{debug, info, warn};
use transport::{Observer, Peer, Refusal};

/// Tells the journal what `net` and the sessions turned away.
pub(super) struct Doorkeeper(Journal);

impl Doorkeeper {
    pub(super) const fn new(journal: Journal) -> Self {
        Self(journal)
    }
}

impl Observer for Doorkeeper {
    fn refused(&self, peer: &Peer, refusal: Refusal) {
        match &refusal {
            Refusal::SessionPanicked => {
                tracing::error!(session = %peer.session, listener = %peer.listener, "a session panicked")
            }
            _ => {
                info!(session = %peer.session, listener = %peer.listener, peer = %peer.remote, cause = %refusal, "turned away")
            }
        }
        let Some(cause) = cause(&refusal) else { return };
        self.0.record(Event::Refused {
            peer: journal_peer(peer),
            what: Refused::Connection,
            subject: refusal.to_string().into(),
            account: None,
            cause,
        });
    }

    fn connected(&self, peer: &Peer) {
        debug!(session = %peer.session, listener = %peer.listener, peer = %peer.remote, "connected");
    }

    fn disconnected(&self, peer: &Peer) {
        info!(session = %peer.session, listener = %peer.listener, peer = %peer.remote, "session ended");
    }
}

/// The journal's cause; none for what is no fault of the peer.
const fn cause(refusal: &Refusal) -> Option<Cause> {
    Some(match refusal {
        Refusal::TlsOnPlainPort => Cause::TlsOnPlainPort,
        Refusal::PlainOnTlsPort => Cause::PlainOnTlsPort,
        Refusal::SilentOnTlsPort => Cause::SilentOnTlsPort,
        Refusal::HttpOnMailPort => Cause::HttpOnMailPort,
        Refusal::TooManyConnections => Cause::TooManyConnections,
        Refusal::TooManyNewConnections => Cause::TooManyNewConnections,
        Refusal::HandshakeFailed(_) | Refusal::HandshakeTooSlow => Cause::TlsHandshakeFailed,
        Refusal::BadProxyHeader(_) => Cause::BadProxyHeader,
        Refusal::SessionPanicked | Refusal::CutOffAtStop => return None,
    })
}

fn journal_peer(peer: &Peer) -> journal::Peer {
    journal::Peer {
        session: peer.session.to_string().into(),
        remote: peer.remote,
        listener: peer.listener.clone(),
        tls: peer.tls.as_ref().map(|tls| format!("{} {}", tls.version, tls.cipher).into()),
    }
}

/// Logs what the service desk may want to know about logins.
#[derive(Default)]
pub(crate) struct LoginLog;

impl LoginLog {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self)
    }
}

impl LoginObserver for LoginLog {
    fn noticed(&self, notice: LoginNotice) {
        match notice {
            LoginNotice::Banned { network, account } => {
                warn!(%network, account = account.map(|account| account.to_string()), "too many wrong passwords: shut out for ten minutes");
            }
            LoginNotice::Spraying { network, accounts } => warn!(%network, accounts, "one network tries many accounts"),
            LoginNotice::Unencrypted { account, service } => info!(%account, %service, "a password came unencrypted"),
        }
    }
}
