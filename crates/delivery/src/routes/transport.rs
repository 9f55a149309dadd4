//! What becomes of mail by a route.
use crate::next_hop::NextHop;
use names::Secret;
use serde::{Deserialize, Serialize};
use smtp_wire::Dialect;
use std::fmt;
use std::path::PathBuf;

/// What becomes of mail by a route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transport {
    /// It goes to the servers of the recipient's domain, as the DNS has them.
    Mx,
    /// It goes to hosts that an operator names.
    Relay(Relay),
    /// It is taken, told of in the journal, and thrown away.
    Discard,
    /// It is refused with this text: in the session where that can be, else by a report.
    Refuse(String),
}

impl Transport {
    /// Whether it takes mail away from people here: what goes to their domain's own servers is theirs.
    pub(crate) const fn takes(&self) -> bool {
        match self {
            Self::Mx => false,
            Self::Relay(_) | Self::Discard | Self::Refuse(_) => true,
        }
    }
}

/// Hosts that take mail for others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relay {
    /// Where they are.
    pub at: Place,
    /// What they speak.
    pub dialect: Dialect,
    /// What is asked of TLS.
    pub tls: TlsRule,
    /// Whether TLS runs from the first byte (RFC 8314, 3), and not after STARTTLS.
    pub implicit_tls: bool,
    /// As whom we log in; `None`: not at all.
    pub login: Option<Login>,
}

/// Where a relay is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// One of these hosts, tried in their order.
    Hosts(Vec<NextHop>),
    /// A socket of this machine.
    Socket(PathBuf),
}

/// What is asked of TLS to a relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TlsRule {
    /// None.
    Off,
    /// Where it can be had, with any certificate (RFC 7435); TLSA records of the host are heeded.
    Opportunistic,
    /// Always, with any certificate.
    Required,
    /// Always, with a certificate of a known authority for the host.
    Verified,
}

/// As whom we log in.
#[derive(Clone)]
pub struct Login {
    /// The name.
    pub user: String,
    /// The password.
    pub password: Secret<String>,
    /// Whether it may cross the network in clear.
    pub without_tls: bool,
}

/// Whether a reload changed it. Both come from the operator's files: no peer learns from the time that this takes.
impl PartialEq for Login {
    fn eq(&self, other: &Self) -> bool {
        self.user == other.user
            && self.password.reveal() == other.password.reveal()
            && self.without_tls == other.without_tls
    }
}

impl Eq for Login {}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login").field("user", &self.user).finish_non_exhaustive()
    }
}

impl Relay {
    /// Hosts that speak SMTP, with TLS where it can be had, and no login.
    pub const fn to(hosts: Vec<NextHop>) -> Self {
        Self {
            at: Place::Hosts(hosts),
            dialect: Dialect::Smtp,
            tls: TlsRule::Opportunistic,
            implicit_tls: false,
            login: None,
        }
    }
}

/// One text for each: what shares connections, and rests together. Who fails by one rule is not put off by another.
impl fmt::Display for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.dialect == Dialect::Lmtp {
            f.write_str("lmtp:")?;
        }
        if let Some(login) = &self.login {
            write!(f, "{} at ", login.user)?;
        }
        match &self.at {
            Place::Socket(path) => return write!(f, "{}", path.display()),
            Place::Hosts(hosts) => {
                let hosts: Vec<String> = hosts.iter().map(NextHop::to_string).collect();
                f.write_str(&hosts.join(", "))?;
            }
        }
        match self.tls {
            TlsRule::Opportunistic => {}
            TlsRule::Off => f.write_str(" without TLS")?,
            TlsRule::Required => f.write_str(" by TLS")?,
            TlsRule::Verified => f.write_str(" by verified TLS")?,
        }
        f.write_str(if self.implicit_tls { " from the first byte" } else { "" })
    }
}
