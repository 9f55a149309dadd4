//! Stores as earlier releases left them, kept in `tests/stores/`: each is opened, read and written (row R16 of the threats).
use std::path::{Path, PathBuf};
use std::time::Duration;

use engines::{Embedded, Settings};
use store::{BlobHash, Commit, Engine, Found, Partition, PartitionKind, Read};
use world::UnixTime;

use crate::stage::{
    ACCOUNT, clock, commit, copy, drop_blob, fetch, get, in_memory, name, noise, put, store, submit, write,
};

/// Asks for a new store to be written into this directory, instead of the kept ones being read.
const WRITE: &str = "GLASPOST_WRITE_STORE";

/// Small steps, so that the kept files are small.
const KEPT: Settings = Settings {
    reserve_bytes: 0,
    seal_bytes: 64 * 1024,
    allocate_bytes: 4096,
    prepare_bytes: 0,
    prepare_log: false,
    large_bytes: 32 * 1024,
    readers: 1,
};

fn bodies() -> [Vec<u8>; 5] {
    let lines = b"Subject: kept\r\n\r\n".repeat(20_000);
    // the last one takes a file of its own
    let large = [noise(3, 40_000), vec![0; 300_000]].concat();
    [Vec::new(), noise(1, 100), noise(2, 20_000), lines, large]
}

/// What is stored by LZ4, as nothing is in stores of version 1 and 2.
fn small_lines() -> Vec<u8> {
    b"Subject: small\r\n\r\n".repeat(500)
}

fn elsewhere() -> [Partition; 3] {
    [PartitionKind::Directory, PartitionKind::Queue, PartitionKind::Journal].map(|kind| Partition::new(kind, 1))
}

async fn fill(directory: &Path) {
    let engine = Embedded::open(directory, clock(), KEPT).unwrap();
    for n in 0..50_u8 {
        write(&engine, vec![put(b"head", n.into(), b""), put(&[n], n.into(), &[n; 40])]).await.unwrap();
    }
    for partition in elsewhere() {
        let writes = vec![put(b"k", 7, b"elsewhere")];
        submit(&engine, Commit { writes, ..commit(partition) }).await.unwrap();
    }
    for body in bodies().into_iter().chain([small_lines()]) {
        let hash = store(&engine, &body).await.unwrap().hash;
        name(&engine, hash).await.unwrap();
    }
    let gone = store(&engine, b"unlinked").await.unwrap().hash;
    name(&engine, gone).await.unwrap();
    drop_blob(&engine, gone).await.unwrap();
    engine.shutdown().await;
    drop(engine);
    for file in ["lock", "reserve"] {
        let _ = std::fs::remove_file(directory.join(file));
    }
}

async fn read(directory: &Path, has_small_lines: bool) {
    let engine = Embedded::open(directory, clock(), Settings::default()).unwrap();
    for n in 0..50_u8 {
        assert_eq!(get(&engine, &[n]).await, Some((n.into(), vec![n; 40])));
    }
    assert_eq!(get(&engine, b"head").await, Some((49, Vec::new())));
    for partition in elsewhere() {
        let found = engine.read(partition, vec![Read::Get(b"k".to_vec())]).await.unwrap().remove(0);
        assert!(matches!(found, Found::One(Some(value)) if value.version == 7 && value.payload == "elsewhere"));
    }
    for body in bodies() {
        assert_eq!(fetch(&engine, BlobHash::of(&body)).await.unwrap(), Some(body));
    }
    let small = small_lines();
    assert_eq!(fetch(&engine, BlobHash::of(&small)).await.unwrap(), has_small_lines.then_some(small));
    let entries = engine.blobs().page(None, 100).await.unwrap();
    let count = 5 + usize::from(has_small_lines);
    assert_eq!(entries.iter().filter(|entry| entry.links == [ACCOUNT]).count(), count);
    assert_eq!(entries.len(), count + 1);
    let later = UnixTime::from_secs(2_000_000);
    assert_eq!(engine.blobs().collect(later, Duration::from_secs(1)).await.unwrap().blobs, 1);
    write(&engine, vec![put(b"head", 50, b"")]).await.unwrap();
}

#[tokio::test]
async fn r16_stores_of_earlier_releases_are_opened_read_and_written() {
    if let Some(directory) = std::env::var_os(WRITE) {
        return fill(Path::new(&directory)).await;
    }
    let kept = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/stores");
    let mut opened = 0;
    for entry in std::fs::read_dir(kept).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() && entry.file_name().to_string_lossy().starts_with("engine-") {
            let directory = in_memory();
            copy(&entry.path(), directory.path());
            let first_two = ["engine-1", "engine-2"].iter().any(|name| *name == entry.file_name());
            read(directory.path(), !first_two).await;
            // a program that knows earlier versions alone refuses it from now on: it cannot read what is written now
            for file in ["mail.db", "journal.db"] {
                let database = rusqlite::Connection::open(directory.path().join(file)).unwrap();
                let version: i32 = database.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
                assert_eq!(version, 3, "{file}");
            }
            opened += 1;
        }
    }
    assert!(opened > 0, "no kept store was found");
}
