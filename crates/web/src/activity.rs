//! Whether anything happens on a connection: a request that is answered, or an answer that the client takes.
use crate::limits::{HEADER_TIMEOUT, IDLE};
use axum::body::{Body, Bytes};
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::sync::watch;

/// Counts the requests that a connection answers just now.
#[derive(Clone)]
pub(crate) struct Activity(Arc<watch::Sender<Requests>>);

/// One request; it is over when this is dropped.
pub(crate) struct Busy {
    requests: Arc<watch::Sender<Requests>>,
    /// Whether the server is at it; else the client has yet to take what there is.
    ours: bool,
}

/// An answer's body, as long as it lasts. Whoever does not take it is idle, whoever waits for it is not.
pub(crate) struct Guarded {
    body: Body,
    busy: Busy,
}

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
        Busy { requests: Arc::clone(&self.0), ours: true }
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

impl Busy {
    fn turn(&mut self, ours: bool) {
        if self.ours != ours {
            self.ours = ours;
            self.requests.send_modify(|requests| {
                requests.now = if ours { requests.now + 1 } else { requests.now.saturating_sub(1) };
            });
        }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.turn(false);
    }
}

impl Guarded {
    pub(crate) const fn new(body: Body, busy: Busy) -> Self {
        Self { body, busy }
    }
}

impl HttpBody for Guarded {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.get_mut();
        this.busy.turn(true);
        let polled = Pin::new(&mut this.body).poll_frame(context);
        if polled.is_ready() {
            this.busy.turn(false);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::{Activity, Body, Guarded, HEADER_TIMEOUT, HttpBody, IDLE, Pin};
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

    /// A body of two pieces with a wait between them.
    fn slow(wait: Duration) -> Body {
        let pieces = futures_util::stream::unfold(0, move |number| async move {
            match number {
                0 => Some((Ok::<_, std::io::Error>("a"), 1)),
                1 => {
                    sleep(wait).await;
                    Some((Ok("b"), 2))
                }
                _ => None,
            }
        });
        Body::from_stream(pieces)
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_for_an_answer_is_not_idle_and_who_leaves_it_is() {
        let long = IDLE * 5;
        for takes in [true, false] {
            let activity = Activity::new();
            let begun = Instant::now();
            let mut body = Guarded::new(slow(long), activity.begin());
            TaskTracker::new().spawn(async move {
                let mut pieces = 0;
                while let Some(Ok(_)) = std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
                    pieces += 1;
                    if !takes {
                        std::future::pending::<()>().await;
                    }
                }
                assert_eq!(pieces, 2);
            });
            activity.is_idle().await;
            let idle = if takes { long + IDLE } else { IDLE };
            assert_eq!(begun.elapsed().as_secs(), idle.as_secs(), "{takes}");
        }
    }
}
