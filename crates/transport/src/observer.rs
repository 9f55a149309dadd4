//! What is told of connections that came and went.
use crate::Peer;
use std::fmt;

/// Is told of every connection, and of every one that was turned away before a session saw it.
///
/// `glaspost` wires it to the journal and the metrics. Its methods are called on the connection's task: they hand
/// the news on and do not wait.
pub trait Observer: Send + Sync {
    /// A connection was turned away, or a session closed it for what it is rather than for what it asked.
    fn refused(&self, peer: &Peer, refusal: Refusal);

    /// A session begins. With implicit TLS the handshake is done.
    fn connected(&self, _peer: &Peer) {}

    /// A session has ended.
    fn disconnected(&self, _peer: &Peer) {}
}

/// Why a connection was turned away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The client began TLS where TLS is by STARTTLS or not at all (such as implicit TLS on port 587 or 143).
    TlsOnPlainPort,
    /// The client spoke plainly on a port with implicit TLS.
    PlainOnTlsPort,
    /// The client waited for a greeting on a port with implicit TLS.
    SilentOnTlsPort,
    /// HTTP on a mail port.
    HttpOnMailPort,
    /// Too many connections at once from one address (IPv6: one /64).
    TooManyConnections,
    /// Too many new connections within a minute from one address (IPv6: one /64).
    TooManyNewConnections,
    /// The TLS handshake failed, with the cause.
    HandshakeFailed(String),
    /// The TLS handshake took too long.
    HandshakeTooSlow,
    /// A listed proxy sent no good PROXY header, with the cause.
    BadProxyHeader(String),
    /// The session panicked; the others live on.
    SessionPanicked,
    /// The session was still there when the time to stop was over, and was ended.
    CutOffAtStop,
}

impl Refusal {
    /// A short name for metrics and the journal, never changed.
    pub fn name(&self) -> &'static str {
        match self {
            Self::TlsOnPlainPort => "tls-on-plain-port",
            Self::PlainOnTlsPort => "plain-on-tls-port",
            Self::SilentOnTlsPort => "silent-on-tls-port",
            Self::HttpOnMailPort => "http-on-mail-port",
            Self::TooManyConnections => "too-many-connections",
            Self::TooManyNewConnections => "too-many-new-connections",
            Self::HandshakeFailed(_) => "handshake-failed",
            Self::HandshakeTooSlow => "handshake-too-slow",
            Self::BadProxyHeader(_) => "bad-proxy-header",
            Self::SessionPanicked => "session-panicked",
            Self::CutOffAtStop => "cut-off-at-stop",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::HandshakeFailed(cause) | Self::BadProxyHeader(cause) => write!(f, "{}: {cause}", self.name()),
            _ => f.write_str(self.name()),
        }
    }
}
