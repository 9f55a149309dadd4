//! The end of writing: after a failed sync nobody knows what is on the disk, so every later write is refused.
use std::sync::Arc;

use tokio::sync::watch;

/// Raised once, never lowered; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Fatal(Arc<watch::Sender<Option<String>>>);

impl Fatal {
    pub(crate) fn new() -> Self {
        Self(Arc::new(watch::Sender::new(None)))
    }

    /// Ends all writing because of `cause`; the first cause stays.
    pub(crate) fn raise(&self, cause: &str) {
        let first = self.0.send_if_modified(|state| {
            let first = state.is_none();
            if first {
                *state = Some(cause.to_owned());
            }
            first
        });
        if first {
            tracing::error!(cause, "the disk failed: writing has ended until the next start");
        }
    }

    pub(crate) fn is_raised(&self) -> bool {
        self.0.borrow().is_some()
    }

    /// Waits until it is raised and gives the cause.
    pub(crate) async fn raised(&self) -> String {
        let mut watch = self.0.subscribe();
        let cause = watch.wait_for(Option::is_some).await.ok().and_then(|cause| cause.clone());
        match cause {
            Some(cause) => cause,
            // this value holds the sender, so the channel cannot close
            None => std::future::pending().await,
        }
    }
}
