//! The blob store as the store sees it.
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use store::{
    BlobEntry, BlobHash, BlobSink, BlobSource, Blobs, Collected, EngineError, EngineStats, MAX_PAGE, OpenedBlob,
    Partition, SeveralOpened,
};
use world::UnixTime;

use super::disk::trouble;
use super::location::{Location, PackUse, Place};
use super::reader::Reading;
use super::schema::{PARTITION, blob_key};
use super::shared::Shared;
use super::sink::Sink;
use super::source::{OpenBlobError, Opened, Source, open};
use super::{Embedded, neighbours, packs};

/// How often a blob is looked up again when it was moved meanwhile.
const TRIES: usize = 3;

impl Blobs for Embedded {
    fn writer(&self) -> Box<dyn BlobSink> {
        Box::new(Sink::new(Arc::clone(self.shared())))
    }

    fn open(&self, hash: BlobHash) -> BoxFuture<'_, OpenedBlob> {
        Box::pin(async move {
            let shared = Arc::clone(self.shared());
            let found = shared.readers.run({
                let shared = Arc::clone(&shared);
                move |reading| look_up(&shared, reading, hash)
            });
            let Some((size, opened)) = found.await? else { return Ok(None) };
            let source: Box<dyn BlobSource> = Box::new(Source::new(shared, size, opened));
            Ok(Some(source))
        })
    }

    fn ask_for_several(&self, hashes: Vec<BlobHash>) -> Option<SeveralOpened> {
        let shared = Arc::clone(self.shared());
        let answer = self.shared().readers.run_if_free({
            let shared = Arc::clone(&shared);
            move |reading| neighbours::open(&shared, reading, &hashes)
        })?;
        let source = move |(size, opened): (u64, Opened)| -> Box<dyn BlobSource> {
            Box::new(Source::new(Arc::clone(&shared), size, opened))
        };
        Some(Box::pin(async move {
            Ok(answer.await?.into_iter().map(|found| found.map(|found| found.map(&source))).collect())
        }))
    }

    fn page(&self, after: Option<BlobHash>, limit: usize) -> BoxFuture<'_, Result<Vec<BlobEntry>, EngineError>> {
        let page = move |reading: &mut Reading<'_>| reading.in_snapshot(|reading| entries(reading, after, limit));
        Box::pin(self.shared().readers.run(page))
    }

    fn collect(&self, now: UnixTime, grace: Duration) -> BoxFuture<'_, Result<Collected, EngineError>> {
        Box::pin(self.collector.collect(now, grace))
    }
}

/// Finds a blob and opens it.
pub(crate) fn look_up(
    shared: &Shared,
    reading: &mut Reading<'_>,
    hash: BlobHash,
) -> Result<Option<(u64, Opened)>, EngineError> {
    for _ in 0..TRIES {
        // a blob that no commit has named yet may be read by whoever stored it
        let location = match reading.location(hash)? {
            Some(location) => location,
            None => match shared.pending.find(hash) {
                Some(location) => location,
                None => return Ok(None),
            },
        };
        match open(&*shared.disk, &shared.packs, hash, &location) {
            Ok(opened) => return Ok(Some((location.plain, opened))),
            Err(OpenBlobError::Failed(error)) => return Err(error),
            Err(OpenBlobError::Moved) => {}
        }
    }
    Err(EngineError::Corrupt(format!("blob {hash}: its file is missing")))
}

fn entries(reading: &mut Reading<'_>, after: Option<BlobHash>, limit: usize) -> Result<Vec<BlobEntry>, EngineError> {
    let from = match after {
        None => vec![blob_key::LOCATION],
        Some(hash) => [&blob_key::location(hash)[..], &[0]].concat(),
    };
    let mut entries = Vec::new();
    reading.blob_rows((&from, &[blob_key::LOCATION + 1]), limit.min(MAX_PAGE), |key, value| {
        match (blob_key::hash(key), Location::decode(key, value)) {
            (Some(hash), Some(location)) => entries.push(BlobEntry {
                hash,
                size: location.plain,
                stored_at: UnixTime::from_secs(location.written),
                links: location.first.into_iter().collect(),
            }),
            // opening it says so to whoever names it; its neighbours are served
            (hash, _) => tracing::error!(?hash, "the location of a blob is damaged"),
        }
    })?;
    for entry in &mut entries {
        let (from, to) = blob_key::links(entry.hash);
        reading.blob_rows((&from, &to), usize::MAX, |key, _| {
            let partition = key.last_chunk::<PARTITION>().and_then(|bytes| Partition::from_bytes(*bytes));
            entry.links.extend(partition);
        })?;
        entry.links.sort_unstable();
    }
    Ok(entries)
}

/// What the records say about sizes.
pub(crate) fn sizes(reading: &mut Reading<'_>) -> Result<EngineStats, EngineError> {
    let (records, record_bytes) = reading.record_sizes()?;
    let mut stats = EngineStats { records, record_bytes, ..EngineStats::default() };
    let mut large = 0;
    reading.blob_rows((&[blob_key::LOCATION], &[blob_key::LOCATION + 1]), usize::MAX, |key, value| {
        if let Some(location) = Location::decode(key, value) {
            stats.blobs += 1;
            stats.blob_bytes = stats.blob_bytes.saturating_add(location.plain);
            if location.place == Place::Large {
                large += location.length;
            }
        }
    })?;
    let mut packed = PackUse::default();
    reading.blob_rows((&[blob_key::PACK], &[blob_key::PACK + 1]), usize::MAX, |key, value| {
        if let Some(used) = PackUse::decode(key, value) {
            packed.live += used.live;
            packed.end += used.end;
        }
    })?;
    stats.blob_stored_bytes = large + packed.end;
    stats.blob_dead_bytes = packed.end.saturating_sub(packed.live);
    Ok(stats)
}

/// What the file system says about sizes.
pub(crate) fn add_files(shared: &Shared, stats: EngineStats) -> Result<EngineStats, EngineError> {
    let space = shared.disk.space().map_err(trouble)?;
    // packs that no location names are dead as a whole
    let listed = shared.disk.list(packs::DIRECTORY).map_err(trouble)?;
    let uses = Arc::clone(&*shared.uses());
    let unnamed = listed.iter().filter(|entry| packs::number_of(&entry.name).is_some_and(|n| !uses.contains_key(&n)));
    let dead: u64 = unnamed.map(|entry| entry.length).sum();
    Ok(EngineStats {
        blob_stored_bytes: stats.blob_stored_bytes + dead,
        blob_dead_bytes: stats.blob_dead_bytes + dead,
        free_bytes: space.free,
        ..stats
    })
}
