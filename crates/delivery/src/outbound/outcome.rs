//! What became of the TLS of a session, in the words of a report (RFC 8460, 4.3).
use super::broken::{Broken, TlsFault};
use super::hosts::Host;
use super::line::Line;
use super::security::{Plan, Policy};
use crate::sts::{Held, Unfetched};
use crate::tls_report::day::{Applied, Failure};
use std::net::SocketAddr;
use transport::{CertificateFault, HttpsFault};
use world::Tlsa;

/// One session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) applied: Applied,
    /// `None`: it went as it should.
    pub(super) failure: Option<Failure>,
}

const NOT_SUPPORTED: &str = "starttls-not-supported";
const GENERAL: &str = "validation-failure";

/// What became of a connection; nothing, where it did not come to TLS.
pub(super) fn of(plan: &Plan, host: &Host, address: SocketAddr, opened: &Result<Line, Broken>) -> Option<Told> {
    if plan.policy == Policy::Clear {
        return None;
    }
    let result = match opened {
        Ok(line) => match (&plan.policy, line.tls_info()) {
            (Policy::Testing { covered: false, .. }, _) => Some(GENERAL),
            (_, None) => Some(NOT_SUPPORTED),
            (Policy::Testing { .. }, Some(tls)) if !tls.verified => Some(tls.fault.map_or(GENERAL, of_certificate)),
            (_, Some(_)) => None,
        },
        Err(Broken::Tls(fault)) => Some(of_fault(fault)),
        Err(_) => return None,
    };
    let failure = result.map(|result| Failure {
        result: result.to_owned(),
        host: host.name.clone(),
        address: address.ip().to_string(),
    });
    Some(Told { applied: applied(&plan.policy, &plan.tls_name), failure })
}

/// RFC 8460, 4.3.1 and 4.3.3.
const fn of_fault(fault: &TlsFault) -> &'static str {
    match fault {
        TlsFault::NotOffered | TlsFault::Refused(_) => NOT_SUPPORTED,
        TlsFault::Handshake(_) => GENERAL,
        TlsFault::Certificate(fault) => of_certificate(*fault),
    }
}

const fn of_certificate(fault: CertificateFault) -> &'static str {
    match fault {
        CertificateFault::Expired => "certificate-expired",
        CertificateFault::Name => "certificate-host-mismatch",
        CertificateFault::Authority => "certificate-not-trusted",
        CertificateFault::Dane | CertificateFault::Unusable => GENERAL,
    }
}

/// A host that the policy does not name.
pub(super) fn not_covered(policy: &Policy, host: &str) -> Told {
    let failure = Failure { result: GENERAL.to_owned(), host: host.to_owned(), address: String::new() };
    Told { applied: applied(policy, host), failure: Some(failure) }
}

/// A host whose TLSA records the DNS does not give (RFC 8460, 4.3.2.1).
pub(super) fn no_tlsa(host: &str) -> Told {
    let failure = Failure { result: "dnssec-invalid".to_owned(), host: host.to_owned(), address: String::new() };
    Told { applied: plain("tlsa", Vec::new(), vec![host.to_owned()]), failure: Some(failure) }
}

/// A policy that could not be had (RFC 8460, 4.3.2.2).
pub(super) fn unfetched(unfetched: &Unfetched) -> Told {
    let result = match unfetched {
        Unfetched::Https(HttpsFault::Certificate(_)) => "sts-webpki-invalid",
        Unfetched::Invalid(_) => "sts-policy-invalid",
        Unfetched::Https(_) | Unfetched::Status(_) | Unfetched::MediaType(_) => "sts-policy-fetch-error",
    };
    let failure = Failure { result: result.to_owned(), host: String::new(), address: String::new() };
    Told { applied: plain("sts", Vec::new(), Vec::new()), failure: Some(failure) }
}

fn applied(policy: &Policy, tls_name: &str) -> Applied {
    match policy {
        Policy::Clear | Policy::Opportunistic | Policy::Required | Policy::Verified => {
            plain("no-policy-found", Vec::new(), Vec::new())
        }
        Policy::Encrypted => plain("tlsa", Vec::new(), vec![tls_name.to_owned()]),
        Policy::Dane { records, .. } => {
            let mut lines: Vec<String> = records.iter().take(LINES).map(shown).collect();
            lines.sort();
            plain("tlsa", lines, vec![tls_name.to_owned()])
        }
        Policy::Sts(held) | Policy::Testing { held, .. } => by_policy(held),
    }
}

fn by_policy(held: &Held) -> Applied {
    let lines = held.text.lines().map(str::trim).filter(|line| !line.is_empty()).take(LINES);
    let hosts = held.policy.hosts.iter().take(LINES).cloned();
    plain("sts", lines.map(|line| line.chars().take(LINE).collect()).collect(), hosts.collect())
}

/// The most lines of a policy that a report repeats, and the most of one.
const LINES: usize = 50;
const LINE: usize = 200;

fn plain(kind: &str, lines: Vec<String>, hosts: Vec<String>) -> Applied {
    Applied { kind: kind.to_owned(), lines, hosts }
}

/// As a zone file has it.
fn shown(record: &Tlsa) -> String {
    let data: String = record.data.iter().take(LINE / 2).map(|byte| format!("{byte:02x}")).collect();
    format!("{} {} {} {data}", record.usage, record.selector, record.matching)
}
