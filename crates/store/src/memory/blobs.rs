//! Blobs in memory.
use super::{Shared, State};
use crate::blob::{BlobEntry, BlobHash, BlobSink, BlobSource, Blobs, Collected, OpenedBlob, SeveralOpened, StoredBlob};
use crate::engine::{EngineError, Partition};
use crate::lock::lock;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use std::collections::BTreeSet;
use std::ops::{Bound, Range};
use std::sync::Arc;
use std::time::Duration;
use world::{Clock, UnixTime};

/// One kept blob.
#[derive(Clone)]
pub(super) struct Stored {
    pub(super) bytes: Bytes,
    stored_at: UnixTime,
    pub(super) links: BTreeSet<Partition>,
}

impl Stored {
    pub(super) fn flip(&mut self) {
        let mut bytes = self.bytes.to_vec();
        if let Some(last) = bytes.last_mut() {
            *last ^= 1;
        }
        self.bytes = bytes.into();
    }
}

#[derive(Clone)]
pub(super) struct MemoryBlobs {
    shared: Arc<Shared>,
    clock: Arc<dyn Clock>,
}

impl MemoryBlobs {
    pub(super) fn new(shared: Arc<Shared>, clock: Arc<dyn Clock>) -> Self {
        Self { shared, clock }
    }

    pub(super) fn clock(&self) -> Arc<dyn Clock> {
        self.clock.clone()
    }

    fn keep(&self, bytes: Vec<u8>) -> Result<StoredBlob, EngineError> {
        let mut state = lock(&self.shared.state);
        if self.shared.is_closed() {
            return Err(EngineError::Closed);
        }
        if state.faults.full {
            return Err(EngineError::NoSpace);
        }
        let hash = BlobHash::of(&bytes);
        let size = bytes.len() as u64;
        let stored_at = self.clock.now();
        let fresh = || Stored { bytes: bytes.into(), stored_at, links: BTreeSet::new() };
        // A blob that is stored again is as young as a new one: its grace begins anew.
        state.blobs.entry(hash).or_insert_with(fresh).stored_at = stored_at;
        Ok(StoredBlob { hash, size })
    }
}

impl Blobs for MemoryBlobs {
    fn writer(&self) -> Box<dyn BlobSink> {
        Box::new(MemorySink { blobs: self.clone(), bytes: Vec::new() })
    }

    fn open(&self, hash: BlobHash) -> BoxFuture<'_, OpenedBlob> {
        let state = lock(&self.shared.state);
        if state.faults.mute {
            return Box::pin(std::future::pending());
        }
        Box::pin(std::future::ready(Ok(source(&state, hash))))
    }

    fn ask_for_several(&self, hashes: Vec<BlobHash>) -> Option<SeveralOpened> {
        let state = lock(&self.shared.state);
        if state.faults.mute {
            return Some(Box::pin(std::future::pending()));
        }
        let opened = hashes.into_iter().map(|hash| Ok(source(&state, hash))).collect();
        Some(Box::pin(std::future::ready(Ok(opened))))
    }

    fn page(&self, after: Option<BlobHash>, limit: usize) -> BoxFuture<'_, Result<Vec<BlobEntry>, EngineError>> {
        let state = lock(&self.shared.state);
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let entry = |(hash, stored): (&BlobHash, &Stored)| BlobEntry {
            hash: *hash,
            size: stored.bytes.len() as u64,
            stored_at: stored.stored_at,
            links: stored.links.iter().copied().collect(),
        };
        let page = state.blobs.range((from, Bound::Unbounded)).take(limit).map(entry).collect();
        Box::pin(std::future::ready(Ok(page)))
    }

    fn collect(&self, now: UnixTime, grace: Duration) -> BoxFuture<'_, Result<Collected, EngineError>> {
        let mut state = lock(&self.shared.state);
        let mut collected = Collected::default();
        state.blobs.retain(|_, stored| {
            let keep = !stored.links.is_empty() || now.since(stored.stored_at) <= grace;
            if !keep {
                collected.blobs += 1;
                collected.bytes += stored.bytes.len() as u64;
            }
            keep
        });
        Box::pin(std::future::ready(Ok(collected)))
    }
}

fn source(state: &State, hash: BlobHash) -> Option<Box<dyn BlobSource>> {
    let stored = state.blobs.get(&hash)?;
    let whole = BlobHash::of(&stored.bytes) == hash;
    Some(Box::new(MemorySource { bytes: stored.bytes.clone(), whole, hash }))
}

struct MemorySink {
    blobs: MemoryBlobs,
    bytes: Vec<u8>,
}

impl BlobSink for MemorySink {
    fn write<'a>(&'a mut self, bytes: &'a [u8]) -> BoxFuture<'a, Result<(), EngineError>> {
        self.bytes.extend_from_slice(bytes);
        Box::pin(std::future::ready(Ok(())))
    }

    fn finish(self: Box<Self>) -> BoxFuture<'static, Result<StoredBlob, EngineError>> {
        Box::pin(async move {
            let delay = lock(&self.blobs.shared.state).faults.delay;
            if !delay.is_zero() {
                tokio::time::sleep(delay).await;
            }
            self.blobs.keep(self.bytes)
        })
    }
}

struct MemorySource {
    bytes: Bytes,
    whole: bool,
    hash: BlobHash,
}

impl BlobSource for MemorySource {
    fn size(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read(&self, range: Range<u64>) -> BoxFuture<'_, Result<Bytes, EngineError>> {
        let end = usize::try_from(range.end).unwrap_or(usize::MAX).min(self.bytes.len());
        let start = usize::try_from(range.start).unwrap_or(usize::MAX).min(end);
        let read = if self.whole {
            Ok(self.bytes.slice(start..end))
        } else {
            Err(EngineError::Corrupt(format!("blob {}", self.hash)))
        };
        Box::pin(std::future::ready(read))
    }
}
