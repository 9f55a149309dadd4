//! Where reports are kept: in a queue partition by the hash of the domain, `y | day of the report (4) | domain | 0 | hash of
//! submitter and id (16)` → the report, as JSON; `z | domain` → the day on which reports came last, and how many.
use super::record::Record;
use crate::queue::PARTITIONS;
use crate::queue::ledger::place;
use crate::tls_report::shelf::partition;
use names::Domain;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use store::{Change, Error, Growth, Key, KeyRange, Records};

const REPORT: u8 = b'y';
const COUNT: u8 = b'z';
/// Reports of one domain that are kept in a day: a few, and then some, each a few kilobytes.
pub(super) const IN_A_DAY: u32 = 100;
/// Records that are read in one step.
const PAGE: usize = 100;
/// How often a record is written again when another node was first.
const TRIES: usize = 10;

/// The reports about all domains.
pub(super) struct Shelf(Records);

/// What became of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shelved {
    Kept,
    /// It was there before.
    Known,
    /// The domain has as many as it may have in a day, or there is no room for any.
    Full,
}

/// Reports of one domain that came on a day.
#[derive(Default, Serialize, Deserialize)]
struct Count {
    day: u64,
    kept: u32,
}

fn day_key(day: u64) -> Key {
    [&[REPORT][..], &u32::try_from(day).unwrap_or(u32::MAX).to_be_bytes()].concat()
}

fn count_key(domain: &Domain) -> Key {
    [&[COUNT][..], domain.as_str().as_bytes()].concat()
}

/// The domain that a report is about.
fn domain_of(key: &[u8]) -> Option<Domain> {
    let (domain, end) = key.get(5..)?.split_at_checked(key.len().checked_sub(5 + 17)?)?;
    (end.first() == Some(&0)).then(|| std::str::from_utf8(domain).ok()?.parse().ok())?
}

impl Shelf {
    pub(super) fn new(records: Records) -> Self {
        Self(records)
    }

    /// Keeps a report about `day` that came `today`, once, where there is room for more.
    pub(super) async fn keep(
        &self,
        (day, today): (u64, u64),
        domain: &Domain,
        record: &Record,
        has_room: bool,
    ) -> Result<Shelved, Error> {
        let written = |error: serde_json::Error| Error::Corrupt(error.to_string());
        let (place, payload) = (place(partition(domain)), serde_json::to_vec(record).map_err(written)?);
        let key = [&day_key(day), domain.as_str().as_bytes(), b"\0", &record.fingerprint()].concat();
        for _ in 0..TRIES {
            let mut found = self.0.get_many(place, vec![key.clone(), count_key(domain)]).await?.into_iter();
            if found.next().flatten().is_some() {
                return Ok(Shelved::Known);
            }
            let before = found.next().flatten();
            let count = before.as_ref().and_then(|value| serde_json::from_slice(&value.payload).ok());
            let Count { kept, .. } = count.filter(|count: &Count| count.day == today).unwrap_or_default();
            if !has_room || kept >= IN_A_DAY {
                return Ok(Shelved::Full);
            }
            let count = serde_json::to_vec(&Count { day: today, kept: kept + 1 }).map_err(written)?;
            let mut change = Change::new(Growth::Grows);
            change.create(key.clone(), payload.clone());
            match before {
                Some(before) => change.replace(count_key(domain), before.version, count),
                None => change.create(count_key(domain), count),
            };
            match self.0.commit(place, change).await {
                Err(Error::Conflict) => {}
                done => return done.map(|_| Shelved::Kept),
            }
        }
        Err(Error::Conflict)
    }

    /// Shows the reports about these days, of `domain` or all, to `look`.
    pub(super) async fn each(
        &self,
        domain: Option<&Domain>,
        days: Range<u64>,
        look: &mut (dyn FnMut(&Domain, Record) + Send),
    ) -> Result<(), Error> {
        let partitions = domain.map_or(0..PARTITIONS, |domain| partition(domain)..partition(domain) + 1);
        for partition in partitions {
            let mut next = Some(KeyRange { from: day_key(days.start), to: day_key(days.end) });
            while let Some(range) = next {
                let page = self.0.scan(place(partition), range.clone(), PAGE).await?;
                for (key, value) in &page.items {
                    let Some(about) = domain_of(key).filter(|about| domain.is_none_or(|domain| domain == about)) else {
                        continue;
                    };
                    // one that cannot be read is as good as none
                    if let Ok(record) = serde_json::from_slice(&value.payload) {
                        look(&about, record);
                    }
                }
                next = page.items.last().filter(|_| page.more).map(|(last, _)| range.after(last));
            }
        }
        Ok(())
    }

    /// Takes away the reports about days before `oldest`, and the counts of days before `today`.
    pub(super) async fn sweep(&self, oldest: u64, today: u64) -> Result<(), Error> {
        for partition in 0..PARTITIONS {
            self.clear(partition, KeyRange { from: day_key(0), to: day_key(oldest) }, |_| true).await?;
            let is_over = |payload: &[u8]| {
                let count: Count = serde_json::from_slice(payload).unwrap_or_default();
                count.day < today
            };
            self.clear(partition, KeyRange::prefix(&[COUNT]), is_over).await?;
        }
        Ok(())
    }

    /// Takes away those records of a range that are `over`, some at a time.
    async fn clear(&self, partition: u8, range: KeyRange, over: impl Fn(&[u8]) -> bool) -> Result<(), Error> {
        let mut next = Some(range);
        while let Some(range) = next {
            let page = self.0.scan(place(partition), range.clone(), PAGE).await?;
            let mut change = Change::new(Growth::Frees);
            for (key, value) in page.items.iter().filter(|(_, value)| over(&value.payload)) {
                change.remove(key.clone(), value.version);
            }
            if !change.writes.is_empty() {
                match self.0.commit(place(partition), change).await {
                    // somebody counted, or another node sweeps: it comes again
                    Ok(_) | Err(Error::Conflict) => {}
                    Err(error) => return Err(error),
                }
            }
            next = page.items.last().filter(|_| page.more).map(|(last, _)| range.after(last));
        }
        Ok(())
    }
}
