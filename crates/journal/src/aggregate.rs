//! Equal events of one network within a minute: some are written one by one, the others counted.
//!
//! So a hundred thousand refusals a minute cost a few lines, and a neighbour's first one still shows.
use crate::{Cause, Entry, Event, Peer};
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use world::UnixTime;

/// How many equal events of one network are written one by one within a minute.
const ONE_BY_ONE: u64 = 10;
/// How many different ones are told apart; the networks of those beyond are counted together.
const APART: usize = 4_096;
const MINUTE_MS: u64 = 60_000;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Kind {
    what: &'static str,
    network: Option<Network>,
    listener: Arc<str>,
    cause: Option<Cause>,
}

/// An IPv4 network of 24 bits, or an IPv6 one of 64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Network {
    V4(u32),
    V6(u64),
}

/// Counts what repeats.
#[derive(Default)]
pub(crate) struct Aggregate {
    minute: u64,
    seen: HashMap<Kind, u64>,
}

impl Aggregate {
    /// Takes one event; gives back what is to be written for it: itself, the counts of a minute that is
    /// over, or nothing.
    pub(crate) fn take(&mut self, entry: Entry, out: &mut Vec<Entry>) {
        self.tick(entry.at, out);
        let Some(kind) = kind(&entry.event) else {
            out.push(entry);
            return;
        };
        let known = self.seen.len() < APART || self.seen.contains_key(&kind);
        let kind = if known { kind } else { Kind { network: None, ..kind } };
        let count = self.seen.entry(kind).or_default();
        *count += 1;
        if *count <= ONE_BY_ONE {
            out.push(entry);
        }
    }

    /// Writes the counts of a minute that is over at `now`.
    pub(crate) fn tick(&mut self, now: UnixTime, out: &mut Vec<Entry>) {
        let minute = now.millis() / MINUTE_MS;
        if minute != self.minute {
            self.close(out);
            self.minute = minute;
        }
    }

    /// Writes all counts.
    pub(crate) fn close(&mut self, out: &mut Vec<Entry>) {
        let at = UnixTime::from_millis((self.minute + 1).saturating_mul(MINUTE_MS) - 1);
        for (kind, count) in self.seen.drain().filter(|(_, count)| *count > ONE_BY_ONE) {
            let network = kind.network.map_or_else(|| "*".to_owned(), |network| network.to_string());
            out.push(Entry {
                at,
                event: Event::Repeated {
                    what: kind.what.into(),
                    network: network.into(),
                    listener: kind.listener,
                    cause: kind.cause,
                    count: count - ONE_BY_ONE,
                },
            });
        }
    }

    /// Whether there is anything to count.
    pub(crate) fn is_empty(&self) -> bool {
        self.seen.is_empty()
    }
}

/// What `event` is equal to; nothing for what is always written.
fn kind(event: &Event) -> Option<Kind> {
    let (what, peer, cause) = match event {
        Event::SessionOpened { peer } => ("session-opened", peer, None),
        Event::SessionClosed { peer, account: None, counts, .. } if counts.received == 0 && counts.sent == 0 => {
            ("session-closed", peer, None)
        }
        Event::LoginRefused { peer, cause, .. } => ("login-refused", peer, Some(*cause)),
        Event::Refused { peer, cause, .. } => ("refused", peer, Some(*cause)),
        Event::SessionClosed { .. }
        | Event::LoginAccepted { .. }
        | Event::AllowanceUsedUp { .. }
        | Event::Accepted { .. }
        | Event::Stored { .. }
        | Event::Deferred(_)
        | Event::Failed(_)
        | Event::Relayed(_)
        | Event::Discarded(_)
        | Event::HoldEnded { .. }
        | Event::Reported { .. }
        | Event::AutoReplied { .. }
        | Event::TlsReportReceived { .. }
        | Event::Act { .. }
        | Event::Repeated { .. }
        | Event::Dropped { .. } => return None,
    };
    Some(Kind { what, network: Some(Network::of(peer)), listener: peer.listener.clone(), cause })
}

impl Network {
    fn of(peer: &Peer) -> Self {
        match peer.remote.ip() {
            IpAddr::V4(v4) => Self::V4(v4.to_bits() & 0xFFFF_FF00),
            IpAddr::V6(v6) => Self::V6((v6.to_bits() >> 64) as u64),
        }
    }
}

impl std::fmt::Display for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::V4(bits) => write!(f, "{}/24", Ipv4Addr::from_bits(*bits)),
            Self::V6(bits) => write!(f, "{}/64", Ipv6Addr::from_bits(u128::from(*bits) << 64)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Refused;

    fn refused(address: &str, at: u64) -> Entry {
        let peer = Peer { session: "s1".into(), remote: address.parse().unwrap(), listener: "mx".into(), tls: None };
        let (what, cause) = (Refused::Recipient, Cause::RelayingDenied);
        let event = Event::Refused { peer, what, subject: "x@example.org".into(), account: None, cause };
        Entry { at: UnixTime::from_millis(at), event }
    }

    fn counts(out: &[Entry]) -> Vec<(String, u64)> {
        let count = |entry: &Entry| match &entry.event {
            Event::Repeated { network, count, .. } => Some((network.to_string(), *count)),
            _ => None,
        };
        out.iter().filter_map(count).collect()
    }

    #[test]
    fn a_flood_of_one_network_is_a_few_lines() {
        let (mut aggregate, mut out) = (Aggregate::default(), Vec::new());
        for n in 0..100_000_u32 {
            aggregate.take(refused(&format!("192.0.2.{}:9", n % 200), 0), &mut out);
        }
        aggregate.take(refused("198.51.100.1:9", 0), &mut out);
        assert_eq!(out.len(), 11);
        aggregate.tick(UnixTime::from_millis(MINUTE_MS), &mut out);
        assert_eq!(counts(&out), [("192.0.2.0/24".to_owned(), 99_990)]);
    }

    #[test]
    fn a_flood_of_many_networks_is_bounded_too() {
        let (mut aggregate, mut out) = (Aggregate::default(), Vec::new());
        for n in 0..20_000_u32 {
            for _ in 0..2 {
                aggregate.take(refused(&format!("10.{}.{}.1:9", n / 250, n % 250), 0), &mut out);
            }
        }
        assert!(aggregate.seen.len() <= APART + 1);
        assert!(out.len() < 2 * APART + 20, "{}", out.len());
        out.clear();
        aggregate.close(&mut out);
        assert_eq!(counts(&out).first().map(|(network, _)| network.as_str()), Some("*"));
        assert!(aggregate.is_empty());
    }

    #[test]
    fn an_ipv6_network_has_64_bits() {
        let (mut aggregate, mut out) = (Aggregate::default(), Vec::new());
        for n in 0..20 {
            aggregate.take(refused(&format!("[2001:db8:1:2::{n:x}]:9"), 0), &mut out);
        }
        out.clear();
        aggregate.close(&mut out);
        assert_eq!(counts(&out), [("2001:db8:1:2::/64".to_owned(), 10)]);
    }
}
