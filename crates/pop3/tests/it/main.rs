//! POP3 sessions in transcripts, over a store in memory.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]
mod stage;

use transport::transcript;

#[tokio::test(start_paused = true)]
async fn transcripts() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/transcripts");
    transcript::run_dir(folder, |_| async { stage::Stage::new().await }).await;
}
