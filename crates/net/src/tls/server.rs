//! TLS towards clients: one configuration for each set of application protocols.
use crate::tls::{VERSIONS, info, provider};
use crate::{CertificateStore, Error};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs::Ticketer;
use rustls::server::NoServerSessionStorage;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;
use transport::{Stream, TlsInfo};

/// How often it is looked whether somebody waits for the place of a handshake that stands still.
const LOOK: Duration = Duration::from_millis(100);

/// The places for handshakes, of all listeners together.
pub(crate) struct Handshakes {
    permits: Semaphore,
    waiting: AtomicUsize,
    timeout: Duration,
}

/// Makes handshakes, as many at once as there are places.
#[derive(Clone)]
pub(crate) struct TlsServer {
    acceptor: TlsAcceptor,
    handshakes: Arc<Handshakes>,
}

/// Why a handshake failed.
pub(crate) enum HandshakeFault {
    /// It took too long, or no place was free for so long.
    TooSlow,
    /// The client's fault, or the connection's.
    Failed(io::Error),
}

impl TlsServer {
    pub(crate) fn new(
        certificates: Arc<CertificateStore>,
        alpn: &[Vec<u8>],
        handshakes: Arc<Handshakes>,
    ) -> Result<Self, Error> {
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(&VERSIONS)?
            .with_no_client_auth()
            .with_cert_resolver(certificates);
        // RFC 7301, 3.2: with no protocol in common rustls refuses; a client that sends none is let in
        config.alpn_protocols = alpn.to_vec();
        // tickets by keys in memory that rotate every six hours (RFC 5077, 5.5); no state of sessions is kept
        config.ticketer = Ticketer::new()?;
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 1;
        // RFC 8446, 8: data sent with the first flight can be replayed; none is taken
        config.max_early_data_size = 0;
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), handshakes })
    }

    /// Makes a handshake. After a failure the client has been sent the alert.
    pub(crate) async fn accept(&self, stream: Box<dyn Stream>) -> Result<(Box<dyn Stream>, TlsInfo), HandshakeFault> {
        let _place = self.handshakes.place().await?;
        let made = tokio::select! {
            made = self.acceptor.accept(stream) => made,
            () = self.handshakes.patience() => return Err(HandshakeFault::TooSlow),
        };
        let stream = made.map_err(HandshakeFault::Failed)?;
        let connection = stream.get_ref().1;
        let info = info(connection, connection.server_name());
        Ok((Box::new(stream), info))
    }
}

impl Handshakes {
    pub(crate) fn new(places: usize, timeout: Duration) -> Arc<Self> {
        let permits = Semaphore::new(places.clamp(1, Semaphore::MAX_PERMITS));
        Arc::new(Self { permits, waiting: AtomicUsize::new(0), timeout })
    }

    /// A place, in turn; it is waited for as long as a handshake may take.
    async fn place(&self) -> Result<SemaphorePermit<'_>, HandshakeFault> {
        if let Ok(place) = self.permits.try_acquire() {
            return Ok(place);
        }
        let _waits = Waits::new(&self.waiting);
        match tokio::time::timeout(self.timeout, self.permits.acquire()).await {
            Ok(Ok(place)) => Ok(place),
            // the pool is never closed; without it there would be no limit, so its end is an end
            Ok(Err(closed)) => Err(HandshakeFault::Failed(io::Error::other(closed))),
            Err(_) => Err(HandshakeFault::TooSlow),
        }
    }

    /// Ends when a handshake has had its time. While somebody waits for a place that is a quarter of it: a handshake is
    /// two round trips, and those that stop in the middle must not keep out who would make one (docs/security.md, X04).
    async fn patience(&self) {
        let begun = Instant::now();
        tokio::time::sleep(self.timeout / 4).await;
        while begun.elapsed() < self.timeout && self.waiting.load(Ordering::Relaxed) == 0 {
            tokio::time::sleep(LOOK.min(self.timeout.saturating_sub(begun.elapsed()))).await;
        }
    }
}

/// One that waits for a place.
struct Waits<'a>(&'a AtomicUsize);

impl<'a> Waits<'a> {
    fn new(waiting: &'a AtomicUsize) -> Self {
        waiting.fetch_add(1, Ordering::Relaxed);
        Self(waiting)
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
