//! What all doors and connections share.
use crate::admission::Admission;
use crate::count::Counter;
use crate::places::Places;
use crate::socket::Inherited;
use crate::tls::server::{Handshakes, TlsServer};
use crate::{CertificateStore, Error, Limits, ListenerCount, ListenerSpec, Security};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use transport::{Observer, Peer, Refusal, SessionId};
use world::Random;

/// What the listeners are built upon.
pub struct Rim {
    /// The certificates; `None` where no listener needs one.
    pub certificates: Option<Arc<CertificateStore>>,
    /// Is told what came, went and was turned away.
    pub observer: Arc<dyn Observer>,
    /// Gives the sessions their numbers.
    pub random: Arc<dyn Random>,
    /// The limits.
    pub limits: Limits,
    /// Sockets made before the program started: [`Inherited::take`], or none.
    pub inherited: Inherited,
}

pub(crate) struct Hall {
    pub(crate) observer: Arc<dyn Observer>,
    pub(crate) limits: Limits,
    pub(crate) admission: Arc<Admission>,
    pub(crate) places: Arc<Places>,
    pub(crate) tasks: TaskTracker,
    /// Sessions end at their next command.
    pub(crate) stop: CancellationToken,
    /// Sessions end now.
    pub(crate) cut: CancellationToken,
    random: Arc<dyn Random>,
    certificates: Option<Arc<CertificateStore>>,
    handshakes: Arc<Handshakes>,
    counters: Mutex<BTreeMap<Arc<str>, Arc<Counter>>>,
}

impl Hall {
    pub(crate) fn new(rim: Rim) -> (Arc<Self>, Inherited) {
        let hall = Self {
            observer: rim.observer,
            admission: Admission::new(&rim.limits),
            places: Places::new(rim.limits.connections, rim.limits.busy_at),
            handshakes: Handshakes::new(rim.limits.handshakes, rim.limits.handshake),
            limits: rim.limits,
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
            cut: CancellationToken::new(),
            random: rim.random,
            certificates: rim.certificates,
            counters: Mutex::new(BTreeMap::new()),
        };
        (Arc::new(hall), rim.inherited)
    }

    /// The TLS that a listener needs.
    pub(crate) fn tls(&self, spec: &ListenerSpec) -> Result<Option<TlsServer>, Error> {
        if spec.security == Security::Plain {
            return Ok(None);
        }
        let certificates = self.certificates.as_ref().ok_or_else(|| Error::NoCertificateFor(spec.name.to_string()))?;
        TlsServer::new(Arc::clone(certificates), &spec.alpn, Arc::clone(&self.handshakes)).map(Some)
    }

    /// The counter of a listener: the same after a reload.
    pub(crate) fn counter(&self, listener: &Arc<str>) -> Arc<Counter> {
        let mut counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(counters.entry(Arc::clone(listener)).or_default())
    }

    pub(crate) fn snapshot(&self) -> Vec<ListenerCount> {
        let counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        counters.iter().map(|(name, counter)| counter.snapshot(name)).collect()
    }

    pub(crate) fn peer(&self, listener: &Arc<str>, remote: SocketAddr, local: SocketAddr) -> Peer {
        Peer { remote, local, listener: Arc::clone(listener), session: SessionId(self.random.number()), tls: None }
    }

    /// Counts and tells that a connection was turned away.
    pub(crate) fn refused(&self, counter: &Counter, peer: &Peer, refusal: Refusal) {
        tracing::debug!(listener = %peer.listener, peer = %peer.remote, session = %peer.session, %refusal, "refused");
        counter.refused(&refusal);
        self.observer.refused(peer, refusal);
    }
}
