//! The transcripts, each played as written and byte by byte.
use super::house::House;
use transport::transcript;

#[tokio::test(start_paused = true)]
async fn transcripts() {
    transcript::run_dir("transcripts", |_| House::new()).await;
}
