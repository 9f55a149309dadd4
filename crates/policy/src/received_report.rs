//! A report about TLS as another server sends it (RFC 8460, 4.4): JSON, packed or not. Anybody may have written it.
use flate2::bufread::GzDecoder;
use jiff::Timestamp;
use names::Domain;
use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::io::Read;
use std::marker::PhantomData;
use thiserror::Error;
use world::UnixTime;

/// The longest report as it comes, packed or not.
pub const MAX_REPORT: usize = 1024 * 1024;
/// The most that it may come to when it is unpacked, whatever it was packed to.
const MAX_UNPACKED: u64 = 4 * 1024 * 1024;
/// Policies of one report; a domain has two at the most at once.
const MAX_POLICIES: usize = 16;
/// Kinds of failures under one policy that are kept; further ones count in its sum alone.
pub const MAX_FAILURES: usize = 50;
/// The longest text of a report that is kept: longer ones are cut, but those that tell reports apart are refused.
const MAX_TEXT: usize = 255;

/// How a report is written (RFC 8460, 6.4 and 6.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportForm {
    /// `application/tlsrpt+json`
    Json,
    /// `application/tlsrpt+gzip`
    Gzip,
}

impl ReportForm {
    /// The form of this media type; parameters are of no account.
    pub fn of(media_type: &str) -> Option<Self> {
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        [("application/tlsrpt+json", Self::Json), ("application/tlsrpt+gzip", Self::Gzip)]
            .into_iter()
            .find_map(|(name, form)| essence.eq_ignore_ascii_case(name).then_some(form))
    }
}

/// What another server says of its sessions with the servers of a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedReport {
    /// Who sends it, by his own word: `organization-name`.
    pub submitter: String,
    /// What he calls it: with his name it tells reports apart.
    pub id: String,
    /// Where he can be reached.
    pub contact: Option<String>,
    /// From when on sessions were counted.
    pub from: UnixTime,
    /// Until when.
    pub until: UnixTime,
    /// The sessions, by the policy that they were under.
    pub policies: Vec<ReportedPolicy>,
}

/// The sessions under one policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportedPolicy {
    /// The domain whose policy it is.
    pub domain: Domain,
    /// `tlsa`, `sts`, `no-policy-found`, or what else the sender says.
    pub kind: String,
    /// Sessions that went well.
    pub good: u64,
    /// Sessions that did not.
    pub failed: u64,
    /// The first kinds of failures.
    pub failures: Vec<ReportedFailure>,
    /// How many further kinds there are.
    pub left_out: u64,
}

/// Sessions that failed in the same way (RFC 8460, 4.3 and 4.4). What was not said is empty.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ReportedFailure {
    /// What went wrong, such as `certificate-expired`.
    pub result: String,
    /// The address of the server that sent.
    pub sending: String,
    /// The host that it spoke with.
    pub receiving: String,
    /// The address of that host.
    pub receiving_address: String,
    /// More about what went wrong.
    pub reason: String,
    /// How many.
    pub sessions: u64,
}

/// Why a report is not read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReportFault {
    /// As it comes.
    #[error("it is longer than 1 MiB")]
    TooLong,
    /// Unpacked.
    #[error("it is longer than 4 MiB when it is unpacked")]
    TooMuch,
    /// It cannot be unpacked.
    #[error("it is not gzip")]
    NotGzip,
    /// Something that must be there is missing, or something is of another type. The words are the sender's: they are not repeated.
    #[error("it is no report at line {line}, column {column}")]
    Shape {
        /// In which line.
        line: usize,
        /// Where in it.
        column: usize,
    },
    /// A member that names something.
    #[error("`{0}` is empty, too long or no name")]
    Name(&'static str),
    /// When it begins or ends.
    #[error("its dates are none, or the wrong way round")]
    Dates,
    /// It goes on and on.
    #[error("it has more than 16 policies")]
    Policies,
}

/// Reads a report. Members that nobody knows, and those of which nothing is kept (`policy-string`, `mx-host`,
/// `receiving-mx-helo`, `additional-information`), are skipped.
///
/// ```text
/// { "organization-name": …, "date-range": { "start-datetime": …, "end-datetime": … },
///   "contact-info": …, "report-id": …,
///   "policies": [ { "policy": { "policy-type": …, "policy-domain": … },
///                   "summary": { "total-successful-session-count": …, "total-failure-session-count": … },
///                   "failure-details": [ { "result-type": …, "sending-mta-ip": …, "receiving-mx-hostname": …,
///                       "receiving-ip": …, "failed-session-count": …, "failure-reason-code": … } ] } ] }   (RFC 8460, 4.4)
/// ```
///
/// # Errors
/// Why it is none.
pub fn received_report(form: ReportForm, bytes: &[u8]) -> Result<ReceivedReport, ReportFault> {
    if bytes.len() > MAX_REPORT {
        return Err(ReportFault::TooLong);
    }
    match form {
        ReportForm::Json => read(bytes),
        ReportForm::Gzip => read(&unpacked(bytes)?),
    }
}

/// What the first member of a gzip file holds (RFC 1952). The size is counted as it comes out: the one that the file tells is not believed.
fn unpacked(bytes: &[u8]) -> Result<Vec<u8>, ReportFault> {
    let mut out = Vec::new();
    let mut limited = GzDecoder::new(bytes).take(MAX_UNPACKED + 1);
    limited.read_to_end(&mut out).map_err(|_| ReportFault::NotGzip)?;
    if out.len() as u64 > MAX_UNPACKED { Err(ReportFault::TooMuch) } else { Ok(out) }
}

fn read(json: &[u8]) -> Result<ReceivedReport, ReportFault> {
    let shape = |error: serde_json::Error| ReportFault::Shape { line: error.line(), column: error.column() };
    let written: Written = serde_json::from_slice(json).map_err(shape)?;
    let (from, until) = (moment(&written.range.start)?, moment(&written.range.end)?);
    if until < from {
        return Err(ReportFault::Dates);
    }
    if written.policies.left_out > 0 {
        return Err(ReportFault::Policies);
    }
    Ok(ReceivedReport {
        submitter: name("organization-name", written.organization)?,
        id: name("report-id", written.id)?,
        contact: written.contact.map(cut),
        from,
        until,
        policies: written.policies.kept.into_iter().map(policy).collect::<Result<_, _>>()?,
    })
}

fn policy(written: WrittenPolicy) -> Result<ReportedPolicy, ReportFault> {
    let details = written.failures.unwrap_or_default();
    Ok(ReportedPolicy {
        domain: written.policy.domain.parse().map_err(|_| ReportFault::Name("policy-domain"))?,
        kind: cut(written.policy.kind),
        good: written.summary.good,
        failed: written.summary.failed,
        failures: details.kept.into_iter().map(failure).collect(),
        left_out: details.left_out,
    })
}

fn failure(written: WrittenFailure) -> ReportedFailure {
    let told = |text: Option<String>| text.map(cut).unwrap_or_default();
    ReportedFailure {
        result: cut(written.result),
        sending: told(written.sending),
        receiving: told(written.receiving),
        receiving_address: told(written.receiving_address),
        reason: told(written.reason),
        sessions: written.sessions,
    }
}

/// RFC 3339, 5.6. quirk: other forms of ISO 8601 are understood as well.
fn moment(text: &str) -> Result<UnixTime, ReportFault> {
    let at: Option<Timestamp> = text.parse().ok();
    at.and_then(|at| u64::try_from(at.as_second()).ok()).map(UnixTime::from_secs).ok_or(ReportFault::Dates)
}

fn name(member: &'static str, text: String) -> Result<String, ReportFault> {
    let fits = (1..=MAX_TEXT).contains(&text.len()) && !text.contains(char::is_control);
    if fits { Ok(text) } else { Err(ReportFault::Name(member)) }
}

/// What is shown and kept of a text.
fn cut(text: String) -> String {
    let mut text = if text.contains(char::is_control) { text.replace(char::is_control, "\u{fffd}") } else { text };
    text.truncate(text.floor_char_boundary(MAX_TEXT));
    text
}

#[derive(Deserialize)]
struct Written {
    #[serde(rename = "organization-name")]
    organization: String,
    #[serde(rename = "date-range")]
    range: WrittenRange,
    #[serde(rename = "contact-info")]
    contact: Option<String>,
    #[serde(rename = "report-id")]
    id: String,
    policies: AtMost<WrittenPolicy, MAX_POLICIES>,
}

#[derive(Deserialize)]
struct WrittenRange {
    #[serde(rename = "start-datetime")]
    start: String,
    #[serde(rename = "end-datetime")]
    end: String,
}

#[derive(Deserialize)]
struct WrittenPolicy {
    policy: WrittenRule,
    summary: WrittenSummary,
    #[serde(rename = "failure-details")]
    failures: Option<AtMost<WrittenFailure, MAX_FAILURES>>,
}

#[derive(Deserialize)]
struct WrittenRule {
    #[serde(rename = "policy-type")]
    kind: String,
    #[serde(rename = "policy-domain")]
    domain: String,
}

#[derive(Deserialize)]
struct WrittenSummary {
    #[serde(rename = "total-successful-session-count")]
    good: u64,
    #[serde(rename = "total-failure-session-count")]
    failed: u64,
}

#[derive(Deserialize)]
struct WrittenFailure {
    #[serde(rename = "result-type")]
    result: String,
    #[serde(rename = "sending-mta-ip")]
    sending: Option<String>,
    #[serde(rename = "receiving-mx-hostname")]
    receiving: Option<String>,
    #[serde(rename = "receiving-ip")]
    receiving_address: Option<String>,
    #[serde(rename = "failure-reason-code")]
    reason: Option<String>,
    #[serde(rename = "failed-session-count")]
    sessions: u64,
}

/// A list of which the first `N` are read; the others are counted, and hold nothing.
struct AtMost<T, const N: usize> {
    kept: Vec<T>,
    left_out: u64,
}

impl<T, const N: usize> Default for AtMost<T, N> {
    fn default() -> Self {
        Self { kept: Vec::new(), left_out: 0 }
    }
}

impl<'de, T: Deserialize<'de>, const N: usize> Deserialize<'de> for AtMost<T, N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Items(PhantomData))
    }
}

struct Items<T, const N: usize>(PhantomData<T>);

impl<'de, T: Deserialize<'de>, const N: usize> Visitor<'de> for Items<T, N> {
    type Value = AtMost<T, N>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut list = AtMost::default();
        while list.kept.len() < N {
            let Some(item) = items.next_element()? else { return Ok(list) };
            list.kept.push(item);
        }
        while items.next_element::<IgnoredAny>()?.is_some() {
            list.left_out += 1;
        }
        Ok(list)
    }
}

#[cfg(test)]
mod tests;
