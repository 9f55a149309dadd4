//! What the process gives up: it leaves no core, nobody of its user looks into its memory, and the running server sees no
//! file and no port but those it needs (docs/security.md, Secure defaults). A fault in a parser then reaches mail, and nothing else.
use crate::configuration::{Configuration, Route, RouteHost};
use landlock::{
    ABI, Access, AccessFs, AccessNet, NetPort, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetError, RulesetStatus,
    Scope, path_beneath_rules,
};
use nix::sys::prctl::set_dumpable;
use nix::sys::resource::{Resource, setrlimit};
use std::collections::BTreeSet;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use tracing::{info, warn};

/// What is asked of the kernel; an older one gives what it has. From the sixth version on signals stay inside.
const VERSION: ABI = ABI::V6;
/// Ports that other mail servers, resolvers and web servers (MTA-STS) listen on; and those of relays, so that most routes can
/// change while the server runs.
const PORTS: [u16; 6] = [24, 25, 53, 443, 465, 587];
/// What the resolver, the clock of people and the count of cores are read from.
const SYSTEM: [&str; 7] = [
    "/etc/resolv.conf",
    "/etc/hosts",
    "/etc/localtime",
    "/usr/share/zoneinfo",
    "/sys/fs/cgroup",
    "/proc/self",
    "/dev/null",
];

/// No core dump and no look into the memory, where passwords and keys are. For every command.
pub(crate) fn close_memory() {
    // Neither can fail on Linux but by a filter of somebody who confined us already.
    let _ = setrlimit(Resource::RLIMIT_CORE, 0, 0);
    let _ = set_dumpable(false);
}

/// What a running server needs.
#[derive(Debug, Default)]
pub(crate) struct Needs {
    /// Folders in which it writes.
    written: BTreeSet<PathBuf>,
    /// Files and folders that it reads.
    read: BTreeSet<PathBuf>,
    /// TCP ports that it connects to.
    ports: BTreeSet<u16>,
}

impl Needs {
    /// Of this configuration, which was read from `file`.
    pub(crate) fn of(configuration: &Configuration, file: &Path) -> Self {
        let mut needs = Self::default();
        needs.written.insert(configuration.general.data.clone());
        needs.written.extend(configuration.listeners.iter().filter_map(|listener| folder(listener.socket.as_deref()?)));
        needs.read.extend(SYSTEM.iter().map(PathBuf::from));
        let certificates = configuration.certificates.iter().flat_map(|files| [&files.chain, &files.key]);
        let passwords = [&configuration.passwords.breached, &configuration.passwords.pepper];
        let trust = configuration.dns.trust_anchors.iter().chain([&configuration.queue.authorities]);
        let trust = trust.chain(configuration.routes.iter().filter_map(|route| route.password_file.as_ref()));
        let listed = configuration.mx.relay_domains.iter().filter_map(|one| one.recipients_file.as_ref());
        let trust = trust.chain(listed).chain(&configuration.webmail.logo);
        let files = certificates.chain(passwords.into_iter().flatten()).chain(trust).map(PathBuf::as_path);
        for file in files.chain([file]) {
            needs.read.extend(folder(file));
            // A link, such as an ACME client makes, leads to a folder of its own.
            needs.read.extend(file.canonicalize().ok().and_then(|real| folder(&real)));
        }
        needs.ports.extend(PORTS);
        needs.ports.extend(configuration.dns.servers.iter().map(|server| server.port()));
        needs.ports.extend(route_ports(configuration));
        needs
    }

    /// The ports of routes to which a server with these needs may not connect.
    pub(crate) fn missing(&self, configuration: &Configuration) -> BTreeSet<u16> {
        route_ports(configuration).filter(|port| !self.ports.contains(port)).collect()
    }

    /// Gives up the rest, for this thread and those it makes from now on. The log says how far it went.
    pub(crate) fn enforce(&self) {
        for folder in &self.written {
            // Only what is there can be allowed; what cannot be made is told by who needs it.
            let _ = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
        }
        match self.restrict() {
            Ok(RulesetStatus::FullyEnforced) => info!("confined to its folders and ports"),
            Ok(RulesetStatus::PartiallyEnforced) => {
                info!("confined to its folders and ports as far as this kernel knows how");
            }
            Ok(RulesetStatus::NotEnforced) => warn!("this kernel has no Landlock: the server is not confined"),
            Err(error) => warn!(%error, "the server is not confined"),
        }
    }

    fn restrict(&self) -> Result<RulesetStatus, RulesetError> {
        let reading = AccessFs::ReadFile | AccessFs::ReadDir;
        let writing = AccessFs::from_all(VERSION) & !(AccessFs::Execute | AccessFs::MakeChar | AccessFs::MakeBlock);
        let ports = self.ports.iter().map(|port| Ok::<_, RulesetError>(NetPort::new(*port, AccessNet::ConnectTcp)));
        let ruleset = Ruleset::default()
            .handle_access(AccessFs::from_all(VERSION))?
            .handle_access(AccessNet::ConnectTcp)?
            .scope(Scope::Signal)?
            .create()?
            .add_rules(path_beneath_rules(&self.written, writing))?
            .add_rules(path_beneath_rules(&self.read, reading))?
            .add_rules(ports)?;
        Ok(ruleset.restrict_self()?.ruleset)
    }
}

/// The ports of the hosts that routes name.
fn route_ports(configuration: &Configuration) -> impl Iterator<Item = u16> {
    let queue = &configuration.queue;
    let short = queue.smart_host.iter().map(|host| host.port).chain(queue.routes.iter().map(|route| route.port));
    let ports = |route: &Route| {
        let port = |host: &RouteHost| host.hop(route.port()).ok().map(|hop| hop.port);
        route.hosts.iter().filter_map(port).collect::<Vec<_>>()
    };
    short.chain(configuration.routes.iter().flat_map(ports))
}

/// The folder of a file; of one that is named without a folder, the present one.
fn folder(file: &Path) -> Option<PathBuf> {
    let parent = file.parent()?;
    Some(if parent.as_os_str().is_empty() { PathBuf::from(".") } else { parent.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::io::ErrorKind;
    use std::net::{TcpListener, TcpStream};

    /// A thread of its own: what it gives up, the other tests keep.
    #[test]
    fn o06_what_is_not_needed_is_out_of_reach() {
        let root = tempfile::tempdir().unwrap();
        let [data, config, other] = ["data", "config", "other"].map(|name| root.path().join(name));
        for folder in [&data, &config, &other] {
            fs::create_dir(folder).unwrap();
            fs::write(folder.join("file"), "x").unwrap();
        }
        let listeners = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
        let [allowed, denied] = [0, 1].map(|at: usize| listeners[at].local_addr().unwrap());
        let needs =
            Needs { written: [data.clone()].into(), read: [config.clone()].into(), ports: [allowed.port()].into() };
        let confined = std::thread::spawn(move || {
            let status = needs.restrict().unwrap();
            if status == RulesetStatus::NotEnforced {
                return; // a kernel without Landlock: the log says so
            }
            fs::write(data.join("new"), "x").unwrap();
            fs::rename(data.join("new"), data.join("newer")).unwrap();
            fs::remove_file(data.join("newer")).unwrap();
            assert_eq!(fs::read_to_string(config.join("file")).unwrap(), "x");
            for refused in [
                fs::write(config.join("file"), "y"),
                fs::write(config.join("new"), "y"),
                fs::read(other.join("file")).map(drop),
                fs::read_dir(&other).map(drop),
                fs::read("/etc/passwd").map(drop),
                std::process::Command::new("/bin/true").spawn().map(drop),
            ] {
                assert_eq!(refused.unwrap_err().kind(), ErrorKind::PermissionDenied);
            }
            TcpStream::connect(allowed).unwrap();
            // Ports are known from Linux 6.7 on.
            if status == RulesetStatus::FullyEnforced {
                assert_eq!(TcpStream::connect(denied).unwrap_err().kind(), ErrorKind::PermissionDenied);
            }
        });
        confined.join().unwrap();
    }

    #[test]
    fn what_a_configuration_names_is_needed() {
        let text = "host-name = \"mx.example.org\"\ndefault-domain = \"example.org\"\ndata = \"/srv/mail\"\n\
                    [[certificate]]\nchain = \"/srv/tls/chain.pem\"\nkey = \"/srv/keys/key.pem\"\n\
                    [[listener]]\nservice = \"lmtp\"\nsocket = \"/run/glaspost/lmtp\"\n\
                    [passwords]\nbreached = \"/srv/lists/pwned\"\n\
                    [webmail]\nlogo = \"/srv/brand/logo.svg\"\n\
                    [dns]\nservers = [\"127.0.0.1:5353\"]\n\
                    [queue]\nsmart-host = { host = \"smart\", port = 2525 }\n\
                    [[route]]\nkind = \"smart-host\"\nhosts = [\"a.nl:2526\"]\nuser = \"u\"\npassword-file = \"/srv/secret/p\"\n";
        let configuration = crate::configuration::parse(text).unwrap();
        let needs = Needs::of(&configuration, Path::new("glaspost.toml"));
        assert_eq!(needs.written, ["/srv/mail", "/run/glaspost"].map(PathBuf::from).into());
        for read in [".", "/srv/tls", "/srv/keys", "/srv/lists", "/srv/secret", "/srv/brand"] {
            assert!(needs.read.contains(Path::new(read)), "{read}");
        }
        assert_eq!(needs.ports, [24, 25, 53, 443, 465, 587, 2525, 2526, 5353].into());
        let text = text.replace("2526", "2527");
        assert_eq!(needs.missing(&crate::configuration::parse(&text).unwrap()), [2527].into());
    }
}
