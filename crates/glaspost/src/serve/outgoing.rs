//! How the server reaches others: mail servers, and the web servers that say what their domains ask for.
use crate::configuration::Configuration;
use crate::failure::{Code, Failure};
use net::{Connector, ConnectorSettings, HttpsClient, HttpsSettings};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tracing::warn;
use transport::{Connect, Https};
use world::World;

/// The port of web servers.
const HTTPS: u16 = 443;
/// How long connecting to a web server may take, and its handshake.
const PATIENCE: Duration = Duration::from_secs(10);

/// The ways out.
pub(super) struct Outgoing {
    pub(super) connect: Arc<dyn Connect>,
    pub(super) https: Arc<dyn Https>,
}

impl Outgoing {
    pub(super) fn new(configuration: &Configuration, world: &World, stop: &CancellationToken) -> Result<Self, Failure> {
        // A machine without them sends mail all the same: only what asks for an authority cannot be had.
        let roots = net::load_roots(&configuration.queue.authorities).map_err(|error| {
            warn!(%error, "no authorities: policies of other domains (MTA-STS) cannot be fetched");
        });
        let roots = roots.ok();
        let connector = Connector::new(ConnectorSettings {
            roots: roots.clone(),
            allowed: internet(configuration),
            handshake: configuration.limits.handshake_timeout.0,
            write: configuration.limits.write_timeout.0,
            stop: stop.clone(),
            random: world.random.clone(),
        });
        let https = HttpsClient::new(HttpsSettings {
            roots,
            port: HTTPS,
            dns: world.dns.clone(),
            allowed: internet(configuration),
            patience: PATIENCE,
            agent: concat!("glaspost/", env!("CARGO_PKG_VERSION")).to_owned(),
        });
        let failed = |error| Failure::new(Code::Software, error);
        Ok(Self { connect: Arc::new(connector.map_err(failed)?), https: Arc::new(https.map_err(failed)?) })
    }
}

/// Whether a name that a stranger's domain chose may lead to an address: not into our own network (J05).
fn internet(configuration: &Configuration) -> Box<dyn Fn(SocketAddr) -> bool + Send + Sync> {
    let inner = configuration.queue.inner_networks.clone();
    Box::new(move |address| net::is_public(address.ip()) || inner.iter().any(|network| network.contains(&address.ip())))
}
