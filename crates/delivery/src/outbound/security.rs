//! How a connection to another server is to be secured, and how it was.
use crate::envelope::Origin;
use crate::queue::Entry;
use crate::sts::Held;
use crate::wishes::TlsWish;
use std::fmt;
use std::sync::Arc;
use transport::{Demand, TlsInfo};
use world::{Proof, Tlsa};

/// What is asked of a connection to one host before a message goes over it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Policy {
    /// No TLS at all: an operator's wish.
    Clear,
    /// TLS where it can be had, with whatever certificate (RFC 7435).
    Opportunistic,
    /// TLS, with whatever certificate: an operator's wish.
    Required,
    /// TLS, with a certificate of an authority for the host: an operator's wish.
    Verified,
    /// TLS, with whatever certificate: there are TLSA records, and none that can be used (RFC 7672, 2.2).
    Encrypted,
    /// TLS where it can be had; the domain tries its policy out, and hears what would fail (RFC 8461, 5).
    Testing {
        held: Arc<Held>,
        /// Whether the policy names the host.
        covered: bool,
    },
    /// TLS with a certificate of an authority for the host, which the domain's policy names (RFC 8461).
    Sts(Arc<Held>),
    /// TLS with a certificate that TLSA records stand for (RFC 7672).
    Dane {
        records: Vec<Tlsa>,
        /// The names that a certificate may be for that an authority of the records issued (RFC 7672, 3.2.3).
        names: Vec<String>,
    },
}

impl Policy {
    /// Whether nothing goes without TLS.
    pub(crate) const fn is_mandatory(&self) -> bool {
        match self {
            Self::Clear | Self::Opportunistic | Self::Testing { .. } => false,
            Self::Required | Self::Verified | Self::Encrypted | Self::Sts(_) | Self::Dane { .. } => true,
        }
    }

    /// What the certificate must prove.
    pub(crate) fn demand(&self) -> Demand {
        match self {
            Self::Clear | Self::Opportunistic | Self::Required | Self::Testing { .. } | Self::Encrypted => Demand::Any,
            Self::Sts(_) | Self::Verified => Demand::Authority,
            Self::Dane { records, names } => Demand::Dane { records: records.clone(), names: names.clone() },
        }
    }

    /// As the journal and the log name it.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Clear => "clear",
            Self::Opportunistic => "opportunistic",
            Self::Required => "required",
            Self::Verified => "verified",
            Self::Encrypted => "dane-unusable",
            Self::Testing { .. } => "mta-sts-testing",
            Self::Sts(_) => "mta-sts",
            Self::Dane { .. } => "dane",
        }
    }
}

/// How one host is to be talked to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    /// The name that TLS asks for (SNI): the host's, or the base of its TLSA records (RFC 7672, 8.1).
    pub(crate) tls_name: String,
    pub(crate) policy: Policy,
    /// Whether it is certain that this host takes the domain's mail: the DNS proved it, or an operator said so.
    pub(crate) named_by: Proof,
    /// What the message asked for, for which it was made.
    pub(crate) wish: Wish,
}

impl Plan {
    /// How a connection is secured that was made by this plan.
    pub(crate) fn security(&self, tls: Option<&TlsInfo>) -> Security {
        let Some(tls) = tls else { return Security::None };
        match self.policy {
            Policy::Dane { .. } => Security::Authenticated(By::Dane),
            Policy::Sts(_) => Security::Authenticated(By::MtaSts),
            // RFC 8689, 4.2.1: an authority vouches for a name, and that name must be certain
            _ if tls.verified && self.named_by == Proof::Secure => Security::Authenticated(By::Authority),
            Policy::Clear
            | Policy::Opportunistic
            | Policy::Required
            | Policy::Verified
            | Policy::Testing { .. }
            | Policy::Encrypted => Security::Opportunistic,
        }
    }
}

/// What a message itself says about how it may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Wish {
    /// However it can, policies of domains or not.
    Relaxed,
    /// As the policies of its recipients' domains say.
    AsAsked,
}

impl Wish {
    /// What `entry` says.
    pub(crate) fn of(entry: &Entry) -> Self {
        // RFC 8460, 5.3: a report that TLS fails is not held up by it. RFC 8689, 5: nor is what says so in its header
        let relaxed = entry.origin == Origin::TlsReport || entry.wishes.tls == TlsWish::NotRequired;
        if relaxed { Self::Relaxed } else { Self::AsAsked }
    }
}

/// How a connection is secured, from the weakest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Security {
    /// Not at all.
    None,
    /// Hidden from who only listens.
    Opportunistic,
    /// It is the server that the domain means: REQUIRETLS asks for this (RFC 8689, 4.2.1).
    Authenticated(By),
}

/// What vouched for a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum By {
    /// A public authority, for a name that is certain.
    Authority,
    /// A public authority, for a name that the domain's policy says.
    MtaSts,
    /// TLSA records.
    Dane,
}

impl fmt::Display for Security {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::Opportunistic => "encrypted",
            Self::Authenticated(By::Authority) => "authority",
            Self::Authenticated(By::MtaSts) => "mta-sts",
            Self::Authenticated(By::Dane) => "dane",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::UnixTime;

    #[test]
    fn what_a_connection_proved() {
        let tls = |verified| TlsInfo { verified, ..transport::scripted::tls_info("mx.example") };
        let text = "version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 1".to_owned();
        let held = Held::read("1".to_owned(), text, UnixTime::from_secs(1)).unwrap();
        let sts = || Policy::Sts(Arc::new(held.clone()));
        let dane = || Policy::Dane { records: Vec::new(), names: Vec::new() };
        let authority = Security::Authenticated(By::Authority);
        for (policy, named_by, tls, security) in [
            (Policy::Opportunistic, Proof::Secure, None, Security::None),
            (Policy::Opportunistic, Proof::Secure, Some(tls(false)), Security::Opportunistic),
            (Policy::Opportunistic, Proof::Secure, Some(tls(true)), authority),
            // a good certificate for a name that anybody may have put there
            (Policy::Opportunistic, Proof::Insecure, Some(tls(true)), Security::Opportunistic),
            (Policy::Required, Proof::Secure, Some(tls(false)), Security::Opportunistic),
            (Policy::Verified, Proof::Secure, Some(tls(true)), authority),
            (Policy::Encrypted, Proof::Secure, Some(tls(false)), Security::Opportunistic),
            (sts(), Proof::Insecure, Some(tls(true)), Security::Authenticated(By::MtaSts)),
            (dane(), Proof::Secure, Some(tls(true)), Security::Authenticated(By::Dane)),
        ] {
            let plan = Plan { tls_name: "mx.example".to_owned(), policy, named_by, wish: Wish::AsAsked };
            assert_eq!(plan.security(tls.as_ref()), security, "{plan:?}");
        }
        assert!(Security::None < Security::Opportunistic && Security::Opportunistic < authority);
    }
}
