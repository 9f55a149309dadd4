//! `glaspost serve`: the doors opened on the rooms, until a signal says stop.
mod condition;
pub(crate) mod doors;
mod observer;
mod outgoing;
mod pages;
mod server;
mod signals;
mod upkeep;
pub(crate) mod webmail;
pub(crate) use server::{Outside, Server, load_certificates};
pub(crate) use signals::{Signal, Signals};

use crate::cli::{Global, load};
use crate::configuration::{Configuration, Dnssec};
use crate::confinement::Needs;
use crate::failure::{Code, Failure};
use crate::log::{self, LogFormat};
use clap::Args;
use sd_notify::NotifyState;
use std::sync::Arc;
use tracing::{error, info, warn};
use world::{OsRandom, SystemClock, World};

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  glaspost serve --config /etc/glaspost/glaspost.toml\n\nSIGTERM ends it: sessions are told, commits end. SIGHUP reads certificates, listeners and routes anew."
)]
pub(crate) struct Serve {
    #[command(flatten)]
    log: LogArgs,
}

/// How the log is written.
#[derive(Debug, Clone, Args)]
pub(crate) struct LogArgs {
    /// How lines of the log are written
    #[arg(long, value_name = "FORMAT", default_value = "logfmt")]
    pub(crate) log_format: LogFormat,
    /// The least level that is logged: error, warn, info, debug or trace
    #[arg(long, value_name = "LEVEL", default_value = "info")]
    pub(crate) log_level: tracing::Level,
}

impl LogArgs {
    pub(crate) fn begin(&self) {
        log::begin(self.log_format, self.log_level);
    }
}

impl Serve {
    pub(crate) fn run(self, global: &Global) -> Result<(), Failure> {
        self.log.begin();
        let configuration = load(global)?;
        let path = global.config.clone();
        // Before any thread is made: each has what its maker has left.
        let needs = configuration.general.confined.then(|| Needs::of(&configuration, &path));
        needs.iter().for_each(Needs::enforce);
        runtime()?.block_on(async move {
            let signals = Signals::listen()?;
            let server = Server::start(configuration.clone(), outside(&configuration, needs)?).await?;
            info!(listeners = server.addresses().len(), "ready");
            notify(&[NotifyState::Ready]);
            let reload = || {
                crate::configuration::load(&path)
                    .map_err(|faults| faults.iter().map(|fault| fault.in_file(&path).to_string()).collect())
            };
            run_until_stopped(server, signals, reload).await
        })
    }
}

/// Serves until a signal or the disk ends it. A second signal ends it at once.
pub(crate) async fn run_until_stopped(
    mut server: Server,
    mut signals: Signals,
    reload: impl Fn() -> Result<Configuration, Vec<String>>,
) -> Result<(), Failure> {
    loop {
        tokio::select! {
            cause = server.disk_failure() => {
                error!(%cause, "the disk failed: nothing more is written; ending");
                server.fail().await;
                return Err(Failure::new(Code::Io, format!("the disk failed: {cause}")));
            }
            signal = signals.next() => match signal {
                Signal::Reload => {
                    notify_reloading();
                    match reload() {
                        Ok(configuration) => server.reload(configuration),
                        Err(faults) => {
                            faults.iter().for_each(|fault| warn!(fault, "the old configuration stays"));
                            server.renew_certificates();
                        }
                    }
                    notify(&[NotifyState::Ready]);
                }
                Signal::Stop => break,
            }
        }
    }
    info!("stopping: sessions are told");
    notify(&[NotifyState::Stopping]);
    server.stop(signals).await;
    info!("stopped");
    Ok(())
}

/// The real world.
fn outside(configuration: &Configuration, confined_to: Option<Needs>) -> Result<Outside, Failure> {
    let section = &configuration.dns;
    let validation = match &section.trust_anchors {
        _ if section.dnssec == Dnssec::Off => net::Validation::Off,
        Some(file) => net::Validation::Anchors(file.clone()),
        None if section.dnssec == Dnssec::Always => net::Validation::Root,
        None => net::Validation::Offered,
    };
    let settings = net::DnsSettings { servers: section.servers.clone(), validation, ..net::DnsSettings::default() };
    let dns = net::SystemDns::new(&settings).map_err(|error| Failure::new(Code::Config, error))?;
    let world = World { clock: Arc::new(SystemClock), random: Arc::new(OsRandom), dns: Arc::new(dns) };
    Ok(Outside { world, connect: None, inherited: net::Inherited::take(), confined_to })
}

/// Two threads or more, as many as there are cores.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| Failure::new(Code::Os, error))
}

/// sd_notify(3): who reloads says when he began, or `Type=notify-reload` takes it for a failure.
fn notify_reloading() {
    match NotifyState::monotonic_usec_now() {
        Ok(now) => notify(&[NotifyState::Reloading, now]),
        Err(error) => warn!(%error, "systemd could not be told"),
    }
}

/// Tells systemd, where it listens.
fn notify(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        warn!(%error, "systemd could not be told");
    }
}
