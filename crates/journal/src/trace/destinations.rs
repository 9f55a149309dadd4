//! What went where: counts by destination, for who watches over deliverability.
use crate::{Attempt, Class, Entry, Error, Event, Reader};
use std::collections::BTreeMap;
use world::UnixTime;

/// Destinations that are told apart; further ones are counted as `*`.
const APART: usize = 10_000;

/// What happened at one destination. Numbers are of recipients.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DestinationCounts {
    /// The domain.
    pub domain: String,
    /// Taken over by another server.
    pub relayed: u64,
    /// Attempts after which a recipient has to wait.
    pub deferred: u64,
    /// Given up.
    pub failed: u64,
    /// Thrown away, as a route asks.
    pub discarded: u64,
    /// Reports to senders that something failed.
    pub reports_failed: u64,
    /// Reports to senders that something is late.
    pub reports_delayed: u64,
    /// Reports to senders that something went well.
    pub reports_success: u64,
    /// How what was taken over went.
    pub policies: PolicyCounts,
    /// The last words of this destination.
    pub last_reply: Option<String>,
    /// When they were said.
    pub last_at: UnixTime,
}

/// Under which policy recipients were taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PolicyCounts {
    /// Without TLS.
    pub clear: u64,
    /// With TLS, whatever the certificate says.
    pub opportunistic: u64,
    /// By DANE.
    pub dane: u64,
    /// By MTA-STS.
    pub mta_sts: u64,
}

impl Reader {
    /// What happened by destination from `from` up to `to`, the busiest first.
    ///
    /// # Errors
    /// When the engine could not be read.
    pub async fn destinations(&self, from: UnixTime, to: UnixTime) -> Result<Vec<DestinationCounts>, Error> {
        let mut counts: BTreeMap<String, DestinationCounts> = BTreeMap::new();
        let mut look = |entry: Entry| {
            count(&mut counts, &entry);
            true
        };
        self.each(Class::Deliveries, from, to, &|_| true, &mut look).await?;
        let mut counts: Vec<DestinationCounts> = counts.into_values().collect();
        let total = |one: &DestinationCounts| one.relayed + one.deferred + one.failed + one.discarded;
        counts.sort_by(|one, other| total(other).cmp(&total(one)).then_with(|| one.domain.cmp(&other.domain)));
        Ok(counts)
    }
}

fn count(counts: &mut BTreeMap<String, DestinationCounts>, entry: &Entry) {
    match &entry.event {
        Event::Relayed(attempt) => {
            let counts = of(counts, attempt.recipient.as_str());
            counts.relayed += 1;
            counts.policies.add(attempt);
            heard(counts, entry, attempt);
        }
        Event::Deferred(attempt) => {
            let counts = of(counts, attempt.recipient.as_str());
            counts.deferred += 1;
            heard(counts, entry, attempt);
        }
        Event::Failed(attempt) => {
            let counts = of(counts, attempt.recipient.as_str());
            counts.failed += 1;
            heard(counts, entry, attempt);
        }
        Event::Discarded(attempt) => of(counts, attempt.recipient.as_str()).discarded += 1,
        Event::Reported { action, recipients, .. } => {
            for recipient in recipients {
                let counts = of(counts, recipient.as_str());
                match action.as_str() {
                    "failed" => counts.reports_failed += 1,
                    "delayed" => counts.reports_delayed += 1,
                    _ => counts.reports_success += 1,
                }
            }
        }
        _ => {}
    }
}

fn of<'a>(counts: &'a mut BTreeMap<String, DestinationCounts>, recipient: &str) -> &'a mut DestinationCounts {
    let domain = recipient.rsplit_once('@').map_or("", |(_, domain)| domain);
    let known = counts.len() < APART || counts.contains_key(domain);
    let domain = if known { domain } else { "*" };
    let new = || DestinationCounts { domain: domain.to_owned(), ..DestinationCounts::default() };
    counts.entry(domain.to_owned()).or_insert_with(new)
}

fn heard(counts: &mut DestinationCounts, entry: &Entry, attempt: &Attempt) {
    if counts.last_reply.is_none() || entry.at > counts.last_at {
        counts.last_reply = Some(attempt.reply.to_string());
        counts.last_at = entry.at;
    }
}

impl PolicyCounts {
    fn add(&mut self, attempt: &Attempt) {
        match attempt.policy.as_ref().map(crate::Text::as_str) {
            Some("dane") => self.dane += 1,
            Some("mta-sts") => self.mta_sts += 1,
            _ if attempt.tls.is_some() => self.opportunistic += 1,
            _ => self.clear += 1,
        }
    }
}
