//! Conversations written down in `transcripts/`.
use crate::stage::House;
use transport::transcript;

#[tokio::test(start_paused = true)]
async fn transcripts() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/transcripts");
    transcript::run_dir(folder, |_transcript| House::new()).await;
}
