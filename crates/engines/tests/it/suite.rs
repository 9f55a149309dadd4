//! The embedded engine passes the suite. What a failed sync of its databases does is tested from outside, in `child`.
use crate::bench::EmbeddedBench;

store_conformance::suite!(EmbeddedBench::new());

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r24_any_nth_failure_leaves_the_state_whole() {
    store_conformance::any_nth_failure_leaves_the_state_whole(&EmbeddedBench::new(), 17).await;
}
