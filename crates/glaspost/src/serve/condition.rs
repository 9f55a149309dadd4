//! What the health pages and the metrics tell of a running server.
use crate::health::Condition;
use delivery::Delivery;
use directory::Directory;
use engines::Embedded;
use net::{CertificateStore, ListenerCount, Listeners};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::registry::{Registry, Unit};
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use store::Store;

/// A running server, as seen from outside.
pub(super) struct Running {
    pub(super) engine: Arc<Embedded>,
    pub(super) store: Store,
    pub(super) directory: Arc<Directory>,
    pub(super) delivery: Delivery,
    pub(super) certificates: Option<Arc<CertificateStore>>,
    /// Set once the doors are open.
    pub(super) listeners: OnceLock<Arc<Listeners>>,
    /// Set when the server begins to stop.
    pub(super) draining: AtomicBool,
    /// Set when the disk has failed.
    pub(super) failed: AtomicBool,
}

impl Condition for Running {
    fn checks(&self) -> Vec<(&'static str, bool)> {
        vec![
            ("listeners", self.listeners.get().is_some()),
            ("store", !self.failed.load(Ordering::Relaxed)),
            ("space", self.store.has_room()),
            ("not-draining", !self.draining.load(Ordering::Relaxed)),
        ]
    }

    fn metrics(&self) -> String {
        let mut registry = Registry::with_prefix("glaspost");
        let info: Family<Vec<(&str, &str)>, Gauge> = Family::default();
        info.get_or_create(&vec![("version", env!("CARGO_PKG_VERSION")), ("engine", "embedded")]).set(1);
        registry.register("build_info", "The program that runs", info);
        registry.register_collector(Box::new(Figures::of(self)));
        let mut text = String::new();
        // Writing to a String does not fail.
        let _ = prometheus_client::encoding::text::encode(&mut text, &registry);
        text
    }
}

/// The figures at one moment.
#[derive(Debug)]
struct Figures {
    listeners: Vec<ListenerCount>,
    load: i64,
    activity: engines::Activity,
    hashes: u64,
    queue_due: usize,
    queue_active: usize,
    certificates: Vec<(String, i64)>,
}

impl Figures {
    fn of(running: &Running) -> Self {
        let load = running.delivery.operator().load(0);
        let certificates = running.certificates.iter().flat_map(|certificates| certificates.certificates());
        Self {
            listeners: running.listeners.get().map(|listeners| listeners.counts()).unwrap_or_default(),
            load: running.listeners.get().map_or(0, |listeners| listeners.load() as i64),
            activity: running.engine.activity(),
            hashes: running.directory.hashes_computed(),
            queue_due: load.due,
            queue_active: load.active,
            certificates: certificates
                .map(|certificate| (certificate.names.join(","), signed(certificate.not_after.secs())))
                .collect(),
        }
    }
}

type Labels = Vec<(&'static str, String)>;

impl Collector for Figures {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let accepted = self.listeners.iter().map(|count| (vec![("listener", count.listener.clone())], count.accepted));
        counters(&mut encoder, "connections", "Connections accepted", accepted)?;
        let refused = self.listeners.iter().flat_map(|count| {
            let listener = count.listener.clone();
            count.refused.iter().map(move |(cause, count)| {
                (vec![("listener", listener.clone()), ("cause", (*cause).to_owned())], *count)
            })
        });
        counters(&mut encoder, "session_failures", "Connections and sessions turned away", refused)?;
        let open = self.listeners.iter().map(|count| (vec![("listener", count.listener.clone())], signed(count.open)));
        gauges(&mut encoder, "sessions", "Sessions open now", None, open)?;
        let load = std::iter::once((Labels::new(), self.load));
        gauges(&mut encoder, "load", "Places for connections: 0 enough, 1 few, 2 none left", None, load)?;
        for (name, help, value) in [
            ("store_commits", "Commits acknowledged", self.activity.commits),
            ("store_groups", "Groups of commits, one sync each", self.activity.groups),
            ("store_conflicts", "Commits that lost against another", self.activity.conflicts),
            ("store_refused_no_space", "Commits refused because little space is free", self.activity.refused_no_space),
            ("store_blobs_written", "Blobs written", self.activity.blobs_written),
            ("password_hashes", "Password hashes computed", self.hashes),
        ] {
            counters(&mut encoder, name, help, std::iter::once((Labels::new(), value)))?;
        }
        let states = [("due", self.queue_due), ("active", self.queue_active)];
        let queue =
            states.map(|(state, count)| (vec![("state", state.to_owned())], i64::try_from(count).unwrap_or(i64::MAX)));
        gauges(&mut encoder, "queue_messages", "Recipients in the outbound queue", None, queue.into_iter())?;
        let ends = self.certificates.iter().map(|(names, end)| (vec![("names", names.clone())], *end));
        gauges(&mut encoder, "tls_certificate_not_after", "When a certificate ends", Some(&Unit::Seconds), ends)
    }
}

fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn counters(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    values: impl Iterator<Item = (Labels, u64)>,
) -> Result<(), fmt::Error> {
    let mut family = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
    for (labels, value) in values {
        ConstCounter::new(value).encode(family.encode_family(&labels)?)?;
    }
    Ok(())
}

fn gauges(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    unit: Option<&Unit>,
    values: impl Iterator<Item = (Labels, i64)>,
) -> Result<(), fmt::Error> {
    let mut family = encoder.encode_descriptor(name, help, unit, MetricType::Gauge)?;
    for (labels, value) in values {
        ConstGauge::new(value).encode(family.encode_family(&labels)?)?;
    }
    Ok(())
}
