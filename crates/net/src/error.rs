//! What can be wrong with listeners, certificates and the resolver.
use std::io;
use std::path::PathBuf;
use thiserror::Error;

/// Why something could not be set up. The operator must act.
#[derive(Debug, Error)]
pub enum Error {
    /// An address or socket could not be listened on.
    #[error("listener {listener}: cannot listen on {endpoint}")]
    Bind {
        /// The listener's name.
        listener: String,
        /// The address, or the path of the socket.
        endpoint: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A listener wants TLS, and there is no certificate.
    #[error("listener {0} needs TLS, but no certificate is configured")]
    NoCertificateFor(String),
    /// A Unix socket with TLS.
    #[error("listener {0}: a Unix socket speaks no TLS")]
    TlsOnUnixSocket(String),
    /// A certificate or key file could not be read.
    #[error("{}: cannot be read: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A private key that others on this machine may read.
    #[error("{}: the private key is open to others (mode {mode:04o}); chmod 0600 it", path.display())]
    KeyOpenToOthers {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// A file that holds no usable certificate or key.
    #[error("{}: {cause}", path.display())]
    BadCertificate {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// No certificate was given at all.
    #[error("no certificate")]
    NoCertificate,
    /// TLS could not be set up.
    #[error("TLS cannot be set up")]
    Tls(#[from] rustls::Error),
    /// A file of trust anchors that cannot be read.
    #[error("{}: {cause}", path.display())]
    TrustAnchors {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// The resolver could not be set up.
    #[error("the resolver cannot be set up: {0}")]
    Resolver(String),
}
