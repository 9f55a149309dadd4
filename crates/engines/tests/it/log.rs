//! The write-ahead log: cut at every frame beyond an acknowledged commit; and bounded while a long scan goes on.
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use engines::{Embedded, Settings};
use store::{Engine, Found, Read, Write};

use crate::stage::{ACCOUNT, SMALL, clock, copy, get, in_memory, noise, open, put, within, write};

/// Bytes of the log's header, and of the header of each frame, whose page has 4,096.
const HEADER: u64 = 32;
const FRAME: u64 = 24 + 4096;

fn log_length(directory: &Path) -> u64 {
    std::fs::metadata(directory.join("mail.db-wal")).unwrap().len()
}

#[tokio::test]
async fn r03_the_log_cut_at_any_frame_holds_what_was_acknowledged_and_nothing_half() {
    let directory = in_memory();
    let engine = open(directory.path());
    let mut ends = Vec::new();
    for n in 0..12_u64 {
        let writes = (0..4_u8).map(|part| put(&[&[part][..], &n.to_be_bytes()].concat(), n, &noise(n, 700))).collect();
        write(&engine, writes).await.unwrap();
        ends.push(log_length(directory.path()));
    }
    let (database, log) = (directory.path().join("mail.db"), directory.path().join("mail.db-wal"));
    let (database, log) = (std::fs::read(database).unwrap(), std::fs::read(log).unwrap());
    let frames = (log.len() as u64 - HEADER) / FRAME;
    assert!(frames >= 24, "{frames} frames");
    for frame in 0..=frames {
        for (torn, behind) in [(0, 0), (1000, 0xa5), (1000, 0)] {
            let end = HEADER + frame * FRAME;
            let mut cut = log[..usize::try_from(end).unwrap()].to_vec();
            // torn: the next frame begins, and what follows is old bytes, or the zeros of a log that was prepared
            cut.extend(log.iter().skip(cut.len()).take(torn).copied().collect::<Vec<_>>());
            cut.extend(std::iter::repeat_n(behind, torn * 20));
            let copy = tempfile::tempdir_in(directory.path()).unwrap();
            std::fs::write(copy.path().join("mail.db"), &database).unwrap();
            std::fs::write(copy.path().join("mail.db-wal"), cut).unwrap();
            let after = open(copy.path());
            let acknowledged = ends.iter().filter(|commit| **commit <= end).count() as u64;
            for n in 0..12_u64 {
                let mut there = 0;
                for part in 0..4_u8 {
                    let found = get(&after, &[&[part][..], &n.to_be_bytes()].concat()).await;
                    there += usize::from(found.is_some_and(|found| found == (n, noise(n, 700))));
                }
                assert!(there == 0 || there == 4, "frame {frame}: commit {n} is half there");
                assert!(there == 4 || n >= acknowledged, "frame {frame}: commit {n} is lost");
            }
            write(&after, vec![put(b"on", 1, b"")]).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_prepared_log_is_written_over_and_a_kill_leaves_what_was_acknowledged() {
    let directory = in_memory();
    let settings = Settings { prepare_log: true, ..SMALL };
    let engine = Embedded::open(directory.path(), clock(), settings).unwrap();
    let prepared = log_length(directory.path());
    for n in 0..50_u64 {
        write(&engine, vec![put(&n.to_be_bytes(), n, &noise(n, 700))]).await.unwrap();
    }
    assert!(prepared > 1024 * 1024 && log_length(directory.path()) == prepared, "{prepared} bytes");
    let killed = in_memory();
    copy(directory.path(), killed.path());
    std::fs::remove_file(killed.path().join("mail.db-shm")).unwrap();
    let after = Embedded::open(killed.path(), clock(), settings).unwrap();
    for n in 0..50_u64 {
        assert_eq!(get(&after, &n.to_be_bytes()).await, Some((n, noise(n, 700))));
    }
    assert_eq!(log_length(killed.path()), prepared, "it is prepared again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_scan_stops_no_writer_and_the_log_stays_bounded() {
    let directory = tempfile::tempdir().unwrap();
    let engine = Arc::new(Embedded::open(directory.path(), clock(), SMALL).unwrap());
    for chunk in 0..10_u32 {
        let writes = (0..1000_u32).map(|n| put(&(chunk * 1000 + n).to_be_bytes(), 1, &noise(n.into(), 300)));
        write(&*engine, writes.collect()).await.unwrap();
    }
    let writing = Arc::new(AtomicBool::new(true));
    let scan = tokio::task::spawn({
        let (engine, writing) = (Arc::clone(&engine), Arc::clone(&writing));
        async move {
            let (mut from, mut rounds) = (Vec::new(), 0);
            while writing.load(Ordering::Relaxed) {
                let read = Read::Scan { from: from.clone(), to: vec![0xff], limit: 1000, reverse: false };
                let found = engine.read(ACCOUNT, vec![read]).await.unwrap().remove(0);
                let Found::Many { items, more, corrupt } = found else { panic!() };
                assert!(corrupt.is_empty());
                from = items.last().filter(|_| more).map(|(key, _)| [&key[..], &[0]].concat()).unwrap_or_default();
                rounds += usize::from(!more);
            }
            rounds
        }
    });
    for n in 0..300_u32 {
        let writes =
            (0..100_u32).map(|k| put(&((n * 7919 + k * 97) % 10_000).to_be_bytes(), n.into(), &noise(n.into(), 300)));
        let unique: std::collections::BTreeMap<_, _> = writes.map(|write| (write.key().clone(), write)).collect();
        write(&*engine, unique.into_values().collect()).await.unwrap();
    }
    writing.store(false, Ordering::Relaxed);
    assert!(scan.await.unwrap() > 0, "no scan came to its end");
    // every commit wrote about 100 pages: the log would have 120 MB if readers kept it from being reset
    assert!(log_length(directory.path()) <= 64 * 1024 * 1024, "{} bytes", log_length(directory.path()));
}

#[tokio::test]
async fn a_quiet_store_gives_pages_back() {
    let directory = tempfile::tempdir().unwrap();
    let engine = open(directory.path());
    let length = || std::fs::metadata(directory.path().join("mail.db")).unwrap().len();
    for chunk in 0..8_u8 {
        write(&engine, (0..200_u8).map(|n| put(&[chunk, n], 1, &noise(n.into(), 900))).collect()).await.unwrap();
    }
    let full = engine.stats().await.unwrap().record_bytes;
    for chunk in 0..8_u8 {
        write(&engine, (0..200_u8).map(|n| Write::Delete { key: vec![chunk, n] }).collect()).await.unwrap();
    }
    within(async {
        while engine.stats().await.unwrap().record_bytes > full / 4 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    engine.shutdown().await;
    assert!(length() < full / 4, "{} of {full}", length());
}
