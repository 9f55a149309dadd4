//! The ways to send and to receive: a port, its security, its login.
use crate::{Door, Security, Service};
use names::Domain;
use serde::{Deserialize, Serialize};

/// What a mail program speaks. In the order in which they are proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// For sending.
    Smtp,
    /// For receiving: mail stays on the server.
    Imap,
    /// For receiving: mail is fetched.
    Pop3,
}

/// How one logs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Login {
    /// With the login and the password of the account.
    Account,
    /// Not at all: the address must be of the customers' own networks.
    OwnNetwork,
}

/// Why a way is discouraged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// Password and mail cross the network in clear.
    PasswordInClear,
    /// Mail crosses the network in clear.
    MailInClear,
    /// The port offers STARTTLS.
    StarttlsIsOffered,
    /// The port offers no TLS.
    NoTlsHere,
    /// It works on the customers' own networks only.
    OwnNetworkOnly,
}

/// One way in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Way {
    /// What is spoken.
    pub protocol: Protocol,
    /// The name of the server.
    pub server: Domain,
    /// The port.
    pub port: u16,
    /// How the connection is secured.
    pub security: Security,
    /// How one logs in.
    pub login: Login,
    /// Why it is discouraged; empty where it is not.
    pub discouraged: Vec<Reason>,
}

impl Way {
    /// Whether it is one to set up.
    #[must_use]
    pub fn is_recommended(&self) -> bool {
        self.discouraged.is_empty()
    }

    /// By this they are proposed: what is discouraged comes last.
    pub(crate) fn rank(&self) -> impl Ord + '_ {
        (&self.discouraged, self.protocol, self.security, self.port, &self.server)
    }
}

/// All ways that a door opens; none where nobody could log in.
pub(crate) fn ways(door: &Door) -> Vec<Way> {
    let Some((server, protocol)) = door.names.first().cloned().zip(protocol(door.service)) else { return Vec::new() };
    let way = |port: u16, security, login, discouraged: &[Reason]| Way {
        protocol,
        server: server.clone(),
        port,
        security,
        login,
        discouraged: discouraged.to_vec(),
    };
    let mut ways = Vec::new();
    for port in door.ports.iter().copied() {
        if door.service == Service::Relay {
            let reasons = [Reason::MailInClear, Reason::OwnNetworkOnly];
            ways.push(way(port, Security::None, Login::OwnNetwork, &reasons));
            continue;
        }
        if door.security != Security::None {
            ways.push(way(port, door.security, Login::Account, &[]));
        }
        let clear = match door.security {
            Security::Tls => None,
            Security::Starttls => Some(Reason::StarttlsIsOffered),
            Security::None => Some(Reason::NoTlsHere),
        };
        if let Some(clear) = clear.filter(|_| door.login_without_tls) {
            ways.push(way(port, Security::None, Login::Account, &[Reason::PasswordInClear, clear]));
        }
    }
    ways
}

pub(crate) const fn protocol(service: Service) -> Option<Protocol> {
    match service {
        Service::Submission | Service::Relay => Some(Protocol::Smtp),
        Service::Imap => Some(Protocol::Imap),
        Service::Pop3 => Some(Protocol::Pop3),
        Service::Pages => None,
    }
}
