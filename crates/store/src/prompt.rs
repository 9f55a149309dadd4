//! An engine that is late is an engine that is away (docs/security.md, P09): whoever asks it is answered in time, and no session
//! hangs on it. What was handed in to be committed is waited for: its outcome is not known before it is there.
use crate::blob::{BlobEntry, BlobHash, BlobSink, BlobSource, Blobs, Collected, OpenedBlob, SeveralOpened};
use crate::engine::{Engine, EngineError, EngineStats, Found, Partition, PartitionKind, Read, Slot};
use crate::look::{Look, Shown};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;
use world::UnixTime;

/// How long the engine may take for an answer. A page of a scan takes a quarter of a second at most.
const PATIENCE: Duration = Duration::from_secs(30);

/// Answers in time.
pub(crate) struct Prompt {
    engine: Arc<dyn Engine>,
    blobs: PromptBlobs,
}

struct PromptBlobs(Arc<dyn Engine>);

struct PromptSource(Box<dyn BlobSource>);

impl Prompt {
    pub(crate) fn new(engine: Arc<dyn Engine>) -> Self {
        Self { blobs: PromptBlobs(engine.clone()), engine }
    }
}

fn in_time<'a, T: Send + 'a>(answer: BoxFuture<'a, Result<T, EngineError>>) -> BoxFuture<'a, Result<T, EngineError>> {
    Box::pin(async move {
        let late = |_| Err(EngineError::Io(format!("no answer within {} s", PATIENCE.as_secs())));
        tokio::time::timeout(PATIENCE, answer).await.unwrap_or_else(late)
    })
}

impl Engine for Prompt {
    fn reserve(&self) -> BoxFuture<'_, Result<Box<dyn Slot>, EngineError>> {
        in_time(self.engine.reserve())
    }

    fn read(&self, partition: Partition, reads: Vec<Read>) -> BoxFuture<'_, Result<Vec<Found>, EngineError>> {
        in_time(self.engine.read(partition, reads))
    }

    fn show(
        &self,
        partition: Partition,
        reads: Vec<Read>,
        look: Look,
    ) -> BoxFuture<'_, Result<Vec<Shown>, EngineError>> {
        in_time(self.engine.show(partition, reads, look))
    }

    fn partitions(
        &self,
        kind: PartitionKind,
        after: Option<u64>,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<u64>, EngineError>> {
        in_time(self.engine.partitions(kind, after, limit))
    }

    fn blobs(&self) -> &dyn Blobs {
        &self.blobs
    }

    fn has_room(&self) -> bool {
        self.engine.has_room()
    }

    fn closed(&self) -> BoxFuture<'_, ()> {
        self.engine.closed()
    }

    fn stats(&self) -> BoxFuture<'_, Result<EngineStats, EngineError>> {
        self.engine.stats()
    }

    fn check(&self) -> BoxFuture<'_, Result<Vec<String>, EngineError>> {
        self.engine.check()
    }

    fn shutdown(&self) -> BoxFuture<'_, ()> {
        self.engine.shutdown()
    }
}

impl Blobs for PromptBlobs {
    fn writer(&self) -> Box<dyn BlobSink> {
        self.0.blobs().writer()
    }

    fn open(&self, hash: BlobHash) -> BoxFuture<'_, OpenedBlob> {
        Box::pin(async move { prompt(in_time(self.0.blobs().open(hash)).await) })
    }

    fn ask_for_several(&self, hashes: Vec<BlobHash>) -> Option<SeveralOpened> {
        let answer = in_time(self.0.blobs().ask_for_several(hashes)?);
        Some(Box::pin(async move { Ok(answer.await?.into_iter().map(prompt).collect()) }))
    }

    fn page(&self, after: Option<BlobHash>, limit: usize) -> BoxFuture<'_, Result<Vec<BlobEntry>, EngineError>> {
        self.0.blobs().page(after, limit)
    }

    fn collect(&self, now: UnixTime, grace: Duration) -> BoxFuture<'_, Result<Collected, EngineError>> {
        self.0.blobs().collect(now, grace)
    }
}

fn prompt(opened: OpenedBlob) -> OpenedBlob {
    Ok(opened?.map(|source| Box::new(PromptSource(source)) as Box<dyn BlobSource>))
}

impl BlobSource for PromptSource {
    fn size(&self) -> u64 {
        self.0.size()
    }

    fn read(&self, range: Range<u64>) -> BoxFuture<'_, Result<Bytes, EngineError>> {
        in_time(self.0.read(range))
    }
}
