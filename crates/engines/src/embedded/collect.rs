//! Giving space back: blobs that nobody uses, packs that are mostly dead, large files without a name.
//!
//! The order is what keeps a reader safe: copy, sync, commit the new locations, only then unlink. A record never names
//! a place that is gone; who read an old location finds the pack missing and asks again.
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use store::{BlobHash, Collected, EngineError};
use tokio::sync::oneshot;
use world::UnixTime;

use super::committer::Job;
use super::disk::trouble;
use super::group::{Changes, Writing};
use super::large;
use super::location::{Location, PackUse, Place};
use super::packs::{Need, Reserved, file_name};
use super::queue::Queue;
use super::reader::Reading;
use super::schema::blob_key;
use super::shared::Shared;
use super::sink::off_thread;
use super::statements::Failure;

/// Blobs in one transaction of a collection.
const BATCH: usize = 500;
/// Bytes that are copied for one transaction.
const COPY_BYTES: u64 = 16 * 1024 * 1024;
/// A sealed pack with less than this part of it live is copied.
const LIVE_PERCENT: u64 = 60;

/// What the committing thread does for a collection.
pub(crate) enum Collect {
    /// Takes the locations of blobs away that have no link since before the moment, in seconds.
    Unlinked(Vec<BlobHash>, u64),
    /// Says that blobs lie elsewhere, where they still lie at the first place.
    Moved(Vec<Move>),
    /// Forgets a pack that holds nothing.
    Emptied(u32),
    /// Forgets blobs that were finished before the moment, in seconds, and that no commit has named.
    Unnamed(u64),
    /// Unlinks large files that no location names.
    Orphans(Vec<BlobHash>),
}

/// One blob that was copied.
pub(crate) struct Move {
    hash: BlobHash,
    from: Place,
    to: Place,
    /// Keeps the new pack from being collected until the move is committed.
    held: Arc<Reserved>,
}

/// Blobs with where they lie, and the key that the next page begins with.
type LocatedPage = (Vec<(BlobHash, Location)>, Option<Vec<u8>>);

/// The transaction of a request; gives how many blobs it touched.
pub(crate) fn transact(
    writing: &mut Writing<'_>,
    request: &Collect,
    uses: &BTreeMap<u32, PackUse>,
) -> Result<(u64, Changes), Failure> {
    writing.transaction(|writing, changes| {
        let mut touched = 0;
        match request {
            Collect::Unlinked(hashes, before) => {
                for hash in hashes {
                    touched += u64::from(forget(writing, *hash, *before, uses, changes)?);
                }
            }
            Collect::Moved(moves) => {
                for moved in moves {
                    let Some(location) = writing.location(moved.hash)? else { continue };
                    if location.place == moved.from {
                        let there = Location { place: moved.to, ..location };
                        writing.put_location(moved.hash, &there)?;
                        changes.leaves(moved.hash, &location, uses);
                        changes.holds(&there, uses);
                        touched += 1;
                    }
                }
            }
            Collect::Emptied(number) => {
                changes.uses.insert(*number, PackUse::default());
            }
            Collect::Unnamed(_) | Collect::Orphans(_) => {}
        }
        Ok(touched)
    })
}

fn forget(
    writing: &mut Writing<'_>,
    hash: BlobHash,
    before: u64,
    uses: &BTreeMap<u32, PackUse>,
    changes: &mut Changes,
) -> Result<bool, Failure> {
    let Some(location) = writing.location(hash)? else { return Ok(false) };
    let young = location.unlinked >= before || location.written >= before;
    if location.unlinked == 0 || young || writing.is_linked(hash, &location)? {
        return Ok(false);
    }
    writing.statements.blob.delete(&blob_key::unlinked(location.unlinked, hash))?;
    writing.statements.blob.delete(&blob_key::location(hash))?;
    changes.leaves(hash, &location, uses);
    Ok(true)
}

/// Unlinks a large file unless somebody has just stored it again.
pub(crate) fn unlink_large(shared: &Shared, hash: BlobHash) -> bool {
    let mut gone = false;
    shared.pending.unless_wanted(hash, || {
        gone = shared.disk.unlink(&large::file_name(hash)).is_ok();
    });
    gone
}

/// Collects and compacts.
pub(crate) struct Collector {
    pub(crate) shared: Arc<Shared>,
    pub(crate) committer: Arc<Queue<Job>>,
}

impl Collector {
    /// Removes what nobody uses since `grace` before `now`, then copies what is live out of packs that are mostly dead.
    pub(crate) async fn collect(&self, now: UnixTime, grace: Duration) -> Result<Collected, EngineError> {
        let before = now.minus(grace).secs();
        let mut collected = Collected { blobs: self.ask(Collect::Unnamed(before)).await?, ..Collected::default() };
        loop {
            let batch = self.unlinked_before(before).await?;
            if batch.is_empty() {
                break;
            }
            let large: u64 = batch.iter().map(|(_, bytes)| bytes).sum();
            let done = self.ask(Collect::Unlinked(batch.iter().map(|(hash, _)| *hash).collect(), before)).await?;
            collected.blobs += done;
            if done == 0 {
                break;
            }
            collected.bytes += large;
        }
        let shared = Arc::clone(&self.shared);
        let files = off_thread(move || large::list(&*shared.disk).map_err(trouble)).await?;
        for batch in files.chunks(BATCH) {
            self.ask(Collect::Orphans(batch.iter().map(|(hash, _)| *hash).collect())).await?;
        }
        collected.bytes += self.compact().await?;
        Ok(collected)
    }

    /// Blobs that may be collected, with the bytes of those in files of their own.
    async fn unlinked_before(&self, before: u64) -> Result<Vec<(BlobHash, u64)>, EngineError> {
        self.shared
            .readers
            .run(move |reading| {
                let (from, to) = ([blob_key::UNLINKED].to_vec(), blob_key::unlinked(before, BlobHash([0; 32])));
                let mut hashes = Vec::new();
                reading.blob_rows((&from, &to), BATCH, |key, _| {
                    hashes.extend(key.get(8..).and_then(blob_key::hash));
                })?;
                let mut found = Vec::new();
                for hash in hashes {
                    match reading.location(hash)? {
                        Some(Location { place: Place::Large, length, .. }) => found.push((hash, length)),
                        _ => found.push((hash, 0)),
                    }
                }
                Ok(found)
            })
            .await
    }

    /// Copies the live blobs out of packs that are mostly dead; gives the bytes that were given back.
    async fn compact(&self) -> Result<u64, EngineError> {
        let shared = Arc::clone(&self.shared);
        let mut packs: BTreeSet<u32> =
            off_thread(move || shared.packs.sealed().map_err(trouble)).await?.into_iter().collect();
        packs.retain(|number| {
            let used = self.shared.uses().get(number).copied().unwrap_or_default();
            used.live == 0 || used.live.saturating_mul(100) < used.end.saturating_mul(LIVE_PERCENT)
        });
        if packs.iter().any(|number| self.live(*number) > 0) {
            self.empty(&packs).await?;
        }
        let mut freed = 0;
        for number in packs {
            if self.live(number) > 0 {
                // a damaged blob stays where it is, to be named by a check
                continue;
            }
            self.ask(Collect::Emptied(number)).await?;
            let shared = Arc::clone(&self.shared);
            freed += off_thread(move || {
                let bytes = shared.packs.reading(number).and_then(|file| file.length()).unwrap_or(0);
                shared.packs.remove(number).map_err(trouble)?;
                Ok(bytes)
            })
            .await?;
        }
        Ok(freed)
    }

    fn live(&self, pack: u32) -> u64 {
        self.shared.uses().get(&pack).map_or(0, |used| used.live)
    }

    /// Moves all live blobs of some packs.
    async fn empty(&self, packs: &BTreeSet<u32>) -> Result<(), EngineError> {
        let mut after = [blob_key::LOCATION].to_vec();
        loop {
            let (page, last) = self.page_of(packs.clone(), after).await?;
            let mut page = page.as_slice();
            while !page.is_empty() {
                let mut bytes = 0;
                let batch = page.iter().take_while(|(_, location)| {
                    bytes += location.length;
                    bytes <= COPY_BYTES
                });
                let (now, later) = page.split_at(batch.count().max(1));
                self.copy(now.to_vec()).await?;
                page = later;
            }
            match last {
                Some(last) => after = last,
                None => return Ok(()),
            }
        }
    }

    /// The blobs in some packs among the next locations, and the key to go on from.
    async fn page_of(&self, packs: BTreeSet<u32>, from: Vec<u8>) -> Result<LocatedPage, EngineError> {
        let read = move |reading: &mut Reading<'_>| {
            let (mut page, mut last) = (Vec::new(), None);
            reading.blob_rows((&from, &[blob_key::LOCATION + 1]), store::MAX_PAGE, |key, value| {
                last = Some([key, &[0]].concat());
                if let (Some(hash), Some(location)) = (blob_key::hash(key), Location::decode(key, value))
                    && matches!(location.place, Place::Pack { number, .. } if packs.contains(&number))
                {
                    page.push((hash, location));
                }
            })?;
            Ok((page, last))
        };
        self.shared.readers.run(read).await
    }

    async fn copy(&self, blobs: Vec<(BlobHash, Location)>) -> Result<(), EngineError> {
        let shared = Arc::clone(&self.shared);
        let moves = off_thread(move || {
            let copied = blobs.into_iter().map(|(hash, location)| copy_one(&shared, hash, &location));
            let moves = copied.filter_map(Result::transpose).collect::<Result<Vec<_>, _>>()?;
            for moved in &moves {
                moved.held.settle(&shared.fatal, &shared.counters)?;
            }
            Ok(moves)
        })
        .await?;
        self.ask(Collect::Moved(moves)).await.map(drop)
    }

    async fn ask(&self, request: Collect) -> Result<u64, EngineError> {
        let (reply, answer) = oneshot::channel();
        let place = self.committer.reserve().await.map_err(|_| EngineError::Closed)?;
        place.send(Job::Collect(request, reply)).map_err(|_| EngineError::Closed)?;
        answer.await.unwrap_or(Err(EngineError::Closed))
    }
}

/// Copies one record as it is, once its sums are found right; `None` for a damaged one, which stays.
fn copy_one(shared: &Arc<Shared>, hash: BlobHash, location: &Location) -> Result<Option<Move>, EngineError> {
    let Place::Pack { number, offset } = location.place else { return Ok(None) };
    let mut record = vec![0; usize::try_from(location.length).unwrap_or(0)];
    let file = shared.packs.reading(number).map_err(trouble)?;
    let read = file.read_at(&mut record, offset);
    if read.is_err() || super::record::verify(&record, hash).is_err() {
        tracing::error!(%hash, file = file_name(number), "a damaged blob stays where it is");
        return Ok(None);
    }
    let held = shared.packs.reserve(location.length, Need::Frees)?;
    held.write(&record, 0).map_err(trouble)?;
    held.finish();
    let to = Place::Pack { number: held.number(), offset: held.offset };
    Ok(Some(Move { hash, from: location.place, to, held: Arc::new(held) }))
}
