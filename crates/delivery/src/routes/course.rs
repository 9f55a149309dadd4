//! The way that one message takes to one domain, as it is decided for one attempt.
use super::{Place, Relay, Route, TlsRule, Transport};
use crate::next_hop::NextHop;
use smtp_wire::Dialect;
use std::path::Path;
use std::sync::Arc;

/// Who decided, and what.
#[derive(Debug, Clone)]
pub(crate) enum Course {
    /// An operator has sent this message there by hand: that comes before all routes.
    ByHand(NextHop),
    /// A route.
    By(Arc<Route>),
    /// Nobody: to the domain's own servers.
    Usual,
    /// Nobody, and it is for people here: to their mailboxes.
    Home,
}

impl Course {
    /// What the journal calls it; `None`: no route fits.
    pub(crate) fn name(&self) -> Option<&str> {
        match self {
            Self::ByHand(_) => Some("by hand"),
            Self::By(route) => Some(&route.name),
            Self::Usual | Self::Home => None,
        }
    }

    /// Whether it goes to a mailbox here.
    pub(crate) const fn is_home(&self) -> bool {
        matches!(self, Self::Home)
    }

    /// What a route makes of it.
    pub(crate) fn transport(&self) -> Option<&Transport> {
        match self {
            Self::By(route) => Some(&route.transport),
            Self::ByHand(_) | Self::Usual | Self::Home => None,
        }
    }

    /// The relay of a route.
    pub(crate) fn relay(&self) -> Option<&Relay> {
        match self.transport()? {
            Transport::Relay(relay) => Some(relay),
            Transport::Mx | Transport::Discard | Transport::Refuse(_) => None,
        }
    }

    /// The lane of mail for a domain that goes this way; `None`: the domain's own.
    pub(crate) fn lane(&self) -> Option<String> {
        if let Self::ByHand(hop) = self {
            return Some(hop.to_string());
        }
        match self.transport()? {
            Transport::Mx => None,
            Transport::Relay(relay) => Some(relay.to_string()),
            // the colon tells them from domains
            Transport::Discard => Some("discard:".to_owned()),
            Transport::Refuse(_) => Some("refuse:".to_owned()),
        }
    }

    /// The hosts that an operator has named, in their order.
    pub(crate) fn hosts(&self) -> Option<&[NextHop]> {
        match self {
            Self::ByHand(hop) => Some(std::slice::from_ref(hop)),
            Self::By(_) | Self::Usual | Self::Home => match &self.relay()?.at {
                Place::Hosts(hosts) => Some(hosts),
                Place::Socket(_) => None,
            },
        }
    }

    /// The socket that an operator has named.
    pub(crate) fn socket(&self) -> Option<&Path> {
        match &self.relay()?.at {
            Place::Socket(path) => Some(path),
            Place::Hosts(_) => None,
        }
    }

    /// What the other side speaks.
    pub(crate) fn dialect(&self) -> Dialect {
        self.relay().map_or(Dialect::Smtp, |relay| relay.dialect)
    }

    /// What an operator asks of TLS; opportunistic where he has asked for nothing.
    pub(crate) fn tls(&self) -> TlsRule {
        self.relay().map_or(TlsRule::Opportunistic, |relay| relay.tls)
    }

    /// Which route, as long as anybody has it: one that was written anew is another, though it says the same.
    pub(crate) fn mark(&self) -> Option<*const Route> {
        match self {
            Self::By(route) => Some(Arc::as_ptr(route)),
            Self::ByHand(_) | Self::Usual | Self::Home => None,
        }
    }

    /// Whether a connection made by `other` is one that this would make.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::ByHand(one), Self::ByHand(other)) => one == other,
            (Self::By(one), Self::By(other)) => Arc::ptr_eq(one, other),
            (Self::Usual, Self::Usual) | (Self::Home, Self::Home) => true,
            (Self::ByHand(_) | Self::By(_) | Self::Usual | Self::Home, _) => false,
        }
    }
}
