//! Whether a host has TLSA records, and what they ask for (RFC 7672, 2.2).
use super::hosts::{Found, Host, asked};
use super::security::Policy;
use crate::queue::settle::{Verdict, Words};
use world::{Answer, Dns, DnsError, Proof, Tlsa};

/// What DANE asks of a connection to `host`, with the name that TLS then asks for; `None`: nothing.
///
/// # Errors
/// The DNS does not say whether there are records: the host is not talked to (RFC 7672, 2.1.2), or who breaks the DNS
/// would break the security.
pub(crate) async fn policy(host: &Host, found: &Found, dns: &dyn Dns) -> Result<Option<(String, Policy)>, Verdict> {
    // RFC 7672, 2.2.1: TLSA records of a host that nobody is certain of prove nothing
    if host.proof == Proof::Insecure {
        return Ok(None);
    }
    for base in bases(host, found) {
        let name = format!("_{}._tcp.{base}", host.port);
        match asked(dns.tlsa(&name)).await {
            Ok(answer) if answer.proof == Proof::Secure => return Ok(Some((base.clone(), by(host, base, answer)))),
            // RFC 7672, 2.2: records that nobody vouches for, or none
            Ok(_) | Err(DnsError::NoSuchName | DnsError::NoSuchRecord) => {}
            Err(error @ (DnsError::Temporary(_) | DnsError::Bogus)) => {
                let words = format!("no answer from the DNS about the TLSA records of {base}: {error}");
                return Err(Verdict::Deferred(Words::own("4.7.5", words)));
            }
        }
    }
    Ok(None)
}

/// Where TLSA records are looked for (RFC 7672, 2.2.2 and 2.2.3): where the host's addresses stand, if all that leads
/// there is authentic, then at the host's own name, if that is signed. Nothing is asked in zones that are not: some of
/// their servers do not answer questions they do not know.
fn bases(host: &Host, found: &Found) -> Vec<String> {
    let Found::Dns { proof, first, name } = found else { return Vec::new() };
    let mut bases = Vec::new();
    if *proof == Proof::Secure {
        bases.push(name.clone());
    }
    let own = host.name.to_ascii_lowercase();
    if *first == Proof::Secure && (bases.is_empty() || *name != own) {
        bases.push(own);
    }
    bases
}

fn by(host: &Host, base: String, answer: Answer<Tlsa>) -> Policy {
    if !answer.records.iter().any(Tlsa::is_usable) {
        return Policy::Encrypted;
    }
    // RFC 7672, 3.2.2 and 3.2.3: the base first, then the domain that the mail is for, and what it is an alias of
    let names = std::iter::once(base).chain(host.domains.iter().cloned()).collect();
    Policy::Dane { records: answer.records, names }
}

#[cfg(test)]
mod tests {
    use super::super::hosts::From;
    use super::*;
    use world::scripted::ScriptedDns;

    fn host(proof: Proof) -> Host {
        let (name, domains) = ("mx.example".to_owned(), vec!["far.example".to_owned()]);
        Host { name, port: 25, from: From::Dns, proof, domains }
    }

    fn found(proof: Proof, first: Proof, name: &str) -> Found {
        Found::Dns { proof, first, name: name.to_owned() }
    }

    fn record(usage: u8) -> Tlsa {
        Tlsa { usage, selector: 1, matching: 1, data: vec![7; 32] }
    }

    fn named(policy: Option<(String, Policy)>) -> Option<(String, &'static str)> {
        policy.map(|(base, policy)| (base, policy.name()))
    }

    #[tokio::test]
    async fn records_count_where_everything_is_signed() {
        use Proof::{Insecure, Secure};
        let dns = ScriptedDns::new();
        dns.tlsa("_25._tcp.mx.example", record(3)).secure("_25._tcp.mx.example");
        dns.tlsa("_25._tcp.real.example", record(3)).secure("_25._tcp.real.example");
        dns.tlsa("_25._tcp.odd.example", record(1)).secure("_25._tcp.odd.example");
        dns.tlsa("_25._tcp.plain.example", record(3));
        dns.broken("_25._tcp.broken.example");
        for (exchanger, found, expected) in [
            (Secure, found(Secure, Secure, "mx.example"), Some(("mx.example", "dane"))),
            (Insecure, found(Secure, Secure, "mx.example"), None),
            (Secure, found(Insecure, Insecure, "mx.example"), None),
            (Secure, Found::Literal, None),
            // aliases: the end first, the begin where the end has none or is not signed
            (Secure, found(Secure, Secure, "real.example"), Some(("real.example", "dane"))),
            (Secure, found(Secure, Secure, "none.example"), Some(("mx.example", "dane"))),
            (Secure, found(Secure, Secure, "plain.example"), Some(("mx.example", "dane"))),
            (Secure, found(Insecure, Secure, "broken.example"), Some(("mx.example", "dane"))),
            // none that can be used: encrypted all the same
            (Secure, found(Secure, Secure, "odd.example"), Some(("odd.example", "dane-unusable"))),
        ] {
            let asked = policy(&host(exchanger), &found, &dns).await.unwrap();
            assert_eq!(named(asked), expected.map(|(base, name)| (base.to_owned(), name)), "{found:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn q05_without_an_answer_about_them_the_host_is_not_talked_to() {
        let dns = ScriptedDns::new();
        dns.broken("_25._tcp.broken.example").bogus("_25._tcp.bogus.example").silent("_25._tcp.silent.example");
        for name in ["broken.example", "bogus.example", "silent.example"] {
            let asked = policy(&host(Proof::Secure), &found(Proof::Secure, Proof::Secure, name), &dns).await;
            assert!(matches!(asked, Err(Verdict::Deferred(_))), "{name}");
        }
    }

    #[tokio::test]
    async fn a_certificate_may_be_for_the_host_or_the_domain() {
        let dns = ScriptedDns::new();
        dns.tlsa("_25._tcp.mx.example", record(2)).secure("_25._tcp.mx.example");
        let found = found(Proof::Secure, Proof::Secure, "mx.example");
        let Some((_, Policy::Dane { names, .. })) = policy(&host(Proof::Secure), &found, &dns).await.unwrap() else {
            panic!("no DANE");
        };
        assert_eq!(names, ["mx.example", "far.example"]);
    }
}
