//! What is kept of a report about one domain.
use policy::{ReportedFailure, ReportedPolicy};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::net::IpAddr;

/// What the failures of one report may take, as they are kept; the rarest are left out.
const FAILURE_BYTES: usize = 8 * 1024;

/// A report about one domain. Moments are seconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) submitter: String,
    pub(super) id: String,
    pub(super) contact: Option<String>,
    pub(super) from: u64,
    /// When it came.
    pub(super) came: u64,
    /// From which address.
    pub(super) address: Option<IpAddr>,
    /// In which message; `None`: it was posted.
    pub(super) delivery: Option<String>,
    pub(super) policies: Vec<Sessions>,
}

/// The sessions under one policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Sessions {
    pub(super) kind: String,
    pub(super) good: u64,
    pub(super) failed: u64,
    pub(super) failures: Vec<ReportedFailure>,
    pub(super) left_out: u64,
}

impl Record {
    /// By what it is known: whose it is, and what he calls it.
    pub(super) fn fingerprint(&self) -> [u8; 16] {
        let mut hash = [0; 16];
        let mut hasher = blake3::Hasher::new();
        // neither has a control character in it
        hasher.update(self.submitter.to_lowercase().as_bytes()).update(b"\0").update(self.id.as_bytes());
        hasher.finalize_xof().fill(&mut hash);
        hash
    }
}

/// The policies with as many of the failures as there is room for, those of the most sessions first.
pub(super) fn within_bounds(policies: Vec<ReportedPolicy>) -> Vec<Sessions> {
    let mut kept = Vec::with_capacity(policies.len());
    let mut failures = Vec::new();
    for (at, policy) in policies.into_iter().enumerate() {
        let ReportedPolicy { kind, good, failed, left_out, .. } = policy;
        failures.extend(policy.failures.into_iter().map(|failure| (at, failure)));
        kept.push(Sessions { kind, good, failed, failures: Vec::new(), left_out });
    }
    failures.sort_by_key(|(_, failure)| Reverse(failure.sessions));
    let mut room = FAILURE_BYTES;
    for (at, failure) in failures {
        let Some(sessions) = kept.get_mut(at) else { continue };
        let size = serde_json::to_vec(&failure).map_or(usize::MAX, |text| text.len());
        match room.checked_sub(size) {
            Some(rest) => {
                room = rest;
                sessions.failures.push(failure);
            }
            None => sessions.left_out = sessions.left_out.saturating_add(1),
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(failures: Vec<ReportedFailure>) -> ReportedPolicy {
        let (domain, kind) = ("here.example".parse().unwrap(), "sts".to_owned());
        ReportedPolicy { domain, kind, good: 1, failed: 2, failures, left_out: 3 }
    }

    fn failure(sessions: u64, length: usize) -> ReportedFailure {
        let text = |length| "x".repeat(length);
        ReportedFailure {
            result: text(length),
            sending: String::new(),
            receiving: text(length),
            receiving_address: String::new(),
            reason: text(length),
            sessions,
        }
    }

    #[test]
    fn a_record_has_an_end_and_the_most_frequent_failures_are_in_it() {
        let many = (0..50).map(|number| failure(number, 255)).collect();
        let kept = within_bounds(vec![policy(many), policy(vec![failure(1_000, 255)])]);
        let size: usize = kept.iter().map(|sessions| serde_json::to_vec(sessions).unwrap().len()).sum();
        assert!(size < FAILURE_BYTES + 500, "{size}");
        assert_eq!(kept[1].failures.len(), 1);
        let sessions: Vec<u64> = kept[0].failures.iter().map(|failure| failure.sessions).collect();
        assert!(
            !sessions.is_empty() && sessions.iter().eq((0..50).rev().take(sessions.len()).collect::<Vec<_>>().iter())
        );
        assert_eq!(kept[0].left_out, 3 + 50 - sessions.len() as u64);
        let few = within_bounds(vec![policy(vec![failure(1, 20)])]);
        assert_eq!((few[0].failures.len(), few[0].left_out), (1, 3));
    }
}
