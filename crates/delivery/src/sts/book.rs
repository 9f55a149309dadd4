//! Where policies of other domains are kept: in a queue partition by the hash of the domain, `s | domain` → id, text
//! and the moment of its fetch, as JSON.
use super::Held;
use crate::queue::ledger::place;
use crate::queue::{PARTITIONS, stored};
use names::Domain;
use serde::{Deserialize, Serialize};
use store::{Change, Error, Growth, Key, KeyRange, Partition, Records};
use world::UnixTime;

const POLICY: u8 = b's';
/// Records that are looked at in one step of a sweep.
const PAGE: usize = 200;

#[derive(Serialize, Deserialize)]
struct Record {
    id: String,
    text: String,
    #[serde(with = "stored::time")]
    fetched: UnixTime,
}

/// The policies that are kept.
pub(super) struct Book(Records);

fn key(domain: &Domain) -> Key {
    [&[POLICY], domain.as_str().as_bytes()].concat()
}

fn partition(domain: &Domain) -> Partition {
    let first = blake3::hash(domain.as_str().as_bytes()).as_bytes().first().copied().unwrap_or(0);
    place(first % PARTITIONS)
}

/// What a record says; one that cannot be read any more is as good as none.
fn held(payload: &[u8]) -> Option<Held> {
    let record: Record = serde_json::from_slice(payload).ok()?;
    Held::read(record.id, record.text, record.fetched).ok()
}

impl Book {
    pub(super) fn new(records: Records) -> Self {
        Self(records)
    }

    pub(super) async fn read(&self, domain: &Domain) -> Result<Option<Held>, Error> {
        let value = self.0.get(partition(domain), key(domain)).await?;
        Ok(value.and_then(|value| held(&value.payload)))
    }

    /// Keeps a policy. Where that fails it holds for as long as it is remembered, five minutes.
    pub(super) async fn write(&self, domain: &Domain, held: &Held) {
        let record = Record { id: held.id.clone(), text: held.text.clone(), fetched: held.fetched };
        let written = async {
            let Ok(payload) = serde_json::to_vec(&record) else { return Ok(()) };
            let before = self.0.get(partition(domain), key(domain)).await?;
            // strangers' policies take nothing of the reserve
            let mut change = Change::new(if before.is_some() { Growth::Frees } else { Growth::Grows });
            match before {
                Some(before) => change.replace(key(domain), before.version, payload),
                None => change.create(key(domain), payload),
            };
            self.0.commit(partition(domain), change).await.map(drop)
        };
        match written.await {
            // who else was writing has fetched it too
            Ok(()) | Err(Error::Conflict) => {}
            Err(error) => tracing::warn!(%domain, %error, "MTA-STS policy not kept"),
        }
    }

    /// Takes away those that have ended.
    pub(super) async fn sweep(&self, now: UnixTime) -> Result<(), Error> {
        for number in 0..PARTITIONS {
            let mut range = KeyRange::prefix(&[POLICY]);
            loop {
                let page = self.0.scan(place(number), range.clone(), PAGE).await?;
                let mut change = Change::new(Growth::Frees);
                for (key, value) in &page.items {
                    if held(&value.payload).is_none_or(|held| held.has_ended(now)) {
                        change.remove(key.clone(), value.version);
                    }
                }
                if !change.writes.is_empty() {
                    match self.0.commit(place(number), change).await {
                        // one was fetched anew meanwhile: the next sweep sees
                        Ok(_) | Err(Error::Conflict) => {}
                        Err(error) => return Err(error),
                    }
                }
                match page.items.last() {
                    Some((last, _)) if page.more => range = range.after(last),
                    _ => break,
                }
            }
        }
        Ok(())
    }
}
