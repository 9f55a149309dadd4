//! A listener as the program describes it.
use ipnet::IpNet;
use std::borrow::Cow;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use transport::Service;

/// A door: one service on one or more addresses.
#[derive(Clone)]
pub struct ListenerSpec {
    /// Its name in the log, the journal and the metrics.
    pub name: Arc<str>,
    /// Where it listens.
    pub endpoints: Vec<Endpoint>,
    /// How it is secured.
    pub security: Security,
    /// The application protocols of TLS that belong here (RFC 7301), such as `imap`. A client that names none is let
    /// in, one that names only others is refused.
    pub alpn: Vec<Vec<u8>>,
    /// The peers that speak for others by the PROXY protocol. From them a header is required.
    pub proxies: Vec<IpNet>,
    /// Whether the limits by address hold here.
    pub limited: bool,
    /// What is said to those who are turned away.
    pub words: Words,
    /// The protocol.
    pub service: Arc<dyn Service>,
}

/// Where a listener listens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Endpoint {
    /// An address and port; port 0 takes a free one.
    Tcp(SocketAddr),
    /// A Unix socket, open to this program's user alone (mode 0600).
    Unix(PathBuf),
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => address.fmt(f),
            Self::Unix(path) => path.display().fmt(f),
        }
    }
}

/// How a listener is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// Plain, and no way to TLS.
    Plain,
    /// Plain, with STARTTLS at hand.
    StartTls,
    /// TLS from the first byte.
    Implicit,
}

/// What a protocol says to those who are turned away where no session can say it: one line with its end each, or
/// nothing.
#[derive(Debug, Clone, Default)]
pub struct Words {
    /// To one connection too many, such as `421 4.7.0 …`.
    pub busy: Cow<'static, [u8]>,
    /// In clear, to a client that does not begin TLS where it must.
    pub needs_tls: Cow<'static, [u8]>,
    /// To one whose session panicked.
    pub fault: Cow<'static, [u8]>,
}

impl ListenerSpec {
    pub(crate) fn is_proxy(&self, address: IpAddr) -> bool {
        self.proxies.iter().any(|net| net.contains(&address))
    }
}
