//! All that a customer sets up, as facts.
use crate::old_name::old_names;
use crate::way::ways;
use crate::{Door, OldName, Open, Protocol, Security, Service, StrictHelo, Way, helo};
use names::Domain;
use serde::{Deserialize, Serialize};

/// The port of submission under TLS from the first byte (RFC 8314, 3.3), which many programs propose.
const SUBMISSIONS: u16 = 465;
/// The port that a browser does not show.
const HTTPS: u16 = 443;
/// How the host of an MTA-STS policy begins (RFC 8461, 3.3): it is for other servers.
const POLICY_HOST: &str = "mta-sts.";

/// What a customer sets up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Guide {
    /// The domain of the customers.
    pub provider: Domain,
    /// What they call the provider, where it is not known by that domain.
    #[serde(default)]
    pub name: Option<String>,
    /// The ways to send, the best first.
    pub outgoing: Vec<Way>,
    /// Whether programs that propose port 465 find nobody there.
    pub no_port_465: bool,
    /// The ways to receive, the best first.
    pub incoming: Vec<Way>,
    /// Names that still work.
    pub old_names: Vec<OldName>,
    /// The rule for the name that a computer gives when it sends; nothing where any is taken.
    pub helo: Option<StrictHelo>,
    /// Where the page with the settings is, if it is anywhere.
    pub page: Option<String>,
    /// Where the webmail is, if it is anywhere.
    #[serde(default)]
    pub webmail: Option<String>,
}

impl Guide {
    /// The provider as customers know it.
    pub(crate) fn called(&self) -> String {
        self.name.clone().unwrap_or_else(|| self.provider.to_unicode())
    }

    /// The guide to what is open.
    #[must_use]
    pub fn new(open: &Open) -> Self {
        let mut all: Vec<Way> = open.doors.iter().flat_map(ways).collect();
        all.sort_by(|a, b| a.rank().cmp(&b.rank()));
        all.dedup();
        let (outgoing, incoming): (Vec<_>, Vec<_>) = all.into_iter().partition(|way| way.protocol == Protocol::Smtp);
        let no_port_465 = outgoing.iter().any(Way::is_recommended)
            && !outgoing.iter().any(|way| way.port == SUBMISSIONS || way.security == Security::Tls);
        let pages = || open.doors.iter().filter(|door| door.service == Service::Pages);
        let served = |path| pages().find_map(|door| address(door, path));
        Self {
            provider: open.provider.clone(),
            name: open.name.clone(),
            outgoing,
            no_port_465,
            incoming,
            old_names: old_names(open),
            helo: helo::strict(open),
            page: served(open.page),
            webmail: open.webmail.and_then(served),
        }
    }
}

/// The address of a page behind a door.
fn address(door: &Door, path: &str) -> Option<String> {
    let name = door.names.iter().find(|name| !name.as_str().starts_with(POLICY_HOST))?;
    match *door.ports.first()? {
        HTTPS => Some(format!("https://{name}{path}")),
        port => Some(format!("https://{name}:{port}{path}")),
    }
}
