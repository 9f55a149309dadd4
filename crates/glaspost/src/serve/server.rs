//! A running server: rooms, doors, and the tasks between them.
use super::condition::Running;
use super::doors::Doors;
use super::observer::{Doorkeeper, LoginLog};
use super::outgoing::Outgoing;
use super::signals::{Signal, Signals};
use super::upkeep;
use crate::configuration::Configuration;
use crate::confinement::Needs;
use crate::failure::{Code, Failure};
use crate::house::{House, Rim};
use crate::open_doors;
use crate::relay_domains::relay_domains;
use crate::routes::routes;
use net::{CertFile, CertificateStore, Inherited, Limits, Listeners};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{info, warn};
use transport::Connect;
use web::SettingsPage;
use world::World;

/// File descriptors that connections may not take: the store's, the resolver's, the log's.
const RESERVED_DESCRIPTORS: u64 = 128;
/// How long readers may go on after the disk has failed.
const AFTER_FAILURE: Duration = Duration::from_secs(10);

/// What is outside of the house.
pub(crate) struct Outside {
    pub(crate) world: World,
    /// How other servers are reached; by TCP where nothing else is said.
    pub(crate) connect: Option<Arc<dyn Connect>>,
    /// Sockets that were made before the program started.
    pub(crate) inherited: Inherited,
    /// What the process has confined itself to, where it has.
    pub(crate) confined_to: Option<Needs>,
}

/// A server whose doors are open.
pub(crate) struct Server {
    configuration: Configuration,
    world: World,
    pub(crate) house: House,
    listeners: Arc<Listeners>,
    certificates: Option<Arc<CertificateStore>>,
    condition: Arc<Running>,
    confined_to: Option<Needs>,
    settings: Arc<SettingsPage>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Server {
    /// Opens the rooms, then the doors. When it returns, every door accepts.
    pub(crate) async fn start(configuration: Configuration, outside: Outside) -> Result<Self, Failure> {
        let certificates = load_certificates(&configuration)?;
        certificates.iter().for_each(|certificates| warn_of_weak(certificates));
        let stop = CancellationToken::new();
        let outgoing = Outgoing::new(&configuration, &outside.world, &stop)?;
        let connect = outside.connect.unwrap_or(outgoing.connect);
        let rim = Rim { world: outside.world.clone(), connect, https: outgoing.https, observer: LoginLog::new() };
        let house = House::open(&configuration, rim).await?;
        let condition = Arc::new(Running {
            engine: house.engine.clone(),
            store: house.store.clone(),
            directory: house.directory.clone(),
            delivery: house.delivery.clone(),
            certificates: certificates.clone(),
            listeners: OnceLock::new(),
            draining: AtomicBool::new(false),
            failed: AtomicBool::new(false),
        });
        // Until the doors are open, their ports are those of the file.
        let guide = open_doors::guide(&configuration, certificates.as_deref(), &[])?;
        let settings = Arc::new(SettingsPage::new(&guide, configuration.general.language.spoken()));
        let specs = Doors {
            configuration: &configuration,
            house: &house,
            world: &outside.world,
            condition: condition.clone(),
            settings: settings.clone(),
        };
        let specs = specs.specs()?;
        let rim = net::Rim {
            certificates: certificates.clone(),
            observer: Arc::new(Doorkeeper::new(house.journal.clone())),
            random: outside.world.random.clone(),
            limits: limits(&configuration),
            inherited: outside.inherited,
        };
        let listeners = Listeners::open(specs, rim).map_err(|error| Failure::new(Code::Os, error))?;
        for name in listeners.inherited_left() {
            warn!(name, "an inherited socket that no listener takes");
        }
        let listeners = Arc::new(listeners);
        // Nobody set it before: this is its only place.
        let _ = condition.listeners.set(listeners.clone());
        let jmap = super::pages::jmap(&configuration, &house, &outside.world)?;
        let tasks = TaskTracker::new();
        let delivery = house.delivery.clone();
        let queue_stop = stop.clone();
        tasks.spawn(async move { delivery.run(queue_stop).await });
        let queue = house.delivery.operator();
        let (directory, programs_stop) = (house.directory.clone(), stop.clone());
        tasks.spawn(async move { directory.keep_programs(programs_stop).await });
        let (pushing, push_stop) = (house.pushing.clone(), stop.clone());
        tasks.spawn(async move { push_stop.run_until_cancelled(pushing.run(jmap)).await });
        tasks.spawn(upkeep::run(house.store.clone(), queue, outside.world.clock.clone(), stop.clone()));
        let confined_to = outside.confined_to;
        let server = Self {
            configuration,
            world: outside.world,
            house,
            listeners,
            certificates,
            condition,
            settings,
            confined_to,
            tasks,
            stop,
        };
        server.show_settings();
        Ok(server)
    }

    /// The listeners' names and real addresses.
    pub(crate) fn addresses(&self) -> Vec<(Arc<str>, SocketAddr)> {
        self.listeners.addresses()
    }

    /// Tells customers and operators of the doors that are open now.
    fn show_settings(&self) {
        self.house.directory.know_doors(open_doors::doorways(&self.configuration));
        match open_doors::guide(&self.configuration, self.certificates.as_deref(), &self.addresses()) {
            Ok(guide) => {
                self.settings.show(&guide, self.configuration.general.language.spoken());
                self.house.admin.set_guide(guide);
            }
            Err(failure) => warn!(fault = failure.message(), "the old page of settings stays"),
        }
    }

    /// Waits until the disk has failed.
    pub(super) async fn disk_failure(&self) -> String {
        self.house.engine.fatal().await
    }

    /// Takes certificates, listeners, routes and relay domains as `configuration` has them now. What is wrong leaves the old ones; living
    /// sessions go on either way. Other settings hold from the next start.
    pub(super) fn reload(&mut self, configuration: Configuration) {
        let ways = routes(&configuration).and_then(|routes| Ok((routes, relay_domains(&configuration)?)));
        let (routes, relay_domains) = match ways {
            Ok(ways) => ways,
            Err(failure) => {
                warn!(fault = failure.message(), "the old configuration stays");
                return self.renew_certificates();
            }
        };
        if let Some(certificates) = &self.certificates
            && let Err(error) = certificates.reload(&certificate_files(&configuration))
        {
            warn!(%error, "the old configuration stays");
            return;
        }
        self.certificates.iter().for_each(|certificates| warn_of_weak(certificates));
        let specs = Doors {
            configuration: &configuration,
            house: &self.house,
            world: &self.world,
            condition: self.condition.clone(),
            settings: self.settings.clone(),
        };
        match specs.specs().map(|specs| self.listeners.replace(specs)) {
            Ok(Ok(())) => {
                self.house.delivery.set_routes(routes);
                self.house.delivery.set_relay_domains(relay_domains);
                for port in self.confined_to.iter().flat_map(|needs| needs.missing(&configuration)) {
                    warn!(port, "a route goes to a port to which this server may not connect before its next start");
                }
                self.configuration = configuration;
                self.show_settings();
                info!("reloaded");
            }
            Ok(Err(error)) => {
                warn!(%error, "the old listeners stay");
                self.renew_certificates();
            }
            Err(_) => {
                warn!("the old listeners stay");
                self.renew_certificates();
            }
        }
    }

    /// Takes the certificates of the configuration in force as their files are now: whatever is wrong with another one, none
    /// runs out for that.
    pub(super) fn renew_certificates(&self) {
        let Some(certificates) = &self.certificates else { return };
        match certificates.reload(&certificate_files(&self.configuration)) {
            Ok(()) => warn_of_weak(certificates),
            Err(error) => warn!(%error, "the old certificates stay"),
        }
    }

    /// Closes the doors, lets sessions and attempts end within the limit, closes the rooms.
    pub(super) async fn stop(self, mut signals: Signals) {
        self.condition.draining.store(true, Ordering::Relaxed);
        self.stop.cancel();
        self.tasks.close();
        let limit = self.configuration.limits.stop_timeout.0;
        let cut_off = tokio::select! {
            stopped = self.listeners.stop(limit) => stopped.cut_off,
            () = stop_signal(&mut signals) => self.listeners.stop(Duration::ZERO).await.cut_off,
        };
        if cut_off > 0 {
            warn!(sessions = cut_off, "cut off at the end of the time to stop");
        }
        if tokio::time::timeout(limit, self.tasks.wait()).await.is_err() {
            warn!("attempts were under way at the end of the time to stop; they are repeated");
        }
        self.house.delivery.senders().save().await;
        self.house.close().await;
    }

    /// The disk has failed: sessions may read for a moment, then all ends.
    pub(super) async fn fail(self) {
        self.condition.failed.store(true, Ordering::Relaxed);
        self.stop.cancel();
        self.tasks.close();
        self.listeners.stop(AFTER_FAILURE).await;
    }
}

/// A second signal to stop.
async fn stop_signal(signals: &mut Signals) {
    while signals.next().await != Signal::Stop {}
}

fn certificate_files(configuration: &Configuration) -> Vec<CertFile> {
    let files = configuration.certificates.iter();
    files
        .map(|certificate| CertFile { cert: certificate.chain.clone(), key: certificate.key.clone(), names: None })
        .collect()
}

/// The certificates that `configuration` names, if it names any.
///
/// # Errors
/// When one of them cannot be used.
pub(crate) fn load_certificates(configuration: &Configuration) -> Result<Option<Arc<CertificateStore>>, Failure> {
    if configuration.certificates.is_empty() {
        return Ok(None);
    }
    let loaded = CertificateStore::load(&certificate_files(configuration));
    loaded.map(Some).map_err(|error| Failure::new(Code::Config, error))
}

fn warn_of_weak(certificates: &CertificateStore) {
    for certificate in certificates.certificates() {
        if let Some(weakness) = certificate.weakness {
            warn!(file = %certificate.file.display(), weakness, "a weak certificate");
        }
    }
}

fn limits(configuration: &Configuration) -> Limits {
    let section = &configuration.limits;
    let limits = Limits {
        connections: section.connections.min(descriptors()),
        busy_at: section.stress_at,
        busy: section.stress_timeout.0,
        full: section.full_timeout.0,
        at_once: Some(section.connections_per_address),
        a_minute: usize::try_from(section.new_connections_per_minute).ok(),
        handshakes: section.handshakes,
        handshake: section.handshake_timeout.0,
        ..Limits::default()
    };
    if section.enabled { limits } else { limits.without_limits_by_address() }
}

/// How many connections the process's file descriptors allow, after its soft limit was raised to its hard one.
fn descriptors() -> usize {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else { return usize::MAX };
    let raised = if setrlimit(Resource::RLIMIT_NOFILE, hard, hard).is_ok() { hard } else { soft };
    usize::try_from(raised.saturating_sub(RESERVED_DESCRIPTORS)).unwrap_or(usize::MAX).max(16)
}
