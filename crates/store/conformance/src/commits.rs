//! Commits: order, preconditions, wholeness, durability.
use crate::bench::{Bench, HOME, commit, get, key, make, put, records, submit};
use futures_util::future::join_all;
use store::{BlobHash, CommitError, Partition, PartitionKind, Precondition, Write};

/// Commits are taken in the order in which they are handed in, also within one group: each expects the one before.
pub async fn commits_are_taken_in_order(bench: &dyn Bench) {
    let engine = bench.open().await;
    let mut pending = Vec::new();
    for version in 1..=200_u64 {
        let before =
            if version == 1 { Precondition::Absent(key(0)) } else { Precondition::Version(key(0), version - 1) };
        let writes = vec![put(0, version, b"head"), put(version, version, &version.to_be_bytes())];
        pending.push(submit(&*engine, commit(HOME, vec![before], writes)).await);
    }
    for receipt in join_all(pending).await {
        receipt.expect("a commit in its turn");
    }
    assert_eq!(get(&*engine, HOME, 0).await.expect("the head").version, 200);
    assert_eq!(records(&*engine, HOME).await.len(), 201);
}

/// Absent and version are checked, and say what was found.
pub async fn preconditions_hold(bench: &dyn Bench) {
    let engine = bench.open().await;
    let absent = || vec![Precondition::Absent(key(1))];
    make(&*engine, commit(HOME, absent(), vec![put(1, 7, b"a")])).await.expect("it was absent");
    let conflict = |found| Err(CommitError::Conflict { key: key(1), found });
    assert_eq!(make(&*engine, commit(HOME, absent(), vec![put(1, 8, b"b")])).await, conflict(Some(7)));
    let version = |number| vec![Precondition::Version(key(1), number)];
    assert_eq!(make(&*engine, commit(HOME, version(6), vec![put(1, 8, b"b")])).await, conflict(Some(7)));
    make(&*engine, commit(HOME, version(7), vec![Write::Delete { key: key(1) }])).await.expect("it had version 7");
    assert_eq!(make(&*engine, commit(HOME, version(7), vec![])).await, conflict(None));
    // Another partition is another world.
    let other = Partition::new(PartitionKind::Queue, HOME.id);
    make(&*engine, commit(other, absent(), vec![put(1, 1, b"c")])).await.expect("absent there");
    assert_eq!(get(&*engine, HOME, 1).await, None);
}

/// Of two commits on the same version, handed in together, exactly one wins: the first.
pub async fn one_of_two_commits_wins(bench: &dyn Bench) {
    let engine = bench.open().await;
    make(&*engine, commit(HOME, vec![], vec![put(0, 1, b"head")])).await.expect("a commit");
    for version in 1..=50 {
        let both =
            |who: &[u8]| commit(HOME, vec![Precondition::Version(key(0), version)], vec![put(0, version + 1, who)]);
        let first = submit(&*engine, both(b"first")).await;
        let second = submit(&*engine, both(b"second")).await;
        first.await.expect("the first wins");
        assert!(matches!(second.await, Err(CommitError::Conflict { found: Some(found), .. }) if found == version + 1));
        assert_eq!(&get(&*engine, HOME, 0).await.expect("the head").payload[..], b"first");
    }
}

/// A refused commit leaves nothing; a taken one all of it. Malformed ones are refused.
pub async fn a_commit_is_whole_or_not_at_all(bench: &dyn Bench) {
    let engine = bench.open().await;
    make(&*engine, commit(HOME, vec![], vec![put(1, 1, b"old")])).await.expect("a commit");
    let writes = vec![put(1, 2, b"new"), put(2, 2, b"new"), Write::Delete { key: key(1) }];
    let twice = make(&*engine, commit(HOME, vec![], writes)).await;
    assert!(matches!(twice, Err(CommitError::Malformed(_))), "{twice:?}");
    let long = Write::Put { key: vec![1; store::MAX_KEY + 1], version: 1, payload: vec![] };
    let long = make(&*engine, commit(HOME, vec![], vec![put(2, 2, b"new"), long])).await;
    assert!(matches!(long, Err(CommitError::Malformed(_))), "{long:?}");
    let two = vec![Precondition::Version(key(1), 1), Precondition::Version(key(9), 1)];
    assert!(make(&*engine, commit(HOME, two, vec![put(1, 2, b"new"), put(2, 2, b"new")])).await.is_err());
    assert_eq!(records(&*engine, HOME).await.len(), 1);
    assert_eq!(&get(&*engine, HOME, 1).await.expect("as before").payload[..], b"old");
    let longest = Write::Put { key: vec![1; store::MAX_KEY], version: 1, payload: vec![7; 100_000] };
    make(&*engine, commit(HOME, vec![], vec![longest, put(2, 1, b"")])).await.expect("the longest key and no payload");
    assert_eq!(records(&*engine, HOME).await.len(), 3);
}

/// Many tasks commit at once, in partitions of their own and in a common one.
pub async fn commits_of_many_at_once(bench: &dyn Bench) {
    let engine = bench.open().await;
    let tasks = (0..32_u64).map(|task| {
        let engine = &*engine;
        async move {
            let own = Partition::new(PartitionKind::Account, task);
            for version in 1..=20 {
                make(engine, commit(own, vec![], vec![put(version, version, &[0; 300])])).await.expect("its own");
                make(engine, commit(HOME, vec![], vec![put(task * 100 + version, 1, b"x")])).await.expect("the common");
            }
        }
    });
    join_all(tasks).await;
    assert_eq!(records(&*engine, HOME).await.len(), 640);
    assert_eq!(records(&*engine, Partition::new(PartitionKind::Account, 31)).await.len(), 20);
}

/// What was acknowledged is there after a stop without warning.
pub async fn commits_survive(bench: &dyn Bench) {
    let mut expected = 0;
    for round in 0..3_u64 {
        let engine = bench.open().await;
        assert_eq!(records(&*engine, HOME).await.len() as u64, expected);
        let mut pending = Vec::new();
        for number in 0..50 {
            pending.push(submit(&*engine, commit(HOME, vec![], vec![put(round * 50 + number, 1, b"x")])).await);
        }
        for receipt in join_all(pending).await {
            receipt.expect("a commit");
            expected += 1;
        }
    }
    let engine = bench.open().await;
    assert_eq!(records(&*engine, HOME).await.len(), 150);
}

/// A commit that names a blob that is not stored is refused, whole.
pub async fn naming_an_unstored_blob_fails(bench: &dyn Bench) {
    let engine = bench.open().await;
    let hash = BlobHash::of(b"never stored");
    let mut names = commit(HOME, vec![], vec![put(1, 1, b"x")]);
    names.names_blobs = vec![hash];
    assert_eq!(make(&*engine, names).await, Err(CommitError::NoSuchBlob(hash)));
    assert_eq!(get(&*engine, HOME, 1).await, None);
}
