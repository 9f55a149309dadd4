//! Whatever the engine in memory fails at, the store's state is whole.
use crate::suite::MemoryBench;

#[tokio::test]
async fn r24_any_nth_failure_leaves_the_state_whole() {
    store_conformance::any_nth_failure_leaves_the_state_whole(&MemoryBench::new(), 1).await;
}
