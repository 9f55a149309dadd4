//! Whether the certificate that another server shows meets what is demanded of it.
use super::{Roots, dane};
use crate::tls::provider;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};
use std::io;
use transport::{CertificateFault, Demand};

/// Judges certificates. That the server holds the certificate's key is checked whatever is demanded.
#[derive(Debug)]
pub(super) struct Judge {
    roots: Roots,
    demand: Demand,
}

impl Judge {
    pub(super) const fn new(roots: Roots, demand: Demand) -> Self {
        Self { roots, demand }
    }

    /// Whether a chain proves what is demanded, or where nothing is, the name.
    pub(super) fn of_chain(
        &self,
        chain: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<(), CertificateFault> {
        let (end_entity, intermediates) = chain.split_first().ok_or(CertificateFault::Unusable)?;
        self.judge(end_entity, intermediates, server_name, now)
    }

    fn judge(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<(), CertificateFault> {
        match &self.demand {
            Demand::Any | Demand::Authority => self.by_authority(end_entity, intermediates, server_name, now),
            Demand::Dane { records, names } => dane::judge(records, names, end_entity, intermediates, now),
        }
    }

    fn by_authority(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<(), CertificateFault> {
        let roots = self.roots.0.as_ref().ok_or(CertificateFault::Authority)?;
        roots.verify_server_cert(end_entity, intermediates, server_name, &[], now).map(drop).map_err(|e| fault(&e))
    }
}

/// What rustls says, in fewer words.
pub(super) fn fault(error: &Error) -> CertificateFault {
    let Error::InvalidCertificate(error) = error else { return CertificateFault::Unusable };
    match error {
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => CertificateFault::Expired,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => CertificateFault::Name,
        CertificateError::UnknownIssuer => CertificateFault::Authority,
        _ => CertificateFault::Unusable,
    }
}

/// As rustls is told; the other side hears an alert that says as much.
const fn error(fault: CertificateFault) -> CertificateError {
    match fault {
        CertificateFault::Expired => CertificateError::Expired,
        CertificateFault::Name => CertificateError::NotValidForName,
        CertificateFault::Authority => CertificateError::UnknownIssuer,
        CertificateFault::Dane => CertificateError::ApplicationVerificationFailure,
        CertificateFault::Unusable => CertificateError::BadEncoding,
    }
}

/// What the certificate lacked by which a handshake failed; nothing, where it failed by something else, such as a
/// signature that is not of its key.
pub(super) fn refused(failed: &io::Error) -> Option<CertificateFault> {
    let Error::InvalidCertificate(cause) = failed.get_ref()?.downcast_ref()? else { return None };
    let all = [
        CertificateFault::Expired,
        CertificateFault::Name,
        CertificateFault::Authority,
        CertificateFault::Dane,
        CertificateFault::Unusable,
    ];
    all.into_iter().find(|fault| error(*fault) == *cause)
}

impl ServerCertVerifier for Judge {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        // RFC 7435: the other choice is to go in clear; what the certificate proves is asked when it is known
        if self.demand == Demand::Any {
            return Ok(ServerCertVerified::assertion());
        }
        let judged = self.judge(end_entity, intermediates, server_name, now);
        judged.map(|()| ServerCertVerified::assertion()).map_err(|fault| Error::InvalidCertificate(error(fault)))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = provider().signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, &algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = provider().signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, &algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        provider().signature_verification_algorithms.supported_schemes()
    }
}
