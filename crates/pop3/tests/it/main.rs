//! POP3 sessions in transcripts, over a store in memory.
mod stage;

use transport::transcript;

#[tokio::test(start_paused = true)]
async fn transcripts() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/transcripts");
    transcript::run_dir(folder, |_| async { stage::Stage::new().await }).await;
}
