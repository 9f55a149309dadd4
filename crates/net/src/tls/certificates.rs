//! Certificates, found by the name that the client asks for, replaced without dropping a connection.
use crate::Error;
use crate::tls::{provider, strength};
use arc_swap::ArcSwap;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use world::UnixTime;
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

/// A certificate as the configuration names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertFile {
    /// The chain, PEM, the server's own certificate first.
    pub cert: PathBuf,
    /// The private key, PEM, closed to others.
    pub key: PathBuf,
    /// The names it is shown for; `None` takes them from the certificate.
    pub names: Option<Vec<String>>,
}

/// A certificate as it was loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The file.
    pub file: PathBuf,
    /// The names it is shown for, lower case; `*.` leads a wildcard.
    pub names: Vec<String>,
    /// When it ends.
    pub not_after: UnixTime,
    /// What is weak in its key; it is used all the same.
    pub weakness: Option<String>,
}

/// The certificates of this server.
///
/// A client that asks for no name, or for one that no certificate covers, gets the first certificate.
#[derive(Debug)]
pub struct CertificateStore(ArcSwap<Loaded>);

#[derive(Debug)]
struct Loaded {
    default: Arc<CertifiedKey>,
    /// Exact names, and wildcards by the name behind the star (`.example.nl`).
    by_name: HashMap<String, Arc<CertifiedKey>>,
    list: Vec<Certificate>,
}

impl CertificateStore {
    /// Loads certificates; the first one is the default.
    ///
    /// # Errors
    /// A file that cannot be read or used, a key that is too weak, that does not fit or that others may read, no
    /// certificate at all.
    pub fn load(files: &[CertFile]) -> Result<Arc<Self>, Error> {
        Ok(Arc::new(Self(ArcSwap::from_pointee(Loaded::load(files)?))))
    }

    /// Loads certificates in place of the present ones. New handshakes use them; connections live on.
    ///
    /// # Errors
    /// As [`CertificateStore::load`]; the old certificates stay.
    pub fn reload(&self, files: &[CertFile]) -> Result<(), Error> {
        self.0.store(Arc::new(Loaded::load(files)?));
        Ok(())
    }

    /// The certificates, the default first.
    pub fn certificates(&self) -> Vec<Certificate> {
        self.0.load().list.clone()
    }

    /// Whether one of them bears `name`.
    pub fn bears(&self, name: &str) -> bool {
        self.0.load().find(name).is_some()
    }

    fn find(&self, server_name: Option<&str>) -> Arc<CertifiedKey> {
        let loaded = self.0.load();
        let found = server_name.and_then(|name| loaded.find(name));
        Arc::clone(found.unwrap_or(&loaded.default))
    }
}

impl ResolvesServerCert for CertificateStore {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.find(hello.server_name()))
    }
}

impl Loaded {
    /// The certificate that bears `name`.
    fn find(&self, name: &str) -> Option<&Arc<CertifiedKey>> {
        let name = name.to_ascii_lowercase();
        // RFC 9525, 6.3: a star stands for exactly one label
        let parent = name.find('.').and_then(|dot| name.get(dot..)).unwrap_or_default();
        self.by_name.get(&name).or_else(|| self.by_name.get(parent))
    }

    fn load(files: &[CertFile]) -> Result<Self, Error> {
        let mut by_name = HashMap::new();
        let mut list = Vec::new();
        let mut default = None;
        for file in files {
            let (key, certificate) = load(file)?;
            for name in &certificate.names {
                // the first certificate for a name is the one shown
                let name = name.strip_prefix('*').unwrap_or(name).to_owned();
                by_name.entry(name).or_insert_with(|| Arc::clone(&key));
            }
            default.get_or_insert(key);
            list.push(certificate);
        }
        Ok(Self { default: default.ok_or(Error::NoCertificate)?, by_name, list })
    }
}

fn load(file: &CertFile) -> Result<(Arc<CertifiedKey>, Certificate), Error> {
    let bad = |path: &Path, cause: String| Error::BadCertificate { path: path.to_owned(), cause };
    let chain = CertificateDer::pem_slice_iter(&read(&file.cert)?)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| bad(&file.cert, format!("not PEM: {error}")))?;
    let own = chain.first().ok_or_else(|| bad(&file.cert, "no certificate in it".to_owned()))?;
    let certificate = describe(own, file).map_err(|cause| bad(&file.cert, cause))?;
    closed_to_others(&file.key)?;
    let key = PrivateKeyDer::from_pem_slice(&read(&file.key)?)
        .map_err(|error| bad(&file.key, format!("no private key in it: {error}")))?;
    let key = CertifiedKey::from_der(chain, key, &provider())
        .map_err(|error| bad(&file.key, format!("does not fit {}: {error}", file.cert.display())))?;
    Ok((Arc::new(key), certificate))
}

fn describe(own: &CertificateDer<'_>, file: &CertFile) -> Result<Certificate, String> {
    let (_, parsed) = X509Certificate::from_der(own).map_err(|error| format!("not a certificate: {error}"))?;
    let names = match &file.names {
        Some(names) => names.iter().map(|name| name.to_ascii_lowercase()).collect(),
        None => alternative_names(&parsed)?,
    };
    let weakness = strength::weakness(&parsed)?;
    let not_after = u64::try_from(parsed.validity().not_after.timestamp()).unwrap_or(0);
    Ok(Certificate { file: file.cert.clone(), names, not_after: UnixTime::from_secs(not_after), weakness })
}

/// The DNS names of the subject (RFC 5280, 4.2.1.6); the common name counts no more (RFC 9525, 2).
fn alternative_names(certificate: &X509Certificate<'_>) -> Result<Vec<String>, String> {
    let extension = certificate.subject_alternative_name().map_err(|error| format!("bad names: {error}"))?;
    let names = extension.map(|extension| extension.value.general_names.as_slice()).unwrap_or_default();
    Ok(names
        .iter()
        .filter_map(|name| match name {
            GeneralName::DNSName(name) => Some(name.to_ascii_lowercase()),
            _ => None,
        })
        .collect())
}

fn closed_to_others(key: &Path) -> Result<(), Error> {
    let unreadable = |source| Error::Unreadable { path: key.to_owned(), source };
    let mode = fs::metadata(key).map_err(unreadable)?.permissions().mode() & 0o7777;
    if mode & 0o007 == 0 { Ok(()) } else { Err(Error::KeyOpenToOthers { path: key.to_owned(), mode }) }
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(|source| Error::Unreadable { path: path.to_owned(), source })
}
