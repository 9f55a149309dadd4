//! A file system that is really full: growth is refused, reading and deleting go on, and it recovers by itself.
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use engines::{Embedded, Settings};
use store::{BlobHash, Commit, CommitError, Engine, EngineError, Growth, Write};

use crate::stage::{ACCOUNT, clock, commit, drop_blob, fetch, get, name, noise, put, store, submit, within, write};

const SIZE_MIB: usize = 192;

/// A small file system in memory, where this process may mount one.
struct Mounted(tempfile::TempDir);

impl Mounted {
    fn new() -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={SIZE_MIB}m"), "tmpfs"]).arg(directory.path());
        let mounted = mount.output().is_ok_and(|output| output.status.success());
        mounted.then_some(Self(directory))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // lazily: a file that a failed test left open must not keep it
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

fn fill(path: &Path) -> usize {
    use std::io::Write as _;
    let mut file = std::fs::File::create(path).unwrap();
    let mut written = 0;
    for size in [1024 * 1024, 4096] {
        while file.write_all(&vec![1; size]).is_ok() {
            written += size;
        }
    }
    written
}

#[tokio::test]
async fn r06_on_a_full_file_system_deleting_goes_on_and_growth_comes_back() {
    let Some(mounted) = Mounted::new() else {
        println!("this process may not mount: the simulated disk tests the refusal alone");
        return;
    };
    let settings = Settings { reserve_bytes: 8 * 1024 * 1024, ..Settings::default() };
    let engine = Embedded::open(&mounted.path().join("store"), clock(), settings).unwrap();
    let reserve = mounted.path().join("store/reserve");
    assert!(reserve.exists());
    let kept = store(&engine, &noise(1, 5_000)).await.unwrap().hash;
    name(&engine, kept).await.unwrap();
    for chunk in 0..40_u8 {
        let writes = (0..200_u8).map(|n| put(&[chunk, n], 1, &noise(u64::from(n), 800))).collect();
        write(&engine, writes).await.unwrap();
    }
    let filler = mounted.path().join("filler");
    assert!(fill(&filler) > 50 * 1024 * 1024);

    assert_eq!(write(&engine, vec![put(b"new", 1, b"")]).await, Err(CommitError::NoSpace));
    assert!(!engine.has_room());
    let large = store(&engine, &noise(2, 3_000_000)).await;
    assert_eq!(large, Err(EngineError::NoSpace));
    assert_eq!(fetch(&engine, kept).await.unwrap().map(|bytes| BlobHash::of(&bytes)), Some(kept));
    assert!(get(&engine, &[3, 3]).await.is_some());
    for chunk in 0..40_u8 {
        let writes = (0..200_u8).map(|n| Write::Delete { key: vec![chunk, n] }).collect();
        let deletion = Commit { writes, growth: Growth::Frees, ..commit(ACCOUNT) };
        submit(&engine, deletion).await.unwrap();
    }
    drop_blob(&engine, kept).await.unwrap();
    assert_eq!(get(&engine, &[3, 3]).await, None);
    assert!(!reserve.exists(), "the reserve file was given up");

    std::fs::remove_file(filler).unwrap();
    write(&engine, vec![put(b"new", 1, b"")]).await.unwrap();
    store(&engine, &noise(2, 3_000_000)).await.unwrap();
    within(async {
        while !reserve.exists() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    assert!(engine.has_room());
    engine.shutdown().await;
    drop(engine);
    std::fs::write(&reserve, b"half").unwrap();
    let engine = Embedded::open(&mounted.path().join("store"), clock(), settings).unwrap();
    assert!(get(&engine, b"new").await.is_some());
    assert!(std::fs::metadata(reserve).unwrap().len() > 4, "half a reserve is made whole");
}
