//! What an engine's tests bring, and short words for the suite.
use futures_util::future::BoxFuture;
use std::sync::Arc;
use store::{
    Commit, CommitError, Engine, Found, Growth, Key, Partition, PartitionKind, Pending, Precondition, Read, Value,
    Write,
};

/// Makes engines over one store.
pub trait Bench: Send + Sync {
    /// Opens the store, empty at first. Called again, it opens what is there, as after SIGKILL: the engine that was
    /// given before is not used any more, and was not shut down unless the property did.
    fn open(&self) -> BoxFuture<'_, Arc<dyn Engine>>;

    /// Lets the next sync of the open engine fail; false: this bench cannot.
    fn fail_next_sync(&self) -> bool {
        false
    }

    /// Puts free space below the reserve, or above it; false: this bench cannot.
    fn below_reserve(&self, _below: bool) -> bool {
        false
    }
}

/// The partition in which properties work: an account.
pub(crate) const HOME: Partition = Partition::new(PartitionKind::Account, 0x0102_0304_0506_0708);

/// A key by its number.
pub fn key(number: u64) -> Key {
    store::KeyBuilder::new(1).u64(number).key()
}

/// A write of `payload` under key `number`.
pub fn put(number: u64, version: u64, payload: &[u8]) -> Write {
    Write::Put { key: key(number), version, payload: payload.to_vec() }
}

/// A commit without blobs.
pub fn commit(partition: Partition, preconditions: Vec<Precondition>, writes: Vec<Write>) -> Commit {
    Commit {
        partition,
        id: 1,
        preconditions,
        writes,
        names_blobs: Vec::new(),
        drops_blobs: Vec::new(),
        growth: Growth::Grows,
    }
}

/// Hands in a commit.
pub async fn submit(engine: &dyn Engine, commit: Commit) -> Pending {
    engine.reserve().await.expect("a slot").submit(commit)
}

/// Makes a commit.
pub(crate) async fn make(engine: &dyn Engine, commit: Commit) -> Result<(), CommitError> {
    submit(engine, commit).await.await.map(drop)
}

/// The value under a key.
pub async fn get(engine: &dyn Engine, partition: Partition, number: u64) -> Option<Value> {
    match engine.read(partition, vec![Read::Get(key(number))]).await.expect("a read").remove(0) {
        Found::One(value) => value,
        other => panic!("a get gave {other:?}"),
    }
}

/// All records of a partition, page by page.
pub async fn records(engine: &dyn Engine, partition: Partition) -> Vec<(Key, Value)> {
    let mut all = Vec::new();
    let mut from = Vec::new();
    loop {
        let scan = Read::Scan { from: from.clone(), to: vec![255; 8], limit: 100, reverse: false };
        match engine.read(partition, vec![scan]).await.expect("a read").remove(0) {
            Found::Many { items, more, corrupt } if corrupt.is_empty() => {
                if let Some((last, _)) = items.last() {
                    from = last.clone();
                    from.push(0);
                }
                all.extend(items);
                if !more {
                    return all;
                }
            }
            other => panic!("a scan gave {other:?}"),
        }
    }
}
