//! The listeners of the configuration, each with its protocol.
use crate::configuration::{Configuration, HeloRule, Listener, Security, ServiceKind};
use crate::failure::{Code, Failure};
use crate::health::{Condition, Health};
use crate::house::House;
use crate::own_names::own_names;
use admin::control::Control;
use net::{Endpoint, ListenerSpec, Words};
use policy::{AllowanceLimits, HeloPolicy};
use smtp::{AuthRule, Door, PostOffice, SenderRates, Smtp};
use smtp_wire::Priority;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use transport::Service;
use web::SettingsPage;
use world::World;

/// The name of the control socket's listener.
const CONTROL: &str = "control";

/// Where a running server is driven from the command line.
pub(crate) fn control_socket(configuration: &Configuration) -> PathBuf {
    configuration.general.data.join("control.sock")
}

/// Makes the services that the doors open on.
pub(super) struct Doors<'a> {
    pub(super) configuration: &'a Configuration,
    pub(super) house: &'a House,
    pub(super) world: &'a World,
    pub(super) condition: Arc<dyn Condition>,
    pub(super) settings: Arc<SettingsPage>,
}

impl Doors<'_> {
    /// A spec for each listener, in the order of the file.
    pub(super) fn specs(&self) -> Result<Vec<ListenerSpec>, Failure> {
        let names = listener_names(&self.configuration.listeners);
        let listed = self.configuration.listeners.iter().zip(names).map(|(listener, name)| self.spec(listener, &name));
        listed.chain(std::iter::once(Ok(self.control()))).collect()
    }

    /// The operator's own door: a socket that only this program's user may open.
    fn control(&self) -> ListenerSpec {
        ListenerSpec {
            name: CONTROL.into(),
            endpoints: vec![Endpoint::Unix(control_socket(self.configuration))],
            security: net::Security::Plain,
            alpn: Vec::new(),
            proxies: Vec::new(),
            limited: false,
            words: Words::default(),
            service: Arc::new(Control::new(self.house.admin.clone())),
        }
    }

    fn spec(&self, listener: &Listener, name: &str) -> Result<ListenerSpec, Failure> {
        let kind = listener.service.ok_or_else(|| Failure::new(Code::Config, "a [[listener]] without `service`"))?;
        let sockets = listener.socket.iter().map(|path| Endpoint::Unix(path.clone()));
        Ok(ListenerSpec {
            name: name.into(),
            endpoints: listener.address.iter().copied().map(Endpoint::Tcp).chain(sockets).collect(),
            security: match listener.tls {
                Security::None => net::Security::Plain,
                Security::Starttls => net::Security::StartTls,
                Security::Implicit => net::Security::Implicit,
            },
            alpn: alpn(kind).iter().map(|name| name.to_vec()).collect(),
            proxies: listener.proxies.clone(),
            limited: self.configuration.limits.enabled && !matches!(kind, ServiceKind::Lmtp | ServiceKind::Metrics),
            words: words(kind),
            service: self.service(kind, listener)?,
        })
    }

    fn service(&self, kind: ServiceKind, listener: &Listener) -> Result<Arc<dyn Service>, Failure> {
        Ok(match kind {
            ServiceKind::Mx | ServiceKind::Submission | ServiceKind::Relay | ServiceKind::Lmtp => {
                Arc::new(Smtp::new(self.door(kind, listener)?, self.smtp_parts()))
            }
            ServiceKind::Pop3 => Arc::new(self.pop3(listener)),
            ServiceKind::Imap => Arc::new(self.imap(listener)),
            ServiceKind::Https => {
                let settings = self.settings.clone();
                Arc::new(super::pages::web(self.configuration, self.house, self.world, settings)?)
            }
            ServiceKind::Metrics => Arc::new(Health::new(self.condition.clone())),
        })
    }

    fn smtp_parts(&self) -> smtp::Parts {
        smtp::Parts {
            post: Arc::new(PostOffice { delivery: self.house.delivery.clone(), store: self.house.store.clone() }),
            directory: self.house.directory.clone(),
            senders: self.house.delivery.senders(),
            journal: self.house.journal.clone(),
            world: self.world.clone(),
        }
    }

    fn door(&self, kind: ServiceKind, listener: &Listener) -> Result<Door, Failure> {
        let configuration = self.configuration;
        let host_name = configuration.general.host_name.clone();
        let host_name = host_name.ok_or_else(|| Failure::new(Code::Config, "`host-name` is missing"))?;
        // A customer is greeted by the name that he set in his program.
        let host_name = match (kind, listener.names.first()) {
            (ServiceKind::Submission | ServiceKind::Relay, Some(name)) => name.clone(),
            _ => host_name,
        };
        let mut door = match kind {
            ServiceKind::Submission => Door::submission(host_name, &configuration.submission.helo_names),
            ServiceKind::Relay => Door::relay(host_name, configuration.general.own_networks.clone()),
            ServiceKind::Lmtp => Door::lmtp(host_name),
            _ => Door::mx(host_name),
        };
        let (helo, recipients, timeout) = match kind {
            ServiceKind::Submission => {
                let section = &configuration.submission;
                (section.helo, section.max_recipients, section.timeout)
            }
            ServiceKind::Relay => {
                (configuration.relay.helo, configuration.relay.max_recipients, configuration.relay.timeout)
            }
            ServiceKind::Lmtp => (HeloRule::Lenient, configuration.lmtp.max_recipients, configuration.lmtp.timeout),
            _ => (configuration.mx.helo, configuration.mx.max_recipients, configuration.mx.timeout),
        };
        door.helo = match helo {
            HeloRule::Strict => HeloPolicy::strict(&configuration.submission.helo_names),
            HeloRule::Lenient => HeloPolicy::lenient(),
        };
        if kind == ServiceKind::Submission {
            let section = &configuration.submission;
            door.limits.max_hold = section.max_hold.0;
            door.max_priority = Priority::new(section.max_priority);
            door.hides_client = section.hide_client_address;
            if listener.login_without_tls {
                door.auth = AuthRule::Anyhow;
            }
        }
        door.own_names = own_names(configuration);
        door.trusts_verdicts = kind == ServiceKind::Lmtp && configuration.lmtp.trusts_verdicts;
        door.starttls = listener.tls == Security::Starttls;
        if let Some(domain) = &configuration.general.default_domain {
            door.postmaster_domain = domain.clone();
        }
        door.limits.max_recipients = recipients;
        door.limits.command_timeout = timeout.0;
        door.limits.write_timeout = configuration.limits.write_timeout.0;
        door.limits.max_message_size = configuration.general.max_message_size.bytes();
        door.limits.max_header_size =
            usize::try_from(configuration.general.max_header_size.bytes()).unwrap_or(usize::MAX);
        door.limits.max_errors = configuration.limits.errors;
        door.limits.max_junk = configuration.limits.junk_commands;
        door.limits.rates = self.rates(kind);
        door.limits.allowance = allowance(configuration).filter(|_| kind == ServiceKind::Submission);
        Ok(door)
    }

    fn rates(&self, kind: ServiceKind) -> Option<SenderRates> {
        let relay = &self.configuration.relay;
        let rates =
            SenderRates { messages_per_hour: relay.messages_per_hour, recipients_per_hour: relay.recipients_per_hour };
        (kind == ServiceKind::Relay && self.configuration.limits.enabled).then_some(rates)
    }

    fn pop3(&self, listener: &Listener) -> pop3::Pop3 {
        let settings = pop3::Settings {
            timeout: self.configuration.pop3.timeout.0,
            write_timeout: self.configuration.limits.write_timeout.0,
            login: if listener.login_without_tls { pop3::LoginRule::Anywhere } else { pop3::LoginRule::TlsOnly },
            language: self.configuration.general.language.spoken(),
            max_errors: self.configuration.limits.errors,
        };
        pop3::Pop3::new(self.house.store.clone(), self.house.directory.clone(), self.house.journal.clone(), settings)
    }

    fn imap(&self, listener: &Listener) -> imap::Imap {
        let rooms = imap::Rooms {
            store: self.house.store.clone(),
            directory: self.house.directory.clone(),
            journal: self.house.journal.clone(),
            world: self.world.clone(),
        };
        let settings = imap::Settings {
            login_without_tls: listener.login_without_tls,
            max_message_size: self.configuration.general.max_message_size,
            wait_before_login: self.configuration.imap.login_timeout.0,
            wait_after_login: self.configuration.imap.idle_timeout.0,
            wait_to_write: self.configuration.limits.write_timeout.0,
            search_time: self.configuration.imap.search_time.0,
            searches: self.configuration.imap.searches,
            watched_accounts: self.configuration.imap.watched_accounts,
            server_comment: self.configuration.imap.server_comment.clone(),
            server_admin: self.configuration.imap.server_admin.clone(),
            own_seen: self.configuration.imap.own_seen,
            jmap: super::pages::session_address(self.configuration),
            language: self.configuration.general.language.spoken(),
            eight_bit_headers: self.configuration.imap.eight_bit_headers,
            max_errors: self.configuration.limits.errors,
            standard: self.house.standard.clone(),
            ..imap::Settings::default()
        };
        imap::Imap::new(rooms, settings)
    }
}

/// Each listener's name: its own, or its service with a number from the second on.
pub(crate) fn listener_names(listeners: &[Listener]) -> Vec<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    listeners
        .iter()
        .map(|listener| {
            let service = listener.service.map(|service| service.to_string());
            let name = listener.name.clone().or(service).unwrap_or_default();
            let count = seen.entry(name.clone()).or_default();
            *count += 1;
            if *count == 1 { name } else { format!("{name}-{count}") }
        })
        .collect()
}

/// The names of ALPN (RFC 7301) that belong to a service.
const fn alpn(kind: ServiceKind) -> &'static [&'static [u8]] {
    match kind {
        ServiceKind::Imap => &[b"imap"],
        ServiceKind::Pop3 => &[b"pop3"],
        ServiceKind::Https => &[b"h2", b"http/1.1"],
        ServiceKind::Mx | ServiceKind::Submission | ServiceKind::Relay | ServiceKind::Lmtp | ServiceKind::Metrics => {
            &[]
        }
    }
}

/// To who speaks HTTP without TLS on the port of HTTPS.
const NOT_HTTPS: &[u8] =
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: 34\r\n\r\n\
this port speaks HTTPS: https://\r\n";

/// What is said to those who are turned away before a session sees them.
fn words(kind: ServiceKind) -> Words {
    let (busy, needs_tls, fault): (&'static [u8], &'static [u8], &'static [u8]) = match kind {
        ServiceKind::Imap => (
            b"* BYE too many connections from your address; close some and try again\r\n",
            b"* BYE this port speaks TLS from the first byte: set your program to SSL/TLS\r\n",
            b"* BYE [UNAVAILABLE] a fault of this server; please try again\r\n",
        ),
        ServiceKind::Pop3 => (
            b"-ERR [SYS/TEMP] too many connections from your address; close some and try again\r\n",
            b"-ERR this port speaks TLS from the first byte: set your program to SSL/TLS\r\n",
            b"-ERR [SYS/TEMP] a fault of this server; please try again\r\n",
        ),
        ServiceKind::Https => (b"", NOT_HTTPS, b""),
        ServiceKind::Metrics => (b"", b"", b""),
        ServiceKind::Mx | ServiceKind::Submission | ServiceKind::Relay | ServiceKind::Lmtp => (
            b"421 4.7.0 too many connections from your address; close some and try again\r\n",
            b"421 4.7.0 this port speaks TLS from the first byte: set your program to SSL/TLS\r\n",
            b"421 4.3.0 a fault of this server; please try again\r\n",
        ),
    };
    Words { busy: Cow::Borrowed(busy), needs_tls: Cow::Borrowed(needs_tls), fault: Cow::Borrowed(fault) }
}

/// How much one account may send, by whichever way; `None`: as much as it likes.
pub(super) fn allowance(configuration: &Configuration) -> Option<AllowanceLimits> {
    let submission = &configuration.submission;
    let allowance = AllowanceLimits {
        messages_per_hour: submission.messages_per_hour,
        messages_per_day: submission.messages_per_day,
        recipients_per_hour: submission.recipients_per_hour,
        new_recipients_per_hour: submission.new_recipients_per_hour,
        new_recipients_per_day: submission.new_recipients_per_day,
    };
    configuration.limits.enabled.then_some(allowance)
}
