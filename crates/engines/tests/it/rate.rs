//! Not a benchmark, only the shape of one: many writers share syncs.
use std::sync::Arc;

use engines::Embedded;
use store::{Commit, Partition, PartitionKind, Precondition};

use crate::stage::{clock, commit, noise, put, store, submit};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_writers_share_their_syncs() {
    let directory = tempfile::tempdir().unwrap();
    let engine = Arc::new(Embedded::open(directory.path(), clock(), engines::Settings::default()).unwrap());
    let each: u64 = std::option_env!("RATE").map_or(20, |n| n.parse().unwrap());
    let begun = tokio::time::Instant::now();
    let writers = (0..50_u64).map(|writer| {
        let engine = Arc::clone(&engine);
        async move {
            let partition = Partition::new(PartitionKind::Account, writer);
            for n in 0..each {
                let body = [&noise(writer * 1_000_000 + n, 2_000)[..], &[b'a'; 2_000]].concat();
                let hash = store(&*engine, &body).await.unwrap().hash;
                let precondition = if n == 0 {
                    Precondition::Absent(b"head".to_vec())
                } else {
                    Precondition::Version(b"head".to_vec(), n)
                };
                let key = |kind: u8| [&[kind][..], &n.to_be_bytes()].concat();
                let delivery = Commit {
                    preconditions: vec![precondition],
                    writes: vec![
                        put(b"head", n + 1, &[1; 200]),
                        put(&key(b'e'), n, &[2; 500]),
                        put(&key(b'm'), n, &[3; 40]),
                        put(&key(b'l'), n, &[4; 60]),
                        put(&key(b'd'), n, &[]),
                    ],
                    names_blobs: vec![hash],
                    ..commit(partition)
                };
                submit(&*engine, delivery).await.unwrap();
            }
        }
    });
    let tracker: Vec<_> = writers.map(|writer| tokio::task::spawn(writer)).collect();
    for task in tracker {
        task.await.unwrap();
    }
    let activity = engine.activity();
    let took = begun.elapsed();
    println!("{:.0} deliveries/s, {activity:?}", 50.0 * f64::from(u32::try_from(each).unwrap()) / took.as_secs_f64());
    assert_eq!(activity.commits, 50 * each);
    assert!(activity.groups * 2 < activity.commits, "{} groups", activity.groups);
}
