//! TLS towards clients: one configuration for each set of application protocols.
use crate::tls::{VERSIONS, info, provider};
use crate::{CertificateStore, Error};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs::Ticketer;
use rustls::server::NoServerSessionStorage;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use transport::{Stream, TlsInfo};

/// Makes handshakes, as many at once as there are permits.
#[derive(Clone)]
pub(crate) struct TlsServer {
    acceptor: TlsAcceptor,
    permits: Arc<Semaphore>,
    timeout: Duration,
}

/// Why a handshake failed.
pub(crate) enum HandshakeFault {
    /// It took too long, a permit's wait included.
    TooSlow,
    /// The client's fault, or the connection's.
    Failed(io::Error),
}

impl TlsServer {
    pub(crate) fn new(
        certificates: Arc<CertificateStore>,
        alpn: &[Vec<u8>],
        permits: Arc<Semaphore>,
        timeout: Duration,
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
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), permits, timeout })
    }

    /// Makes a handshake. After a failure the client has been sent the alert.
    pub(crate) async fn accept(&self, stream: Box<dyn Stream>) -> Result<(Box<dyn Stream>, TlsInfo), HandshakeFault> {
        let handshake = async {
            // the pool is never closed; without it there would be no limit, so its end is an end
            let _permit = self.permits.acquire().await.map_err(io::Error::other)?;
            self.acceptor.accept(stream).await
        };
        match tokio::time::timeout(self.timeout, handshake).await {
            Err(_) => Err(HandshakeFault::TooSlow),
            Ok(Err(error)) => Err(HandshakeFault::Failed(error)),
            Ok(Ok(stream)) => {
                let connection = stream.get_ref().1;
                let info = info(connection, connection.server_name(), false);
                Ok((Box::new(stream), info))
            }
        }
    }
}
