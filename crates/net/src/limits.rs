//! How much is let in, and how long things may take.
use std::time::Duration;

/// The limits of the rim. Each is a setting.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Connections at once, over all TCP listeners. Further ones wait in the system's queue. Default 10,000; at
    /// most what the process's file descriptors allow, less a reserve for the store and the resolver.
    pub connections: usize,
    /// From how many hundredths of the connections on strangers are waited for shortly. Default 80; 0 for never.
    pub busy_at: u8,
    /// How long strangers are waited for then. Default 10 s.
    pub busy: Duration,
    /// How long strangers are waited for when no place is left. Default 3 s.
    pub full: Duration,
    /// Connections at once over each Unix socket. Default 128.
    pub local_connections: usize,
    /// Connections at once from one address (IPv6: one /64). Default 50; `None` for no limit.
    pub at_once: Option<usize>,
    /// New connections within a minute from one address (IPv6: one /64). Default 300; `None` for no limit.
    pub a_minute: Option<usize>,
    /// TLS handshakes at once. Default 256.
    pub handshakes: usize,
    /// How long a TLS handshake may take. Default 10 s.
    pub handshake: Duration,
    /// How long a client may be silent on a port with implicit TLS before it is told so. Default 10 s.
    pub silence: Duration,
    /// How long a proxy may take for its header. Default 5 s.
    pub proxy_header: Duration,
    /// How long a write may wait for a peer that is turned away. Default 2 s.
    pub farewell: Duration,
    /// How long accepting pauses when the system has no descriptor or memory left. Default 200 ms.
    pub pause: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 10_000,
            busy_at: 80,
            busy: Duration::from_secs(10),
            full: Duration::from_secs(3),
            local_connections: 128,
            at_once: Some(50),
            a_minute: Some(300),
            handshakes: 256,
            handshake: Duration::from_secs(10),
            silence: Duration::from_secs(10),
            proxy_header: Duration::from_secs(5),
            farewell: Duration::from_secs(2),
            pause: Duration::from_millis(200),
        }
    }
}

impl Limits {
    /// The same without limits by address (`--no-limits`).
    #[must_use]
    pub fn without_limits_by_address(self) -> Self {
        Self { at_once: None, a_minute: None, ..self }
    }
}
