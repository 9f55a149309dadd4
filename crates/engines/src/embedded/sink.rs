//! Takes one blob by push: hashed as it comes, compressed by frames, in memory up to one frame, spooled beyond.
use std::sync::Arc;

use futures_util::future::BoxFuture;
use store::{BlobHash, BlobSink, EngineError, StoredBlob};

use super::codec::Codec;
use super::disk::{Disk, DiskFile, trouble};
use super::large;
use super::location::{Location, Place};
use super::packs::Need;
use super::record::{FRAME, HEADER, Header, encode_frame, encode_small, encode_table};
use super::shared::Shared;
use super::stats::add;

/// Up to so many plain bytes are compressed on the task's own thread.
const INLINE: usize = 32 * 1024;
/// From so many bytes on disk a blob is first looked up: it may be there already.
const WORTH_A_LOOK: u64 = 16 * 1024;
/// The directory of blobs that are being written.
pub(crate) const SPOOL: &str = "spool";

/// A blob that is being written.
pub(crate) struct Sink {
    shared: Arc<Shared>,
    hasher: blake3::Hasher,
    size: u64,
    /// `None` when a write was interrupted: the blob is lost.
    body: Option<Body>,
}

/// What has not gone into a pack yet.
struct Body {
    buffer: Vec<u8>,
    spool: Option<Spool>,
}

/// Compressed frames in a file, with room for the header before them; goes with this value.
struct Spool {
    disk: Arc<dyn Disk>,
    name: String,
    file: Arc<dyn DiskFile>,
    ends: Vec<u64>,
    end: u64,
}

impl Sink {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        let body = Some(Body { buffer: Vec::new(), spool: None });
        Self { shared, hasher: blake3::Hasher::new(), size: 0, body }
    }

    async fn take(&mut self, mut bytes: &[u8]) -> Result<(), EngineError> {
        if self.shared.fatal.is_raised() {
            return Err(EngineError::Closed);
        }
        self.hasher.update(bytes);
        self.size = self.size.saturating_add(bytes.len() as u64);
        while !bytes.is_empty() {
            let mut body = self.body.take().ok_or_else(interrupted)?;
            if body.buffer.len() == FRAME {
                // a whole frame goes only when more follows, so a blob of one frame needs no spool
                let shared = Arc::clone(&self.shared);
                body = off_thread(move || body.spool_frame(&shared)).await?;
            }
            let (now, later) = bytes.split_at(bytes.len().min(FRAME - body.buffer.len()));
            body.take(now);
            self.body = Some(body);
            bytes = later;
        }
        Ok(())
    }

    async fn end(mut self) -> Result<StoredBlob, EngineError> {
        let body = self.body.take().ok_or_else(interrupted)?;
        if self.shared.fatal.is_raised() {
            return Err(EngineError::Closed);
        }
        let stored = StoredBlob { hash: BlobHash(*self.hasher.finalize().as_bytes()), size: self.size };
        if self.shared.pending.find(stored.hash).is_some() {
            return Ok(stored);
        }
        match body.spool {
            None => end_small(&self.shared, body.buffer, stored).await?,
            Some(_) => end_spooled(self.shared, body, stored).await?,
        }
        Ok(stored)
    }
}

impl BlobSink for Sink {
    fn write<'a>(&'a mut self, bytes: &'a [u8]) -> BoxFuture<'a, Result<(), EngineError>> {
        Box::pin(self.take(bytes))
    }

    fn finish(self: Box<Self>) -> BoxFuture<'static, Result<StoredBlob, EngineError>> {
        Box::pin(self.end())
    }
}

async fn end_small(shared: &Arc<Shared>, plain: Vec<u8>, stored: StoredBlob) -> Result<(), EngineError> {
    let record = if plain.len() <= INLINE {
        encode_small(&plain, stored.hash).map_err(trouble)?
    } else {
        off_thread(move || encode_small(&plain, stored.hash).map_err(trouble)).await?
    };
    let length = record.len() as u64;
    if length >= WORTH_A_LOOK && shared.is_located(stored.hash).await? {
        return Ok(());
    }
    let reserved = shared.packs.reserve(length, Need::Grows).inspect_err(|error| shared.count_refusal(error))?;
    if length <= INLINE as u64 {
        reserved.write(&record, 0).map_err(trouble)?;
        keep(shared, stored, reserved, length);
    } else {
        let reserved = off_thread(move || reserved.write(&record, 0).map(|()| reserved).map_err(trouble)).await?;
        keep(shared, stored, reserved, length);
    }
    Ok(())
}

/// Remembers what is written in a pack until a commit names it, which syncs it too.
fn keep(shared: &Shared, stored: StoredBlob, reserved: super::packs::Reserved, length: u64) {
    reserved.finish();
    let place = Place::Pack { number: reserved.number(), offset: reserved.offset };
    let location = Location { place, length, plain: stored.size, written: shared.now(), unlinked: 0, first: None };
    add(&shared.counters.blobs_written, 1);
    add(&shared.counters.blob_bytes_written, length);
    shared.pending.add(stored.hash, location, Some(Arc::new(reserved)));
}

async fn end_spooled(shared: Arc<Shared>, body: Body, stored: StoredBlob) -> Result<(), EngineError> {
    if shared.is_located(stored.hash).await? {
        return Ok(());
    }
    let with = Arc::clone(&shared);
    let (spool, length) = off_thread(move || body.seal(&with, stored)).await?;
    if length > shared.settings.large_bytes {
        return off_thread(move || {
            let claim = large::place(&shared, stored.hash, &spool.file, &spool.name)?;
            let location = Location {
                place: Place::Large,
                length,
                plain: stored.size,
                written: shared.now(),
                unlinked: 0,
                first: None,
            };
            add(&shared.counters.blobs_written, 1);
            add(&shared.counters.blob_bytes_written, length);
            shared.pending.add(stored.hash, location, None);
            drop(claim);
            Ok(())
        })
        .await;
    }
    let reserved = shared.packs.reserve(length, Need::Grows).inspect_err(|error| shared.count_refusal(error))?;
    let reserved = off_thread(move || spool.copy_into(reserved, length)).await?;
    keep(&shared, stored, reserved, length);
    Ok(())
}

impl Body {
    fn take(&mut self, bytes: &[u8]) {
        let needed = self.buffer.len() + bytes.len();
        if needed > self.buffer.capacity() {
            // grows by doubling, never beyond a frame
            let wanted = needed.max(self.buffer.capacity().saturating_mul(2)).min(FRAME);
            self.buffer.reserve_exact(wanted - self.buffer.len());
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// Compresses the buffer into the spool.
    fn spool_frame(mut self, shared: &Shared) -> Result<Self, EngineError> {
        let mut spool = match self.spool.take() {
            Some(spool) => spool,
            None => Spool::new(shared)?,
        };
        let mut frame = Vec::new();
        encode_frame(&self.buffer, Codec::Zstd, &mut frame).map_err(trouble)?;
        self.buffer.clear();
        spool.push(shared, &frame)?;
        spool.ends.push(spool.end);
        self.spool = Some(spool);
        Ok(self)
    }

    /// Writes the last frame, the table and the header; gives the length of the whole record.
    fn seal(mut self, shared: &Shared, stored: StoredBlob) -> Result<(Spool, u64), EngineError> {
        if !self.buffer.is_empty() {
            self = self.spool_frame(shared)?;
        }
        let mut spool = self.spool.ok_or_else(interrupted)?;
        let table = encode_table(&spool.ends);
        spool.push(shared, &table)?;
        let header = Header { codec: Codec::Zstd, stored: spool.end, plain: stored.size, hash: stored.hash };
        spool.file.write_at(&header.encode(), 0).map_err(trouble)?;
        let length = HEADER + spool.end;
        Ok((spool, length))
    }
}

impl Spool {
    fn new(shared: &Shared) -> Result<Self, EngineError> {
        let name = format!("{SPOOL}/{:016x}", shared.next_spool());
        let file = shared.disk.create(&name).map_err(trouble)?;
        Ok(Self { disk: Arc::clone(&shared.disk), name, file, ends: Vec::new(), end: 0 })
    }

    fn push(&mut self, shared: &Shared, bytes: &[u8]) -> Result<(), EngineError> {
        if !shared.room.may_grow(bytes.len() as u64) {
            shared.count_refusal(&EngineError::NoSpace);
            return Err(EngineError::NoSpace);
        }
        self.file.write_at(bytes, HEADER + self.end).map_err(trouble)?;
        self.end += bytes.len() as u64;
        Ok(())
    }

    fn copy_into(self, reserved: super::packs::Reserved, length: u64) -> Result<super::packs::Reserved, EngineError> {
        let mut piece = vec![0; FRAME];
        let mut at = 0;
        while at < length {
            let now = usize::try_from(length - at).unwrap_or(FRAME).min(FRAME);
            let piece = piece.get_mut(..now).unwrap_or_default();
            self.file.read_at(piece, at).map_err(trouble)?;
            reserved.write(piece, at).map_err(trouble)?;
            at += now as u64;
        }
        Ok(reserved)
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        // a spool that became a large file has another name; the next start takes what is left over
        let _ = self.disk.unlink(&self.name);
    }
}

/// Runs heavy or blocking work beside the tasks.
pub(crate) async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, EngineError> + Send + 'static,
) -> Result<T, EngineError> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(EngineError::Io(error.to_string())))
}

fn interrupted() -> EngineError {
    EngineError::Io("a write of this blob was interrupted".to_owned())
}
