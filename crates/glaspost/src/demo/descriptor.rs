//! `demo.json`: what a test or a script must know of a running demo (names and keys are relied upon outside).
use crate::configuration::{Listener, Security, ServiceKind};
use serde::Serialize;
use std::net::SocketAddr;
use std::path::PathBuf;

/// The file's content. A key appears when what it names exists.
#[derive(Debug, Serialize)]
pub(super) struct Descriptor {
    pub(super) pid: u32,
    pub(super) dir: PathBuf,
    pub(super) config: PathBuf,
    pub(super) domain: String,
    pub(super) ca: PathBuf,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) outside: Option<PathBuf>,
    pub(super) listeners: Vec<Door>,
    pub(super) accounts: Vec<Account>,
    pub(super) admin: Account,
    pub(super) urls: Urls,
}

/// One address of a listener.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Door {
    pub(super) name: String,
    pub(super) protocol: ServiceKind,
    pub(super) address: String,
    pub(super) port: u16,
    pub(super) tls: Security,
    pub(super) names: Vec<String>,
}

/// Who can log in.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Account {
    pub(super) address: String,
    pub(super) password: String,
}

/// Where a browser or a script finds what is served by HTTP.
#[derive(Debug, Serialize)]
pub(super) struct Urls {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) webmail: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) settings: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) metrics: Option<String>,
}

impl Door {
    /// The door of `listener` at the address that it was really given.
    pub(super) fn new(listener: &Listener, name: &str, service: ServiceKind, address: SocketAddr) -> Self {
        Self {
            name: name.to_owned(),
            protocol: service,
            address: address.ip().to_string(),
            port: address.port(),
            tls: listener.tls,
            names: listener.names.iter().map(ToString::to_string).collect(),
        }
    }
}

impl Descriptor {
    /// The same for people, with what to try next.
    pub(super) fn for_people(&self) -> String {
        let mut text = format!("Glaspost runs as {}, in {}\n\n", self.domain, self.dir.display());
        for door in &self.listeners {
            let tls = match door.tls {
                Security::None => "plain",
                Security::Starttls => "STARTTLS",
                Security::Implicit => "TLS",
            };
            let place = format!("{}:{}", door.address, door.port);
            text.push_str(&format!(
                "  {:<11} {place:<17} {tls:<9} {}\n",
                door.protocol.to_string(),
                door.names.join(", ")
            ));
        }
        text.push_str("\nAccounts (name, password):\n");
        for account in self.accounts.iter().take(5).chain(std::iter::once(&self.admin)) {
            text.push_str(&format!("  {:<32} {}\n", account.address, account.password));
        }
        if let Some(more) = self.accounts.len().checked_sub(5).filter(|more| *more > 0) {
            text.push_str(&format!("  and {more} more\n"));
        }
        text.push_str(&format!("\nCertificate authority: {}\n", self.ca.display()));
        if let Some(webmail) = &self.urls.webmail {
            text.push_str(&format!("Webmail: {webmail}\n"));
        }
        if let Some(settings) = &self.urls.settings {
            text.push_str(&format!("The customers' settings: {settings}\n"));
        }
        if let Some(outside) = &self.outside {
            text.push_str(&format!("Mail for other domains is kept in {}\n", outside.display()));
        }
        let address = |protocol, tls| {
            let door = self.listeners.iter().find(|door| door.protocol == protocol && door.tls == tls);
            door.map_or_else(String::new, |door| format!("{}:{}", door.address, door.port))
        };
        text.push_str(&format!(
            "\nTry:\n  curl --user anna@{0}:glaspost-demo imap://{1}/INBOX\n  \
             swaks --server {2} --from renee@buren.example --to anna@{0}\n  \
             {4} --config {3} account list\n\nCtrl-C ends it; the folder stays.\n",
            self.domain,
            address(ServiceKind::Imap, Security::Starttls),
            address(ServiceKind::Mx, Security::Starttls),
            self.config.display(),
            std::env::current_exe().map_or_else(|_| "glaspost".to_owned(), |own| own.display().to_string()),
        ));
        text
    }
}
