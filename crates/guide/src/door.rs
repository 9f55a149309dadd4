//! The doors that are open to customers.
use names::Domain;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What stands behind a door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// Mail from customers, who log in.
    Submission,
    /// Mail from the customers' own networks, without a login.
    Relay,
    /// IMAP.
    Imap,
    /// POP3.
    Pop3,
    /// Pages by HTTPS, the one with the settings among them.
    Pages,
}

/// How a connection is secured. In the order in which they are proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Security {
    /// TLS from the first byte.
    Tls,
    /// STARTTLS; by POP3 it is called STLS.
    Starttls,
    /// None.
    None,
}

/// A door.
#[derive(Debug, Clone)]
pub struct Door {
    /// What stands behind it.
    pub service: Service,
    /// The names by which customers know it: the one to use, then older ones. At least one.
    pub names: Vec<Domain>,
    /// Its ports, on whatever address.
    pub ports: BTreeSet<u16>,
    /// What security it offers.
    pub security: Security,
    /// Whether one may log in without TLS.
    pub login_without_tls: bool,
}

/// Everything that a guide is made from.
#[derive(Debug, Clone)]
pub struct Open {
    /// The domain of the customers.
    pub provider: Domain,
    /// What customers call the provider, where it is not known by that domain.
    pub name: Option<String>,
    /// The doors.
    pub doors: Vec<Door>,
    /// Those of the names that a certificate bears; nothing where that is not known.
    pub certified: Option<BTreeSet<Domain>>,
    /// What submission says to a bad name of a computer, given that name; nothing where it takes any.
    pub bad_helo: Option<fn(name: &str) -> String>,
    /// The path of the page with the settings.
    pub page: &'static str,
    /// The path of the webmail, where one is served.
    pub webmail: Option<&'static str>,
}
