//! The listeners as customers meet them: what the page of settings is made from.
use crate::configuration::{Configuration, HeloRule, Listener, Security, ServiceKind};
use crate::failure::{Code, Failure};
use crate::serve::doors::listener_names;
use crate::serve::webmail::FILES;
use directory::Doorway;
use guide::{Door, Guide, Open, Service};
use names::Domain;
use net::CertificateStore;
use policy::HeloFault;
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;

/// The guide to the listeners of `configuration`. `addresses` are what open listeners were really given, by their names;
/// the ports of others are those of the file.
///
/// # Errors
/// When the configuration lacks what every one has.
pub(crate) fn guide(
    configuration: &Configuration,
    certificates: Option<&CertificateStore>,
    addresses: &[(Arc<str>, SocketAddr)],
) -> Result<Guide, Failure> {
    let missing = |name| Failure::new(Code::Config, format!("`{name}` is missing"));
    let general = &configuration.general;
    let provider = general.default_domain.clone().ok_or_else(|| missing("default-domain"))?;
    let host_name = general.host_name.clone().ok_or_else(|| missing("host-name"))?;
    let listeners = configuration.listeners.iter().zip(listener_names(&configuration.listeners));
    let doors: Vec<Door> =
        listeners.filter_map(|(listener, name)| door(listener, &name, &host_name, addresses)).collect();
    let certified = certificates.map(|certificates| {
        let names = doors.iter().flat_map(|door| &door.names);
        names.filter(|name| certificates.bears(name.as_str())).cloned().collect()
    });
    let strict = configuration.submission.helo == HeloRule::Strict;
    let bad_helo = strict.then_some(bad_helo as fn(&str) -> String);
    let name = configuration.webmail.name.clone();
    let webmail = (!FILES.is_empty()).then_some("/");
    Ok(Guide::new(&Open { provider, name, doors, certified, bad_helo, page: web::SETTINGS_PATH, webmail }))
}

/// The listeners as logins are told of: by which name customers know each, and where TLS begins.
pub(crate) fn doorways(configuration: &Configuration) -> Vec<Doorway> {
    let listeners = configuration.listeners.iter().zip(listener_names(&configuration.listeners));
    let doorway = |(listener, name): (&Listener, String)| Doorway {
        listener: name.into(),
        host: listener.names.first().or(configuration.general.host_name.as_ref()).cloned(),
        implicit: listener.tls == Security::Implicit,
    };
    listeners.map(doorway).collect()
}

/// A listener that is for customers.
fn door(listener: &Listener, name: &str, host_name: &Domain, addresses: &[(Arc<str>, SocketAddr)]) -> Option<Door> {
    let service = match listener.service.filter(|_| listener.on_settings_page)? {
        ServiceKind::Submission => Service::Submission,
        ServiceKind::Relay => Service::Relay,
        ServiceKind::Pop3 => Service::Pop3,
        ServiceKind::Imap => Service::Imap,
        ServiceKind::Https => Service::Pages,
        ServiceKind::Mx | ServiceKind::Lmtp | ServiceKind::Metrics => return None,
    };
    let given: BTreeSet<u16> =
        addresses.iter().filter(|(other, _)| **other == *name).map(|(_, address)| address.port()).collect();
    // port 0 is whatever is free: nobody knows it before the door is open
    let planned = || listener.address.iter().map(SocketAddr::port).filter(|port| *port != 0).collect();
    Some(Door {
        service,
        names: if listener.names.is_empty() { vec![host_name.clone()] } else { listener.names.clone() },
        ports: if given.is_empty() { planned() } else { given },
        security: match listener.tls {
            Security::None => guide::Security::None,
            Security::Starttls => guide::Security::Starttls,
            Security::Implicit => guide::Security::Tls,
        },
        login_without_tls: listener.login_without_tls,
    })
}

/// What submission replies to a name that is refused.
fn bad_helo(name: &str) -> String {
    format!("550 {}", HeloFault::BadCharacter.text(name.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::configuration::{load, parse};
    use std::path::Path;

    fn example() -> Configuration {
        load(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/telfortglasvezel.toml"))).unwrap()
    }

    fn ports(ways: &[guide::Way]) -> Vec<u16> {
        ways.iter().map(|way| way.port).collect()
    }

    #[test]
    fn the_page_that_started_the_project() {
        let guide = guide(&example(), None, &[]).unwrap();
        assert_eq!(ports(&guide.outgoing), [587, 25, 587]);
        assert_eq!(ports(&guide.incoming), [993, 143, 995, 143, 110]);
        let outgoing: Vec<&str> = guide.outgoing.iter().map(|way| way.server.as_str()).collect();
        assert_eq!(outgoing, ["smtp.telfortglasvezel.nl", "smtp.xmsnet.nl", "smtp.xmsnet.nl"]);
        let old: Vec<&str> = guide.old_names.iter().map(|old| old.name.as_str()).collect();
        assert_eq!(old, ["smtp.xmsnet.nl", "imap.xmsnet.nl", "pop.xmsnet.nl"]);
        let said = &guide.helo.unwrap().causes[0].reply;
        assert_eq!(said, "550 Bad HELO: localhost does not exist - Please see RFC 2821 section 4.1.1.1");
        assert_eq!(guide.page.as_deref(), Some("https://webmail.telfortglasvezel.nl/settings"));
        let webmail = (!FILES.is_empty()).then_some("https://webmail.telfortglasvezel.nl/");
        assert_eq!(guide.webmail.as_deref(), webmail);
    }

    #[test]
    fn a_changed_setting_changes_the_guide() {
        let lenient = Configuration {
            submission: crate::configuration::Submission { helo: HeloRule::Lenient, ..example().submission },
            ..example()
        };
        assert_eq!(guide(&lenient, None, &[]).unwrap().helo, None);
        let mut changed = example();
        changed.listeners[1].address = vec!["203.0.113.8:465".parse().unwrap()];
        changed.listeners[1].tls = Security::Implicit;
        let found = guide(&changed, None, &[]).unwrap();
        assert_eq!((found.outgoing[0].port, found.outgoing[0].security), (465, guide::Security::Tls));
        assert!(!found.no_port_465);
        changed.listeners.iter_mut().for_each(|listener| listener.on_settings_page = false);
        let hidden = guide(&changed, None, &[]).unwrap();
        assert!(hidden.outgoing.is_empty() && hidden.incoming.is_empty() && hidden.page.is_none());
    }

    #[test]
    fn a_port_is_the_one_that_was_given() {
        let text = "host-name = \"mx.example.org\"\ndefault-domain = \"example.org\"\n[[listener]]\nservice = \"pop3\"\n\
                    address = [\"127.0.0.1:0\"]\nlogin-without-tls = true\n";
        let configuration = parse(text).unwrap();
        assert!(guide(&configuration, None, &[]).unwrap().incoming.is_empty());
        let given =
            [("pop3".into(), "127.0.0.1:4711".parse().unwrap()), ("imap".into(), "127.0.0.1:9".parse().unwrap())];
        let incoming = guide(&configuration, None, &given).unwrap().incoming;
        assert_eq!(ports(&incoming), [4711]);
        assert_eq!(incoming[0].server.as_str(), "mx.example.org");
    }
}
