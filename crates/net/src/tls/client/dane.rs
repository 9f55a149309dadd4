//! Whether TLSA records stand for a certificate (RFC 6698, 2.1; RFC 7671; RFC 7672, 3).
use super::judge::fault;
use crate::tls::provider;
use rustls::RootCertStore;
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use sha2::{Digest, Sha256, Sha512};
use transport::CertificateFault;
use world::Tlsa;
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;

const DANE_TA: u8 = 2;
const DANE_EE: u8 = 3;
const SPKI: u8 = 1;
const SHA2_256: u8 = 1;
const SHA2_512: u8 = 2;

/// Judges the certificate `end_entity`, with what was sent behind it, by the records that can be used.
pub(super) fn judge(
    records: &[Tlsa],
    names: &[String],
    end_entity: &CertificateDer<'_>,
    intermediates: &[CertificateDer<'_>],
    now: UnixTime,
) -> Result<(), CertificateFault> {
    let records = strongest(records);
    // RFC 7672, 3.1.1: the DNS names the certificate; what it says itself of names and time does not count
    if stand_for(&records, DANE_EE, end_entity) {
        return Ok(());
    }
    // RFC 7672, 3.1.2: the authority stands among what was sent, also where it is a root
    let mut authorities = RootCertStore::empty();
    for certificate in intermediates.iter().chain([end_entity]).filter(|one| stand_for(&records, DANE_TA, one)) {
        // one that cannot be read is none; another record may stand for another
        let _ = authorities.add(certificate.clone().into_owned());
    }
    if authorities.is_empty() {
        return Err(CertificateFault::Dane);
    }
    issued_by(&authorities, names, end_entity, intermediates, now)
}

/// RFC 7672, 3.2: an authority may have issued certificates to others too, so time and name are checked.
fn issued_by(
    authorities: &RootCertStore,
    names: &[String],
    end_entity: &CertificateDer<'_>,
    intermediates: &[CertificateDer<'_>],
    now: UnixTime,
) -> Result<(), CertificateFault> {
    let certificate = ParsedCertificate::try_from(end_entity).map_err(|error| fault(&error))?;
    let algorithms = provider().signature_verification_algorithms;
    verify_server_cert_signed_by_trust_anchor(&certificate, authorities, intermediates, now, algorithms.all)
        .map_err(|error| fault(&error))?;
    let named = |name: &String| {
        ServerName::try_from(name.as_str()).is_ok_and(|name| verify_server_name(&certificate, &name).is_ok())
    };
    if names.iter().any(named) { Ok(()) } else { Err(CertificateFault::Name) }
}

/// The usable records; of digests with the same usage and selector only the strongest kind (RFC 7671, 9).
fn strongest(records: &[Tlsa]) -> Vec<&Tlsa> {
    let better = |record: &Tlsa| {
        let same = |other: &&Tlsa| other.usage == record.usage && other.selector == record.selector;
        record.matching == SHA2_256
            && records.iter().filter(same).any(|other| other.is_usable() && other.matching == SHA2_512)
    };
    records.iter().filter(|record| record.is_usable() && !better(record)).collect()
}

/// Whether one of the records with this usage stands for a certificate.
fn stand_for(records: &[&Tlsa], usage: u8, certificate: &CertificateDer<'_>) -> bool {
    records.iter().any(|record| record.usage == usage && matches(record, certificate))
}

fn matches(record: &Tlsa, certificate: &CertificateDer<'_>) -> bool {
    let parsed;
    let selected = if record.selector == SPKI {
        let Ok((_, certificate)) = X509Certificate::from_der(certificate) else { return false };
        parsed = certificate;
        parsed.tbs_certificate.subject_pki.raw
    } else {
        certificate.as_ref()
    };
    match record.matching {
        SHA2_256 => Sha256::digest(selected).as_slice() == record.data,
        SHA2_512 => Sha512::digest(selected).as_slice() == record.data,
        _ => selected == record.data,
    }
}

#[cfg(test)]
mod tests;
