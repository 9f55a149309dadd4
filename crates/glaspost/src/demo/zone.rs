//! The demo's own DNS: the page's names exist, a name that is not in the zone does not, nothing leaves the machine.
use std::net::{IpAddr, Ipv4Addr};
use world::scripted::ScriptedDns;

/// The names of the settings page that are on the services' address.
pub(super) const NEW_NAMES: [&str; 6] = [
    "smtp.telfortglasvezel.nl",
    "pop3.telfortglasvezel.nl",
    "imap.telfortglasvezel.nl",
    "webmail.telfortglasvezel.nl",
    "mx.telfortglasvezel.nl",
    "mta-sts.telfortglasvezel.nl",
];
/// The old names on the same address: a certificate does not bear them unless asked to.
pub(super) const OLD_NAMES: [&str; 2] = ["pop.xmsnet.nl", "imap.xmsnet.nl"];
/// The old name of the relay, on an address of its own.
pub(super) const RELAY_NAME: &str = "smtp.xmsnet.nl";
/// The demo's domain.
pub(super) const DOMAIN: &str = "telfortglasvezel.nl";
/// The address of all services but the relay.
pub(super) const SERVICES: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// The address of the relay.
pub(super) const RELAY: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));

/// Names of other hosts, so that customers' programs and other servers can greet with one that exists.
const OTHERS: [&str; 6] = [
    "example.org",
    "mail.example.org",
    "example.com",
    "mail.example.com",
    "buren.example",
    "client.telfortglasvezel.nl",
];

/// The zone.
pub(super) fn zone() -> ScriptedDns {
    let zone = ScriptedDns::new();
    for name in NEW_NAMES.iter().chain(&OLD_NAMES).chain(&OTHERS) {
        zone.host(name, &[SERVICES]);
    }
    zone.host(RELAY_NAME, &[RELAY]).host(DOMAIN, &[SERVICES]).host("xmsnet.nl", &[SERVICES]);
    zone.exchanger(DOMAIN, 10, "mx.telfortglasvezel.nl");
    zone.pointer(SERVICES, &["mx.telfortglasvezel.nl"]);
    zone
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::{Dns, DnsError};

    #[tokio::test]
    async fn only_what_is_in_the_zone_exists() {
        let zone = zone();
        assert_eq!(zone.exists("smtp.xmsnet.nl").await, Ok(()));
        assert_eq!(zone.exists("laptop.invalid").await, Err(DnsError::NoSuchName));
        assert_eq!(zone.addresses(RELAY_NAME).await.unwrap().records, [RELAY]);
    }
}
