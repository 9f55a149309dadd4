//! What became of the TLS sessions with one domain on one day, as it is counted and kept.
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Policies of one domain that are told apart in a day; the sessions under further ones are not counted.
const POLICIES: usize = 8;
/// Kinds of failures that are told apart; further ones count in the sum alone.
const FAILURES: usize = 50;

/// Under what a session was to be secured (RFC 8460, 4.4).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct Applied {
    /// `tlsa`, `sts` or `no-policy-found`.
    pub(crate) kind: String,
    /// Its lines.
    pub(crate) lines: Vec<String>,
    /// The hosts that it names.
    pub(crate) hosts: Vec<String>,
}

/// What went wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct Failure {
    /// The result type (RFC 8460, 4.3).
    pub(crate) result: String,
    /// The host; empty where it did not come so far.
    pub(crate) host: String,
    /// Its address; empty the same.
    pub(crate) address: String,
}

/// The sessions under one policy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sessions {
    pub(crate) good: u64,
    pub(crate) failed: u64,
    pub(crate) failures: BTreeMap<Failure, u64>,
}

/// A day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Day(pub(crate) BTreeMap<Applied, Sessions>);

impl Day {
    /// Counts one session.
    pub(crate) fn count(&mut self, applied: Applied, failure: Option<Failure>) {
        let (good, failed) = (u64::from(failure.is_none()), u64::from(failure.is_some()));
        let failures = failure.into_iter().map(|failure| (failure, 1)).collect();
        self.add(applied, Sessions { good, failed, failures });
    }

    /// Adds another part of the same day.
    pub(crate) fn merge(&mut self, other: Self) {
        other.0.into_iter().for_each(|(applied, sessions)| self.add(applied, sessions));
    }

    fn add(&mut self, applied: Applied, sessions: Sessions) {
        if self.0.len() >= POLICIES && !self.0.contains_key(&applied) {
            return;
        }
        let sum = self.0.entry(applied).or_default();
        sum.good = sum.good.saturating_add(sessions.good);
        sum.failed = sum.failed.saturating_add(sessions.failed);
        for (failure, count) in sessions.failures {
            if sum.failures.len() < FAILURES || sum.failures.contains_key(&failure) {
                let known = sum.failures.entry(failure).or_default();
                *known = known.saturating_add(count);
            }
        }
    }

    /// As a record.
    pub(super) fn write(&self) -> Option<Vec<u8>> {
        let policies = self.0.iter().map(|(applied, sessions)| StoredSessions {
            policy: applied.clone(),
            good: sessions.good,
            failed: sessions.failed,
            failures: sessions.failures.iter().map(|(failure, count)| (failure.clone(), *count)).collect(),
        });
        serde_json::to_vec(&Stored { policies: policies.collect() }).ok()
    }

    /// From a record; one that cannot be read is as good as none.
    pub(super) fn read(payload: &[u8]) -> Option<Self> {
        let stored: Stored = serde_json::from_slice(payload).ok()?;
        let mut day = Self::default();
        for StoredSessions { policy, good, failed, failures } in stored.policies {
            day.add(policy, Sessions { good, failed, failures: failures.into_iter().collect() });
        }
        Some(day)
    }
}

#[derive(Serialize, Deserialize)]
struct Stored {
    policies: Vec<StoredSessions>,
}

#[derive(Serialize, Deserialize)]
struct StoredSessions {
    policy: Applied,
    good: u64,
    failed: u64,
    failures: Vec<(Failure, u64)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(number: usize) -> Applied {
        Applied { kind: "sts".to_owned(), lines: vec![number.to_string()], hosts: Vec::new() }
    }

    fn failure(number: usize) -> Failure {
        Failure { result: "validation-failure".to_owned(), host: number.to_string(), address: String::new() }
    }

    #[test]
    fn a_day_has_an_end() {
        let mut day = Day::default();
        for number in 0..100 {
            day.count(applied(number), None);
            day.count(applied(0), Some(failure(number)));
        }
        let first = &day.0[&applied(0)];
        assert_eq!((day.0.len(), first.good, first.failed, first.failures.len()), (POLICIES, 1, 100, FAILURES));
    }

    #[test]
    fn parts_of_a_day_add_up_and_come_back() {
        let mut day = Day::default();
        day.count(applied(1), None);
        day.count(applied(1), Some(failure(1)));
        let mut twice = day.clone();
        twice.merge(Day::read(&day.write().unwrap()).unwrap());
        let sum = &twice.0[&applied(1)];
        assert_eq!((sum.good, sum.failed, sum.failures[&failure(1)]), (2, 2, 2));
        assert_eq!(Day::read(b"{"), None);
    }
}
