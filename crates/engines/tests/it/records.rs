//! Records: snapshots, preconditions in a group, pages, the journal beside, reopening, the lock.
use engines::{Embedded, Error, Settings};
use futures_util::FutureExt as _;
use store::{Commit, CommitError, Engine, Found, Partition, PartitionKind, Precondition, Read, Write};

use crate::stage::{
    ACCOUNT, SMALL, clock, commit, fetch, get, in_memory, name, noise, open, put, store, submit, within, write,
    write_if,
};

#[tokio::test]
async fn what_was_acknowledged_is_there_after_reopening() {
    let directory = tempfile::tempdir().unwrap();
    for round in 0..3_u64 {
        let engine = open(directory.path());
        for before in 0..round {
            assert_eq!(get(&engine, &before.to_be_bytes()).await, Some((before, b"x".to_vec())));
        }
        write(&engine, vec![put(&round.to_be_bytes(), round, b"x")]).await.unwrap();
        if round == 1 {
            engine.shutdown().await;
            assert_eq!(write(&engine, vec![put(b"late", 1, b"")]).await, Err(CommitError::Closed));
            within(engine.closed()).await;
        }
    }
}

#[tokio::test]
async fn of_two_commits_in_one_group_exactly_one_wins() {
    let directory = tempfile::tempdir().unwrap();
    let engine = open(directory.path());
    write(&engine, vec![put(b"head", 1, b"")]).await.unwrap();
    for version in 1..50 {
        // both slots are taken before either is handed in, so they meet in a group or follow each other at once
        let slots = (engine.reserve().await.unwrap(), engine.reserve().await.unwrap());
        let next = || Commit {
            preconditions: vec![Precondition::Version(b"head".to_vec(), version)],
            writes: vec![put(b"head", version + 1, b"")],
            ..commit(ACCOUNT)
        };
        let (first, second) = (slots.0.submit(next()), slots.1.submit(next()));
        first.await.unwrap();
        assert_eq!(second.await, Err(CommitError::Conflict { key: b"head".to_vec(), found: Some(version + 1) }));
    }
}

#[tokio::test]
async fn preconditions_know_what_earlier_commits_did() {
    let directory = tempfile::tempdir().unwrap();
    let engine = open(directory.path());
    let absent = || Precondition::Absent(b"once".to_vec());
    write_if(&engine, absent(), vec![put(b"once", 3, b"")]).await.unwrap();
    let conflict = CommitError::Conflict { key: b"once".to_vec(), found: Some(3) };
    assert_eq!(write_if(&engine, absent(), vec![put(b"other", 1, b"")]).await, Err(conflict));
    assert_eq!(get(&engine, b"other").await, None, "nothing of a refused commit is there");
    write(&engine, vec![Write::Delete { key: b"once".to_vec() }]).await.unwrap();
    write_if(&engine, absent(), vec![put(b"once", 9, b"")]).await.unwrap();
    let twice = vec![put(b"a", 1, b""), put(b"a", 2, b"")];
    assert!(matches!(write(&engine, twice).await, Err(CommitError::Malformed(_))));
    assert!(matches!(write(&engine, vec![put(&[0; 1025], 1, b"")]).await, Err(CommitError::Malformed(_))));
}

#[tokio::test]
async fn scans_give_pages_both_ways_and_stay_in_their_partition() {
    let directory = tempfile::tempdir().unwrap();
    let engine = open(directory.path());
    let keys: Vec<_> = (0..2500_u32).map(u32::to_be_bytes).collect();
    write(&engine, keys.iter().map(|key| put(key, 1, key)).collect()).await.unwrap();
    let neighbour = Partition::new(PartitionKind::Account, ACCOUNT.id + 1);
    submit(&engine, Commit { writes: vec![put(b"n", 1, b"")], ..commit(neighbour) }).await.unwrap();
    for reverse in [false, true] {
        let (mut from, mut to, mut seen) = (Vec::new(), vec![0xff; 8], Vec::new());
        loop {
            let read = Read::Scan { from: from.clone(), to: to.clone(), limit: 5000, reverse };
            let found = engine.read(ACCOUNT, vec![read]).await.unwrap().remove(0);
            let Found::Many { items, more, corrupt } = found else { panic!() };
            assert!(corrupt.is_empty());
            assert!(items.len() <= store::MAX_PAGE);
            seen.extend(items.into_iter().map(|(key, _)| key));
            match (more, reverse) {
                (false, _) => break,
                (true, false) => from = [&seen.last().unwrap()[..], &[0]].concat(),
                (true, true) => to.clone_from(seen.last().unwrap()),
            }
        }
        if reverse {
            seen.reverse();
        }
        assert_eq!(seen, keys);
    }
    assert_eq!(engine.partitions(PartitionKind::Account, None, 10).await.unwrap(), [7, 8]);
    assert_eq!(engine.partitions(PartitionKind::Account, Some(7), 10).await.unwrap(), [8]);
    assert_eq!(engine.partitions(PartitionKind::Queue, None, 10).await.unwrap(), []);
}

#[tokio::test]
async fn every_kind_of_partition_keeps_its_own_records() {
    let directory = tempfile::tempdir().unwrap();
    let engine = open(directory.path());
    for kind in PartitionKind::ALL {
        let partition = Partition::new(kind, u64::MAX - 1);
        submit(&engine, Commit { writes: vec![put(b"k", 1, &[kind.number()])], ..commit(partition) }).await.unwrap();
    }
    engine.shutdown().await;
    drop(engine);
    let engine = open(directory.path());
    for kind in PartitionKind::ALL {
        let partition = Partition::new(kind, u64::MAX - 1);
        let found = engine.read(partition, vec![Read::Get(b"k".to_vec())]).await.unwrap().remove(0);
        let Found::One(Some(value)) = found else { panic!("{kind:?}: {found:?}") };
        assert_eq!(value.payload[..], [kind.number()]);
        assert_eq!(engine.partitions(kind, None, 9).await.unwrap(), [u64::MAX - 1]);
    }
    let stats = engine.stats().await.unwrap();
    assert_eq!(stats.records, 5);
    assert!(stats.record_bytes > 0 && stats.free_bytes > 0);
}

#[tokio::test]
async fn a_damaged_record_is_named_and_its_neighbours_are_served() {
    let directory = tempfile::tempdir().unwrap();
    let engine = open(directory.path());
    write(&engine, vec![put(b"a", 1, b"before"), put(b"b", 1, b"victim-payload"), put(b"c", 1, b"after")])
        .await
        .unwrap();
    engine.shutdown().await;
    drop(engine);
    let path = directory.path().join("mail.db");
    let mut bytes = std::fs::read(&path).unwrap();
    let at = bytes.windows(14).position(|window| window == b"victim-payload").unwrap();
    bytes[at] ^= 0x20;
    std::fs::write(&path, bytes).unwrap();
    let engine = open(directory.path());
    let all = Read::Scan { from: Vec::new(), to: vec![0xff], limit: 9, reverse: false };
    let found = engine.read(ACCOUNT, vec![Read::Get(b"b".to_vec()), all]).await.unwrap();
    assert_eq!(found[0], Found::Corrupt(b"b".to_vec()));
    let Found::Many { items, corrupt, more } = &found[1] else { panic!() };
    assert_eq!((items.len(), corrupt, *more), (2, &vec![b"b".to_vec()], false));
    // it can be written over, and a precondition on it is no reason to stop
    let on_it = write_if(&engine, Precondition::Version(b"b".to_vec(), 1), vec![put(b"d", 1, b"")]).await;
    assert!(matches!(on_it, Err(CommitError::Io(_))), "{on_it:?}");
    write(&engine, vec![put(b"b", 2, b"new")]).await.unwrap();
    assert_eq!(get(&engine, b"b").await, Some((2, b"new".to_vec())));
}

#[test]
fn r15_a_second_process_is_told_who_has_the_store() {
    let directory = tempfile::tempdir().unwrap();
    let engine = open(directory.path());
    match Embedded::open(directory.path(), clock(), SMALL).err() {
        // a lock is held by the open file, so a second try in the same process is refused like any other
        Some(Error::InUse(owner)) => assert_eq!(owner, std::process::id().to_string()),
        other => panic!("{other:?}"),
    }
    drop(engine);
    open(directory.path());
}

#[test]
fn r16_databases_of_a_later_release_or_of_others_are_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    drop(open(directory.path()));
    let path = directory.path().join("mail.db");
    let change = |sql: &str| rusqlite::Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    change("PRAGMA user_version=9");
    let opened = Embedded::open(directory.path(), clock(), Settings::default()).err();
    assert!(matches!(opened, Some(Error::Newer { file: "mail.db", found: 9 })), "{opened:?}");
    change("PRAGMA user_version=1; PRAGMA application_id=5");
    let opened = Embedded::open(directory.path(), clock(), Settings::default()).err();
    assert!(matches!(opened, Some(Error::Foreign("mail.db"))), "{opened:?}");
}

#[tokio::test]
async fn packs_without_records_are_not_taken_for_an_empty_store() {
    let directory = tempfile::tempdir().unwrap();
    let engine = open(directory.path());
    store(&engine, b"mail").await.unwrap();
    drop(engine);
    std::fs::remove_file(directory.path().join("mail.db")).unwrap();
    assert!(matches!(Embedded::open(directory.path(), clock(), SMALL).err(), Some(Error::RecordsMissing)));
}

#[tokio::test]
async fn the_queue_has_1024_places_and_a_dropped_one_comes_back() {
    let directory = tempfile::tempdir().unwrap();
    let engine = open(directory.path());
    let mut slots = Vec::new();
    for _ in 0..1024 {
        slots.push(within(engine.reserve()).await.unwrap());
    }
    let mut next = engine.reserve();
    assert!((&mut next).now_or_never().is_none(), "there is no place left");
    slots.pop();
    within(next).await.unwrap();
    let answers: Vec<_> = slots.into_iter().map(|slot| slot.submit(commit(ACCOUNT))).collect();
    for answer in answers {
        within(answer).await.unwrap();
    }
}

/// Row R08 of the threats, for the database: whatever byte is flipped, nothing wrong is ever served.
#[tokio::test]
async fn r08_a_flipped_byte_of_the_database_is_never_served() {
    let directory = in_memory();
    let engine = open(directory.path());
    for n in 0..40_u8 {
        let writes = vec![put(&[n], n.into(), &noise(n.into(), 300)), put(b"head", n.into(), b"")];
        write(&engine, writes).await.unwrap();
    }
    let body = noise(99, 400);
    let hash = store(&engine, &body).await.unwrap().hash;
    name(&engine, hash).await.unwrap();
    engine.shutdown().await;
    drop(engine);
    let (path, clean) = (directory.path().join("mail.db"), directory.path().join("clean"));
    let whole = std::fs::read(&path).unwrap();
    let (mut refused, mut noticed) = (0, 0);
    for at in (0..whole.len()).step_by(151) {
        let mut flipped = whole.clone();
        flipped[at] ^= 0x10;
        std::fs::write(&path, flipped).unwrap();
        std::fs::write(&clean, b"").unwrap();
        let Ok(engine) = Embedded::open(directory.path(), clock(), SMALL) else {
            refused += 1;
            continue;
        };
        for n in 0..40_u8 {
            match engine.read(ACCOUNT, vec![Read::Get(vec![n])]).await.map(|mut found| found.remove(0)) {
                Ok(Found::One(Some(value))) => {
                    assert_eq!((value.version, &value.payload[..]), (n.into(), &noise(n.into(), 300)[..]), "byte {at}");
                }
                Ok(Found::One(None) | Found::Corrupt(_)) | Err(_) => noticed += 1,
                Ok(found) => panic!("byte {at}: {found:?}"),
            }
        }
        match fetch(&engine, hash).await {
            Ok(Some(found)) => assert_eq!(found, body, "byte {at}"),
            Ok(None) | Err(_) => noticed += 1,
        }
    }
    assert!(refused > 0 && noticed > 0, "{refused} refused, {noticed} noticed");
}
