//! Conversations that we begin.
use crate::Conversation;
use futures_util::future::BoxFuture;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::time::Duration;
use thiserror::Error;
use world::Tlsa;

/// What STARTTLS must prove about the other server; that it holds the key of the certificate it shows, it always must.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Demand {
    /// Nothing: any certificate will do, because the other choice is to go in clear (RFC 7435). Whether it was a good
    /// one is told ([`crate::TlsInfo::verified`]).
    Any,
    /// A certificate of a known authority for the name that is asked for (RFC 8461, 4.2).
    Authority,
    /// One that these TLSA records stand for (RFC 7672, 3); where an authority of theirs issued it, for one of `names`.
    Dane {
        /// The records, usable ones and others.
        records: Vec<Tlsa>,
        /// The names that it may be for (RFC 7672, 3.2.3).
        names: Vec<String>,
    },
}

/// How much is offered when TLS begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hello {
    /// All that we have.
    Full,
    /// Without the post-quantum key, which some old servers and boxes on the way choke on because it takes two segments.
    Small,
}

/// What is wrong with a certificate. An [`io::Error`] of a handshake that failed by it holds this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CertificateFault {
    /// Its time is over, or has not come.
    #[error("the certificate has expired, or is not valid yet")]
    Expired,
    /// It is for other names.
    #[error("the certificate is for another name")]
    Name,
    /// No authority that we know has issued it.
    #[error("the certificate is of no known authority")]
    Authority,
    /// No TLSA record stands for it.
    #[error("the certificate is not the one of the TLSA records (DANE)")]
    Dane,
    /// It cannot be used at all.
    #[error("the certificate cannot be used")]
    Unusable,
}

impl CertificateFault {
    /// The fault of the certificate that made a handshake fail.
    pub fn of(error: &io::Error) -> Option<Self> {
        error.get_ref()?.downcast_ref().copied()
    }
}

/// Where a connection may lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// To the Internet alone: a stranger has named the host.
    Internet,
    /// Anywhere: an operator has.
    Anywhere,
}

/// An address at which nobody of the Internet is, and to which a stranger's name leads all the same. An [`io::Error`]
/// of connecting that was refused for it holds this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{0} is no address of the Internet, and not connected to")]
pub struct NotOfTheInternet(pub IpAddr);

impl NotOfTheInternet {
    /// The error of connecting to it.
    #[must_use]
    pub fn error(self) -> io::Error {
        io::Error::new(io::ErrorKind::PermissionDenied, self)
    }

    /// What an error of connecting is about.
    pub fn of(error: &io::Error) -> Option<Self> {
        error.get_ref()?.downcast_ref().copied()
    }
}

/// Where to connect to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// The address and port.
    pub address: SocketAddr,
    /// The name that TLS asks for (SNI) and checks.
    pub server_name: String,
    /// What the certificate must prove.
    pub demand: Demand,
    /// What TLS offers.
    pub hello: Hello,
    /// The address to connect from; `None` leaves it to the system.
    pub from: Option<IpAddr>,
    /// Where it may lead.
    pub reach: Reach,
    /// How long connecting may take.
    pub timeout: Duration,
}

/// Makes connections to other servers.
pub trait Connect: Send + Sync {
    /// Connects, plainly; [`Conversation::start_tls`] is there for STARTTLS.
    ///
    /// # Errors
    /// Those of connecting; `TimedOut` after the destination's limit; [`NotOfTheInternet`] for an address that is out of
    /// reach.
    fn connect(&self, to: Destination) -> BoxFuture<'_, io::Result<Conversation>>;

    /// Connects to a socket of this machine, where that is possible.
    ///
    /// # Errors
    /// Those of connecting; `TimedOut` after `timeout`; `Unsupported` where there are no such sockets.
    fn connect_socket<'a>(&'a self, socket: &'a Path, timeout: Duration) -> BoxFuture<'a, io::Result<Conversation>> {
        let _ = (socket, timeout);
        Box::pin(async { Err(io::ErrorKind::Unsupported.into()) })
    }
}
