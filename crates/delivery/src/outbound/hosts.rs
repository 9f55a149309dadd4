//! Which hosts take the mail for a domain (RFC 5321, 5.1; RFC 7505).
use crate::queue::settle::{Verdict, Words};
use crate::routes::Course;
use crate::settings::Settings;
use names::Domain;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use world::{Answer, DnsError, MailExchanger, Proof, Random, World};

/// How long one question may take.
const ASKING: Duration = Duration::from_secs(30);
/// The port of SMTP.
const SMTP: u16 = 25;

/// A host that may take the mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Host {
    pub(crate) name: String,
    pub(crate) port: u16,
    pub(crate) from: From,
    /// Whether it is certain that it does: the DNS proved it, or an operator said so.
    pub(crate) proof: Proof,
    /// The domain that the mail is for, and what that is an alias of, where the host was found by it.
    pub(crate) domains: Vec<String>,
}

/// Where the addresses of a host stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    /// In the name itself: `[192.0.2.1]`.
    Literal,
    /// In the DNS, as [`world::Answer`] says it.
    Dns { proof: Proof, first: Proof, name: String },
}

/// Who says that a host takes the mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum From {
    /// The DNS, or whoever wrote an address literal; it may be ourselves.
    Dns,
    /// An operator; a filter on this machine may be meant.
    Settings,
}

/// The hosts for `domain`, in the order in which they are tried.
///
/// # Errors
/// What becomes of the recipients when there is none.
pub(crate) async fn hosts(
    domain: &Domain,
    course: &Course,
    world: &World,
    settings: &Settings,
) -> Result<Vec<Host>, Verdict> {
    if let Some(hops) = course.hosts() {
        let named = hops.iter().take(settings.max_hosts.max(1)).map(|hop| {
            let (name, port) = (hop.host.clone(), hop.port);
            Host { name, port, from: From::Settings, proof: Proof::Secure, domains: Vec::new() }
        });
        return Ok(named.collect());
    }
    // RFC 5321, 4.1.3: whoever writes an address literal means that host
    if let Some(address) = domain.as_literal() {
        let name = format!("[{address}]");
        return Ok(vec![Host { name, port: SMTP, from: From::Dns, proof: Proof::Secure, domains: Vec::new() }]);
    }
    let (names, proof, alias) = match asked(world.dns.mx(domain.as_str())).await {
        Ok(Answer { records, proof, name, .. }) => {
            (choose(domain, records, settings, world.random.as_ref())?, proof, Some(name))
        }
        Err(DnsError::NoSuchRecord) if settings.is_own(domain.as_str()) => return Err(circle(domain)),
        // RFC 5321, 5.1: no MX at all means the domain's own address, the implicit MX; that there is none is as certain
        // as the address, which stands at the same name
        Err(DnsError::NoSuchRecord) => (vec![domain.to_string()], Proof::Secure, None),
        Err(DnsError::NoSuchName) => {
            return Err(failed("5.1.2", format!("the domain {domain} does not exist")));
        }
        Err(error @ (DnsError::Temporary(_) | DnsError::Bogus)) => return Err(no_answer(domain.as_str(), &error)),
    };
    let mut domains = vec![domain.to_string()];
    domains.extend(alias.filter(|alias| alias != domain.as_str()));
    let host = |name| Host { name, port: SMTP, from: From::Dns, proof, domains: domains.clone() };
    Ok(names.into_iter().map(host).collect())
}

/// The DNS does not answer about a name, or nobody can believe what it says.
fn no_answer(name: &str, error: &DnsError) -> Verdict {
    let text = match error {
        DnsError::Temporary(cause) => format!("no answer from the DNS about {name}: {cause}"),
        other => format!("no answer from the DNS about {name}: {other}"),
    };
    Verdict::Deferred(Words::own("4.4.3", text))
}

/// Puts the exchangers in order: by preference, equal ones shuffled (RFC 5321, 5.1), without ourselves and all that
/// come behind us.
fn choose(
    domain: &Domain,
    mut exchangers: Vec<MailExchanger>,
    settings: &Settings,
    random: &dyn Random,
) -> Result<Vec<String>, Verdict> {
    // RFC 7505, 3 and 4.1: a single `.` takes no mail; 556 and 5.1.10, at once
    if exchangers.iter().all(|exchanger| exchanger.host.is_empty()) {
        return Err(failed("5.1.10", format!("556 the domain {domain} takes no mail")));
    }
    exchangers.retain(|exchanger| !exchanger.host.is_empty());
    let own = exchangers.iter().filter(|exchanger| settings.is_own(&exchanger.host)).map(|own| own.preference).min();
    exchangers.retain(|exchanger| own.is_none_or(|own| exchanger.preference < own));
    if exchangers.is_empty() {
        return Err(circle(domain));
    }
    let mut ordered: Vec<(u16, u64, String)> =
        exchangers.into_iter().map(|exchanger| (exchanger.preference, random.number(), exchanger.host)).collect();
    ordered.sort();
    ordered.truncate(settings.max_hosts.max(1));
    Ok(ordered.into_iter().map(|(_, _, host)| host).collect())
}

/// The addresses of a host, IPv6 first, and where they stand.
///
/// # Errors
/// Why there is none: [`Verdict::Deferred`] when the DNS may know better later.
pub(crate) async fn addresses(
    host: &Host,
    world: &World,
    settings: &Settings,
) -> Result<(Vec<SocketAddr>, Found), Verdict> {
    let literal = host.name.trim_matches(['[', ']']).parse::<IpAddr>();
    let (addresses, found) = match literal {
        Ok(address) => (vec![address], Found::Literal),
        Err(_) => match asked(world.dns.addresses(&host.name)).await {
            Ok(Answer { records, proof, first, name }) => (records, Found::Dns { proof, first, name }),
            Err(error @ (DnsError::Temporary(_) | DnsError::Bogus)) => return Err(no_answer(&host.name, &error)),
            Err(DnsError::NoSuchName | DnsError::NoSuchRecord) => {
                return Err(failed("5.4.4", format!("the mail server {} has no address", host.name)));
            }
        },
    };
    let addresses = addresses.into_iter().take(settings.max_addresses.max(1));
    Ok((addresses.map(|address| SocketAddr::new(address, host.port)).collect(), found))
}

/// The answer, or none after so long.
pub(crate) async fn asked<T>(question: impl Future<Output = Result<T, DnsError>>) -> Result<T, DnsError> {
    let answer = tokio::time::timeout(ASKING, question).await;
    answer.unwrap_or_else(|_| Err(DnsError::Temporary("it took too long".to_owned())))
}

fn failed(status: &str, text: String) -> Verdict {
    Verdict::Failed(Words::own(status, text))
}

// RFC 3463, 3.5: X.4.6, routing loop detected
const CIRCLE: &str = "5.4.6";

/// The mail would come back to us.
pub(crate) fn circle(domain: &Domain) -> Verdict {
    failed(CIRCLE, format!("the mail for {domain} comes back to this server"))
}

/// Whether a verdict of ours says so.
pub(crate) fn is_circle(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Failed(words) if words.status == CIRCLE && words.server.is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::scripted::ScriptedDns;

    fn settings() -> Settings {
        Settings::new("mx.example.org".parse().unwrap())
    }

    async fn names(script: impl Fn(&ScriptedDns)) -> Result<Vec<String>, Verdict> {
        let (world, _, dns) = world::scripted::world();
        script(&dns);
        let hosts = hosts(&"far.example".parse().unwrap(), &Course::Usual, &world, &settings()).await?;
        Ok(hosts.into_iter().map(|host| host.name).collect())
    }

    fn status(result: Result<Vec<String>, Verdict>) -> String {
        match result {
            Err(Verdict::Failed(words) | Verdict::Deferred(words)) => words.status,
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn in_the_order_of_preference() {
        let found = names(|dns| {
            dns.exchanger("far.example", 20, "c.example").exchanger("far.example", 10, "a.example");
        });
        assert_eq!(found.await.unwrap(), ["a.example", "c.example"]);
    }

    #[tokio::test]
    async fn an_address_literal_names_the_host() {
        let (world, _, _) = world::scripted::world();
        for (literal, name) in [("[192.0.2.1]", "[192.0.2.1]"), ("[IPv6:2001:DB8::1]", "[2001:db8::1]")] {
            let domain = Domain::of_address(literal).unwrap();
            let found = hosts(&domain, &Course::Usual, &world, &settings()).await.unwrap();
            assert_eq!(found.iter().map(|host| host.name.as_str()).collect::<Vec<_>>(), [name]);
            let (at, place) = addresses(&found[0], &world, &settings()).await.unwrap();
            assert_eq!((at, place), (vec![SocketAddr::new(domain.as_literal().unwrap(), SMTP)], Found::Literal));
        }
    }

    #[tokio::test]
    async fn equal_ones_are_shuffled() {
        let (world, _, dns) = world::scripted::world();
        for host in ["a.example", "b.example", "c.example"] {
            dns.exchanger("far.example", 10, host);
        }
        let mut firsts = std::collections::BTreeSet::new();
        for _ in 0..50 {
            let hosts = hosts(&"far.example".parse().unwrap(), &Course::Usual, &world, &settings()).await.unwrap();
            assert_eq!(hosts.len(), 3);
            firsts.insert(hosts[0].name.clone());
        }
        assert_eq!(firsts.len(), 3);
    }

    #[tokio::test]
    async fn what_the_dns_says_decides() {
        let implicit = names(|dns| {
            dns.host("far.example", &["192.0.2.1".parse().unwrap()]);
        });
        assert_eq!(implicit.await.unwrap(), ["far.example"]);
        let null = names(|dns| {
            dns.exchanger("far.example", 0, "");
        });
        assert_eq!(status(null.await), "5.1.10");
        assert_eq!(status(names(|_| {}).await), "5.1.2");
        let broken = names(|dns| {
            dns.broken("far.example");
        });
        assert_eq!(status(broken.await), "4.4.3");
        let bogus = names(|dns| {
            dns.exchanger("far.example", 10, "evil.example").bogus("far.example");
        });
        assert_eq!(status(bogus.await), "4.4.3");
    }

    #[tokio::test]
    async fn how_certain_a_host_is() {
        let (world, _, dns) = world::scripted::world();
        dns.exchanger("plain.example", 10, "a.example").exchanger("signed.example", 10, "a.example");
        dns.secure("signed.example").alias("other.example", "signed.example");
        dns.host("implicit.example", &["192.0.2.1".parse().unwrap()]);
        for (domain, proof, domains) in [
            ("plain.example", Proof::Insecure, &["plain.example"][..]),
            ("signed.example", Proof::Secure, &["signed.example"]),
            ("other.example", Proof::Insecure, &["other.example", "signed.example"]),
            ("implicit.example", Proof::Secure, &["implicit.example"]),
        ] {
            let hosts = hosts(&domain.parse().unwrap(), &Course::Usual, &world, &settings()).await.unwrap();
            assert_eq!((hosts[0].proof, hosts[0].domains.join(" ")), (proof, domains.join(" ")), "{domain}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_dns_is_not_waited_for_without_end() {
        let silent = names(|dns| {
            dns.silent("far.example");
        });
        assert_eq!(status(silent.await), "4.4.3");
    }

    #[tokio::test]
    async fn hosts_and_their_addresses_have_an_end() {
        let (world, _, dns) = world::scripted::world();
        for number in 0..1_000 {
            dns.exchanger("far.example", number, &format!("{number}.example"));
        }
        let many: Vec<IpAddr> = (0..200).map(|last| IpAddr::from([192, 0, 2, last])).collect();
        dns.host("0.example", &many);
        for (max_hosts, max_addresses) in [(10, 6), (3, 2), (0, 0)] {
            let settings = Settings { max_hosts, max_addresses, ..settings() };
            let found = hosts(&"far.example".parse().unwrap(), &Course::Usual, &world, &settings).await.unwrap();
            assert_eq!(found.len(), max_hosts.max(1));
            let (found, _) = addresses(found.first().unwrap(), &world, &settings).await.unwrap();
            assert_eq!(found.len(), max_addresses.max(1));
        }
        assert_eq!((settings().max_hosts, settings().max_addresses), (10, 6));
    }

    #[tokio::test]
    async fn never_to_ourselves_nor_to_who_comes_behind_us() {
        let found = names(|dns| {
            dns.exchanger("far.example", 5, "a.example");
            dns.exchanger("far.example", 10, "mx.example.org").exchanger("far.example", 20, "c.example");
        });
        assert_eq!(found.await.unwrap(), ["a.example"]);
        let circle = names(|dns| {
            dns.exchanger("far.example", 10, "MX.example.org").exchanger("far.example", 20, "c.example");
        });
        assert_eq!(status(circle.await), "5.4.6");
    }
}
