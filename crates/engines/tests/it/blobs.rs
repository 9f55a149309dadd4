//! Blobs: sizes around every border, ranges, sharing, what nobody named, bit rot, collection.
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use store::{BlobHash, CommitError, Engine, EngineError, Partition, PartitionKind};
use world::UnixTime;

use crate::stage::{ACCOUNT, commit, drop_blob, fetch, name, noise, open, store, submit};

const FRAME: usize = 256 * 1024;
const NOW: UnixTime = UnixTime::from_secs(1_000_000);
const LATER: UnixTime = UnixTime::from_secs(2_000_000);
const HOUR: Duration = Duration::from_secs(3600);

/// One of each kind: empty, small raw, small compressed, a frame and around it, several frames in a pack, a file of its own.
fn samples() -> Vec<Vec<u8>> {
    let text = |length: usize| b"From: a@example.org\r\n".iter().copied().cycle().take(length).collect::<Vec<u8>>();
    let mut samples = vec![Vec::new(), b"x".to_vec(), text(4096), noise(1, 4096), noise(2, 50_000)];
    samples.extend([FRAME - 1, FRAME, FRAME + 1, 3 * FRAME, 5 * FRAME + 17].map(text));
    samples.extend([noise(3, FRAME), noise(4, 2 * FRAME + 5)]);
    samples
}

#[tokio::test]
async fn come_back_byte_for_byte_also_after_reopening() {
    let directory = tempfile::tempdir().unwrap();
    let engine = open(directory.path());
    let samples = samples();
    for bytes in &samples {
        let stored = store(&engine, bytes).await.unwrap();
        assert_eq!((stored.hash, stored.size), (BlobHash::of(bytes), bytes.len() as u64));
        assert_eq!(fetch(&engine, stored.hash).await.unwrap().as_ref(), Some(bytes), "before it is named");
        name(&engine, stored.hash).await.unwrap();
    }
    engine.shutdown().await;
    drop(engine);
    let engine = open(directory.path());
    for bytes in &samples {
        assert_eq!(fetch(&engine, BlobHash::of(bytes)).await.unwrap().as_ref(), Some(bytes), "{} bytes", bytes.len());
    }
    assert_eq!(fetch(&engine, BlobHash::of(b"never stored")).await.unwrap(), None);
    let stats = engine.stats().await.unwrap();
    assert_eq!(stats.blobs, samples.len() as u64);
    assert_eq!(stats.blob_bytes, samples.iter().map(|bytes| bytes.len() as u64).sum::<u64>());
    assert!(directory.path().join("large").read_dir().unwrap().next().is_some(), "one had a file of its own");
    assert!(directory.path().join("spool").read_dir().unwrap().next().is_none(), "nothing is left in the spool");
}

#[tokio::test]
async fn any_range_costs_the_range() {
    let directory = tempfile::tempdir().unwrap();
    let engine = open(directory.path());
    let bytes = noise(9, 3 * FRAME + 100);
    let hash = store(&engine, &bytes).await.unwrap().hash;
    let source = engine.blobs().open(hash).await.unwrap().unwrap();
    let size = bytes.len();
    for (from, to) in
        [(0, 0), (0, 1), (5, FRAME), (FRAME - 1, FRAME + 1), (1, 2 * FRAME + 1), (size - 1, size), (0, size)]
    {
        assert_eq!(source.read(from as u64..to as u64).await.unwrap(), bytes[from..to], "{from}..{to}");
    }
    assert_eq!(source.read(size as u64 - 3..u64::MAX).await.unwrap(), bytes[size - 3..]);
    assert!(source.read(u64::MAX - 1..u64::MAX).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_name_needs_a_blob() {
    let directory = tempfile::tempdir().unwrap();
    let engine = open(directory.path());
    let hash = BlobHash::of(b"nowhere");
    assert_eq!(name(&engine, hash).await, Err(CommitError::NoSuchBlob(hash)));
    let mut dropped = engine.blobs().writer();
    dropped.write(b"nowhere").await.unwrap();
    drop(dropped);
    assert_eq!(name(&engine, hash).await, Err(CommitError::NoSuchBlob(hash)));
}

#[tokio::test]
async fn stored_twice_is_stored_once_and_links_are_by_partition() {
    let directory = tempfile::tempdir().unwrap();
    let engine = open(directory.path());
    let other = Partition::new(PartitionKind::Queue, 3);
    for bytes in [noise(1, 1000), noise(2, 40_000), noise(3, 600_000)] {
        let hash = store(&engine, &bytes).await.unwrap().hash;
        assert_eq!(store(&engine, &bytes).await.unwrap().hash, hash);
        name(&engine, hash).await.unwrap();
        name(&engine, hash).await.unwrap();
        store(&engine, &bytes).await.unwrap();
        submit(&engine, store::Commit { names_blobs: vec![hash, hash], ..commit(other) }).await.unwrap();
    }
    let entries = engine.blobs().page(None, 10).await.unwrap();
    assert_eq!(entries.len(), 3);
    for entry in &entries {
        assert_eq!(entry.links, [ACCOUNT, other]);
        assert_eq!(entry.stored_at, NOW);
    }
    assert_eq!(engine.blobs().page(Some(entries[0].hash), 1).await.unwrap(), entries[1..2]);
    // a dead copy of the small one may lie in the pack, the others were found before they were written again
    assert!(engine.stats().await.unwrap().blob_stored_bytes < 1000 * 2 + 40_000 + 600_000 + 5000);
}

#[tokio::test]
async fn r11_the_last_link_takes_the_blob_after_the_grace() {
    let directory = tempfile::tempdir().unwrap();
    let engine = open(directory.path());
    let (small, large) = (noise(1, 5000), noise(2, 600_000));
    for bytes in [&small, &large] {
        let hash = store(&engine, bytes).await.unwrap().hash;
        name(&engine, hash).await.unwrap();
        drop_blob(&engine, hash).await.unwrap();
        drop_blob(&engine, hash).await.unwrap();
    }
    assert_eq!(engine.blobs().collect(NOW, HOUR).await.unwrap().blobs, 0, "younger than the grace");
    let reader = engine.blobs().open(BlobHash::of(&large)).await.unwrap().unwrap();
    // named again, it stays
    name(&engine, BlobHash::of(&small)).await.unwrap();
    let collected = engine.blobs().collect(LATER, HOUR).await.unwrap();
    assert_eq!(collected.blobs, 1);
    assert!(collected.bytes >= 600_000, "{collected:?}");
    assert_eq!(fetch(&engine, BlobHash::of(&small)).await.unwrap(), Some(small));
    assert_eq!(fetch(&engine, BlobHash::of(&large)).await.unwrap(), None);
    assert_eq!(reader.read(0..600_000).await.unwrap(), large, "an open source stays valid");
    let hash = BlobHash::of(&large);
    assert_eq!(name(&engine, hash).await, Err(CommitError::NoSuchBlob(hash)));
    store(&engine, &large).await.unwrap();
    name(&engine, hash).await.unwrap();
    engine.blobs().collect(LATER, HOUR).await.unwrap();
    assert_eq!(fetch(&engine, hash).await.unwrap(), Some(large));
}

#[tokio::test]
async fn r11_packs_that_are_mostly_dead_are_copied_and_go() {
    let directory = tempfile::tempdir().unwrap();
    let engine = open(directory.path());
    let blobs: Vec<_> = (0..60).map(|n| noise(n, 9_000)).collect();
    for bytes in &blobs {
        let hash = store(&engine, bytes).await.unwrap().hash;
        name(&engine, hash).await.unwrap();
    }
    let packs = || directory.path().join("packs").read_dir().unwrap().count();
    let before = packs();
    assert!(before >= 8, "{before}");
    let kept = |n: usize| n.is_multiple_of(4);
    let reader = engine.blobs().open(BlobHash::of(&blobs[0])).await.unwrap().unwrap();
    for (n, bytes) in blobs.iter().enumerate() {
        if !kept(n) {
            drop_blob(&engine, BlobHash::of(bytes)).await.unwrap();
        }
    }
    let collected = engine.blobs().collect(LATER, HOUR).await.unwrap();
    assert_eq!(collected.blobs, 45);
    assert!(collected.bytes > 300_000, "{collected:?}");
    assert!(packs() <= before / 2, "{} of {before}", packs());
    assert_eq!(reader.read(0..9_000).await.unwrap(), blobs[0]);
    for round in 0..2 {
        for (n, bytes) in blobs.iter().enumerate() {
            let found = fetch(&engine, BlobHash::of(bytes)).await.unwrap();
            assert_eq!(found.as_ref(), kept(n).then_some(bytes), "blob {n}, round {round}");
        }
        // a second collection finds nothing to do
        assert_eq!(engine.blobs().collect(LATER, HOUR).await.unwrap().blobs, 0);
    }
    engine.shutdown().await;
    drop(engine);
    let engine = open(directory.path());
    for (n, bytes) in blobs.iter().enumerate().filter(|(n, _)| kept(*n)) {
        assert_eq!(fetch(&engine, BlobHash::of(bytes)).await.unwrap().as_ref(), Some(bytes), "blob {n} reopened");
    }
}

fn flip(path: &Path, at: usize) {
    let mut bytes = std::fs::read(path).unwrap();
    bytes[at] ^= 1;
    std::fs::write(path, bytes).unwrap();
}

#[tokio::test]
async fn r08_a_flipped_byte_of_a_blob_is_never_served() {
    let directory = tempfile::tempdir().unwrap();
    let engine = open(directory.path());
    let (small, many) = (noise(1, 300), [noise(2, 1000), vec![b'a'; 2 * FRAME]].concat());
    for bytes in [&small, &many] {
        let hash = store(&engine, bytes).await.unwrap().hash;
        name(&engine, hash).await.unwrap();
    }
    let end = usize::try_from(engine.stats().await.unwrap().blob_stored_bytes).unwrap();
    drop(engine);
    let pack = directory.path().join("packs/00000001.pack");
    let engine = open(directory.path());
    let small_end = 60 + 300 + 4;
    for at in 0..end {
        flip(&pack, at);
        let (victim, other) = if at < small_end { (&small, &many) } else { (&many, &small) };
        let found = fetch(&engine, BlobHash::of(victim)).await;
        assert!(matches!(found, Err(EngineError::Corrupt(_))), "byte {at}: {:?}", found.map(drop));
        if at % 97 == 0 {
            assert_eq!(fetch(&engine, BlobHash::of(other)).await.unwrap().as_ref(), Some(other));
        }
        flip(&pack, at);
    }
}

/// Row R11 of the threats: the last reference goes while a new one comes, and the collection runs without any grace.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r11_collection_never_takes_what_is_being_named() {
    let directory = tempfile::tempdir().unwrap();
    let engine = Arc::new(open(directory.path()));
    let tasks: Vec<_> = (0..4_u64)
        .map(|task| {
            let engine = Arc::clone(&engine);
            tokio::task::spawn(async move {
                let home = Partition::new(PartitionKind::Account, task);
                for round in 0..60 {
                    let seed = (task + round) % 3;
                    let bytes = noise(seed, [700, 20_000, 300_000][usize::try_from(seed).unwrap()]);
                    let hash = BlobHash::of(&bytes);
                    loop {
                        store(&*engine, &bytes).await.unwrap();
                        match submit(&*engine, store::Commit { names_blobs: vec![hash], ..commit(home) }).await {
                            Ok(_) => break,
                            // it was there when it was stored again, and collected before it was named
                            Err(error) => assert_eq!(error, CommitError::NoSuchBlob(hash)),
                        }
                    }
                    assert_eq!(fetch(engine.blobs(), hash).await.unwrap(), Some(bytes), "task {task}, round {round}");
                    submit(&*engine, store::Commit { drops_blobs: vec![hash], ..commit(home) }).await.unwrap();
                }
            })
        })
        .collect();
    let mut collections = 0;
    while !tasks.iter().all(tokio::task::JoinHandle::is_finished) {
        engine.blobs().collect(LATER, Duration::ZERO).await.unwrap();
        collections += 1;
    }
    for task in tasks {
        task.await.unwrap();
    }
    assert!(collections > 3, "{collections} collections");
    engine.blobs().collect(LATER, Duration::ZERO).await.unwrap();
    assert_eq!(engine.blobs().page(None, 10).await.unwrap(), []);
    let stats = engine.stats().await.unwrap();
    assert!(stats.blob_stored_bytes < 200_000, "{stats:?}");
}

#[tokio::test]
async fn damaged_figures_of_a_pack_are_counted_again() {
    let directory = tempfile::tempdir().unwrap();
    let engine = open(directory.path());
    let bodies: Vec<_> = (0..5).map(|n| noise(n, 3000)).collect();
    for body in &bodies {
        let hash = store(&engine, body).await.unwrap().hash;
        name(&engine, hash).await.unwrap();
    }
    let before = engine.stats().await.unwrap().blob_stored_bytes;
    engine.shutdown().await;
    drop(engine);
    let database = rusqlite::Connection::open(directory.path().join("mail.db")).unwrap();
    let changed = database.execute("UPDATE blob SET v = x'00' WHERE substr(k, 1, 1) = x'70'", []).unwrap();
    assert_eq!(changed, 1);
    drop(database);
    let engine = open(directory.path());
    let hash = store(&engine, &noise(9, 3000)).await.unwrap().hash;
    name(&engine, hash).await.unwrap();
    for body in &bodies {
        assert_eq!(fetch(&engine, BlobHash::of(body)).await.unwrap().as_ref(), Some(body), "written over");
    }
    assert!(engine.stats().await.unwrap().blob_stored_bytes > before);
}
