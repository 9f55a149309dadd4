//! `glaspost demo`: the provider of the settings page on this machine, with accounts and mail, in a folder of its own.
mod accounts;
mod certificates;
mod deployment;
mod descriptor;
mod messages;
mod sink;
mod zone;

use crate::cli::Global;
use crate::configuration::{self, Configuration, Language, ServiceKind};
use crate::failure::{Code, Failure};
use crate::serve::doors::listener_names;
use crate::serve::{LogArgs, Outside, Server, Signals, run_until_stopped, runtime};
use clap::{Args, ValueEnum};
use deployment::Ports;
use descriptor::{Descriptor, Door, Urls};
use net::{Endpoint, Inherited, Limits, ListenerSpec, Listeners, Security, Words};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use transport::{Observer, Peer, Refusal};
use world::{OsRandom, SystemClock, World};

/// Where the world outside listens: a host of its own on loopback.
const OUTSIDE: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 3));
/// The port of the world outside, unless ports are free.
const OUTSIDE_PORT: u16 = 10_025;

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  glaspost demo\n  glaspost demo --dir /tmp/provider --ports free --json\n\nIt ends with SIGTERM or Ctrl-C; the folder stays, and the next start goes on from it."
)]
pub(crate) struct Demo {
    /// The folder of everything that the demo makes
    #[arg(long, value_name = "DIR", default_value = "glaspost-demo")]
    dir: PathBuf,
    /// Accounts beside anna and bram: user0, user1 and so on
    #[arg(long, value_name = "N", default_value_t = 0)]
    accounts: usize,
    /// Which ports are listened on
    #[arg(long, value_enum, default_value_t = PortChoice::Plus)]
    ports: PortChoice,
    /// A server that takes the mail for other domains, instead of the demo's own
    #[arg(long, value_name = "HOST:PORT")]
    outside: Option<String>,
    /// The language of customers
    #[arg(long, value_enum, default_value_t = Language::Nl)]
    lang: Language,
    /// Switch off the limits by address and account
    #[arg(long)]
    no_limits: bool,
    /// Make a certificate that bears the old names too
    #[arg(long)]
    cover_old_names: bool,
    #[command(flatten)]
    log: LogArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PortChoice {
    /// The real ones: 25, 110, 143, 587, 993, 995
    Real,
    /// The real ones and 10000
    Plus,
    /// Whatever is free
    Free,
}

impl Demo {
    pub(crate) fn run(self, global: &Global) -> Result<(), Failure> {
        self.log.begin();
        let json = global.json;
        runtime()?.block_on(self.serve(json))
    }

    async fn serve(self, json: bool) -> Result<(), Failure> {
        let signals = Signals::listen()?;
        let folder = folder(&self.dir)?;
        let certificates = certificates::make(&folder, &self.certificate_names())?;
        let world = World { clock: Arc::new(SystemClock), random: Arc::new(OsRandom), dns: Arc::new(zone::zone()) };
        let outside = match &self.outside {
            Some(other) => Elsewhere::Other(other.clone()),
            None => Elsewhere::Sink(self.sink(&folder, &world)?),
        };
        let deployment = deployment::Deployment {
            folder: &folder,
            certificates: &certificates,
            ports: self.port_plan(),
            outside: outside.host_and_port(),
            language: self.lang,
            limits: !self.no_limits,
        };
        let path = folder.join("glaspost.toml");
        std::fs::write(&path, deployment.text()).map_err(|error| cannot(&path, &error))?;
        let configuration = read(&path)?;
        let server = Server::start(
            configuration.clone(),
            Outside { world: world.clone(), connect: None, inherited: Inherited::take(), confined_to: None },
        )
        .await?;
        let accounts = accounts::make(&server.house, &world, self.accounts, self.lang).await?;
        let descriptor = Descriptor {
            pid: std::process::id(),
            dir: folder.clone(),
            config: path.clone(),
            domain: zone::DOMAIN.to_owned(),
            ca: certificates.ca.clone(),
            outside: outside.folder(&folder),
            listeners: doors(&configuration, &server),
            accounts: accounts.people,
            admin: accounts.administrator,
            urls: urls(&configuration, &server),
        };
        announce(&descriptor, json)?;
        let reload = || {
            configuration::load(&path)
                .map_err(|faults| faults.iter().map(|fault| fault.in_file(&path).to_string()).collect())
        };
        let result = run_until_stopped(server, signals, reload).await;
        outside.stop().await;
        result
    }

    const fn port_plan(&self) -> Ports {
        match self.ports {
            PortChoice::Real => Ports::Plus(0),
            PortChoice::Plus => Ports::Plus(10_000),
            PortChoice::Free => Ports::Free,
        }
    }

    fn certificate_names(&self) -> Vec<String> {
        let old: &[&str] = if self.cover_old_names { &zone::OLD_NAMES } else { &[] };
        // `localhost` is for programs that check the name and cannot be told another (mbsync, mutt).
        zone::NEW_NAMES.iter().chain(&["localhost"]).chain(old).map(|name| (*name).to_owned()).collect()
    }

    /// Opens the server that stands for every other provider.
    fn sink(&self, folder: &Path, world: &World) -> Result<Listeners, Failure> {
        let port = if self.ports == PortChoice::Free { 0 } else { OUTSIDE_PORT };
        let service =
            sink::Sink::new(folder.join("outside")).map_err(|error| cannot(&folder.join("outside"), &error))?;
        let spec = ListenerSpec {
            name: "outside".into(),
            endpoints: vec![Endpoint::Tcp(SocketAddr::new(OUTSIDE, port))],
            security: Security::Plain,
            alpn: Vec::new(),
            proxies: Vec::new(),
            limited: false,
            words: Words::default(),
            service: Arc::new(service),
        };
        let rim = net::Rim {
            certificates: None,
            observer: Arc::new(Nobody),
            random: world.random.clone(),
            limits: Limits::default().without_limits_by_address(),
            inherited: Inherited::default(),
        };
        Listeners::open(vec![spec], rim).map_err(|error| Failure::new(Code::Os, error))
    }
}

/// Where mail for other domains goes.
enum Elsewhere {
    Sink(Listeners),
    Other(String),
}

impl Elsewhere {
    fn host_and_port(&self) -> (String, u16) {
        match self {
            Self::Sink(listeners) => {
                let port = listeners.addresses().first().map_or(OUTSIDE_PORT, |(_, address)| address.port());
                (OUTSIDE.to_string(), port)
            }
            Self::Other(text) => {
                let (host, port) = text.rsplit_once(':').unwrap_or((text, "25"));
                (host.trim_matches(['[', ']']).to_owned(), port.parse().unwrap_or(25))
            }
        }
    }

    fn folder(&self, folder: &Path) -> Option<PathBuf> {
        matches!(self, Self::Sink(_)).then(|| folder.join("outside"))
    }

    async fn stop(self) {
        if let Self::Sink(listeners) = self {
            listeners.stop(std::time::Duration::from_secs(1)).await;
        }
    }
}

/// What happens at the sink's door is nobody's affair.
struct Nobody;

impl Observer for Nobody {
    fn refused(&self, _: &Peer, _: Refusal) {}
}

/// The demo's folder, made if it is not there, by its whole path.
fn folder(dir: &Path) -> Result<PathBuf, Failure> {
    std::fs::create_dir_all(dir).and_then(|()| dir.canonicalize()).map_err(|error| cannot(dir, &error))
}

fn cannot(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(Code::CantCreate, format!("{}: {error}", path.display()))
}

fn read(path: &Path) -> Result<Configuration, Failure> {
    configuration::load(path).map_err(|faults| {
        let lines: Vec<String> = faults.iter().map(|fault| fault.in_file(path).to_string()).collect();
        Failure::new(Code::Config, lines.join("\n"))
    })
}

/// Every address of every listener, with the port that it was given.
fn doors(configuration: &Configuration, server: &Server) -> Vec<Door> {
    let names = listener_names(&configuration.listeners);
    let addresses = server.addresses();
    let mut doors = Vec::new();
    for (listener, name) in configuration.listeners.iter().zip(&names) {
        let Some(service) = listener.service else { continue };
        let own = addresses.iter().filter(|(other, _)| **other == **name);
        doors.extend(own.map(|(_, address)| Door::new(listener, name, service, *address)));
    }
    doors
}

/// What a browser on this machine finds: by `localhost`, which the certificate bears, for nobody else knows the demo's names.
fn urls(configuration: &Configuration, server: &Server) -> Urls {
    let doors = doors(configuration, server);
    let door = |kind| doors.iter().find(|door| door.protocol == kind);
    let built = !crate::serve::webmail::FILES.is_empty();
    Urls {
        webmail: door(ServiceKind::Https).filter(|_| built).map(|door| format!("https://localhost:{}/", door.port)),
        settings: door(ServiceKind::Https).map(|door| format!("https://localhost:{}{}", door.port, web::SETTINGS_PATH)),
        metrics: door(ServiceKind::Metrics).map(|door| format!("http://{}:{}/metrics", door.address, door.port)),
    }
}

/// Writes `demo.json` and says the same on standard output.
fn announce(descriptor: &Descriptor, json: bool) -> Result<(), Failure> {
    let text = serde_json::to_string(descriptor).map_err(|error| Failure::new(Code::Software, error))?;
    let path = descriptor.dir.join("demo.json");
    let draft = descriptor.dir.join("demo.json.part");
    std::fs::write(&draft, &text)
        .and_then(|()| std::fs::rename(&draft, &path))
        .map_err(|error| cannot(&path, &error))?;
    if json {
        return crate::cli::print(&format!("{text}\n"));
    }
    crate::cli::print(&descriptor.for_people())
}
