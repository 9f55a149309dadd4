//! One connection, from the door to the end of its session.
use crate::admission::Admitted;
use crate::count::Counter;
use crate::hall::Hall;
use crate::proxy::{self, Told};
use crate::socket::Accepted;
use crate::tls::server::{HandshakeFault, TlsServer};
use crate::{ListenerSpec, Security};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use std::io;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;
use transport::{Conversation, Link, Observer, Peer, Refusal, StartTls, Stream, TlsInfo};

/// What stands behind a door.
pub(crate) struct Entrance {
    pub(crate) spec: ListenerSpec,
    pub(crate) counter: Arc<Counter>,
    pub(crate) tls: Option<TlsServer>,
}

impl Entrance {
    /// Leads one connection in, and returns when it is over.
    pub(crate) async fn enter(self: &Arc<Self>, hall: &Arc<Hall>, accepted: Accepted) {
        match accepted {
            Accepted::Tcp { stream, remote, local } => {
                let peer = hall.peer(&self.spec.name, remote, local);
                let leading_in = Box::pin(self.lead_in(hall, stream, peer));
                let led_in = tokio::select! {
                    led_in = leading_in => led_in,
                    // at a stop, who has no session yet gets none
                    () = hall.stop.cancelled() => None,
                };
                if let Some((link, _admitted)) = led_in {
                    self.session(hall, link).await;
                }
            }
            Accepted::Unix(stream) => {
                let nobody = SocketAddr::from(([127, 0, 0, 1], 0));
                let peer = hall.peer(&self.spec.name, nobody, nobody);
                let link = Link::new(peer, hall.stop.clone(), Box::new(stream), None);
                self.session(hall, link).await;
            }
        }
    }

    /// PROXY header, limits, TLS: what stands between a connection and its session.
    async fn lead_in(
        self: &Arc<Self>,
        hall: &Arc<Hall>,
        mut stream: TcpStream,
        mut peer: Peer,
    ) -> Option<(Link, Admitted)> {
        if self.spec.is_proxy(peer.remote.ip()) {
            match self.ask_proxy(hall, &mut stream).await {
                Ok(Told::Itself) => {}
                Ok(Told::Client { source, destination }) => (peer.remote, peer.local) = (source, destination),
                Err(refusal) => {
                    hall.refused(&self.counter, &peer, refusal);
                    return None;
                }
            }
        }
        let admitted = match self.admit(hall, &peer) {
            Ok(admitted) => admitted,
            Err(refusal) => {
                hall.refused(&self.counter, &peer, refusal);
                self.turn_away(hall, peer, stream, &self.spec.words.busy).await;
                return None;
            }
        };
        let link = match (self.spec.security, &self.tls) {
            (Security::Plain, _) | (_, None) => Link::new(peer, hall.stop.clone(), Box::new(stream), None),
            (Security::StartTls, Some(tls)) => {
                let start_tls = ConnectionTls {
                    tls: tls.clone(),
                    hall: Arc::clone(hall),
                    counter: Arc::clone(&self.counter),
                    peer: peer.clone(),
                };
                Link::new(peer, hall.stop.clone(), Box::new(stream), Some(Arc::new(start_tls)))
            }
            (Security::Implicit, Some(tls)) => Box::pin(self.implicit_tls(hall, tls, stream, peer)).await?,
        };
        Some((link, admitted))
    }

    async fn ask_proxy(&self, hall: &Hall, stream: &mut TcpStream) -> Result<Told, Refusal> {
        match tokio::time::timeout(hall.limits.proxy_header, proxy::read(stream)).await {
            Ok(Ok(told)) => Ok(told),
            Ok(Err(fault)) => Err(Refusal::BadProxyHeader(fault.to_string())),
            Err(_) => Err(Refusal::BadProxyHeader("it took too long".to_owned())),
        }
    }

    fn admit(&self, hall: &Hall, peer: &Peer) -> Result<Admitted, Refusal> {
        if self.spec.limited { hall.admission.admit(peer.remote.ip()) } else { Ok(hall.admission.uncounted()) }
    }

    /// Looks at the first byte, so that a client that speaks plainly is told so plainly, then makes the handshake.
    async fn implicit_tls(&self, hall: &Hall, tls: &TlsServer, stream: TcpStream, mut peer: Peer) -> Option<Link> {
        let mut first = [0];
        let refusal = match tokio::time::timeout(hall.limits.silence, stream.peek(&mut first)).await {
            // hung up, or broken, before the first byte: a port scan or a health check
            Ok(Ok(0) | Err(_)) => return None,
            Ok(Ok(_)) if is_plain(first) => Some(Refusal::PlainOnTlsPort),
            Ok(Ok(_)) => None,
            Err(_) => Some(Refusal::SilentOnTlsPort),
        };
        if let Some(refusal) = refusal {
            hall.refused(&self.counter, &peer, refusal);
            self.turn_away(hall, peer, stream, &self.spec.words.needs_tls).await;
            return None;
        }
        match tls.accept(Box::new(stream)).await {
            Ok((stream, info)) => {
                peer.tls = Some(info);
                Some(Link::new(peer, hall.stop.clone(), stream, None))
            }
            Err(fault) => {
                hall.refused(&self.counter, &peer, fault.refusal());
                None
            }
        }
    }

    /// Says one line and hangs up.
    async fn turn_away(&self, hall: &Hall, peer: Peer, stream: TcpStream, words: &[u8]) {
        let farewell = hall.limits.farewell;
        let mut talk = Conversation::new(peer, CancellationToken::new(), Box::new(stream), None, farewell);
        if talk.output.write(words).await.is_ok() {
            // a peer that does not take the line, or does not hang up, is left
            let _ = tokio::time::timeout(farewell, talk.goodbye()).await;
        }
    }

    /// Runs the session. A panic ends this one alone.
    async fn session(&self, hall: &Arc<Hall>, link: Link) {
        let peer = link.peer().clone();
        let _open = self.counter.open();
        hall.observer.connected(&peer);
        let last_words = link.last_words();
        let serving = AssertUnwindSafe(async { self.spec.service.serve(self.told(hall, link)).await }).catch_unwind();
        let served = tokio::select! {
            served = serving => served,
            () = hall.cut.cancelled() => {
                tracing::warn!(listener = %peer.listener, session = %peer.session, "a session was cut off");
                hall.refused(&self.counter, &peer, Refusal::CutOffAtStop);
                Ok(())
            }
        };
        if served.is_err() {
            hall.refused(&self.counter, &peer, Refusal::SessionPanicked);
            // the session has been unwound, and what it held is free; the peer hears why
            let farewell = Box::pin(last_words.say(&self.spec.words.fault, hall.limits.farewell));
            tokio::select! {
                () = farewell => {}
                () = hall.cut.cancelled() => {}
            }
        }
        hall.observer.disconnected(&peer);
    }
}

impl Entrance {
    /// The link as a session gets it: who is refused is told, and strangers are waited for as the load allows.
    fn told(&self, hall: &Arc<Hall>, link: Link) -> Link {
        let link = link.observed_by(Arc::new(Reports { hall: Arc::clone(hall), counter: Arc::clone(&self.counter) }));
        let limits = &hall.limits;
        if self.spec.limited { link.with_patience(hall.places.patience(limits.busy, limits.full)) } else { link }
    }
}

/// Whether a first byte is of a protocol in words rather than of TLS (or of something unknown, which the handshake
/// answers with an alert).
fn is_plain([byte]: [u8; 1]) -> bool {
    byte.is_ascii_graphic() || matches!(byte, b' ' | b'\r' | b'\n' | b'\t')
}

impl HandshakeFault {
    fn refusal(&self) -> Refusal {
        match self {
            Self::TooSlow => Refusal::HandshakeTooSlow,
            Self::Failed(error) => Refusal::HandshakeFailed(error.to_string()),
        }
    }
}

/// What a session itself turns away is counted and told like the rest.
struct Reports {
    hall: Arc<Hall>,
    counter: Arc<Counter>,
}

impl Observer for Reports {
    fn refused(&self, peer: &Peer, refusal: Refusal) {
        self.hall.refused(&self.counter, peer, refusal);
    }
}

/// STARTTLS of one connection: its failure is told with the peer's address.
struct ConnectionTls {
    tls: TlsServer,
    hall: Arc<Hall>,
    counter: Arc<Counter>,
    peer: Peer,
}

impl StartTls for ConnectionTls {
    fn start(&self, stream: Box<dyn Stream>) -> BoxFuture<'_, io::Result<(Box<dyn Stream>, TlsInfo)>> {
        Box::pin(async move {
            self.tls.accept(stream).await.map_err(|fault| {
                self.hall.refused(&self.counter, &self.peer, fault.refusal());
                match fault {
                    HandshakeFault::TooSlow => io::ErrorKind::TimedOut.into(),
                    HandshakeFault::Failed(error) => error,
                }
            })
        })
    }
}
