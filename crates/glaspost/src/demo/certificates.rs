//! The demo's certificate authority, and the certificate of its services.
use crate::failure::{Code, Failure};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// The files of the authority and of the services' certificate.
pub(super) struct Files {
    /// The authority's certificate, for clients to trust.
    pub(super) ca: PathBuf,
    /// The services' certificate and chain.
    pub(super) chain: PathBuf,
    /// Its key.
    pub(super) key: PathBuf,
}

/// Makes what is not there yet. The services' certificate is made anew at each start, since the names may differ.
pub(super) fn make(folder: &Path, names: &[String]) -> Result<Files, Failure> {
    let files = Files { ca: folder.join("ca.pem"), chain: folder.join("tls.pem"), key: folder.join("tls.key") };
    let ca_key_file = folder.join("ca.key");
    let authority = authority(&files.ca, &ca_key_file)?;
    let key = KeyPair::generate().map_err(failure)?;
    let mut parameters = CertificateParams::new(names.to_vec()).map_err(failure)?;
    parameters.distinguished_name.push(DnType::CommonName, names.first().cloned().unwrap_or_default());
    parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    parameters.use_authority_key_identifier_extension = true;
    let certificate = parameters.signed_by(&key, &authority).map_err(failure)?;
    write(&files.chain, certificate.pem().as_bytes(), 0o644)?;
    write(&files.key, key.serialize_pem().as_bytes(), 0o600)?;
    Ok(files)
}

/// The authority of an earlier start, or a new one.
fn authority(certificate: &Path, key: &Path) -> Result<Issuer<'static, KeyPair>, Failure> {
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name.push(DnType::CommonName, "Glaspost demo authority");
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    if let (Ok(pem), true) = (fs::read_to_string(key), certificate.exists()) {
        return Ok(Issuer::new(parameters, KeyPair::from_pem(&pem).map_err(failure)?));
    }
    let pair = KeyPair::generate().map_err(failure)?;
    let own = parameters.self_signed(&pair).map_err(failure)?;
    write(key, pair.serialize_pem().as_bytes(), 0o600)?;
    write(certificate, own.pem().as_bytes(), 0o644)?;
    Ok(Issuer::new(parameters, pair))
}

fn write(path: &Path, bytes: &[u8], mode: u32) -> Result<(), Failure> {
    let file = OpenOptions::new().create(true).write(true).truncate(true).mode(mode).open(path);
    file.and_then(|mut file| file.write_all(bytes))
        .map_err(|error| Failure::new(Code::CantCreate, format!("{}: {error}", path.display())))
}

fn failure(error: rcgen::Error) -> Failure {
    Failure::new(Code::Software, error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_authority_stays_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let names = ["imap.telfortglasvezel.nl".to_owned()];
        let first = fs::read(make(folder.path(), &names).unwrap().ca).unwrap();
        let again = make(folder.path(), &names).unwrap();
        assert_eq!(fs::read(again.ca).unwrap(), first);
    }
}
