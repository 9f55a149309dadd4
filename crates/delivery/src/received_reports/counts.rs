//! What was reported, added up: by domain, submitter and policy.
use super::DAY;
use super::record::{Record, Sessions};
use super::shelf::Shelf;
use names::Domain;
use policy::ReportedFailure;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::ops::Range;

/// Groups that are told apart; the submitters and policies of further ones are counted as `*`.
const APART: usize = 2_000;
/// Groups that are shown, and failures of each.
const SHOWN: usize = 500;
const FAILURES: usize = 20;
/// What stands for all others.
const OTHERS: &str = "*";

/// What one submitter says of the sessions with the servers of one domain, under one kind of policy.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TlsReportCounts {
    /// The domain.
    pub domain: String,
    /// Who says so, by his own word; `*` for those beyond two thousand groups.
    pub submitter: String,
    /// The policy: `tlsa`, `sts`, `no-policy-found`, or another word of his.
    pub policy: String,
    /// In how many reports.
    pub reports: u64,
    /// Sessions that went well.
    pub good: u64,
    /// Sessions that did not.
    pub failed: u64,
    /// How they failed, the most frequent first; at most twenty.
    pub failures: Vec<ReportedFailure>,
    /// How many further kinds of failures there are at most: one that is left out of several reports counts in each.
    pub failures_left_out: u64,
    /// The begin of the newest report's time, in seconds since 1970.
    pub newest: u64,
    /// When the newest report came, in seconds since 1970.
    pub came: u64,
    /// From which address.
    pub address: Option<IpAddr>,
    /// In which message; `None`: it was posted.
    pub delivery: Option<String>,
    /// Where its submitter can be reached, by his own word.
    pub contact: Option<String>,
}

/// What was reported.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TlsReportSum {
    /// The newest first, of one day those with the most failures; at most five hundred.
    pub groups: Vec<TlsReportCounts>,
    /// How many further ones there are.
    pub groups_left_out: u64,
    /// All reports.
    pub reports: u64,
    /// Sessions of all of them that went well.
    pub good: u64,
    /// And that did not.
    pub failed: u64,
}

/// Adds up the reports about these days.
pub(super) async fn sum(
    shelf: &Shelf,
    domain: Option<&Domain>,
    days: Range<u64>,
) -> Result<TlsReportSum, store::Error> {
    let mut sum = TlsReportSum::default();
    let mut groups = Groups::default();
    shelf.each(domain, days, &mut |about, record| sum.add(&mut groups, about, &record)).await?;
    let mut shown: Vec<TlsReportCounts> = groups.0.into_values().map(Group::shown).collect();
    shown.sort_by(|one, other| {
        (other.newest / DAY, other.failed, &one.domain).cmp(&(one.newest / DAY, one.failed, &other.domain))
    });
    sum.groups_left_out = shown.len().saturating_sub(SHOWN) as u64;
    shown.truncate(SHOWN);
    sum.groups = shown;
    Ok(sum)
}

#[derive(Default)]
struct Groups(BTreeMap<(String, String, String), Group>);

#[derive(Default)]
struct Group {
    counts: TlsReportCounts,
    /// Without their number of sessions.
    failures: BTreeMap<ReportedFailure, u64>,
}

impl TlsReportSum {
    fn add(&mut self, groups: &mut Groups, domain: &Domain, record: &Record) {
        self.reports += 1;
        let mut counted = BTreeSet::new();
        for sessions in &record.policies {
            self.good = self.good.saturating_add(sessions.good);
            self.failed = self.failed.saturating_add(sessions.failed);
            let group = groups.of(domain, record, sessions);
            // one with several policies of a group is one report all the same
            let is_new = counted.insert((group.counts.submitter.clone(), group.counts.policy.clone()));
            group.counts.reports += u64::from(is_new);
            group.add(record, sessions);
        }
    }
}

impl Groups {
    fn of(&mut self, domain: &Domain, record: &Record, sessions: &Sessions) -> &mut Group {
        let key = |submitter: &str, policy: &str| (domain.to_string(), submitter.to_owned(), policy.to_owned());
        let own = key(&record.submitter, &sessions.kind);
        let is_told_apart = self.0.len() < APART || self.0.contains_key(&own);
        self.0.entry(if is_told_apart { own } else { key(OTHERS, OTHERS) }).or_insert_with_key(|key| {
            let (domain, submitter, policy) = key.clone();
            Group { counts: TlsReportCounts { domain, submitter, policy, ..Default::default() }, ..Default::default() }
        })
    }
}

impl Group {
    fn add(&mut self, record: &Record, sessions: &Sessions) {
        let counts = &mut self.counts;
        counts.good = counts.good.saturating_add(sessions.good);
        counts.failed = counts.failed.saturating_add(sessions.failed);
        counts.failures_left_out = counts.failures_left_out.saturating_add(sessions.left_out);
        if (record.from, record.came) >= (counts.newest, counts.came) {
            (counts.newest, counts.came, counts.address) = (record.from, record.came, record.address);
            (counts.delivery, counts.contact) = (record.delivery.clone(), record.contact.clone());
        }
        for failure in &sessions.failures {
            let kind = ReportedFailure { sessions: 0, ..failure.clone() };
            if self.failures.len() >= 2 * FAILURES && !self.failures.contains_key(&kind) {
                counts.failures_left_out = counts.failures_left_out.saturating_add(1);
                let rarest = self.failures.iter().min_by_key(|(_, sessions)| **sessions);
                match rarest.filter(|(_, sessions)| **sessions < failure.sessions).map(|(kind, _)| kind.clone()) {
                    Some(rarest) => drop(self.failures.remove(&rarest)),
                    None => continue,
                }
            }
            let known = self.failures.entry(kind).or_default();
            *known = known.saturating_add(failure.sessions);
        }
    }

    fn shown(self) -> TlsReportCounts {
        let Self { mut counts, failures } = self;
        counts.failures = failures.into_iter().map(|(kind, sessions)| ReportedFailure { sessions, ..kind }).collect();
        counts.failures.sort_by_key(|failure| Reverse(failure.sessions));
        let beyond = counts.failures.len().saturating_sub(FAILURES) as u64;
        counts.failures.truncate(FAILURES);
        counts.failures_left_out = counts.failures_left_out.saturating_add(beyond);
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(submitter: &str, from: u64, good: u64, failures: Vec<ReportedFailure>) -> Record {
        let failed = failures.iter().map(|failure| failure.sessions).sum();
        let sessions = Sessions { kind: "sts".to_owned(), good, failed, failures, left_out: 0 };
        Record {
            submitter: submitter.to_owned(),
            id: "1".to_owned(),
            contact: None,
            from,
            came: from + 1,
            address: None,
            delivery: Some(format!("d{from}")),
            policies: vec![sessions],
        }
    }

    fn failure(host: &str, sessions: u64) -> ReportedFailure {
        ReportedFailure {
            result: "certificate-expired".to_owned(),
            sending: String::new(),
            receiving: host.to_owned(),
            receiving_address: String::new(),
            reason: String::new(),
            sessions,
        }
    }

    fn added(records: &[Record]) -> (TlsReportSum, Vec<TlsReportCounts>) {
        let (mut sum, mut groups) = (TlsReportSum::default(), Groups::default());
        let domain = "here.example".parse().unwrap();
        records.iter().for_each(|record| sum.add(&mut groups, &domain, record));
        (sum, groups.0.into_values().map(Group::shown).collect())
    }

    #[test]
    fn reports_of_one_submitter_add_up() {
        let (sum, groups) = added(&[
            record("a", 20, 1, vec![failure("mx1", 1), failure("mx2", 5)]),
            record("a", 10, 2, vec![failure("mx1", 7)]),
            record("b", 10, u64::MAX, Vec::new()),
        ]);
        assert_eq!((sum.reports, sum.good, sum.failed), (3, u64::MAX, 13));
        assert_eq!((groups.len(), groups[0].reports, groups[0].good, groups[0].failed), (2, 2, 3, 13));
        assert_eq!((groups[0].newest, groups[0].delivery.as_deref()), (20, Some("d20")));
        assert_eq!(groups[0].failures, [failure("mx1", 8), failure("mx2", 5)]);
    }

    #[test]
    fn a_report_with_two_policies_of_a_kind_is_one() {
        let mut one = record("a", 10, 1, Vec::new());
        one.policies.push(one.policies[0].clone());
        let (sum, groups) = added(&[one]);
        assert_eq!((sum.reports, sum.good, groups[0].reports, groups[0].good), (1, 2, 1, 2));
    }

    #[test]
    fn a_failure_that_is_frequent_late_is_shown() {
        let mut records: Vec<Record> =
            (0..100).map(|day| record("a", day, 0, vec![failure(&format!("mx{day}"), 1)])).collect();
        records.push(record("a", 100, 0, vec![failure("outage", 1_000)]));
        let (_, groups) = added(&records);
        assert_eq!(groups[0].failures[0], failure("outage", 1_000));
    }

    #[test]
    fn what_strangers_invent_is_bounded() {
        let many = (0..1_000).map(|number| failure(&format!("mx{number}"), number)).collect();
        let mut records: Vec<Record> = (0..APART + 10).map(|at| record(&format!("s{at}"), 1, 1, Vec::new())).collect();
        records.push(record("s0", 1, 1, many));
        let (sum, groups) = added(&records);
        assert_eq!((groups.len(), sum.reports), (APART + 1, APART as u64 + 11));
        assert_eq!(groups.iter().find(|group| group.submitter == OTHERS).map(|group| group.reports), Some(10));
        let first = groups.iter().find(|group| group.submitter == "s0").unwrap();
        assert_eq!((first.failures.len(), first.failures_left_out), (FAILURES, 980));
    }
}
