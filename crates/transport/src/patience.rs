//! How long strangers are waited for while the server has few places left.
use std::future::Future;
use std::io;
use std::pin::pin;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// How many of the places for connections are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Load {
    /// There is room: every wait is as long as its setting.
    #[default]
    Calm,
    /// Few places are left.
    Busy,
    /// No place is left, and others wait at the door.
    Full,
}

/// The longest that a peer who has not logged in is waited for, by the load of the moment.
///
/// It holds for waits that have begun already: a load that rises ends those that have lasted too long.
#[derive(Debug, Clone)]
pub struct Patience {
    load: watch::Receiver<Load>,
    busy: Duration,
    full: Duration,
}

impl Patience {
    /// Patience that follows `load`.
    pub const fn new(load: watch::Receiver<Load>, busy: Duration, full: Duration) -> Self {
        Self { load, busy, full }
    }

    /// Whether few places, or none, are left just now.
    pub fn is_short(&self) -> bool {
        *self.load.borrow() != Load::Calm
    }

    /// The longest wait at the load of the moment.
    pub(crate) fn now(&self) -> Duration {
        self.at(*self.load.borrow())
    }

    fn at(&self, load: Load) -> Duration {
        match load {
            Load::Calm => Duration::MAX,
            Load::Busy => self.busy,
            Load::Full => self.full,
        }
    }

    /// Waits for `work`, which the peer has had to do since `began`.
    ///
    /// # Errors
    /// Those of `work`; `TimedOut` after `wait`, or when the patience of the moment is over.
    pub(crate) async fn wait<T>(
        patience: Option<Self>,
        began: Instant,
        wait: Duration,
        work: impl Future<Output = io::Result<T>>,
    ) -> io::Result<T> {
        let left = |limit: Duration| limit.saturating_sub(began.elapsed());
        let Some(mut patience) = patience else {
            return tokio::time::timeout(left(wait), work).await.unwrap_or_else(|_| too_slow());
        };
        let mut work = pin!(work);
        loop {
            let load = *patience.load.borrow_and_update();
            let limit = wait.min(patience.at(load));
            tokio::select! {
                biased;
                done = &mut work => return done,
                () = tokio::time::sleep(left(limit)) => return too_slow(),
                changed = patience.load.changed() => if changed.is_err() {
                    // nobody counts places any more: the server stops
                    return tokio::time::timeout(left(wait), work).await.unwrap_or_else(|_| too_slow());
                },
            }
        }
    }
}

fn too_slow<T>() -> io::Result<T> {
    Err(io::ErrorKind::TimedOut.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAIT: Duration = Duration::from_secs(300);
    const BUSY: Duration = Duration::from_secs(10);
    const FULL: Duration = Duration::from_secs(3);

    async fn waits(patience: Option<Patience>) -> Duration {
        let began = Instant::now();
        let waited = Patience::wait::<()>(patience, began, WAIT, std::future::pending()).await;
        assert_eq!(waited.unwrap_err().kind(), io::ErrorKind::TimedOut);
        began.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn s26_a_load_that_rises_shortens_waits_that_have_begun() {
        let (load, seen) = watch::channel(Load::Calm);
        let patience = Patience::new(seen, BUSY, FULL);
        assert_eq!(waits(None).await, WAIT);
        assert_eq!(waits(Some(patience.clone())).await, WAIT);
        let rising = async {
            tokio::time::sleep(Duration::from_secs(4)).await;
            load.send_replace(Load::Busy);
        };
        let (waited, ()) = tokio::join!(waits(Some(patience.clone())), rising);
        assert_eq!(waited, BUSY);
        let rising = async {
            tokio::time::sleep(Duration::from_secs(4)).await;
            load.send_replace(Load::Full);
        };
        let (waited, ()) = tokio::join!(waits(Some(patience.clone())), rising);
        assert_eq!(waited, Duration::from_secs(4));
        let falling = async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            load.send_replace(Load::Calm);
        };
        let (waited, ()) = tokio::join!(waits(Some(patience.clone())), falling);
        assert_eq!(waited, WAIT);
        drop(load);
        assert_eq!(waits(Some(patience)).await, WAIT);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_done_in_time_is_given() {
        let (_load, seen) = watch::channel(Load::Full);
        let work = async {
            tokio::time::sleep(Duration::from_secs(2)).await;
            Ok(7)
        };
        let done = Patience::wait(Some(Patience::new(seen, BUSY, FULL)), Instant::now(), WAIT, work).await;
        assert_eq!(done.unwrap(), 7);
    }
}
