//! TLS towards other servers: opportunistic, and honest about what was proved.
use crate::Error;
use crate::tls::{VERSIONS, info, provider};
use futures_util::future::BoxFuture;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use std::fs;
use std::io;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio_rustls::TlsConnector;
use transport::{StartTls, Stream, TlsInfo};

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

/// Takes any certificate, because the other choice for the message is to go in clear (RFC 7435), and remembers
/// whether it was a good one. That the server holds the certificate's key is always checked.
#[derive(Debug)]
struct Opportunistic {
    roots: Roots,
    verified: AtomicBool,
}

impl ServerCertVerifier for Opportunistic {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let verified = self.roots.0.as_ref().is_some_and(|roots| {
            roots.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now).is_ok()
        });
        self.verified.store(verified, Ordering::SeqCst);
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = provider().signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, &algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = provider().signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, &algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        provider().signature_verification_algorithms.supported_schemes()
    }
}

/// STARTTLS of one outbound connection.
pub(crate) struct ClientTls {
    roots: Roots,
    server_name: String,
    address: IpAddr,
    timeout: Duration,
}

impl ClientTls {
    pub(crate) fn new(roots: Roots, server_name: String, address: IpAddr, timeout: Duration) -> Self {
        Self { roots, server_name, address, timeout }
    }

    async fn handshake(&self, stream: Box<dyn Stream>) -> io::Result<(Box<dyn Stream>, TlsInfo)> {
        let verifier = Arc::new(Opportunistic { roots: self.roots.clone(), verified: AtomicBool::new(false) });
        let mut config = ClientConfig::builder_with_provider(provider())
            .with_protocol_versions(&VERSIONS)
            .map_err(io::Error::other)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::<Opportunistic>::clone(&verifier))
            .with_no_client_auth();
        // a resumed session would not be checked again
        config.resumption = Resumption::disabled();
        let name = ServerName::try_from(self.server_name.clone());
        let name = name.unwrap_or_else(|_| ServerName::from(self.address));
        let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
        let verified = verifier.verified.load(Ordering::SeqCst);
        let info = info(stream.get_ref().1, Some(&self.server_name), verified);
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
