//! How mail goes on to other servers.
use super::field::section;
use super::period::Period;
use super::read::Fault;
use super::source::Source;
use ipnet::IpNet;
use names::Domain;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// A host that takes all mail for the Internet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct SmartHost {
    /// Its name, or its address.
    pub(crate) host: String,
    /// Its port.
    pub(crate) port: u16,
}

/// A host that takes the mail for one domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct DomainHost {
    /// The recipient's domain.
    pub(crate) domain: Domain,
    /// The host that takes its mail.
    pub(crate) host: String,
    /// Its port.
    pub(crate) port: u16,
}

section! {
    /// Mail on its way to other servers.
    Queue {
        /// A host that takes all mail for the Internet, `{ host = "…", port = 25 }`: a route behind all others.
        smart_host: Option<SmartHost> = None;
        /// Hosts for single domains: `[{ domain = "…", host = "…", port = 25 }]`; routes behind every `[[route]]`.
        routes: Vec<DomainHost> = Vec::new();
        /// The waits between the first attempts; the last one repeats. Each is up to an eighth shorter, so that what was
        /// put off together does not come again together.
        retry: Vec<Period> = vec![Period::mins(5), Period::mins(10), Period::mins(20), Period::mins(40), Period::hours(1), Period::hours(2), Period::hours(4)];
        /// When to give up and tell the sender; not before the longest wait after a start, or after the clock was set.
        give_up_after: Period = Period::days(5);
        /// When to tell the sender that a message is delayed.
        warn_after: Period = Period::hours(4);
        /// Connections to all destinations at once.
        max_connections: usize = 100;
        /// Connections to one destination at once, as far as it shows that it bears them: two at first, one more with
        /// each message that it answers, fewer when it refuses one or says 421.
        max_connections_per_destination: usize = 10;
        /// Messages by one connection while other destinations wait for one.
        max_messages_per_connection: usize = 100;
        /// How long a connection is kept for the next message to the same host; `0 s` for not at all.
        keep_connections: Period = Period::secs(5);
        /// From which addresses of this machine mail leaves, and what EHLO says there: `[{ name = "…", addresses = [{
        /// address = "…", host-name = "…" }], sender-domains = ["…"], listeners = ["…"] }]`. The sender's domain decides,
        /// then the listener (its name is in the log); one that names neither is for the rest. Default: the system chooses.
        sources: Vec<Source> = Vec::new();
        /// Recipients of one transaction; more become several (RFC 5321 asks every server to take 100).
        max_recipients: usize = 100;
        /// How long to wait for each answer of another server, and half of how long for the one after a message (RFC 5321,
        /// 4.5.3.2 asks for 5 and 10 minutes).
        reply_timeout: Period = Period::mins(5);
        /// Hosts of a destination that are tried for one message.
        max_hosts: usize = 10;
        /// Addresses of a host that are tried.
        max_addresses: usize = 6;
        /// Whether TLS is used where the other server offers it.
        starttls: bool = true;
        /// Whether TLSA records of other servers are heeded (DANE, RFC 7672): TLS is then a must, and their certificate is
        /// the one that the records say. Needs `dns.dnssec` and `starttls`.
        dane: bool = true;
        /// Whether the policies of other domains are heeded (MTA-STS, RFC 8461): mail then goes to the servers they name
        /// only, by TLS with a good certificate. Needs `starttls`.
        mta_sts: bool = true;
        /// Whether domains that ask for it are told, once a day, what became of TLS with their servers (TLSRPT, RFC 8460).
        tls_reports: bool = true;
        /// The certificates of the authorities that other servers are checked by, PEM.
        authorities: PathBuf = PathBuf::from("/etc/ssl/certs/ca-certificates.crt");
        /// Networks that are none of the Internet in which the servers of other domains may be: those that take mail, and those
        /// that are asked for policies and told of TLS. A domain that names an address of this machine or of your own network is
        /// not obeyed there; what you name yourself (`smart-host`, `routes`) may be anywhere. Default: none.
        inner_networks: Vec<IpNet> = Vec::new();
    }
}

/// What does not go together.
pub(super) fn faults(queue: &Queue) -> Vec<Fault> {
    let mut faults = Vec::new();
    if queue.retry.is_empty() {
        faults.push(Fault::missing("[queue] `retry`: name at least one wait"));
    }
    if queue.reply_timeout.0.is_zero() {
        faults.push(Fault::missing("[queue] `reply-timeout`: more than nothing"));
    }
    let sources = &queue.sources;
    for (at, source) in sources.iter().enumerate() {
        let name = &source.name;
        if name.is_empty() || sources.iter().take(at).any(|other| other.name == *name) {
            faults.push(Fault::missing(format!("[queue] `sources`: number {} needs a `name` of its own", at + 1)));
        }
        if source.addresses.is_empty() {
            faults.push(Fault::missing(format!("[queue] `sources`: {name} has no `addresses`")));
        }
    }
    faults
}
