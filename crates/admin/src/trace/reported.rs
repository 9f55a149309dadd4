//! What is answered about what others say of TLS with the servers here. Moments are milliseconds since 1970.
use delivery::{TlsReportCounts, TlsReportSum};
use policy::ReportedFailure;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// What others reported of TLS with the servers here. All of it is as they say: anybody may have written it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TlsReportsView {
    /// By domain, submitter and policy: the newest first, of one day those with the most failures; at most five hundred.
    pub reported: Vec<TlsReportView>,
    /// How many further ones there are.
    pub left_out: u64,
    /// How many reports there are.
    pub reports: u64,
    /// Sessions that went well, of all.
    pub good: u64,
    /// Sessions that did not, of all.
    pub failed: u64,
}

/// What one submitter says about one domain, under one kind of policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TlsReportView {
    /// The domain.
    pub domain: String,
    /// Who says so, by his own word; `*` for those beyond two thousand.
    pub submitter: String,
    /// Where he can be reached, by his own word.
    pub contact: Option<String>,
    /// The policy: `tlsa`, `sts`, `no-policy-found`, or another word of his.
    pub policy: String,
    /// In how many reports.
    pub reports: u64,
    /// Sessions that went well.
    pub good: u64,
    /// Sessions that did not.
    pub failed: u64,
    /// How they failed, the most frequent first.
    pub failures: Vec<TlsFailureView>,
    /// How many further kinds of failures there are.
    pub failures_left_out: u64,
    /// The begin of what the newest report is about.
    pub newest_ms: u64,
    /// When that report came.
    pub came_ms: u64,
    /// The address of who brought it.
    pub address: Option<IpAddr>,
    /// The message that it came in; nothing where it was posted.
    pub delivery: Option<String>,
}

/// Sessions that failed in the same way. What was not said is empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TlsFailureView {
    /// What went wrong, such as `certificate-expired` (RFC 8460, 4.3).
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

impl From<TlsReportSum> for TlsReportsView {
    fn from(sum: TlsReportSum) -> Self {
        Self {
            reported: sum.groups.into_iter().map(Into::into).collect(),
            left_out: sum.groups_left_out,
            reports: sum.reports,
            good: sum.good,
            failed: sum.failed,
        }
    }
}

impl From<TlsReportCounts> for TlsReportView {
    fn from(counts: TlsReportCounts) -> Self {
        Self {
            domain: counts.domain,
            submitter: counts.submitter,
            contact: counts.contact,
            policy: counts.policy,
            reports: counts.reports,
            good: counts.good,
            failed: counts.failed,
            failures: counts.failures.into_iter().map(Into::into).collect(),
            failures_left_out: counts.failures_left_out,
            newest_ms: counts.newest.saturating_mul(1000),
            came_ms: counts.came.saturating_mul(1000),
            address: counts.address,
            delivery: counts.delivery,
        }
    }
}

impl From<ReportedFailure> for TlsFailureView {
    fn from(failure: ReportedFailure) -> Self {
        let ReportedFailure { result, sending, receiving, receiving_address, reason, sessions } = failure;
        Self { result, sending, receiving, receiving_address, reason, sessions }
    }
}
