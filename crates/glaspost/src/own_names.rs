//! The names of this machine and of its provider, under which nobody else may say what was found out about a sender.
use crate::configuration::Configuration;
use policy::OwnNames;

/// Every name by which this server is known: where it says `by` in Received, and where customers and other servers meet
/// it. The default domain is one of them, since readers may look for the name of the provider and not of the machine
/// (RFC 8601, 2.5). Domains that only have mailboxes here are not: their owners may have servers of their own.
pub(crate) fn own_names(configuration: &Configuration) -> OwnNames {
    let general = &configuration.general;
    let listeners = configuration.listeners.iter().flat_map(|listener| &listener.names);
    let sources = configuration.queue.sources.iter().flat_map(|source| &source.addresses);
    let sources = sources.map(|address| &address.host_name);
    let all = general.host_name.iter().chain(&general.default_domain).chain(listeners).chain(sources);
    all.cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::own_names;
    use crate::configuration::{Configuration, Listener, Source, SourceAddress};

    #[test]
    fn d05_every_name_of_this_server_is_its_own() {
        let mut configuration = Configuration::default();
        configuration.general.host_name = Some("mx.example.org".parse().unwrap());
        configuration.general.default_domain = Some("example.org".parse().unwrap());
        configuration.listeners =
            vec![Listener { names: vec!["smtp.example.org".parse().unwrap()], ..Listener::default() }];
        let host_name = "out.example.org".parse().unwrap();
        let addresses = vec![SourceAddress { address: "192.0.2.1".parse().unwrap(), host_name }];
        configuration.queue.sources = vec![Source { addresses, ..source() }];
        let own = own_names(&configuration);
        for name in ["mx.example.org", "example.org", "smtp.example.org", "out.example.org"] {
            assert!(own.are_claimed_by(format!("Authentication-Results: {name}; none").as_bytes()), "{name}");
        }
        assert!(!own.are_claimed_by(b"Authentication-Results: mx.example.net; none"));
    }

    fn source() -> Source {
        Source { name: "out".into(), addresses: Vec::new(), sender_domains: Vec::new(), listeners: Vec::new() }
    }
}
