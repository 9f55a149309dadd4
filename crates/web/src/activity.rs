//! Whether anything happens on a connection.
use crate::limits::{HEADER_TIMEOUT, IDLE};
use std::sync::Arc;
use tokio::sync::watch;

/// Counts the requests that a connection answers just now.
#[derive(Clone)]
pub(crate) struct Activity(Arc<watch::Sender<Requests>>);

/// One request; it is over when this is dropped.
pub(crate) struct Busy(Arc<watch::Sender<Requests>>);

#[derive(Default)]
struct Requests {
    now: usize,
    /// Whether there ever was one.
    any: bool,
}

impl Activity {
    pub(crate) fn new() -> Self {
        Self(Arc::new(watch::channel(Requests::default()).0))
    }

    pub(crate) fn begin(&self) -> Busy {
        self.0.send_modify(|requests| (requests.now, requests.any) = (requests.now + 1, true));
        Busy(Arc::clone(&self.0))
    }

    /// Returns when there was no request for [`IDLE`]; the first one must come within [`HEADER_TIMEOUT`].
    pub(crate) async fn is_idle(&self) {
        let mut requests = self.0.subscribe();
        loop {
            let wait = match requests.wait_for(|requests| requests.now == 0).await {
                Ok(requests) => {
                    if requests.any {
                        IDLE
                    } else {
                        HEADER_TIMEOUT
                    }
                }
                // the sender lives as long as `self`
                Err(_) => return,
            };
            tokio::select! {
                () = tokio::time::sleep(wait) => return,
                _ = requests.changed() => {}
            }
        }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.send_modify(|requests| requests.now = requests.now.saturating_sub(1));
    }
}

#[cfg(test)]
mod tests {
    use super::{Activity, HEADER_TIMEOUT, IDLE};
    use std::time::Duration;
    use tokio::time::{Instant, sleep};
    use tokio_util::task::TaskTracker;

    #[tokio::test(start_paused = true)]
    async fn who_never_asks_is_idle_sooner() {
        let begun = Instant::now();
        Activity::new().is_idle().await;
        assert_eq!(begun.elapsed().as_secs(), HEADER_TIMEOUT.as_secs());
    }

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
        let half = HEADER_TIMEOUT / 2;
        TaskTracker::new().spawn(async move {
            sleep(half).await;
            drop(other.begin());
        });
        activity.is_idle().await;
        assert_eq!(begun.elapsed().as_secs(), (half + IDLE).as_secs());
    }
}
