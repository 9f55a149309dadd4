//! Faults: a full disk, a failed sync, a closed engine.
use crate::bench::{Bench, HOME, commit, get, make, put, submit};
use std::time::Duration;
use store::{CommitError, Growth};

/// Below the reserve growing commits are refused, freeing ones taken; above it all are.
pub async fn growth_is_refused_below_the_reserve(bench: &dyn Bench) {
    let engine = bench.open().await;
    if !bench.below_reserve(true) {
        return;
    }
    let grows = commit(HOME, vec![], vec![put(1, 1, b"x")]);
    assert_eq!(make(&*engine, grows.clone()).await, Err(CommitError::NoSpace));
    assert!(!engine.has_room());
    let mut frees = commit(HOME, vec![], vec![put(2, 1, b"x")]);
    frees.growth = Growth::Frees;
    make(&*engine, frees).await.expect("a freeing commit");
    bench.below_reserve(false);
    make(&*engine, grows).await.expect("there is room again");
    assert!(engine.has_room());
}

/// After a failed sync nothing of its group is acknowledged, and every later write is refused.
pub async fn a_failed_sync_closes(bench: &dyn Bench) {
    let engine = bench.open().await;
    make(&*engine, commit(HOME, vec![], vec![put(1, 1, b"x")])).await.expect("a commit");
    if !bench.fail_next_sync() {
        return;
    }
    let lost = submit(&*engine, commit(HOME, vec![], vec![put(2, 1, b"x")])).await.await;
    assert!(lost.is_err(), "acknowledged without a sync");
    tokio::time::timeout(Duration::from_secs(10), engine.closed()).await.expect("it says that it is closed");
    match engine.reserve().await {
        Err(error) => assert_eq!(error, store::EngineError::Closed),
        Ok(slot) => {
            let refused = slot.submit(commit(HOME, vec![], vec![put(3, 1, b"x")])).await;
            assert_eq!(refused.err(), Some(CommitError::Closed));
        }
    }
    let engine = bench.open().await;
    assert!(get(&*engine, HOME, 1).await.is_some());
    make(&*engine, commit(HOME, vec![], vec![put(3, 1, b"x")])).await.expect("it is open again");
}

/// Shutdown answers what was handed in and refuses what comes after.
pub async fn shutdown_refuses_writes(bench: &dyn Bench) {
    let engine = bench.open().await;
    let mut pending = Vec::new();
    for number in 0..20 {
        pending.push(submit(&*engine, commit(HOME, vec![], vec![put(number, 1, b"x")])).await);
    }
    engine.shutdown().await;
    for receipt in futures_util::future::join_all(pending).await {
        receipt.expect("handed in before");
    }
    engine.closed().await;
    let late = match engine.reserve().await {
        Err(_) => return,
        Ok(slot) => slot.submit(commit(HOME, vec![], vec![put(99, 1, b"x")])).await,
    };
    assert_eq!(late.err(), Some(CommitError::Closed));
}
