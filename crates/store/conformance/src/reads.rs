//! Reads: snapshots, pages, partitions.
use crate::bench::{Bench, HOME, commit, key, make, put};
use std::sync::{Arc, Mutex};
use store::{Found, Look, MAX_SHOWN, Partition, PartitionKind, Read, Shown};

/// All reads of one call see the same commits, while others write.
pub async fn reads_see_one_snapshot(bench: &dyn Bench) {
    let engine = bench.open().await;
    make(&*engine, commit(HOME, vec![], vec![put(1, 1, b""), put(2, 1, b"")])).await.expect("a commit");
    let write = async {
        for version in 2..200 {
            let both = vec![put(1, version, b""), put(2, version, b"")];
            make(&*engine, commit(HOME, vec![], both)).await.expect("a commit");
        }
    };
    let read = async {
        for _ in 0..200 {
            let scan = Read::Scan { from: key(0), to: key(9), limit: 10, reverse: true };
            let reads = vec![Read::Get(key(1)), scan, Read::Get(key(2))];
            let found = engine.read(HOME, reads).await.expect("a read");
            let [Found::One(Some(one)), Found::Many { items, .. }, Found::One(Some(two))] = &found[..] else {
                panic!("{found:?}")
            };
            assert_eq!(one.version, two.version);
            assert!(items.iter().all(|(_, value)| value.version == one.version));
            tokio::task::yield_now().await;
        }
    };
    futures_util::future::join(write, read).await;
}

/// Scans give their range in order, from both ends, a page at a time, and say whether more follows.
pub async fn scans_page_both_ways(bench: &dyn Bench) {
    let engine = bench.open().await;
    let all: Vec<_> = (0..2_500).map(|number| put(number, number + 1, &number.to_be_bytes())).collect();
    for writes in all.chunks(500) {
        make(&*engine, commit(HOME, vec![], writes.to_vec())).await.expect("a commit");
    }
    let neighbour = Partition::new(PartitionKind::Account, HOME.id + 1);
    make(&*engine, commit(neighbour, vec![], vec![put(7, 1, b"not mine")])).await.expect("a commit");
    let scan = async |from: u64, to: u64, limit: usize, reverse: bool| {
        let read = Read::Scan { from: key(from), to: key(to), limit, reverse };
        match engine.read(HOME, vec![read]).await.expect("a read").remove(0) {
            Found::Many { items, more, corrupt } if corrupt.is_empty() => {
                let versions: Vec<u64> = items.iter().map(|(_, value)| value.version - 1).collect();
                for ((found, value), number) in items.iter().zip(&versions) {
                    assert_eq!((found, &value.payload[..]), (&key(*number), &number.to_be_bytes()[..]));
                }
                (versions, more)
            }
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(scan(10, 13, 10, false).await, (vec![10, 11, 12], false));
    assert_eq!(scan(10, 13, 2, false).await, (vec![10, 11], true));
    assert_eq!(scan(10, 13, 3, false).await, (vec![10, 11, 12], false));
    assert_eq!(scan(10, 13, 2, true).await, (vec![12, 11], true));
    assert_eq!(scan(10, 10, 5, false).await, (vec![], false));
    assert_eq!(scan(13, 10, 5, true).await, (vec![], false));
    assert_eq!(scan(0, 9_999, 5_000, false).await, ((0..1_000).collect(), true));
    assert_eq!(scan(0, 9_999, 5_000, true).await, ((1_500..2_500).rev().collect(), true));
    assert_eq!(scan(2_000, 9_999, 1_000, false).await, ((2_000..2_500).collect(), false));
    assert_eq!(scan(3_000, 9_999, 1_000, false).await, (vec![], false));
}

/// What is shown is what is read, in its order, and each read says where it ended.
pub async fn what_is_shown_is_what_is_read(bench: &dyn Bench) {
    let engine = bench.open().await;
    for numbers in [0..800, 800..1_600, 1_600..2_500_u64] {
        let writes = numbers.map(|number| put(number, number + 1, &number.to_be_bytes())).collect();
        make(&*engine, commit(HOME, vec![], writes)).await.expect("a commit");
    }
    let scan = |from: u64, to: u64, limit, reverse| Read::Scan { from: key(from), to: key(to), limit, reverse };
    let show = async |reads: Vec<Read>| {
        let kept = Arc::new(Mutex::new(Vec::new()));
        let keep = kept.clone();
        let look: Look = Box::new(move |key, version, payload| {
            keep.lock().expect("nobody panicked").push((key.to_vec(), version, payload.to_vec()));
        });
        let shown = engine.show(HOME, reads, look).await.expect("a look");
        assert_eq!(Arc::strong_count(&kept), 1, "who looks is gone when it is over");
        let kept = std::mem::take(&mut *kept.lock().expect("nobody panicked"));
        (kept, shown)
    };
    let record = |number: u64| (key(number), number + 1, number.to_be_bytes().to_vec());
    let reads = vec![
        Read::Get(key(3)),
        scan(10, 13, 10, false),
        Read::Get(key(9_999)),
        scan(10, 13, 2, false),
        scan(13, 10, 2, false),
        scan(10, 13, 2, true),
    ];
    let (kept, shown) = show(reads).await;
    assert_eq!(kept, [3, 10, 11, 12, 10, 11, 12, 11].map(record));
    let ends: Vec<_> = shown.into_iter().map(|shown| (shown.last, shown.more, shown.corrupt.len())).collect();
    let ended = |last: Option<u64>, more: bool| (last.map(key), more, 0);
    let wanted =
        [(Some(3), false), (Some(12), false), (Some(9_999), false), (Some(11), true), (None, false), (Some(11), true)];
    assert_eq!(ends, wanted.map(|(last, more)| ended(last, more)));
    // a range, from where each look at it has ended
    let (mut all, mut from) = (Vec::new(), key(0));
    loop {
        let (kept, mut shown) =
            show(vec![Read::Scan { from, to: key(9_999), limit: usize::MAX, reverse: false }]).await;
        assert!(kept.len() <= MAX_SHOWN);
        all.extend(kept);
        match shown.remove(0) {
            Shown { last: Some(mut last), more: true, .. } => {
                last.push(0);
                from = last;
            }
            shown => {
                assert!(!shown.more);
                break;
            }
        }
    }
    assert!(all.into_iter().eq((0..2_500).map(record)));
}

/// Partitions that hold a record are listed by kind; one that is emptied is not.
pub async fn partitions_are_listed(bench: &dyn Bench) {
    let engine = bench.open().await;
    for kind in PartitionKind::ALL {
        for id in [0, 1, 5, u64::MAX] {
            let partition = Partition::new(kind, id);
            make(&*engine, commit(partition, vec![], vec![put(1, 1, b"x"), put(2, 1, b"x")])).await.expect("a commit");
        }
    }
    let gone = vec![store::Write::Delete { key: key(1) }, store::Write::Delete { key: key(2) }];
    make(&*engine, commit(Partition::new(PartitionKind::Account, 1), vec![], gone)).await.expect("a commit");
    let list = async |kind, after, limit| engine.partitions(kind, after, limit).await.expect("a list");
    assert_eq!(list(PartitionKind::Account, None, 10).await, [0, 5, u64::MAX]);
    assert_eq!(list(PartitionKind::Account, Some(0), 1).await, [5]);
    assert_eq!(list(PartitionKind::Queue, Some(1), 10).await, [5, u64::MAX]);
    assert_eq!(list(PartitionKind::System, Some(u64::MAX), 10).await, [0; 0]);
}
