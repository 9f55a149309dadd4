//! What an acknowledgement waits for: a commit alone and in a group, on the disk; and what a reader waits for: blobs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a bench that cannot go on has failed")]
#![allow(dead_code, reason = "the stage is that of the tests")]
use criterion::{Criterion, Throughput};
use engines::{Embedded, Settings};
use futures_util::future::try_join_all;
use store::{BlobHash, Commit, Engine, Partition, PartitionKind};

#[path = "../tests/it/stage.rs"]
mod stage;
use stage::{clock, commit, name, noise, put, store, submit};

/// A commit as a change of a flag is: the head, a message, an entry of the log.
fn change(account: u64, number: u64) -> Commit {
    let key = |kind: u8| [&[kind][..], &number.to_be_bytes()].concat();
    let writes = vec![put(b"h", number, &[7; 80]), put(&key(3), number, &[7; 40]), put(&key(9), number, &[7; 60])];
    Commit { writes, ..commit(Partition::new(PartitionKind::Account, account)) }
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    // below target, which is on a disk where /tmp may not be
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let engine = Embedded::open(directory.path(), clock(), Settings::default()).unwrap();
    let mut number = 0;
    let mut group = criterion.benchmark_group("commits with their sync");
    for together in [1, 50] {
        group.throughput(Throughput::Elements(together)).sample_size(50);
        group.bench_function(format!("{together} at once"), |bencher| {
            bencher.iter(|| {
                number += 1;
                let commits = (0..together).map(|account| submit(&engine, change(account, number)));
                runtime.block_on(try_join_all(commits)).unwrap()
            });
        });
    }
    group.finish();
    let hashes: Vec<BlobHash> = runtime.block_on(async {
        let mut hashes = Vec::new();
        for seed in 0..14 {
            // half of it compresses
            let bytes = [noise(seed, 4500), vec![b'a'; 4500]].concat();
            hashes.push(store(&engine, &bytes).await.unwrap().hash);
            name(&engine, hashes[hashes.len() - 1]).await.unwrap();
        }
        hashes
    });
    let mut group = criterion.benchmark_group("14 blobs of 9 KiB opened");
    group.throughput(Throughput::Elements(hashes.len() as u64));
    group.bench_function("together", |bencher| {
        bencher.iter(|| runtime.block_on(engine.blobs().ask_for_several(hashes.clone()).unwrap()).unwrap().len());
    });
    group.bench_function("one by one", |bencher| {
        bencher.iter(|| {
            for hash in &hashes {
                assert!(runtime.block_on(engine.blobs().open(*hash)).unwrap().is_some());
            }
        });
    });
    group.finish();
    runtime.block_on(engine.shutdown());
    criterion.final_summary();
}
