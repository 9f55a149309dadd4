//! What was deleted long ago goes for good: old entries of the change log, tombstones and their use of blobs.
use super::Account;
use crate::blob::BlobHash;
use crate::engine::{Found, Growth, Key, Read, Value};
use crate::error::Error;
use crate::head::{Plan, Stop, Tx};
use crate::id::{DeliveryId, EmailId};
use crate::key::KeyReader;
use crate::records::KeyRange;
use crate::schema::{self, EmailRecord, LogItem, kind, read_log, read_numbers};
use crate::unfinished::Unfinished;
use world::UnixTime;

/// Log entries or tombstones that one commit takes away.
const STEP: usize = 100;

/// A tombstone with what must be known to take it away.
struct Tomb {
    key: Key,
    email: EmailId,
    record: EmailRecord,
    /// The key under which its thread names it, unless the thread has its number.
    in_thread: Option<Key>,
    /// Thread keys that the email brought.
    brought: Vec<u64>,
    /// No other email of the account uses the blob.
    last_use: bool,
}

impl Account {
    /// Removes log entries and tombstones that are older at `now` than the store keeps what was deleted, and the index
    /// by date of earlier releases, in bounded steps; gives how many emails went for good. The log stays from the first
    /// delivery on that is `unfinished`: with its entry the account would forget that it has taken it.
    ///
    /// # Errors
    /// What the engine says; what was done before stays done.
    pub async fn prune(&self, now: UnixTime, unfinished: &dyn Unfinished) -> Result<u64, Error> {
        self.prune_seen(STEP).await?;
        self.prune_uploads(now).await?;
        let before = now.minus(self.keep_deleted);
        let mut gone = 0;
        loop {
            let look = || self.old_tombs(before);
            let step = self.head.write_alone(&self.who, look, |tx, tombs| remove_tombs(tx, tombs)).await?;
            gone += *step.value();
            if step.receipt().is_none() {
                break;
            }
        }
        loop {
            let look = || self.old_entries(before, unfinished);
            let step = self.head.write_alone(&self.who, look, |tx, entries| remove_entries(tx, entries)).await?;
            if step.receipt().is_none() {
                break;
            }
        }
        loop {
            let look = || self.scan(KeyRange::prefix(&[kind::DATE]));
            let step = self.head.write_alone(&self.who, look, |tx, dates| remove_dates(tx, dates)).await?;
            if step.receipt().is_none() {
                return Ok(gone);
            }
        }
    }

    pub(super) async fn scan(&self, range: KeyRange) -> Result<Vec<(Key, Value)>, Error> {
        let scan = Read::Scan { from: range.from, to: range.to, limit: STEP, reverse: false };
        match self.head.ground.engine.read(self.head.partition(), vec![scan]).await?.into_iter().next() {
            Some(Found::Many { items, .. }) => Ok(items),
            _ => Err(Error::Corrupt("the engine gave no page".into())),
        }
    }

    /// The oldest tombstones from before a moment.
    async fn old_tombs(&self, before: UnixTime) -> Result<Vec<Tomb>, Error> {
        let range = KeyRange { from: vec![kind::TOMB], to: schema::tomb(before.secs(), EmailId(0)) };
        let mut emails = Vec::new();
        for (key, _) in self.scan(range).await? {
            let mut parts = KeyReader::new(&key, kind::TOMB)?;
            let (_, email) = (parts.u64()?, EmailId(parts.u64()?));
            emails.push((key, email));
        }
        let reads = emails.iter().map(|(_, email)| Read::Get(schema::email(*email))).collect();
        let records = self.head.ground.engine.read(self.head.partition(), reads).await?;
        let mut tombs = Vec::with_capacity(emails.len());
        for ((key, email), found) in emails.into_iter().zip(records) {
            let Found::One(Some(value)) = found else {
                return Err(Error::Corrupt(format!("tombstone {email}: its record cannot be read")));
            };
            let record = EmailRecord::decode(&value.payload)?;
            let brought = record.brought.clone();
            tombs.push(Tomb { key, email, record, in_thread: None, brought, last_use: false });
        }
        self.complete(&mut tombs).await?;
        Ok(tombs)
    }

    /// Reads what the emails brought to their threads, and who else uses their blobs.
    async fn complete(&self, tombs: &mut [Tomb]) -> Result<(), Error> {
        let mut reads = Vec::with_capacity(2 * tombs.len());
        for tomb in &*tombs {
            reads.push(Read::Get(schema::thread_email(tomb.record.thread, tomb.email)));
            let range = KeyRange::prefix(&schema::uses(tomb.record.blob));
            // One more than all that this step can take away.
            reads.push(Read::Scan { from: range.from, to: range.to, limit: STEP + 1, reverse: false });
        }
        let mut found = self.head.ground.engine.read(self.head.partition(), reads).await?.into_iter();
        let going: Vec<(BlobHash, EmailId)> = tombs.iter().map(|tomb| (tomb.record.blob, tomb.email)).collect();
        for tomb in tombs {
            let (Some(Found::One(named)), Some(Found::Many { items, more, corrupt })) = (found.next(), found.next())
            else {
                return Err(Error::Corrupt(format!("tombstone {}: its thread cannot be read", tomb.email)));
            };
            if let Some(named) = named {
                tomb.brought.extend(read_numbers(&named.payload)?);
                tomb.in_thread = Some(schema::thread_email(tomb.record.thread, tomb.email));
            }
            let goes = |key: &Key| going.iter().any(|(hash, email)| *key == schema::blob_use(*hash, *email));
            tomb.last_use = !more && corrupt.is_empty() && items.iter().all(|(key, _)| goes(key));
        }
        Ok(())
    }

    /// The oldest log entries from before a moment: modseq and the keys that go with each. None when all of them tell
    /// of pruning alone: removing those would only write another.
    async fn old_entries(
        &self,
        before: UnixTime,
        unfinished: &dyn Unfinished,
    ) -> Result<Vec<(u64, Vec<DeliveryId>)>, Error> {
        let mut old: Vec<(u64, Vec<DeliveryId>)> = Vec::new();
        let mut worth_it = Vec::new();
        for (key, value) in self.scan(KeyRange::prefix(&[kind::LOG])).await? {
            let record = read_log(&value.payload)?;
            if record.time >= before {
                break;
            }
            worth_it.push(record.items.iter().any(|item| *item != LogItem::Pruned));
            let once = record.items.iter().filter_map(|item| match item {
                LogItem::Once { delivery } => Some(*delivery),
                _ => None,
            });
            old.push((KeyReader::new(&key, kind::LOG)?.u64()?, once.collect()));
        }
        let deliveries: Vec<DeliveryId> = old.iter().flat_map(|(_, once)| once).copied().collect();
        if !deliveries.is_empty() {
            let unfinished = unfinished.among(&deliveries).await?;
            let needed = |(_, once): &(u64, Vec<DeliveryId>)| once.iter().any(|delivery| unfinished.contains(delivery));
            old.truncate(old.iter().position(needed).unwrap_or(old.len()));
            worth_it.truncate(old.len());
        }
        Ok(if worth_it.contains(&true) { old } else { Vec::new() })
    }
}

fn remove_tombs(tx: &mut Tx<'_>, tombs: &[Tomb]) -> Result<Plan<u64>, Stop> {
    if tombs.is_empty() {
        return Ok(Plan::Nothing(0));
    }
    let threads = tombs.iter().map(|tomb| schema::thread(tomb.record.thread));
    let keys = tombs.iter().flat_map(|tomb| &tomb.brought).map(|hash| schema::thread_key(*hash));
    tx.want(threads.chain(keys))?;
    tx.growth = Growth::Frees;
    let mut dropped = Vec::new();
    for tomb in tombs {
        let EmailRecord { thread, blob, .. } = tomb.record;
        tx.delete(tomb.key.clone());
        tx.delete(schema::email(tomb.email));
        tx.delete(schema::email_more(tomb.email));
        tx.delete(schema::blob_use(blob, tomb.email));
        if let Some(key) = &tomb.in_thread {
            tx.delete(key.clone());
        }
        for hash in &tomb.brought {
            tx.delete(schema::thread_key(*hash));
        }
        let mut record = tx.thread(thread)?;
        record.emails = record.emails.saturating_sub(1);
        if record.emails == 0 {
            tx.delete(schema::thread(thread));
        } else {
            tx.put(schema::thread(thread), record.encode());
        }
        if tomb.last_use && !dropped.contains(&blob) {
            dropped.push(blob);
            tx.drops_blob(blob);
        }
        tx.state.record.tombs = tx.state.record.tombs.saturating_sub(1);
    }
    tx.touch(LogItem::Pruned);
    Ok(Plan::Commit(tombs.len() as u64))
}

fn remove_entries(tx: &mut Tx<'_>, entries: &[(u64, Vec<DeliveryId>)]) -> Result<Plan<()>, Stop> {
    let Some((last, _)) = entries.last() else { return Ok(Plan::Nothing(())) };
    tx.growth = Growth::Frees;
    for (modseq, deliveries) in entries {
        tx.delete(schema::log(*modseq));
        deliveries.iter().for_each(|delivery| tx.delete(schema::once(*delivery)));
    }
    tx.state.record.log_floor = tx.state.record.log_floor.max(*last);
    tx.touch(LogItem::Pruned);
    Ok(Plan::Commit(()))
}

/// A view has the date of each message: nothing asks for this index.
fn remove_dates(tx: &mut Tx<'_>, dates: &[(Key, Value)]) -> Result<Plan<()>, Stop> {
    if dates.is_empty() {
        return Ok(Plan::Nothing(()));
    }
    tx.growth = Growth::Frees;
    dates.iter().for_each(|(key, _)| tx.delete(key.clone()));
    tx.touch(LogItem::Pruned);
    Ok(Plan::Commit(()))
}
