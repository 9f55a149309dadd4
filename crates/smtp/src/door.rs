//! What differs between the doors: everything that is policy, and nothing else.
use delivery::Origin;
use ipnet::IpNet;
use names::Domain;
use policy::{AllowanceLimits, HeloPolicy, OwnNames};
use smtp_wire::{Dialect, Priority, Quirks};
use std::net::IpAddr;
use std::time::Duration;

/// Whether, and when, clients log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthRule {
    /// Never.
    None,
    /// They must, and only inside TLS.
    InsideTls,
    /// They must; TLS is not asked for.
    Anyhow,
}

/// What a bare CR or LF in a message gets, and a command that ends with a bare LF (RFC 5321, 2.3.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineEndRule {
    /// `550 5.5.2`; a command `500 5.5.2`.
    Refuse,
    /// It becomes CR LF; quirk: a bare LF ends a command, as scripts and old devices send it.
    Normalise,
}

/// How much one address may send in an hour, on a door without login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SenderRates {
    /// Messages.
    pub messages_per_hour: u32,
    /// Recipients.
    pub recipients_per_hour: u32,
}

/// The limits of a session.
#[derive(Debug, Clone)]
pub struct Limits {
    /// How long a command may take to come (RFC 5321, 4.5.3.2.7: at least 5 minutes). Default 300 s.
    pub command_timeout: Duration,
    /// How long an answer may stay unread. Default 60 s.
    pub write_timeout: Duration,
    /// The largest message in bytes (RFC 1870). Default 50 MiB.
    pub max_message_size: u64,
    /// The largest header in bytes. Default 1 MiB.
    pub max_header_size: usize,
    /// Received fields, by which a mail loop shows (RFC 5321, 6.3: at least 100 are advised where it is the only
    /// guard). Default 50.
    pub max_received: u32,
    /// Received fields of ours, so that forwards which lead back here and fan out are cut short before they are many.
    /// Default 5.
    pub max_own_received: u32,
    /// Recipients of one message (RFC 5321, 4.5.3.1.8: at least 100).
    pub max_recipients: usize,
    /// Commands in error until the session is ended; from half on each is answered a second later. Default 20.
    pub max_errors: u32,
    /// Commands without mail until the session is ended; from half on each is answered a second later. Default 100.
    pub max_junk: u32,
    /// How long a message may be held for its sender (RFC 4865); zero: FUTURERELEASE is not offered.
    pub max_hold: Duration,
    /// How much one address may send, where nobody logs in.
    pub rates: Option<SenderRates>,
    /// How much one account may send, over all doors.
    pub allowance: Option<AllowanceLimits>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            command_timeout: Duration::from_secs(300),
            write_timeout: Duration::from_secs(60),
            max_message_size: 50 << 20,
            max_header_size: 1 << 20,
            max_received: 50,
            max_own_received: 5,
            max_recipients: 1_000,
            max_errors: 20,
            max_junk: 100,
            max_hold: Duration::ZERO,
            rates: None,
            allowance: None,
        }
    }
}

/// What one listener lets in, and how.
#[derive(Debug, Clone)]
pub struct Door {
    /// SMTP or LMTP.
    pub dialect: Dialect,
    /// For `delivery`: whether mail may leave again.
    pub origin: Origin,
    /// The name of this machine: greeting, EHLO, Received.
    pub host_name: Domain,
    /// The domain of `<postmaster>` without one (RFC 5321, 4.1.1.3).
    pub postmaster_domain: Domain,
    /// What HELO and EHLO names get.
    pub helo: HeloPolicy,
    /// Who may send at all; `None` is everybody.
    pub networks: Option<Vec<IpNet>>,
    /// Whether STARTTLS is offered where there is a certificate.
    pub starttls: bool,
    /// Whether clients log in.
    pub auth: AuthRule,
    /// What bare line ends get, in messages and commands.
    pub line_ends: LineEndRule,
    /// Whether a missing From, Date and Message-ID are added (RFC 6409, 8). Only where everybody logs in.
    pub fills_in: bool,
    /// Whether Bcc is taken out (RFC 5322, 3.6.3): what customers send.
    pub drops_bcc: bool,
    /// Under which names nobody outside may say what was found out about a sender (RFC 8601, 5).
    pub own_names: OwnNames,
    /// Whether who comes here is within that trust: its verdicts in our name stay, since it has removed those of strangers
    /// and written its own (RFC 8601, 5). No door of the Internet.
    pub trusts_verdicts: bool,
    /// Whether Received says nothing of the address and the name of who logged in.
    pub hides_client: bool,
    /// Whether DELIVERBY is offered (RFC 2852).
    pub delivers_by: bool,
    /// The highest priority that is granted (RFC 6710); `None`: MT-PRIORITY is not offered.
    pub max_priority: Option<Priority>,
    /// What is forgiven in command lines.
    pub quirks: Quirks,
    /// How much of everything.
    pub limits: Limits,
}

impl Door {
    /// The MX: anybody, for recipients here.
    pub fn mx(host_name: Domain) -> Self {
        Self {
            dialect: Dialect::Smtp,
            origin: Origin::Internet,
            postmaster_domain: host_name.clone(),
            own_names: OwnNames::from_iter([host_name.clone()]),
            trusts_verdicts: false,
            host_name,
            helo: HeloPolicy::lenient(),
            networks: None,
            starttls: true,
            auth: AuthRule::None,
            line_ends: LineEndRule::Refuse,
            fills_in: false,
            drops_bcc: false,
            hides_client: false,
            delivers_by: false,
            max_priority: None,
            quirks: Quirks { space_after_colon: true, bare_address: false },
            limits: Limits::default(),
        }
    }

    /// Submission (RFC 6409): customers who log in, with a strict rule for names; `helo_names` are always good.
    pub fn submission<S: AsRef<str>>(host_name: Domain, helo_names: &[S]) -> Self {
        let allowance = AllowanceLimits {
            messages_per_hour: 200,
            messages_per_day: 1_000,
            recipients_per_hour: 1_000,
            new_recipients_per_hour: 300,
            new_recipients_per_day: 1_000,
        };
        Self {
            origin: Origin::Submission,
            helo: HeloPolicy::strict(helo_names),
            auth: AuthRule::InsideTls,
            fills_in: true,
            drops_bcc: true,
            delivers_by: true,
            max_priority: Priority::new(4),
            quirks: Quirks::LENIENT,
            limits: Limits {
                max_recipients: 100,
                max_hold: Duration::from_secs(30 * 86_400),
                allowance: Some(allowance),
                ..Limits::default()
            },
            ..Self::mx(host_name)
        }
    }

    /// The legacy relay: customers' own networks, no login, no TLS, anything forgiven.
    pub fn relay(host_name: Domain, networks: Vec<IpNet>) -> Self {
        let rates = SenderRates { messages_per_hour: 500, recipients_per_hour: 5_000 };
        Self {
            origin: Origin::Relay,
            networks: Some(networks),
            starttls: false,
            line_ends: LineEndRule::Normalise,
            drops_bcc: true,
            quirks: Quirks::LENIENT,
            limits: Limits { max_recipients: 100, rates: Some(rates), ..Limits::default() },
            ..Self::mx(host_name)
        }
    }

    /// LMTP (RFC 2033): mail servers of ours, for recipients here.
    pub fn lmtp(host_name: Domain) -> Self {
        Self {
            dialect: Dialect::Lmtp,
            origin: Origin::Lmtp,
            starttls: false,
            line_ends: LineEndRule::Normalise,
            ..Self::mx(host_name)
        }
    }

    /// Whether `address` may send here. IPv4 mapped into IPv6 equals IPv4.
    pub fn admits(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.networks.as_ref().is_none_or(|networks| networks.iter().any(|network| contains(network, address)))
    }
}

/// A network that was written as IPv4 mapped into IPv6 equals the IPv4 network.
fn contains(network: &IpNet, address: IpAddr) -> bool {
    let mapped = match (network, address) {
        (IpNet::V6(network), IpAddr::V4(address)) => {
            network.contains(&address.to_ipv6_mapped()) && network.prefix_len() >= 96
        }
        _ => false,
    };
    mapped || network.contains(&address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_networks() {
        let networks = ["192.0.2.0/24", "2001:db8::/32", "::ffff:198.51.100.0/120"].map(|text| text.parse().unwrap());
        let door = Door::relay("smtp.example.org".parse().unwrap(), networks.to_vec());
        for inside in ["192.0.2.7", "::ffff:192.0.2.7", "2001:db8::1", "198.51.100.9", "::ffff:198.51.100.9"] {
            assert!(door.admits(inside.parse().unwrap()), "{inside}");
        }
        for outside in ["192.0.3.7", "::ffff:192.0.3.7", "2001:db9::1", "::c000:207"] {
            assert!(!door.admits(outside.parse().unwrap()), "{outside}");
        }
        assert!(Door::mx("mx.example.org".parse().unwrap()).admits("203.0.113.1".parse().unwrap()));
        let none = Door::relay("smtp.example.org".parse().unwrap(), Vec::new());
        assert!(!none.admits("127.0.0.1".parse().unwrap()));
    }
}
