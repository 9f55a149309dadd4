//! What no single setting can tell: what must be there, and what does not go together.
use super::read::Fault;
use super::{Configuration, Listener, Security, ServiceKind, brand, queue, relay_domain, route};

/// Every fault of the settings beside one another; `route_places` has line and column of each route.
pub(super) fn check(configuration: &Configuration, route_places: &[(usize, usize)]) -> Vec<Fault> {
    let mut faults = Vec::new();
    if configuration.general.host_name.is_none() {
        faults.push(Fault::missing("`host-name` is missing: the name of this machine, such as `mx.example.org`"));
    }
    if configuration.general.default_domain.is_none() {
        faults.push(Fault::missing("`default-domain` is missing: the domain of your customers, such as `example.org`"));
    }
    for listener in &configuration.listeners {
        if let Some(fault) = listener_fault(listener, configuration) {
            faults.push(Fault::missing(fault));
        }
    }
    for (at, certificate) in configuration.certificates.iter().enumerate() {
        if certificate.chain.as_os_str().is_empty() || certificate.key.as_os_str().is_empty() {
            faults.push(Fault::missing(format!(
                "[[certificate]] number {}: `chain` and `key` name its two files",
                at + 1
            )));
        }
    }
    if smtp_wire::Priority::new(configuration.submission.max_priority).is_none() {
        faults.push(Fault::missing("[submission] `max-priority`: from -9 to 9"));
    }
    let passwords = &configuration.passwords;
    let cost = passwords.hash_cost();
    if let Err(error) = cost.checked() {
        faults.push(Fault::missing(format!("[passwords] `hash-memory`, `hash-passes`: {error}")));
    }
    if passwords.min_length > 100 {
        faults.push(Fault::missing("[passwords] `min-length`: nobody has a password of more than 100 characters"));
    }
    for (name, count) in
        [("errors", configuration.limits.errors), ("junk-commands", configuration.limits.junk_commands)]
    {
        if count == 0 {
            faults.push(Fault::missing(format!("[limits] `{name}`: at least 1, or every session ends at once")));
        }
    }
    // RFC 5464, 4.1; and what a command of IMAP can bring.
    if !(1_024..=64 << 10).contains(&configuration.store.metadata_value.bytes()) {
        faults.push(Fault::missing("[store] `metadata-value`: from 1 KiB to 64 KiB"));
    }
    if configuration.store.metadata_entries < 10 {
        faults.push(Fault::missing("[store] `metadata-entries`: at least 10"));
    }
    // RFC 5464, 3.2.1.1
    if configuration.imap.server_admin.as_deref().is_some_and(|uri| !is_uri(uri)) {
        faults.push(Fault::missing("[imap] `server-admin`: a URI, such as `mailto:helpdesk@example.nl`"));
    }
    faults.extend(mta_sts_faults(configuration));
    faults.extend(brand::faults(&configuration.webmail));
    faults.extend(relay_domain::faults(&configuration.mx.relay_domains));
    faults.extend(queue::faults(&configuration.queue));
    faults.extend(route::faults(
        &configuration.routes,
        &configuration.listeners,
        configuration.queue.max_hosts,
        route_places,
    ));
    faults
}

fn mta_sts_faults(configuration: &Configuration) -> Vec<Fault> {
    let section = &configuration.mta_sts;
    let mut faults = Vec::new();
    if section.mode.is_some() && !configuration.listeners.iter().any(|door| door.service == Some(ServiceKind::Https)) {
        faults.push(Fault::missing(
            "[mta-sts] `mode`: a policy is fetched by HTTPS, and there is no `https` [[listener]]",
        ));
    }
    for host in &section.hosts {
        // RFC 8461, 4.1: a wildcard is the whole first label
        if host.strip_prefix("*.").unwrap_or(host).parse::<names::Domain>().is_err() {
            faults.push(Fault::missing(format!("[mta-sts] `hosts`: `{host}` is no host name and no `*.` before one")));
        }
    }
    if section.max_age.0.is_zero() || section.max_age.0 > web::LONGEST_POLICY {
        faults.push(Fault::missing("[mta-sts] `max-age`: from 1 s to a year of 365.25 days (RFC 8461, 3.2)"));
    }
    faults
}

/// Whether a text begins as a URI does (RFC 3986, 3.1).
fn is_uri(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, rest)| {
        let word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
        scheme.starts_with(|first: char| first.is_ascii_alphabetic()) && scheme.bytes().all(word) && !rest.is_empty()
    })
}

fn listener_fault(listener: &Listener, configuration: &Configuration) -> Option<String> {
    let Some(service) = listener.service else {
        return Some("a [[listener]] without `service`".to_owned());
    };
    let at = listener.address.first().map_or_else(|| service.to_string(), |address| format!("{service} at {address}"));
    if listener.address.is_empty() && listener.socket.is_none() {
        return Some(format!("[[listener]] {at}: `address` is missing, such as `[\"0.0.0.0:25\"]`"));
    }
    if listener.socket.is_some() && service != ServiceKind::Lmtp {
        return Some(format!("[[listener]] {at}: only lmtp listens on a `socket`"));
    }
    if listener.tls != Security::None && configuration.certificates.is_empty() {
        return Some(format!("[[listener]] {at}: `tls = \"{}\"` needs a [[certificate]]", listener.tls));
    }
    match service {
        ServiceKind::Submission if listener.tls == Security::None && !listener.login_without_tls => Some(format!(
            "[[listener]] {at}: nobody could log in: set `tls = \"starttls\"`, or `login-without-tls = true`"
        )),
        ServiceKind::Https if listener.tls != Security::Implicit => {
            Some(format!("[[listener]] {at}: https is TLS from the first byte: set `tls = \"implicit\"`"))
        }
        ServiceKind::Relay | ServiceKind::Lmtp | ServiceKind::Metrics if listener.tls != Security::None => {
            Some(format!("[[listener]] {at}: {service} is spoken without TLS"))
        }
        ServiceKind::Relay if configuration.general.own_networks.is_empty() => {
            Some(format!("[[listener]] {at}: `own-networks` is empty, so nobody could use the relay"))
        }
        ServiceKind::Lmtp if listener.address.iter().any(|address| !address.ip().is_loopback()) => {
            Some(format!("[[listener]] {at}: lmtp asks for no login, so it listens on loopback or a `socket` only"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;

    fn fault(listener: &str) -> String {
        let text =
            format!("host-name = \"mx.example.org\"\ndefault-domain = \"example.org\"\n[[listener]]\n{listener}");
        parse(&text).unwrap_err().into_iter().map(|fault| fault.message).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn what_does_not_go_together_is_refused() {
        for (listener, part) in [
            ("address = [\"127.0.0.1:25\"]", "without `service`"),
            ("service = \"mx\"", "`address` is missing"),
            ("service = \"imap\"\ntls = \"implicit\"\naddress = [\"127.0.0.1:993\"]", "needs a [[certificate]]"),
            ("service = \"relay\"\naddress = [\"127.0.0.1:25\"]", "`own-networks` is empty"),
            ("service = \"lmtp\"\naddress = [\"0.0.0.0:24\"]", "loopback"),
            ("service = \"submission\"\naddress = [\"127.0.0.1:587\"]", "nobody could log in"),
            ("service = \"https\"\naddress = [\"127.0.0.1:443\"]", "TLS from the first byte"),
            ("service = \"metrics\"\naddress = [\"127.0.0.1:9\"]\n[mta-sts]\nmode = \"testing\"", "no `https`"),
            ("service = \"metrics\"\naddress = [\"127.0.0.1:9\"]\n[mta-sts]\nhosts = [\"*.*.nl\"]", "no host name"),
            ("service = \"metrics\"\naddress = [\"127.0.0.1:9\"]\n[mta-sts]\nmax-age = \"400 d\"", "365.25"),
            ("service = \"imap\"\nsocket = \"/run/x\"", "only lmtp"),
        ] {
            assert!(fault(listener).contains(part), "{listener}: {}", fault(listener));
        }
        assert!(parse("").unwrap_err().len() == 2);
        for (section, part) in [
            ("[passwords]\nhash-memory = \"1 GiB\"", "131072"),
            ("[passwords]\nhash-passes = 0", "smaller than argon2 allows"),
            ("[passwords]\nmin-length = 101", "nobody has a password"),
            ("[limits]\nerrors = 0", "at least 1"),
            ("[submission]\nmax-priority = 10", "-9 to 9"),
            ("[store]\nmetadata-value = \"1 MiB\"", "1 KiB to 64 KiB"),
            ("[store]\nmetadata-entries = 9", "at least 10"),
            ("[imap]\nserver-admin = \"call us\"", "a URI"),
            ("[webmail]\nname = \" \"", "from 1 to 40"),
            ("[webmail]\naccent = \"blue\"", "`accent`: no colour"),
            ("[webmail]\naccent = \"#ff8800\"", "4.5:1"),
            ("[webmail]\naccent-dark = \"#ff8800\"", "goes with `accent`"),
            ("[queue]\nsources = [{ name = \"a\", addresses = [] }]", "a has no `addresses`"),
            ("[[queue.sources]]\nname = \"\"\naddresses = []", "number 1 needs a `name`"),
            (
                "[queue]\nsources = [{ name = \"a\", addresses = [] }, { name = \"a\", addresses = [] }]",
                "number 2 needs",
            ),
        ] {
            let text = format!("service = \"mx\"\naddress = [\"127.0.0.1:25\"]\n{section}");
            assert!(fault(&text).contains(part), "{section}: {}", fault(&text));
        }
    }
}
