//! Connections to other servers.
use crate::Error;
use crate::tls::client::{ClientTls, Roots, Sessions};
use futures_util::future::BoxFuture;
use rustls::RootCertStore;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpSocket, TcpStream, UnixStream};
use tokio_util::sync::CancellationToken;
use transport::{Connect, Conversation, Destination, NotOfTheInternet, Peer, Reach, SessionId};
use world::Random;

/// How outbound connections are made.
pub struct ConnectorSettings {
    /// What a server's certificate is checked against. `None`, and no certificate counts as verified.
    pub roots: Option<Arc<RootCertStore>>,
    /// Whether a name that a stranger chose may lead to an address.
    pub allowed: Box<dyn Fn(SocketAddr) -> bool + Send + Sync>,
    /// How long a TLS handshake may take.
    pub handshake: Duration,
    /// How long a write may wait for the peer.
    pub write: Duration,
    /// Is cancelled when the server stops.
    pub stop: CancellationToken,
    /// Gives the sessions their numbers.
    pub random: Arc<dyn Random>,
}

/// Connects to other servers, by TCP.
pub struct Connector {
    settings: ConnectorSettings,
    sessions: Arc<Sessions>,
}

impl Connector {
    /// A connector with these settings.
    ///
    /// # Errors
    /// Roots that cannot be used.
    pub fn new(settings: ConnectorSettings) -> Result<Self, Error> {
        let sessions = Arc::new(Sessions::new(Roots::new(settings.roots.clone())?));
        Ok(Self { settings, sessions })
    }

    async fn open(&self, to: Destination) -> io::Result<Conversation> {
        let address = SocketAddr::new(to.address.ip().to_canonical(), to.address.port());
        // it is this address that is connected to, whatever the DNS says of its name by then
        if to.reach == Reach::Internet && !(self.settings.allowed)(address) {
            return Err(NotOfTheInternet(address.ip()).error());
        }
        let stream = tokio::time::timeout(to.timeout, connect(address, to.from))
            .await
            .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))?;
        stream.set_nodelay(true)?;
        let peer = Peer {
            remote: address,
            local: stream.local_addr()?,
            listener: Arc::from("outbound"),
            session: SessionId(self.settings.random.number()),
            tls: None,
        };
        let tls = ClientTls {
            sessions: self.sessions.clone(),
            server_name: to.server_name,
            address: address.ip(),
            demand: to.demand,
            hello: to.hello,
            timeout: self.settings.handshake,
        };
        let stop = self.settings.stop.clone();
        Ok(Conversation::new(peer, stop, Box::new(stream), Some(Arc::new(tls)), self.settings.write))
    }

    /// What is said over a socket stays on this machine: there is no TLS on it, and no address.
    async fn open_socket(&self, socket: &Path, timeout: Duration) -> io::Result<Conversation> {
        let stream = tokio::time::timeout(timeout, UnixStream::connect(socket))
            .await
            .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))?;
        let nowhere = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
        let peer = Peer {
            remote: nowhere,
            local: nowhere,
            listener: Arc::from("outbound"),
            session: SessionId(self.settings.random.number()),
            tls: None,
        };
        let stop = self.settings.stop.clone();
        Ok(Conversation::new(peer, stop, Box::new(stream), None, self.settings.write))
    }
}

impl Connect for Connector {
    fn connect(&self, to: Destination) -> BoxFuture<'_, io::Result<Conversation>> {
        Box::pin(self.open(to))
    }

    fn connect_socket<'a>(&'a self, socket: &'a Path, timeout: Duration) -> BoxFuture<'a, io::Result<Conversation>> {
        Box::pin(self.open_socket(socket, timeout))
    }
}

pub(crate) async fn connect(address: SocketAddr, from: Option<IpAddr>) -> io::Result<TcpStream> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    if let Some(from) = from {
        socket.bind(SocketAddr::new(from, 0))?;
    }
    socket.connect(address).await
}
