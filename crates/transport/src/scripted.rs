//! Links made of memory, and twins of the traits, for tests.
use crate::{
    CertificateFault, Connect, Conversation, Demand, Destination, Hello, Https, HttpsAnswer, HttpsFault, HttpsRequest,
    Link, Observer, Peer, Reach, Refusal, Service, SessionId, StartTls, Stream, TlsInfo,
};
use futures_util::future::BoxFuture;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::DuplexStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How many bytes a scripted pipe holds each way.
pub const PIPE: usize = 64 * 1024;

/// A plain peer at `remote` (such as `192.0.2.7:4711`), at 127.0.0.1 port 25, on the listener `test`, session 1.
///
/// # Panics
/// When `remote` is no address with a port.
pub fn peer(remote: &str) -> Peer {
    Peer {
        remote: remote.parse().unwrap_or_else(|_| wrong(remote)),
        local: SocketAddr::from(([127, 0, 0, 1], 25)),
        listener: Arc::from("test"),
        session: SessionId(1),
        tls: None,
    }
}

#[expect(clippy::panic, reason = "only tests call it, with an address written in the test")]
fn wrong(remote: &str) -> SocketAddr {
    panic!("{remote} is not an address with a port")
}

/// The TLS of a scripted connection.
pub fn tls_info(server_name: &str) -> TlsInfo {
    TlsInfo {
        version: "TLSv1.3".to_owned(),
        cipher: "TLS_AES_256_GCM_SHA384".to_owned(),
        server_name: Some(server_name.to_owned()),
        verified: false,
        fault: None,
        resumed: false,
    }
}

/// A link and the client's end of it. `link.stop()` can be kept to stop the session.
pub fn pair(peer: Peer, start_tls: Option<Arc<dyn StartTls>>) -> (Link, DuplexStream) {
    let (ours, theirs) = tokio::io::duplex(PIPE);
    (Link::new(peer, CancellationToken::new(), Box::new(ours), start_tls), theirs)
}

/// Serves one connection on a task of its own and gives the client's end of it.
pub fn serve(service: &dyn Service, peer: Peer, start_tls: Option<Arc<dyn StartTls>>) -> DuplexStream {
    let (link, client) = pair(peer, start_tls);
    TaskTracker::new().spawn(service.serve(link));
    client
}

/// As [`serve`], with someone who is told of refusals.
pub fn serve_observed(
    service: &dyn Service,
    peer: Peer,
    start_tls: Option<Arc<dyn StartTls>>,
    observer: Arc<dyn Observer>,
) -> DuplexStream {
    let (link, client) = pair(peer, start_tls);
    TaskTracker::new().spawn(service.serve(link.observed_by(observer)));
    client
}

/// STARTTLS without TLS: the handshake succeeds at once and the bytes stay plain, so that a transcript goes on.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlainTls;

impl StartTls for PlainTls {
    fn start(&self, stream: Box<dyn Stream>) -> BoxFuture<'_, io::Result<(Box<dyn Stream>, TlsInfo)>> {
        Box::pin(async move { Ok((stream, tls_info("test.example"))) })
    }
}

/// STARTTLS whose handshake fails.
#[derive(Debug, Clone, Copy, Default)]
pub struct BrokenTls;

impl StartTls for BrokenTls {
    fn start(&self, _stream: Box<dyn Stream>) -> BoxFuture<'_, io::Result<(Box<dyn Stream>, TlsInfo)>> {
        Box::pin(async { Err(io::Error::new(io::ErrorKind::InvalidData, "scripted handshake failure")) })
    }
}

/// STARTTLS towards a server whose certificate does not prove what is demanded.
#[derive(Debug, Clone, Copy)]
pub struct WrongCertificate(pub CertificateFault);

impl StartTls for WrongCertificate {
    fn start(&self, _stream: Box<dyn Stream>) -> BoxFuture<'_, io::Result<(Box<dyn Stream>, TlsInfo)>> {
        Box::pin(async { Err(io::Error::new(io::ErrorKind::InvalidData, self.0)) })
    }
}

/// Keeps what it is told.
#[derive(Debug, Default)]
pub struct Told(Mutex<Vec<(SocketAddr, Refusal)>>);

impl Told {
    /// The refusals so far, with the addresses refused.
    pub fn refusals(&self) -> Vec<(SocketAddr, Refusal)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Observer for Told {
    fn refused(&self, peer: &Peer, refusal: Refusal) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((peer.remote, refusal));
    }
}

/// What stands behind a [`ScriptedConnect`]: gives our end of a connection, with what STARTTLS would use.
type Behind = dyn Fn(&Destination) -> io::Result<(DuplexStream, Option<Arc<dyn StartTls>>)> + Send + Sync;

/// Outbound connections that go where the test says.
pub struct ScriptedConnect(Box<Behind>);

impl ScriptedConnect {
    /// Asks `behind` for our end of each connection: keep or serve the other end, or refuse.
    pub fn new(
        behind: impl Fn(&Destination) -> io::Result<(DuplexStream, Option<Arc<dyn StartTls>>)> + Send + Sync + 'static,
    ) -> Self {
        Self(Box::new(behind))
    }
}

impl Connect for ScriptedConnect {
    fn connect(&self, to: Destination) -> BoxFuture<'_, io::Result<Conversation>> {
        Box::pin(async move {
            let (stream, start_tls) = (self.0)(&to)?;
            let mut peer = peer("127.0.0.1:0");
            peer.remote = to.address;
            Ok(Conversation::new(peer, CancellationToken::new(), Box::new(stream), start_tls, Duration::from_secs(60)))
        })
    }

    /// Asks as for the address `0.0.0.0:0`, by the path as its name; without TLS.
    fn connect_socket<'a>(&'a self, socket: &'a Path, timeout: Duration) -> BoxFuture<'a, io::Result<Conversation>> {
        Box::pin(async move {
            let nowhere = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
            let to = Destination {
                address: nowhere,
                server_name: socket.display().to_string(),
                demand: Demand::Any,
                hello: Hello::Full,
                from: None,
                reach: Reach::Anywhere,
                timeout,
            };
            let (stream, _) = (self.0)(&to)?;
            let peer = Peer { remote: nowhere, local: nowhere, ..peer("127.0.0.1:0") };
            Ok(Conversation::new(peer, CancellationToken::new(), Box::new(stream), None, Duration::from_secs(60)))
        })
    }
}

/// What is behind a [`ScriptedWeb`].
type Site = dyn Fn(&HttpsRequest) -> Result<HttpsAnswer, HttpsFault> + Send + Sync;

/// Web servers that answer as the test says, and remember what they were asked.
pub struct ScriptedWeb {
    site: Box<Site>,
    asked: Mutex<Vec<HttpsRequest>>,
}

impl ScriptedWeb {
    /// Answers each question by `site`.
    pub fn new(site: impl Fn(&HttpsRequest) -> Result<HttpsAnswer, HttpsFault> + Send + Sync + 'static) -> Self {
        Self { site: Box::new(site), asked: Mutex::default() }
    }

    /// A web without servers.
    pub fn empty() -> Self {
        Self::new(|_| Err(HttpsFault::Unreachable("no web in this test".to_owned())))
    }

    /// What was asked so far.
    pub fn asked(&self) -> Vec<HttpsRequest> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Https for ScriptedWeb {
    fn ask(&self, request: HttpsRequest) -> BoxFuture<'_, Result<HttpsAnswer, HttpsFault>> {
        Box::pin(async move {
            self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(request.clone());
            (self.site)(&request)
        })
    }
}
