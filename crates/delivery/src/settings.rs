//! What an operator can set.
use crate::queue::Destination;
use crate::queue::way::Way;
use crate::relay_domains::RelayDomains;
use crate::routes::{Course, Routes};
use crate::source::{self, Source};
use names::{Address, Domain};
use std::net::IpAddr;
use std::time::Duration;
use store::DeliveryId;
use world::UnixTime;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);

/// How mail is sent on.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The name of this machine as other servers see it: EHLO, and who signs reports.
    pub host_name: Domain,
    /// Where its postmaster has mail, who answers for reports and notices. Default: at this machine.
    pub postmaster_domain: Domain,
    /// Other names of this machine; mail that the DNS sends back to any of them goes in circles.
    pub own_names: Vec<Domain>,
    /// Addresses of this machine, beside those of its sources: to none of them mail goes that the DNS sends there.
    pub own_addresses: Vec<IpAddr>,
    /// The languages of reports, in their order.
    pub languages: Vec<texts::Language>,
    /// By which way mail leaves. Default: each domain's own servers.
    pub routes: Routes,
    /// Domains elsewhere for which mail is taken from anybody. Default: none.
    pub relay_domains: RelayDomains,
    /// The waits between the first attempts; the last one repeats.
    pub retry: Vec<Duration>,
    /// When to give up and tell the sender. Default 5 days (RFC 5321, 4.5.4.1: at least 4 to 5).
    pub give_up_after: Duration,
    /// When to tell the sender that a message is late. Default 4 hours.
    pub warn_after: Duration,
    /// Connections to all destinations at once. Default 100.
    pub max_connections: usize,
    /// Connections to one destination at once. Default 10.
    pub max_connections_per_destination: usize,
    /// How long a connection is kept for the next message to the same host; zero: not at all. Default 5 seconds.
    pub keep_connections: Duration,
    /// From which addresses of this machine mail leaves. Default: the system chooses.
    pub sources: Vec<Source>,
    /// Messages by one connection, before others have their turn. Default 100.
    pub max_messages_per_connection: usize,
    /// Recipients of one transaction (RFC 5321, 4.5.3.1.8: every server takes 100). Default 100.
    pub max_recipients: usize,
    /// How long each answer of another server is waited for, and half of how long the one after a message (RFC 5321,
    /// 4.5.3.2). Default 5 minutes.
    pub reply_timeout: Duration,
    /// Hosts of a destination that are tried for one message. Default 10.
    pub max_hosts: usize,
    /// Addresses of a host that are tried. Default 6.
    pub max_addresses: usize,
    /// Whether TLS is used where the other server offers it (RFC 7435).
    pub starttls: bool,
    /// Whether TLSA records of other servers are heeded (RFC 7672). Default true.
    pub dane: bool,
    /// Whether the policies of other domains are heeded (MTA-STS, RFC 8461). Default true.
    pub mta_sts: bool,
    /// Whether domains that want it are told what became of TLS with their servers (RFC 8460). Default true.
    pub tls_reports: bool,
    /// How long reports of others about TLS with servers here are kept; at most 90 days. Default 30 days.
    pub keep_reports: Duration,
    /// The most accounts and addresses that one recipient may turn into. Default 1,000.
    pub max_expansions: usize,
    /// Whether this process alone runs on the store, so that a lease found there is left by a dead one.
    pub alone: bool,
}

impl Settings {
    /// The defaults for a machine of this name.
    pub fn new(host_name: Domain) -> Self {
        Self {
            postmaster_domain: host_name.clone(),
            host_name,
            own_names: Vec::new(),
            own_addresses: Vec::new(),
            languages: texts::Language::ALL.to_vec(),
            routes: Routes::default(),
            relay_domains: RelayDomains::default(),
            retry: vec![MINUTE * 5, MINUTE * 10, MINUTE * 20, MINUTE * 40, HOUR, HOUR * 2, HOUR * 4],
            give_up_after: HOUR * 120,
            warn_after: HOUR * 4,
            max_connections: 100,
            max_connections_per_destination: 10,
            keep_connections: Duration::from_secs(5),
            sources: Vec::new(),
            max_messages_per_connection: 100,
            max_recipients: 100,
            reply_timeout: MINUTE * 5,
            max_hosts: 10,
            max_addresses: 6,
            starttls: true,
            dane: true,
            mta_sts: true,
            tls_reports: true,
            keep_reports: HOUR * 24 * 30,
            max_expansions: 1_000,
            alone: true,
        }
    }

    /// Whose name stands above what the server itself writes.
    pub(crate) fn postmaster(&self) -> String {
        format!("postmaster@{}", self.postmaster_domain)
    }

    /// Whether it is that one's, for whom `<postmaster>` stands too.
    pub(crate) fn is_postmaster(&self, address: &Address) -> bool {
        *address.domain() == self.postmaster_domain && address.local().is_postmaster()
    }

    /// How long to wait after attempt number `attempts`, which is 1 for the first.
    pub(crate) fn wait(&self, attempts: u32) -> Duration {
        let at = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX);
        self.retry.get(at).or(self.retry.last()).copied().unwrap_or(HOUR)
    }

    /// As [`Self::wait`], up to an eighth shorter: what was put off together does not come again together.
    pub(crate) fn wait_of(&self, attempts: u32, delivery: DeliveryId) -> Duration {
        // the upper half of an id is nearly the same for what came together, its last byte is the partition
        let own = usize::try_from(8 + attempts % 7).unwrap_or(8);
        let part = delivery.0.to_be_bytes().get(own).copied().unwrap_or_default();
        let wait = self.wait(attempts);
        wait.saturating_sub(wait * u32::from(part) / (8 * 256))
    }

    /// The longest of the waits.
    pub(crate) fn longest_wait(&self) -> Duration {
        self.retry.iter().max().copied().unwrap_or(HOUR)
    }

    /// The last moment at which an attempt can be due that was put off just now.
    pub(crate) fn horizon(&self, now: UnixTime) -> UnixTime {
        now.plus(self.longest_wait().max(HOUR)).plus(HOUR)
    }

    /// Whether an attempt is due: its moment has come, or is so far off that another clock has said it.
    pub(crate) fn is_due(&self, due: UnixTime, now: UnixTime) -> bool {
        due <= now || due > self.horizon(now)
    }

    /// The way of mail for `destination`: what an operator said by hand, then the routes, then the domain's own servers.
    /// Mail of people here is taken by no other route than could have taken it when it came; without one it is theirs.
    pub(crate) fn course(&self, destination: &Destination, way: &Way) -> Course {
        match (destination, &way.reroute) {
            (Destination::Account(_), _) => Course::Home,
            (Destination::Domain(_) | Destination::Taken(_), Some(hop)) => Course::ByHand(hop.clone()),
            (Destination::Domain(domain), None) => self.routes.first(domain, way).map_or(Course::Usual, Course::By),
            (Destination::Taken(domain), None) => self.routes.taking(domain, way).map_or(Course::Home, Course::By),
        }
    }

    /// The addresses of this machine by which mail leaves that goes this way; `None`: the system chooses.
    pub(crate) fn source(&self, way: &Way) -> Option<&Source> {
        source::choose(&self.sources, way)
    }

    /// The lane of what goes to `destination` by this way: its next hop, and from which addresses of ours.
    pub(crate) fn lane(&self, destination: &Destination, way: &Way) -> String {
        let course = self.course(destination, way);
        if course.is_home() {
            return destination.text();
        }
        let hop = course.lane().unwrap_or_else(|| destination.text());
        // what leaves by another address is believed, and put off, by itself
        self.source(way).map_or_else(|| hop.clone(), |source| format!("{hop} from {}", source.name))
    }

    /// Whether `address` is one of this machine.
    pub(crate) fn is_own_address(&self, address: IpAddr) -> bool {
        let sources = self.sources.iter().flat_map(|source| &source.addresses).map(|at| &at.address);
        let mut own = self.own_addresses.iter().chain(sources);
        own.any(|own| own.to_canonical() == address.to_canonical())
    }

    /// Whether `host` is a name of this machine.
    pub(crate) fn is_own(&self, host: &str) -> bool {
        let sources = self.sources.iter().flat_map(|source| &source.addresses).map(|address| &address.host_name);
        let mut own = std::iter::once(&self.host_name).chain(&self.own_names).chain(sources);
        own.any(|own| own.as_str().eq_ignore_ascii_case(host))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_wait_repeats() {
        let settings = Settings::new("mx.example.org".parse().unwrap());
        for (attempts, wait) in [(0, MINUTE * 5), (1, MINUTE * 5), (2, MINUTE * 10), (7, HOUR * 4), (500, HOUR * 4)] {
            assert_eq!(settings.wait(attempts), wait);
        }
    }

    #[test]
    fn what_was_put_off_together_comes_apart() {
        let settings = Settings::new("mx.example.org".parse().unwrap());
        let waits: Vec<Duration> = (0..256_u128).map(|n| settings.wait_of(1, DeliveryId(n << 48))).collect();
        assert_eq!(waits.first(), Some(&(MINUTE * 5)));
        assert!(waits.iter().all(|wait| *wait > MINUTE * 5 * 7 / 8 && *wait <= MINUTE * 5));
        assert!(waits.windows(2).all(|pair| pair[0] > pair[1]), "evenly");
        let one = DeliveryId(0xff << 8);
        assert_ne!(settings.wait_of(6, one) * 2, settings.wait_of(7, one), "each time otherwise");
    }
}
