//! Whether the certificate that another server shows meets what is demanded of it.
use super::{Roots, dane};
use crate::tls::provider;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};
use std::sync::{Mutex, MutexGuard, PoisonError};
use transport::{CertificateFault, Demand};

/// What was found out about a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    Nothing,
    Good,
    Bad(CertificateFault),
}

/// Judges one handshake. That the server holds the certificate's key is checked whatever is demanded.
#[derive(Debug)]
pub(super) struct Judge {
    roots: Roots,
    demand: Demand,
    found: Mutex<Found>,
}

impl Judge {
    pub(super) fn new(roots: Roots, demand: Demand) -> Self {
        Self { roots, demand, found: Mutex::new(Found::Nothing) }
    }

    /// Whether the certificate was proved good, by what was demanded, or by an authority where nothing was.
    pub(super) fn verified(&self) -> bool {
        *self.lock() == Found::Good
    }

    /// What is wrong with the certificate; where something was demanded of it, that ended the handshake.
    pub(super) fn fault(&self) -> Option<CertificateFault> {
        match *self.lock() {
            Found::Bad(fault) => Some(fault),
            Found::Nothing | Found::Good => None,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Found> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
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

impl ServerCertVerifier for Judge {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let judged = match &self.demand {
            // RFC 7435: the other choice is to go in clear
            Demand::Any => {
                let judged = self.by_authority(end_entity, intermediates, server_name, now);
                *self.lock() = judged.map_or_else(Found::Bad, |()| Found::Good);
                return Ok(ServerCertVerified::assertion());
            }
            Demand::Authority => self.by_authority(end_entity, intermediates, server_name, now),
            Demand::Dane { records, names } => dane::judge(records, names, end_entity, intermediates, now),
        };
        *self.lock() = judged.map_or_else(Found::Bad, |()| Found::Good);
        match judged {
            Ok(()) => Ok(ServerCertVerified::assertion()),
            // the other side hears an alert that says as much
            Err(fault) => Err(Error::InvalidCertificate(match fault {
                CertificateFault::Expired => CertificateError::Expired,
                CertificateFault::Name => CertificateError::NotValidForName,
                CertificateFault::Authority => CertificateError::UnknownIssuer,
                CertificateFault::Dane | CertificateFault::Unusable => CertificateError::ApplicationVerificationFailure,
            })),
        }
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
