//! Whether anything happens on a connection.
use crate::limits::IDLE;
use std::sync::Arc;
use tokio::sync::watch;

/// Counts the requests that a connection answers just now.
#[derive(Clone)]
pub(crate) struct Activity(Arc<watch::Sender<usize>>);

/// One request; it is over when this is dropped.
pub(crate) struct Busy(Arc<watch::Sender<usize>>);

impl Activity {
    pub(crate) fn new() -> Self {
        Self(Arc::new(watch::channel(0).0))
    }

    pub(crate) fn begin(&self) -> Busy {
        self.0.send_modify(|requests| *requests += 1);
        Busy(Arc::clone(&self.0))
    }

    /// Returns when there was no request for [`IDLE`].
    pub(crate) async fn is_idle(&self) {
        let mut requests = self.0.subscribe();
        loop {
            // the sender lives as long as `self`
            if requests.wait_for(|requests| *requests == 0).await.is_err() {
                return;
            }
            tokio::select! {
                () = tokio::time::sleep(IDLE) => return,
                _ = requests.changed() => {}
            }
        }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.send_modify(|requests| *requests = requests.saturating_sub(1));
    }
}

#[cfg(test)]
mod tests {
    use super::{Activity, IDLE};
    use std::time::Duration;
    use tokio::time::{Instant, sleep};
    use tokio_util::task::TaskTracker;

    #[tokio::test(start_paused = true)]
    async fn a_connection_is_idle_a_while_after_its_last_request() {
        let activity = Activity::new();
        let begun = Instant::now();
        let busy = activity.begin();
        let long = Duration::from_secs(300);
        TaskTracker::new().spawn(async move {
            sleep(long).await;
            drop(busy);
        });
        activity.is_idle().await;
        assert_eq!(begun.elapsed().as_secs(), (long + IDLE).as_secs());
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_puts_the_end_off() {
        let activity = Activity::new();
        let begun = Instant::now();
        let other = activity.clone();
        let half = IDLE / 2;
        TaskTracker::new().spawn(async move {
            sleep(half).await;
            drop(other.begin());
        });
        activity.is_idle().await;
        assert_eq!(begun.elapsed().as_secs(), (half + IDLE).as_secs());
    }
}
