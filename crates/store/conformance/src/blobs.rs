//! Blobs: bytes, ranges, links, collection.
use crate::bench::{Bench, HOME, commit, make};
use std::time::Duration;
use store::{BlobHash, Engine, Partition, PartitionKind, StoredBlob};
use world::UnixTime;

/// Stores bytes in pieces of 10,000.
pub(crate) async fn store_blob(engine: &dyn Engine, bytes: &[u8]) -> StoredBlob {
    let mut sink = engine.blobs().writer();
    for piece in bytes.chunks(10_000) {
        sink.write(piece).await.expect("a write");
    }
    sink.finish().await.expect("a stored blob")
}

/// Bytes that compress a little, and are others for another seed.
fn some_bytes(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed | 1;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.to_be_bytes()[0] & 0x3f
    };
    (0..length).map(|_| next()).collect()
}

async fn link(engine: &dyn Engine, partition: Partition, names: &[BlobHash], drops: &[BlobHash]) {
    let mut change = commit(partition, vec![], vec![]);
    (change.names_blobs, change.drops_blobs) = (names.to_vec(), drops.to_vec());
    make(engine, change).await.expect("a commit");
}

/// A moment after everything in the test.
fn later() -> UnixTime {
    UnixTime::from_secs(100_000_000_000)
}

/// Every range gives its bytes; one beyond the end is cut.
pub async fn blobs_give_ranges(bench: &dyn Bench) {
    let engine = bench.open().await;
    for length in [0, 1, 1_000, 256 * 1024, 256 * 1024 + 1, 3_000_000] {
        let bytes = some_bytes(length, length as u64);
        let stored = store_blob(&*engine, &bytes).await;
        assert_eq!(stored, StoredBlob { hash: BlobHash::of(&bytes), size: length as u64 });
        let source = engine.blobs().open(stored.hash).await.expect("a place").expect("a blob");
        assert_eq!(source.size(), length as u64);
        for (from, to) in [
            (0, length),
            (0, 1),
            (length / 2, length / 2 + 700),
            (length.saturating_sub(5), length + 9),
            (262_100, 262_200),
        ] {
            let (start, end) = (from.min(length), to.min(length));
            let mut read = Vec::new();
            // A source may give less than asked: at least one byte where there is one.
            while read.len() < end - start {
                let at = (start + read.len()) as u64;
                let piece = source.read(at..to as u64).await.expect("bytes");
                assert!(!piece.is_empty());
                read.extend_from_slice(&piece);
            }
            assert!(read == bytes[start..end], "{from}..{to} of {length}");
        }
        assert!(source.read(length as u64 + 5..length as u64 + 9).await.expect("nothing").is_empty());
    }
    assert!(engine.blobs().open(BlobHash::of(b"never stored")).await.expect("an answer").is_none());
}

/// Several asked for at once are each as it is alone, in the order asked.
pub async fn blobs_open_several(bench: &dyn Bench) {
    let engine = bench.open().await;
    let mut hashes = Vec::new();
    for (length, named) in
        [(9_000, true), (0, true), (3_000_000, true), (40, false), (256 * 1024 + 1, true), (9_001, true)]
    {
        let stored = store_blob(&*engine, &some_bytes(length, length as u64)).await;
        if named {
            link(&*engine, HOME, &[stored.hash], &[]).await;
        }
        hashes.push((stored.hash, Some(length)));
    }
    hashes.reverse();
    hashes.insert(2, (BlobHash::of(b"never stored"), None));
    hashes.push(hashes[0]);
    let asked = engine.blobs().ask_for_several(hashes.iter().map(|(hash, _)| *hash).collect());
    let opened = asked.expect("nobody else asks").await.expect("answers");
    assert_eq!(opened.len(), hashes.len());
    for (source, (_, length)) in opened.into_iter().zip(hashes) {
        let (Some(source), Some(length)) = (source.expect("a place"), length) else {
            assert_eq!(length, None);
            continue;
        };
        let mut read = Vec::new();
        while read.len() < length {
            let piece = source.read(read.len() as u64..length as u64).await.expect("bytes");
            assert!(!piece.is_empty());
            read.extend_from_slice(&piece);
        }
        assert!(source.size() == length as u64 && read == some_bytes(length, length as u64), "{length}");
    }
    let none = engine.blobs().ask_for_several(Vec::new()).expect("nobody else asks");
    assert!(none.await.expect("no answers").is_empty());
}

/// The same bytes are one blob, also when written side by side.
pub async fn blobs_are_one_for_the_same_bytes(bench: &dyn Bench) {
    let engine = bench.open().await;
    let bytes = some_bytes(50_000, 3);
    let (first, second) = futures_util::future::join(store_blob(&*engine, &bytes), store_blob(&*engine, &bytes)).await;
    assert_eq!(first, second);
    let other = Partition::new(PartitionKind::Queue, 3);
    link(&*engine, HOME, &[first.hash], &[]).await;
    link(&*engine, HOME, &[first.hash], &[]).await;
    link(&*engine, other, &[first.hash], &[]).await;
    store_blob(&*engine, &bytes).await;
    let page = engine.blobs().page(None, 10).await.expect("a page");
    assert_eq!(page.len(), 1);
    assert_eq!((page[0].hash, page[0].size, &page[0].links[..]), (first.hash, 50_000, &[HOME, other][..]));
}

/// A sink that is dropped leaves nothing.
pub async fn blobs_keep_nothing_of_a_dropped_sink(bench: &dyn Bench) {
    let engine = bench.open().await;
    let bytes = some_bytes(2_000_000, 5);
    let mut sink = engine.blobs().writer();
    sink.write(&bytes).await.expect("a write");
    drop(sink);
    assert!(engine.blobs().open(BlobHash::of(&bytes)).await.expect("an answer").is_none());
    assert!(engine.blobs().page(None, 10).await.expect("a page").is_empty());
}

/// Blobs that are named are listed in the order of their hashes.
pub async fn blobs_page(bench: &dyn Bench) {
    let engine = bench.open().await;
    let mut hashes = Vec::new();
    for number in 0..25_u64 {
        let stored = store_blob(&*engine, &number.to_be_bytes()).await;
        link(&*engine, HOME, &[stored.hash], &[]).await;
        hashes.push(stored.hash);
    }
    hashes.sort_unstable();
    let mut found = Vec::new();
    loop {
        let page = engine.blobs().page(found.last().copied(), 10).await.expect("a page");
        if page.is_empty() {
            break;
        }
        assert!(page.len() <= 10);
        found.extend(page.into_iter().map(|entry| entry.hash));
    }
    assert_eq!(found, hashes);
}

/// A named blob is there after a stop without warning, small or large.
pub async fn blobs_survive(bench: &dyn Bench) {
    let small = some_bytes(20_000, 7);
    let large = some_bytes(4_000_000, 8);
    {
        let engine = bench.open().await;
        for bytes in [&small, &large] {
            let stored = store_blob(&*engine, bytes).await;
            link(&*engine, HOME, &[stored.hash], &[]).await;
        }
    }
    let engine = bench.open().await;
    for bytes in [&small, &large] {
        let source = engine.blobs().open(BlobHash::of(bytes)).await.expect("a place").expect("the blob");
        let mut read = Vec::new();
        while (read.len() as u64) < source.size() {
            read.extend_from_slice(&source.read(read.len() as u64..source.size()).await.expect("bytes"));
        }
        assert!(read == **bytes);
    }
    assert_eq!(engine.blobs().page(None, 10).await.expect("a page").len(), 2);
}

/// Collection takes what no partition uses and is older than the grace; nothing else.
pub async fn blobs_without_links_are_collected(bench: &dyn Bench) {
    let engine = bench.open().await;
    let other = Partition::new(PartitionKind::Queue, 3);
    let kept = store_blob(&*engine, b"kept by one").await.hash;
    let gone = store_blob(&*engine, b"used and dropped").await.hash;
    let never = store_blob(&*engine, &some_bytes(3_000_000, 1)).await.hash;
    link(&*engine, HOME, &[kept, gone], &[]).await;
    link(&*engine, other, &[kept], &[]).await;
    link(&*engine, HOME, &[], &[kept, gone]).await;
    engine.blobs().collect(UnixTime::from_secs(0), Duration::from_secs(3_600)).await.expect("nothing is old enough");
    let there = async |hash| engine.blobs().open(hash).await.expect("an answer").is_some();
    assert!(there(kept).await && there(gone).await && there(never).await);
    let open = engine.blobs().open(gone).await.expect("an answer").expect("a blob");
    engine.blobs().collect(later(), Duration::from_secs(3_600)).await.expect("a collection");
    assert!(there(kept).await && !there(gone).await && !there(never).await);
    assert_eq!(&open.read(0..100).await.expect("an open source stays valid")[..], b"used and dropped");
    // Stored again, it may be named again.
    assert_eq!(store_blob(&*engine, b"used and dropped").await.hash, gone);
    link(&*engine, HOME, &[gone], &[]).await;
    assert!(there(gone).await);
}
