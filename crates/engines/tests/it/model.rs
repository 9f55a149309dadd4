//! The embedded engine against the one in memory: the same random history, the same answers.
use engines::Embedded;
use proptest::prelude::*;
use store::memory::Memory;
use store::{BlobHash, Commit, Engine, Growth, Partition, PartitionKind, Precondition, Read, Write};

use crate::stage::{SMALL, clock, in_memory, store, submit};

#[derive(Debug, Clone)]
enum Act {
    Commit(Commit),
    Store(u8),
    Read(Partition, Vec<Read>),
    Reopen,
}

fn key() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop_oneof![0..4_u8, Just(0xff)], 0..3)
}

fn partition() -> impl Strategy<Value = Partition> {
    let kinds = prop::sample::select(vec![PartitionKind::Account, PartitionKind::Queue, PartitionKind::Directory]);
    (kinds, prop_oneof![Just(0), Just(1), Just(u64::MAX - 1)]).prop_map(|(kind, id)| Partition::new(kind, id))
}

fn act() -> impl Strategy<Value = Act> {
    let precondition = (key(), prop::option::of(0..4_u64)).prop_map(|(key, version)| match version {
        None => Precondition::Absent(key),
        Some(version) => Precondition::Version(key, version),
    });
    let write = (key(), prop::option::weighted(0.7, (0..4_u64, prop::collection::vec(any::<u8>(), 0..9)))).prop_map(
        |(key, put)| match put {
            None => Write::Delete { key },
            Some((version, payload)) => Write::Put { key, version, payload },
        },
    );
    let blob = || prop::collection::vec((0..6_u8).prop_map(|n| BlobHash::of(&[n])), 0..2);
    let commit =
        (partition(), prop::collection::vec(precondition, 0..2), prop::collection::vec(write, 0..4), blob(), blob())
            .prop_map(|(partition, preconditions, writes, names_blobs, drops_blobs)| {
                Act::Commit(Commit {
                    partition,
                    id: 1,
                    preconditions,
                    writes,
                    names_blobs,
                    drops_blobs,
                    growth: Growth::Frees,
                })
            });
    let read = prop_oneof![
        key().prop_map(Read::Get),
        (key(), key(), 1..5_usize, any::<bool>()).prop_map(|(from, to, limit, reverse)| Read::Scan {
            from,
            to,
            limit,
            reverse
        }),
    ];
    prop_oneof![
        8 => commit,
        3 => (0..6_u8).prop_map(Act::Store),
        6 => (partition(), prop::collection::vec(read, 1..3)).prop_map(|(partition, reads)| Act::Read(partition, reads)),
        1 => Just(Act::Reopen),
    ]
}

async fn compare(acts: Vec<Act>) {
    let directory = in_memory();
    let open = || Embedded::open(directory.path(), clock(), SMALL).unwrap();
    let model = Memory::new(clock());
    let mut engine = open();
    for act in acts {
        match act {
            Act::Commit(commit) => {
                assert_eq!(submit(&engine, commit.clone()).await, submit(&model, commit.clone()).await, "{commit:?}");
            }
            Act::Store(n) => {
                assert_eq!(store(&engine, &[n]).await, store(&model, &[n]).await);
            }
            Act::Read(partition, reads) => {
                let found = engine.read(partition, reads.clone()).await;
                assert_eq!(found, model.read(partition, reads.clone()).await, "{partition} {reads:?}");
            }
            Act::Reopen => {
                // a blob that nobody has named does not outlive its process: both forget none in this history
                for n in 0..6_u8 {
                    store(&engine, &[n]).await.unwrap();
                    store(&model, &[n]).await.unwrap();
                }
                drop(engine);
                engine = open();
                for n in 0..6_u8 {
                    store(&engine, &[n]).await.unwrap();
                }
            }
        }
    }
    for kind in PartitionKind::ALL {
        let found = engine.partitions(kind, None, 9).await.unwrap();
        assert_eq!(found, model.partitions(kind, None, 9).await.unwrap());
    }
    let links = |entries: Vec<store::BlobEntry>| {
        let linked = entries.into_iter().filter(|entry| !entry.links.is_empty());
        linked.map(|entry| (entry.hash, entry.size, entry.links)).collect::<Vec<_>>()
    };
    let found = links(engine.blobs().page(None, 99).await.unwrap());
    assert_eq!(found, links(model.blobs().page(None, 99).await.unwrap()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn answers_as_the_engine_in_memory_does(acts in prop::collection::vec(act(), 1..60)) {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(compare(acts));
    }
}
