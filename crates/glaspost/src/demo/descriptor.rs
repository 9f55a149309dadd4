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
