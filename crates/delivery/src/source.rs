//! From which of this machine's addresses a message leaves, and by which name the machine calls itself there.
use crate::queue::way::Way;
use names::Domain;
use std::net::IpAddr;
use world::Random;

/// Addresses of this machine by which some mail leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// What an operator calls it.
    pub name: String,
    /// The addresses; each connection takes one of the family that it needs.
    pub addresses: Vec<SourceAddress>,
    /// Mail from senders at these domains leaves by it.
    pub sender_domains: Vec<Domain>,
    /// Mail that came in by these listeners leaves by it.
    pub listeners: Vec<String>,
}

/// One address of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceAddress {
    /// The address.
    pub address: IpAddr,
    /// Its name: what EHLO says (RFC 5321, 4.1.1.1), and what the DNS should say of the address.
    pub host_name: Domain,
}

/// The source by which mail leaves that goes this way: the sender's domain decides, then the listener; one that names
/// neither is for the rest.
pub(crate) fn choose<'a>(sources: &'a [Source], way: &Way) -> Option<&'a Source> {
    let of_sender =
        |source: &&Source| way.sender_domain.as_ref().is_some_and(|from| source.sender_domains.contains(from));
    let of_listener = |source: &&Source| way.listener.as_ref().is_some_and(|by| source.listeners.contains(by));
    let of_all = |source: &&Source| source.sender_domains.is_empty() && source.listeners.is_empty();
    let first = |fits: &dyn Fn(&&Source) -> bool| sources.iter().find(|source| fits(source));
    first(&of_sender).or_else(|| first(&of_listener)).or_else(|| first(&of_all))
}

impl Source {
    /// One of the addresses from which `to` can be reached.
    pub(crate) fn address_for(&self, to: IpAddr, random: &dyn Random) -> Option<&SourceAddress> {
        let to = to.to_canonical();
        let fit: Vec<&SourceAddress> =
            self.addresses.iter().filter(|from| from.address.is_ipv4() == to.is_ipv4()).collect();
        let count = u64::try_from(fit.len()).ok().filter(|count| *count > 0)?;
        usize::try_from(random.number() % count).ok().and_then(|at| fit.get(at).copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use world::scripted::SeededRandom;

    fn source(name: &str, sender_domains: &[&str], listeners: &[&str]) -> Source {
        let addresses = ["192.0.2.1", "192.0.2.2", "2001:db8::1"].map(|address| SourceAddress {
            address: address.parse().unwrap(),
            host_name: "out.example".parse().unwrap(),
        });
        Source {
            name: name.to_owned(),
            addresses: addresses.to_vec(),
            sender_domains: sender_domains.iter().map(|domain| domain.parse().unwrap()).collect(),
            listeners: listeners.iter().map(|name| (*name).to_owned()).collect(),
        }
    }

    #[test]
    fn the_sender_decides_then_the_listener() {
        let sources =
            [source("rest", &[], &[]), source("door", &[], &["relay"]), source("news", &["news.example"], &[])];
        let chosen = |sender: Option<&str>, listener: Option<&str>| {
            let sender_domain = sender.map(|domain| domain.parse().unwrap());
            let way = Way { sender_domain, listener: listener.map(ToOwned::to_owned), reroute: None };
            choose(&sources, &way).map(|source| source.name.as_str())
        };
        assert_eq!(chosen(Some("news.example"), Some("relay")), Some("news"));
        assert_eq!(chosen(Some("here.example"), Some("relay")), Some("door"));
        assert_eq!(chosen(None, None), Some("rest"));
        assert_eq!(choose(&sources[1..], &Way::default()), None, "the system chooses");
    }

    #[test]
    fn all_addresses_of_the_family_are_used_and_no_other() {
        let (source, random) = (source("x", &[], &[]), SeededRandom::new(1));
        let from = |to: &str| -> BTreeSet<String> {
            (0..50)
                .filter_map(|_| source.address_for(to.parse().unwrap(), &random))
                .map(|at| at.address.to_string())
                .collect()
        };
        assert_eq!(from("198.51.100.1"), ["192.0.2.1", "192.0.2.2"].map(ToOwned::to_owned).into());
        assert_eq!(from("::ffff:198.51.100.1").len(), 2);
        assert_eq!(from("2001:db8:1::1"), ["2001:db8::1".to_owned()].into());
        let four = Source { addresses: source.addresses[..2].to_vec(), ..source.clone() };
        assert_eq!(four.address_for("2001:db8:1::1".parse().unwrap(), &random), None);
    }
}
