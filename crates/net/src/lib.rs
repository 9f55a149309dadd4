//! The rim towards the network: listeners, TLS, certificates, limits, PROXY protocol, outbound connections, DNS.
//!
//! Only this crate opens a socket. The program describes each listener by a [`ListenerSpec`] with its protocol (a
//! [`transport::Service`]), and opens them together:
//!
//! ```no_run
//! use net::{CertFile, CertificateStore, Endpoint, Inherited, Limits, ListenerSpec, Listeners, Rim, Security, Words};
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! # async fn run(imap: Arc<dyn transport::Service>, observer: Arc<dyn transport::Observer>) -> Result<(), net::Error> {
//! net::install_provider(); // first thing in `main`
//! let files = [CertFile { cert: "cert.pem".into(), key: "key.pem".into(), names: None }];
//! let certificates = CertificateStore::load(&files)?;
//! let imaps = ListenerSpec {
//!     name: "imaps".into(),
//!     endpoints: vec![Endpoint::Tcp(([0, 0, 0, 0], 993).into())],
//!     security: Security::Implicit,
//!     alpn: vec![b"imap".to_vec()],
//!     proxies: Vec::new(),
//!     limited: true,
//!     words: Words {
//!         busy: b"* BYE too many connections from your address\r\n".into(),
//!         needs_tls: b"* BYE this port speaks TLS from the first byte; set the program to SSL/TLS\r\n".into(),
//!         fault: b"* BYE [UNAVAILABLE] a fault of this server; please come back\r\n".into(),
//!     },
//!     service: imap,
//! };
//! let rim = Rim {
//!     certificates: Some(certificates.clone()),
//!     observer,
//!     random: Arc::new(world::OsRandom),
//!     limits: Limits::default(),
//!     inherited: Inherited::take(),
//! };
//! let listeners = Listeners::open(vec![imaps.clone()], rim)?;
//! // SIGHUP: both keep everything as it was when they fail, and drop no connection
//! certificates.reload(&files)?;
//! listeners.replace(vec![imaps])?;
//! // metrics
//! for count in listeners.counts() {
//!     println!("{} {} {}", count.listener, count.accepted, count.open);
//! }
//! // SIGTERM
//! listeners.stop(Duration::from_secs(10)).await;
//! # Ok(())
//! # }
//! ```
//!
//! [`Connector`] makes outbound connections, [`HttpsClient`] asks web servers, [`SystemDns`] asks the real DNS.
//!
//! Invariants: a place is taken before a connection is accepted, and given back when its session has ended, however
//! it ends; a panic ends one session; nothing a client sends is read by the plain side after TLS has begun; no
//! certificate's replacement touches a living connection.
mod address;
mod admission;
mod connection;
mod count;
mod dns;
mod door;
mod error;
mod hall;
mod https;
mod limits;
mod listeners;
mod outbound;
mod places;
mod proxy;
mod socket;
mod spec;
mod tls;
pub use address::is_public;
pub use count::ListenerCount;
pub use dns::{DnsSettings, SystemDns, Validation};
pub use error::Error;
pub use hall::Rim;
pub use https::{HttpsClient, HttpsSettings};
pub use limits::Limits;
pub use listeners::{Listeners, Stopped};
pub use outbound::{Connector, ConnectorSettings};
pub use proxy::{Header as ProxyHeader, Told as ProxyTold, parse as parse_proxy_header};
pub use socket::Inherited;
pub use spec::{Endpoint, ListenerSpec, Security, Words};
pub use tls::certificates::{CertFile, Certificate, CertificateStore};
pub use tls::client::load_roots;
pub use tls::install_provider;
