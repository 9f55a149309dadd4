//! Where the days are kept: in a queue partition by the hash of the domain, `t | day (4) | domain` → the sessions, as JSON.
use super::day::Day;
use crate::queue::PARTITIONS;
use crate::queue::ledger::place;
use names::Domain;
use store::{Change, Error, Growth, Key, KeyRange, Records};

const SESSIONS: u8 = b't';
/// Records that are read in one step, and in memory at once.
const PAGE: usize = 50;
/// How often a record is written again when another node was first.
const TRIES: usize = 10;

/// The days of all domains.
pub(super) struct Shelf(Records);

/// A day as it is kept.
pub(super) struct Kept {
    pub(super) day: u64,
    pub(super) domain: Domain,
    pub(super) sessions: Day,
    version: u64,
}

/// In which queue partition a domain's days are.
pub(crate) fn partition(domain: &Domain) -> u8 {
    blake3::hash(domain.as_str().as_bytes()).as_bytes().first().copied().unwrap_or(0) % PARTITIONS
}

fn key(day: u64, domain: &Domain) -> Key {
    let day = u32::try_from(day).unwrap_or(u32::MAX).to_be_bytes();
    [&[SESSIONS][..], &day, domain.as_str().as_bytes()].concat()
}

fn read_key(key: &[u8]) -> Option<(u64, Domain)> {
    let (day, domain) = key.get(1..)?.split_first_chunk()?;
    Some((u64::from(u32::from_be_bytes(*day)), std::str::from_utf8(domain).ok()?.parse().ok()?))
}

/// The days before `day`, in every partition.
pub(super) fn before(day: u64) -> KeyRange {
    let end = u32::try_from(day).unwrap_or(u32::MAX).to_be_bytes();
    KeyRange { from: vec![SESSIONS], to: [&[SESSIONS][..], &end].concat() }
}

impl Shelf {
    pub(super) fn new(records: Records) -> Self {
        Self(records)
    }

    /// Adds sessions to a day.
    pub(super) async fn add(&self, day: u64, domain: &Domain, sessions: Day) -> Result<(), Error> {
        let (place, key) = (place(partition(domain)), key(day, domain));
        for _ in 0..TRIES {
            let before = self.0.get(place, key.clone()).await?;
            let mut sum = before.as_ref().and_then(|value| Day::read(&value.payload)).unwrap_or_default();
            sum.merge(sessions.clone());
            let Some(payload) = sum.write() else { return Ok(()) };
            let mut change = Change::new(Growth::Grows);
            match before {
                Some(before) => change.replace(key.clone(), before.version, payload),
                None => change.create(key.clone(), payload),
            };
            match self.0.commit(place, change).await {
                Err(Error::Conflict) => {}
                done => return done.map(drop),
            }
        }
        Err(Error::Conflict)
    }

    /// Some of the days before `day` that are in a partition, and where to go on.
    pub(super) async fn page(&self, partition: u8, from: KeyRange) -> Result<(Vec<Kept>, Option<KeyRange>), Error> {
        let page = self.0.scan(place(partition), from.clone(), PAGE).await?;
        let kept = page.items.iter().filter_map(|(key, value)| {
            let (day, domain) = read_key(key)?;
            let sessions = Day::read(&value.payload).unwrap_or_default();
            Some(Kept { day, domain, sessions, version: value.version })
        });
        let next = page.items.last().filter(|_| page.more).map(|(last, _)| from.after(last));
        Ok((kept.collect(), next))
    }

    /// Takes a day away; false when somebody else did, or added to it.
    pub(super) async fn take(&self, kept: &Kept) -> Result<bool, Error> {
        let mut change = Change::new(Growth::Frees);
        change.remove(key(kept.day, &kept.domain), kept.version);
        match self.0.commit(place(partition(&kept.domain)), change).await {
            Ok(_) => Ok(true),
            Err(Error::Conflict) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
