//! TLS towards other servers: as much proof as is demanded, and honest about what was proved.
mod dane;
mod judge;
mod sessions;
use crate::Error;
use crate::tls::{info, provider};
use futures_util::future::BoxFuture;
use rustls::RootCertStore;
use rustls::client::WebPkiServerVerifier;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use sessions::SetUp;
use std::fs;
use std::io;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio_rustls::TlsConnector;
use transport::{CertificateFault, Demand, Hello, StartTls, Stream, TlsInfo};

pub(crate) use sessions::Sessions;

/// Reads the certificates that others are checked against from a PEM file, such as Debian's
/// `/etc/ssl/certs/ca-certificates.crt`. Certificates that cannot be used as roots are left out.
///
/// # Errors
/// A file that cannot be read, or without a usable certificate.
pub fn load_roots(file: &Path) -> Result<Arc<RootCertStore>, Error> {
    let text = fs::read(file).map_err(|source| Error::Unreadable { path: file.to_owned(), source })?;
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(CertificateDer::pem_slice_iter(&text).filter_map(Result::ok));
    if roots.is_empty() {
        let cause = "no usable root certificate in it".to_owned();
        return Err(Error::BadCertificate { path: file.to_owned(), cause });
    }
    Ok(Arc::new(roots))
}

/// What checks a certificate, where roots are given.
#[derive(Clone, Debug)]
pub(crate) struct Roots(Option<Arc<WebPkiServerVerifier>>);

impl Roots {
    pub(crate) fn new(roots: Option<Arc<RootCertStore>>) -> Result<Self, Error> {
        let Some(roots) = roots.filter(|roots| !roots.is_empty()) else { return Ok(Self(None)) };
        let verifier = WebPkiServerVerifier::builder_with_provider(roots, provider())
            .build()
            .map_err(|error| rustls::Error::General(error.to_string()))?;
        Ok(Self(Some(verifier)))
    }
}

/// TLS of one outbound connection.
pub(crate) struct ClientTls {
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) server_name: String,
    pub(crate) address: IpAddr,
    pub(crate) demand: Demand,
    pub(crate) hello: Hello,
    pub(crate) timeout: Duration,
}

impl ClientTls {
    async fn handshake(&self, stream: Box<dyn Stream>) -> io::Result<(Box<dyn Stream>, TlsInfo)> {
        let SetUp { config, judge } = self.sessions.set_up(&self.demand, self.hello).map_err(io::Error::other)?;
        let name = ServerName::try_from(self.server_name.clone());
        // the address stands for the name of one who was named by it; who has another name that no certificate can bear
        // is not proved by a certificate for an address
        let literal = self.server_name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
        let named = name.is_ok() || literal;
        if !named && self.demand == Demand::Authority {
            return Err(io::Error::new(io::ErrorKind::InvalidData, CertificateFault::Name));
        }
        let by_dane = matches!(self.demand, Demand::Dane { .. });
        let name = name.unwrap_or_else(|_| ServerName::from(self.address));
        let connected = TlsConnector::from(Arc::clone(&config)).connect(name.clone(), stream).await;
        let stream = connected.map_err(|error| match judge::refused(&error) {
            Some(fault) => io::Error::new(io::ErrorKind::InvalidData, fault),
            None => error,
        })?;
        let connection = stream.get_ref().1;
        let info = info(connection, Some(&self.server_name));
        // a handshake has judged what was demanded; a session that is taken up again shows the certificate that it began
        // with, and is judged as if it were new
        let judged = if self.demand == Demand::Any || info.resumed {
            let now = config.time_provider.current_time().ok_or(io::ErrorKind::Other)?;
            judge.of_chain(connection.peer_certificates().unwrap_or_default(), &name, now)
        } else {
            Ok(())
        };
        if let Err(fault) = judged
            && self.demand != Demand::Any
        {
            self.sessions.forget(&self.demand, self.hello);
            return Err(io::Error::new(io::ErrorKind::InvalidData, fault));
        }
        let info = TlsInfo { verified: judged.is_ok() && (named || by_dane), fault: judged.err(), ..info };
        Ok((Box::new(stream), info))
    }
}

impl StartTls for ClientTls {
    fn start(&self, stream: Box<dyn Stream>) -> BoxFuture<'_, io::Result<(Box<dyn Stream>, TlsInfo)>> {
        Box::pin(async move {
            let handshake = Box::pin(self.handshake(stream));
            tokio::time::timeout(self.timeout, handshake).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
        })
    }
}
