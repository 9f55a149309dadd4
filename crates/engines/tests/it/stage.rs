//! What the tests stand on: a store in a directory of its own, and short words for commits and blobs.
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use engines::{Embedded, Settings};
use store::{
    BlobHash, Blobs, Commit, CommitError, Engine, EngineError, Found, Growth, Partition, PartitionKind, Precondition,
    Read, Receipt, StoredBlob, Write,
};
use world::UnixTime;
use world::scripted::ScriptedClock;

/// Small packs, so that a test sees many.
pub(crate) const SMALL: Settings = Settings {
    // with none at all the simulated disk, which has little room, would hold the reserve file in memory
    reserve_bytes: 1,
    seal_bytes: 64 * 1024,
    allocate_bytes: 16 * 1024,
    prepare_bytes: 4 * 1024,
    // tests cut the log at its end
    prepare_log: false,
    large_bytes: 128 * 1024,
    readers: 2,
};

pub(crate) const ACCOUNT: Partition = Partition::new(PartitionKind::Account, 7);

pub(crate) fn clock() -> Arc<ScriptedClock> {
    Arc::new(ScriptedClock::new(UnixTime::from_secs(1_000_000)))
}

pub(crate) fn open(directory: &Path) -> Embedded {
    Embedded::open(directory, clock(), SMALL).unwrap()
}

pub(crate) fn commit(partition: Partition) -> Commit {
    Commit {
        partition,
        id: 1,
        preconditions: Vec::new(),
        writes: Vec::new(),
        names_blobs: Vec::new(),
        drops_blobs: Vec::new(),
        growth: Growth::Grows,
    }
}

pub(crate) fn put(key: &[u8], version: u64, payload: &[u8]) -> Write {
    Write::Put { key: key.to_vec(), version, payload: payload.to_vec() }
}

pub(crate) async fn submit(engine: &dyn Engine, commit: Commit) -> Result<Receipt, CommitError> {
    match engine.reserve().await {
        Ok(slot) => slot.submit(commit).await,
        Err(_) => Err(CommitError::Closed),
    }
}

pub(crate) async fn write(engine: &dyn Engine, writes: Vec<Write>) -> Result<Receipt, CommitError> {
    submit(engine, Commit { writes, ..commit(ACCOUNT) }).await
}

pub(crate) async fn write_if(
    engine: &dyn Engine,
    precondition: Precondition,
    writes: Vec<Write>,
) -> Result<Receipt, CommitError> {
    submit(engine, Commit { preconditions: vec![precondition], writes, ..commit(ACCOUNT) }).await
}

pub(crate) async fn name(engine: &dyn Engine, hash: BlobHash) -> Result<Receipt, CommitError> {
    submit(engine, Commit { names_blobs: vec![hash], ..commit(ACCOUNT) }).await
}

pub(crate) async fn drop_blob(engine: &dyn Engine, hash: BlobHash) -> Result<Receipt, CommitError> {
    submit(engine, Commit { drops_blobs: vec![hash], growth: Growth::Frees, ..commit(ACCOUNT) }).await
}

pub(crate) async fn get(engine: &dyn Engine, key: &[u8]) -> Option<(u64, Vec<u8>)> {
    let found = engine.read(ACCOUNT, vec![Read::Get(key.to_vec())]).await.unwrap();
    match found.into_iter().next().unwrap() {
        Found::One(value) => value.map(|value| (value.version, value.payload.to_vec())),
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn store(engine: &dyn Engine, bytes: &[u8]) -> Result<StoredBlob, EngineError> {
    let mut sink = engine.blobs().writer();
    for piece in bytes.chunks(50_000) {
        sink.write(piece).await?;
    }
    sink.finish().await
}

pub(crate) async fn fetch(blobs: &dyn Blobs, hash: BlobHash) -> Result<Option<Vec<u8>>, EngineError> {
    let Some(source) = blobs.open(hash).await? else { return Ok(None) };
    Ok(Some(source.read(0..source.size()).await?.to_vec()))
}

/// A directory that costs no sync, where the databases' own syncs are not what is tested.
pub(crate) fn in_memory() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}

/// Copies a directory with all below it.
pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Bytes that do not compress, the same for the same seed.
pub(crate) fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    blake3::Hasher::new().update(&seed.to_be_bytes()).finalize_xof().fill(&mut bytes);
    bytes
}

/// Gives up rather than hang: a limit for a fault, so long that a machine with other work does not reach it.
pub(crate) async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(600), future).await.expect("hangs")
}
