//! What is done now and then: what was deleted long ago goes, and blobs that nobody uses.
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};
use world::Clock;

/// How often.
const EVERY: Duration = Duration::from_secs(3_600);

/// Sweeps until `stop`.
pub(super) async fn run(store: Store, clock: Arc<dyn Clock>, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        // A sweep goes in bounded steps; stopped in the middle, the next one goes on.
        tokio::select! {
            () = stop.cancelled() => return,
            swept = store.sweep(clock.now()) => match swept {
                Ok(swept) => info!(?swept, "swept"),
                Err(error) => warn!(%error, "the sweep ended early"),
            }
        }
    }
}
