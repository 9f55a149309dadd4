//! Where the program listens, and with which certificates.
use super::field::section;
use ipnet::IpNet;
use names::Domain;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

/// What a listener speaks, and so for whom it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ServiceKind {
    Mx,
    Submission,
    Relay,
    Lmtp,
    Pop3,
    Imap,
    Https,
    Metrics,
}

impl fmt::Display for ServiceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mx => "mx",
            Self::Submission => "submission",
            Self::Relay => "relay",
            Self::Lmtp => "lmtp",
            Self::Pop3 => "pop3",
            Self::Imap => "imap",
            Self::Https => "https",
            Self::Metrics => "metrics",
        })
    }
}

/// How a listener is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Security {
    /// Plain, and no way to TLS.
    None,
    /// Plain, with STARTTLS (STLS for POP3) offered.
    Starttls,
    /// TLS from the first byte.
    Implicit,
}

impl fmt::Display for Security {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::Starttls => "starttls",
            Self::Implicit => "implicit",
        })
    }
}

section! {
    /// A door: one service on one or more addresses.
    Listener {
        /// What it speaks: `mx`, `submission`, `relay`, `lmtp`, `pop3`, `imap`, `https` or `metrics`.
        service: Option<ServiceKind> = None;
        /// Its name in the log, the journal and the metrics. Default: the service, with a number where it stands twice.
        name: Option<String> = None;
        /// The addresses and ports, such as `["0.0.0.0:25", "[::]:25"]`.
        address: Vec<SocketAddr> = Vec::new();
        /// A Unix socket, instead of addresses (LMTP).
        socket: Option<PathBuf> = None;
        /// The host names under which customers know it, by default `host-name`. The page of settings shows the first one, and
        /// those after it as old names that still work.
        names: Vec<Domain> = Vec::new();
        /// `none`, `starttls` or `implicit`.
        tls: Security = Security::None;
        /// Whether a customer may log in without TLS here. His password then crosses the network in clear.
        login_without_tls: bool = false;
        /// Whether the page of settings shows it to customers.
        on_settings_page: bool = true;
        /// Proxies that may say, by the PROXY protocol (v1 or v2), whom they speak for. From them it is required.
        proxies: Vec<IpNet> = Vec::new();
    }
}

section! {
    /// A certificate. The first one is shown to clients that name no host, or one that no certificate covers.
    Certificate {
        /// The file with the chain, PEM, the server's own certificate first.
        chain: PathBuf = PathBuf::new();
        /// The file with the private key, PEM. It must not be readable by others.
        key: PathBuf = PathBuf::new();
    }
}
