//! How the queue lies in its partitions, and the commits that change it.
//!
//! In each of the 64 partitions: `e | number (8)` → the entry as JSON; `d | due (8) | number (8) | hash of the
//! destination (8)` → what is due then ([`super::due`]); `u | blob` → the entries that use the blob; `f | time (8) |
//! number (8)`: the entries that wait for a time of their sender's ([`super::future`]); `l`, `r`: the
//! lease ([`super::lease`]). Beside the queue lie `a | account`: allowances, `k`: the key of rewritten senders, `s | domain`: policies of
//! other domains, `v | account`: whom it has answered, `t | day | domain`: what TLS came to, `y` and `z`: what others say it came
//! to here. Every change of an entry is fenced by the entry's version, and that
//! of the partition's owner by the lease too.
use super::due::{self, DuePage, due_lines, due_start};
use super::entry::{Entry, Terms};
use super::id::QueueId;
use super::lease::Fence;
use crate::error::Error;
use std::collections::{BTreeMap, BTreeSet};
use store::{
    BlobHash, Change, DeliveryId, Growth, Key, KeyRange, Partition, PartitionKind, Precondition, Receipt, Records,
};
use world::UnixTime;

const ENTRY: u8 = b'e';
const USE: u8 = b'u';
const FUTURE: u8 = b'f';
/// How often a change is tried again when others were first on the record of a blob's uses. Who is too late is so because
/// another change was made, so one of those that wait is always through: this ends when as many write at once.
const TRIES: usize = 4_000;

/// The queue's partition `partition`.
pub(crate) const fn place(partition: u8) -> Partition {
    Partition::new(PartitionKind::Queue, partition as u64)
}

/// An entry as it was read, with the version that fences a change of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) id: QueueId,
    pub(crate) version: u64,
    pub(crate) entry: Entry,
}

/// A change of one entry, with what is added beside it in the same commit.
pub(crate) struct Turn<'a> {
    pub(crate) old: &'a Kept,
    /// What the entry is then; `None`: it is gone.
    pub(crate) new: Option<&'a Entry>,
    /// Reports, in the same partition.
    pub(crate) reports: &'a [(QueueId, Entry)],
    /// What the owner of the partition holds; `None` for a session or an operator.
    pub(crate) fence: Option<Fence>,
}

/// A record of the same partition that is written in the commit of an entry: as it was when it was read, or not at all.
pub(crate) struct Beside {
    pub(crate) key: Key,
    /// The version that it had; `None`: it was not there.
    pub(crate) version: Option<u64>,
    pub(crate) payload: Vec<u8>,
}

/// The queue's records.
#[derive(Clone)]
pub(crate) struct Ledger {
    records: Records,
    terms: Terms,
}

impl Ledger {
    pub(crate) fn new(records: Records, terms: Terms) -> Self {
        Self { records, terms }
    }

    pub(crate) fn records(&self) -> &Records {
        &self.records
    }

    pub(crate) fn terms(&self) -> &Terms {
        &self.terms
    }

    /// The entry `id`.
    pub(crate) async fn read(&self, id: QueueId) -> Result<Option<Kept>, Error> {
        let value = self.records.get(place(id.partition), entry_key(id.number)).await?;
        value.map(|value| read_entry(id, value.version, &value.payload)).transpose()
    }

    /// Those of `deliveries` that have an entry: that somebody has not got yet.
    pub(crate) async fn unfinished(&self, deliveries: &[DeliveryId]) -> Result<BTreeSet<DeliveryId>, store::Error> {
        let mut partitions: BTreeMap<u8, Vec<(DeliveryId, Key)>> = BTreeMap::new();
        for delivery in deliveries {
            let id = QueueId::of(*delivery);
            partitions.entry(id.partition).or_default().push((*delivery, entry_key(id.number)));
        }
        let mut unfinished = BTreeSet::new();
        for (partition, asked) in partitions {
            let (asked, keys): (Vec<_>, Vec<_>) = asked.into_iter().unzip();
            let values = self.records.get_many(place(partition), keys).await?;
            unfinished.extend(asked.into_iter().zip(values).filter_map(|(delivery, value)| value.map(|_| delivery)));
        }
        Ok(unfinished)
    }

    /// A page of the due index from `from`, up to those due at `until`.
    pub(crate) async fn due(&self, partition: u8, from: Key, until: UnixTime, limit: usize) -> Result<DuePage, Error> {
        let range = KeyRange { from, to: due_start(until.plus(std::time::Duration::from_millis(1))) };
        let page = self.records.scan(place(partition), range.clone(), limit).await?;
        let next = page.items.last().filter(|_| page.more).map(|(key, _)| range.after(key).from);
        let lines = page.items.iter().filter_map(|(key, value)| due::read(key, &value.payload)).collect();
        Ok(DuePage { lines, next })
    }

    /// When the first entry after `after` is due.
    pub(crate) async fn next_due(&self, partition: u8, after: UnixTime) -> Result<Option<UnixTime>, Error> {
        let from = due_start(after.plus(std::time::Duration::from_millis(1)));
        let page = self.records.scan(place(partition), KeyRange { from, to: due::end() }, 1).await?;
        Ok(page.items.first().and_then(|(key, value)| due::read(key, &value.payload)).map(|line| line.due))
    }

    /// The first entries that wait for a time of their sender's: time and number.
    pub(crate) async fn releases(&self, partition: u8, limit: usize) -> Result<Vec<(UnixTime, u64)>, Error> {
        let page = self.records.scan(place(partition), KeyRange::prefix(&[FUTURE]), limit).await?;
        Ok(page.items.iter().filter_map(|(key, _)| read_future(key)).collect())
    }

    /// Writes a new entry, with the reports about it that are due at once, in the same partition.
    pub(crate) async fn create(
        &self,
        id: QueueId,
        entry: &Entry,
        reports: &[(QueueId, Entry)],
    ) -> Result<Receipt, Error> {
        for _ in 0..TRIES {
            let mut change = Change::new(Growth::Grows);
            let blobs = reports.iter().map(|(_, report)| report.blob).chain([entry.blob]);
            let mut uses = self.uses(id.partition, blobs).await?;
            self.add(&mut change, &mut uses, id, entry)?;
            for (id, report) in reports {
                self.add(&mut change, &mut uses, *id, report)?;
            }
            uses.write(&mut change);
            match self.records.commit(place(id.partition), change).await {
                Err(store::Error::Conflict) => {}
                done => return Ok(done?),
            }
        }
        Err(Error::Store(store::Error::Conflict))
    }

    /// Writes a new entry and a record beside it. [`Error::Changed`] when somebody else changed that record first.
    pub(crate) async fn create_beside(&self, id: QueueId, entry: &Entry, beside: &Beside) -> Result<Receipt, Error> {
        let Beside { key, version, payload } = beside;
        for _ in 0..TRIES {
            let mut change = Change::new(Growth::Grows);
            let mut uses = self.uses(id.partition, [entry.blob]).await?;
            self.add(&mut change, &mut uses, id, entry)?;
            match version {
                Some(version) => change.replace(key.clone(), *version, payload.clone()),
                None => change.create(key.clone(), payload.clone()),
            };
            uses.write(&mut change);
            match self.records.commit(place(id.partition), change).await {
                Err(store::Error::Conflict) => {
                    let now = self.records.get(place(id.partition), key.clone()).await?;
                    if now.map(|value| value.version) != *version {
                        return Err(Error::Changed(id));
                    }
                }
                done => return Ok(done?),
            }
        }
        Err(Error::Store(store::Error::Conflict))
    }

    /// Changes an entry. [`Error::Changed`] when somebody else changed it first, [`Error::LeaseLost`] when another owner
    /// has the partition.
    pub(crate) async fn turn(&self, turn: &Turn<'_>) -> Result<Receipt, Error> {
        let partition = turn.old.id.partition;
        for _ in 0..TRIES {
            let growth = if turn.reports.is_empty() { Growth::Frees } else { Growth::Grows };
            let mut change = Change::new(growth);
            if let Some(fence) = &turn.fence {
                change.preconditions.push(fence.precondition());
            }
            let blobs = turn.reports.iter().map(|(_, report)| report.blob).chain([turn.old.entry.blob]);
            let mut uses = self.uses(partition, blobs).await?;
            self.change_entry(&mut change, &mut uses, turn)?;
            for (id, report) in turn.reports {
                self.add(&mut change, &mut uses, *id, report)?;
            }
            uses.write(&mut change);
            match self.records.commit(place(partition), change).await {
                Err(store::Error::Conflict) => self.who_was_first(turn).await?,
                done => return Ok(done?),
            }
        }
        Err(Error::Store(store::Error::Conflict))
    }

    /// Says what a conflict was about; nothing where it was only about the uses of a blob, and can be tried again.
    async fn who_was_first(&self, turn: &Turn<'_>) -> Result<(), Error> {
        if let Some(fence) = &turn.fence {
            fence.check(&self.records).await?;
        }
        match self.read(turn.old.id).await? {
            Some(now) if now.version == turn.old.version => Ok(()),
            _ => Err(Error::Changed(turn.old.id)),
        }
    }

    fn change_entry(&self, change: &mut Change, uses: &mut Uses, turn: &Turn<'_>) -> Result<(), Error> {
        let id = turn.old.id;
        let key = entry_key(id.number);
        let before = due_lines(id.number, &turn.old.entry, &self.terms);
        let after = turn.new.map(|entry| due_lines(id.number, entry, &self.terms)).unwrap_or_default();
        for key in before.keys().filter(|key| !after.contains_key(*key)) {
            change.delete(key.clone());
        }
        for (key, payload) in after.iter().filter(|(key, payload)| before.get(*key) != Some(payload)) {
            change.put(key.clone(), 1, payload.clone());
        }
        let (waited, waits) =
            (future_key(id.number, &turn.old.entry), turn.new.and_then(|new| future_key(id.number, new)));
        if waited != waits {
            if let Some(key) = waited {
                change.delete(key);
            }
            if let Some(key) = waits {
                change.put(key, 1, Vec::new());
            }
        }
        match turn.new {
            Some(entry) => change.replace(key, turn.old.version, write_entry(entry)?),
            None => {
                uses.remove(turn.old.entry.blob, id.number);
                change.remove(key, turn.old.version)
            }
        };
        Ok(())
    }

    fn add(&self, change: &mut Change, uses: &mut Uses, id: QueueId, entry: &Entry) -> Result<(), Error> {
        change.create(entry_key(id.number), write_entry(entry)?);
        for (key, payload) in due_lines(id.number, entry, &self.terms) {
            change.put(key, 1, payload);
        }
        if let Some(key) = future_key(id.number, entry) {
            change.put(key, 1, Vec::new());
        }
        uses.add(entry.blob, id.number);
        Ok(())
    }

    async fn uses(&self, partition: u8, blobs: impl IntoIterator<Item = BlobHash>) -> Result<Uses, Error> {
        let mut uses = Uses::default();
        let blobs: BTreeSet<BlobHash> = blobs.into_iter().collect();
        let keys = blobs.iter().map(|blob| use_key(*blob)).collect();
        let values = self.records.get_many(place(partition), keys).await?;
        for (blob, value) in blobs.into_iter().zip(values) {
            let numbers = value.as_ref().map(|value| read_numbers(&value.payload)).unwrap_or_default();
            let version = value.map(|value| value.version);
            uses.0.insert(blob, BlobUse { version, before: numbers.clone(), numbers });
        }
        Ok(uses)
    }
}

/// Who in a partition uses which blob: one record a blob, so that its last use and a new one cannot pass each other.
#[derive(Default)]
struct Uses(BTreeMap<BlobHash, BlobUse>);

struct BlobUse {
    version: Option<u64>,
    before: Vec<u64>,
    numbers: Vec<u64>,
}

impl Uses {
    fn add(&mut self, blob: BlobHash, number: u64) {
        if let Some(uses) = self.0.get_mut(&blob) {
            uses.numbers.push(number);
        }
    }

    fn remove(&mut self, blob: BlobHash, number: u64) {
        if let Some(uses) = self.0.get_mut(&blob) {
            uses.numbers.retain(|used_by| *used_by != number);
        }
    }

    fn write(&self, change: &mut Change) {
        for (blob, uses) in self.0.iter().filter(|(_, uses)| uses.before != uses.numbers) {
            let key = use_key(*blob);
            let payload = uses.numbers.iter().flat_map(|number| number.to_be_bytes()).collect();
            match uses.version {
                Some(version) if uses.numbers.is_empty() => {
                    change.remove(key, version);
                    change.drops_blobs.push(*blob);
                }
                Some(version) => {
                    change.replace(key, version, payload);
                    change.names_blobs.push(*blob);
                }
                None => {
                    change.create(key, payload);
                    change.names_blobs.push(*blob);
                }
            }
        }
        // what is only read must not have changed either: a use that is gone may have taken the blob along
        for (blob, uses) in self.0.iter().filter(|(_, uses)| uses.before == uses.numbers) {
            if let Some(version) = uses.version {
                change.preconditions.push(Precondition::Version(use_key(*blob), version));
            }
        }
    }
}

fn entry_key(number: u64) -> Key {
    [&[ENTRY][..], &number.to_be_bytes()].concat()
}

/// All entries of a partition from the number `from` on.
pub(super) fn entries_from(from: u64) -> KeyRange {
    KeyRange { from: entry_key(from), to: vec![ENTRY + 1] }
}

/// The number of the entry under a key.
pub(super) fn number_of(key: &[u8]) -> Option<u64> {
    key.strip_prefix(&[ENTRY])?.try_into().ok().map(u64::from_be_bytes)
}

fn use_key(blob: BlobHash) -> Key {
    [&[USE][..], &blob.0].concat()
}

/// The key of an entry that waits for a time of its sender's.
fn future_key(number: u64, entry: &Entry) -> Option<Key> {
    let at = entry.wishes.waits_until()?;
    Some([&[FUTURE][..], &at.millis().to_be_bytes(), &number.to_be_bytes()].concat())
}

fn read_future(key: &[u8]) -> Option<(UnixTime, u64)> {
    let (at, number) = key.strip_prefix(&[FUTURE])?.split_first_chunk::<8>()?;
    Some((UnixTime::from_millis(u64::from_be_bytes(*at)), u64::from_be_bytes(number.try_into().ok()?)))
}

fn read_numbers(payload: &[u8]) -> Vec<u64> {
    payload.as_chunks::<8>().0.iter().map(|number| u64::from_be_bytes(*number)).collect()
}

/// The first version of an entry's form, written before it.
const FORM: u8 = 1;

fn write_entry(entry: &Entry) -> Result<Vec<u8>, Error> {
    let mut payload = vec![FORM];
    serde_json::to_writer(&mut payload, entry).map_err(|error| Error::Unreadable(error.to_string()))?;
    Ok(payload)
}

/// The JSON of an entry, where its form is known.
pub(super) fn form(payload: &[u8]) -> Option<&[u8]> {
    payload.strip_prefix(&[FORM])
}

pub(super) fn read_entry(id: QueueId, version: u64, payload: &[u8]) -> Result<Kept, Error> {
    let json = form(payload).ok_or_else(|| Error::Unreadable(format!("{id}: unknown form")))?;
    let entry = serde_json::from_slice(json).map_err(|error| Error::Unreadable(format!("{id}: {error}")))?;
    Ok(Kept { id, version, entry })
}
