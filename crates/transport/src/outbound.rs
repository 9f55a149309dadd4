//! Conversations that we begin.
use crate::Conversation;
use futures_util::future::BoxFuture;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

/// Where to connect to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// The address and port.
    pub address: SocketAddr,
    /// The name that TLS asks for and checks.
    pub server_name: String,
    /// The address to connect from; `None` leaves it to the system.
    pub from: Option<IpAddr>,
    /// How long connecting may take.
    pub timeout: Duration,
}

/// Makes connections to other servers.
pub trait Connect: Send + Sync {
    /// Connects, plainly; [`Conversation::start_tls`] is there for STARTTLS.
    ///
    /// # Errors
    /// Those of connecting; `TimedOut` after the destination's limit; `PermissionDenied` for an address that this
    /// server never connects to.
    fn connect(&self, to: Destination) -> BoxFuture<'_, io::Result<Conversation>>;
}
