//! The one configuration file: what it holds, how it is read, and what is said when it is wrong.
//!
//! A setting is one line of a `section!` below `configuration/`: its name, its type, its default and the
//! text of the manual. Reading, the reference, `config show` and the list of known names come from that line.
mod brand;
mod field;
mod listener;
mod period;
mod queue;
mod read;
mod reference;
mod relay_domain;
mod route;
mod sections;
mod source;
mod validate;
pub(crate) use listener::{Certificate, Listener, Security, ServiceKind};
pub(crate) use period::Period;
pub(crate) use queue::Queue;
pub(crate) use read::load;
#[cfg(test)]
pub(crate) use read::parse;
pub(crate) use reference::{as_json, reference, show};
pub(crate) use relay_domain::RelayDomain;
pub(crate) use route::{Route, RouteHost, RouteKind};
pub(crate) use sections::{
    Dns, Dnssec, General, HeloRule, Imap, Journal, Language, Limits, Lmtp, MtaSts, MtaStsMode, Mx, Passwords, Pop3,
    Relay, StoreSection, Submission, Webmail,
};
pub(crate) use source::{Source, SourceAddress};

/// Everything that the file says, with the defaults where it is silent.
#[derive(Debug, Clone, Default)]
pub(crate) struct Configuration {
    pub(crate) general: General,
    pub(crate) listeners: Vec<Listener>,
    pub(crate) certificates: Vec<Certificate>,
    pub(crate) mx: Mx,
    pub(crate) mta_sts: MtaSts,
    pub(crate) submission: Submission,
    pub(crate) relay: Relay,
    pub(crate) lmtp: Lmtp,
    pub(crate) imap: Imap,
    pub(crate) pop3: Pop3,
    pub(crate) webmail: Webmail,
    pub(crate) passwords: Passwords,
    pub(crate) store: StoreSection,
    pub(crate) dns: Dns,
    pub(crate) queue: Queue,
    pub(crate) routes: Vec<Route>,
    pub(crate) journal: Journal,
    pub(crate) limits: Limits,
}
