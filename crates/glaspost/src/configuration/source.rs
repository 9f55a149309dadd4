//! From which addresses of this machine mail leaves.
use names::Domain;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// Addresses of this machine by which some mail leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Source {
    /// What it is called, in the log and in `queue`.
    pub(crate) name: String,
    /// The addresses.
    pub(crate) addresses: Vec<SourceAddress>,
    /// Mail from senders at these domains leaves by it.
    #[serde(default)]
    pub(crate) sender_domains: Vec<Domain>,
    /// Mail that came in by these listeners leaves by it.
    #[serde(default)]
    pub(crate) listeners: Vec<String>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct SourceAddress {
    /// The address.
    pub(crate) address: IpAddr,
    /// What EHLO says there.
    pub(crate) host_name: Domain,
}
