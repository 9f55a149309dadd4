//! What is done now and then beside the queue: reports about TLS, and what has ended of policies and of reports by others.
use crate::delivery::Inner;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long after the start the first round comes: for what was left by the last run.
const FIRST: Duration = Duration::from_secs(5);
/// How often.
const EVERY: Duration = Duration::from_secs(600);
/// Every how many times what has ended is swept.
const SWEPT: u32 = 36;

/// Goes round until `stop`, and once more then, for what was counted since.
pub(crate) async fn run(inner: &Inner, stop: CancellationToken) {
    let mut wait = FIRST;
    for round in (0..SWEPT).cycle() {
        tokio::select! {
            () = stop.cancelled() => break,
            () = tokio::time::sleep(wait) => {}
        }
        wait = EVERY;
        inner.flush_tls_reports(&stop).await;
        if let Err(error) = inner.send_tls_reports(&stop).await {
            tracing::warn!(%error, "TLS reports are late");
        }
        if round == 0
            && let Err(error) = inner.known.policies.sweep().await
        {
            tracing::warn!(%error, "policies that have ended are not all taken away");
        }
        if round == 0
            && let Err(error) = inner.sweep_received_reports().await
        {
            tracing::warn!(%error, "old reports about TLS are not all taken away");
        }
    }
    let _ = tokio::time::timeout(LAST, inner.flush_tls_reports(&stop)).await;
}

/// How long the last round may take.
const LAST: Duration = Duration::from_secs(2);
