//! The task that owns the queue: takes partitions, reads what is due, and gives workers their turns. It sleeps until
//! something is told, due, or free again; it never polls.
use super::id::PARTITIONS;
use super::lanes::{Item, Turn};
use super::lease::{self, Asked};
use crate::delivery::Inner;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use world::UnixTime;

/// How often a lease is made to last, where others could take it.
const RENEW: Duration = Duration::from_secs(10);
/// The longest sleep: the clock of the machine may be set meanwhile.
const LONGEST: Duration = Duration::from_secs(300);

/// Runs the queue until `stop`; ends when every worker has ended its message.
pub(crate) async fn run(inner: Arc<Inner>, stop: CancellationToken) {
    let owner = inner.world.random.number();
    let mut next_lease = Instant::now();
    loop {
        if next_lease <= Instant::now() {
            next_lease = leases(&inner, owner).await;
        }
        let now = inner.world.clock.now();
        inner.queue.read_due(now).await;
        while let Some((turn, item)) = inner.queue.begin(now) {
            let work = work(Place { inner: inner.clone(), turn }, item, stop.clone());
            inner.tracker.spawn(work);
        }
        let wait = inner.queue.next_wake().map_or(LONGEST, |at| pause(now, at));
        let wake_at = (Instant::now() + wait).min(next_lease);
        tokio::select! {
            () = stop.cancelled() => break,
            () = inner.queue.wake.notified() => {}
            () = tokio::time::sleep_until(wake_at) => {}
        }
    }
    for (partition, _) in inner.queue.fences() {
        tracing::debug!(partition, "queue partition left");
    }
    inner.tracker.close();
    inner.tracker.wait().await;
}

/// From `now` to `at`, and a millisecond, so that it is then over.
fn pause(now: UnixTime, at: UnixTime) -> Duration {
    at.since(now).saturating_add(Duration::from_millis(1)).min(LONGEST)
}

/// Takes the partitions that are free and renews those that are ours; says when to do so again.
async fn leases(inner: &Inner, owner: u64) -> Instant {
    let alone = inner.settings.alone;
    let records = inner.queue.ledger.records();
    let mut all = true;
    for partition in 0..PARTITIONS {
        let now = inner.world.clock.now();
        match inner.queue.fence(partition) {
            Some(fence) if !alone => {
                if let Err(error) = lease::renew(records, fence, now).await {
                    tracing::warn!(partition, %error, "lease not renewed");
                    inner.queue.disown(partition);
                    all = false;
                }
            }
            Some(_) => {}
            None => match lease::acquire(records, partition, owner, now, alone).await {
                Ok(Asked::Ours(fence)) => inner.queue.own(partition, fence, now),
                Ok(Asked::Taken(_)) => all = false,
                Err(error) => {
                    tracing::warn!(partition, %error, "queue partition not taken");
                    all = false;
                }
            },
        }
    }
    // alone, a lease is for ever: only what could not be taken is asked for again
    Instant::now() + if alone && all { Duration::from_secs(86_400) } else { RENEW }
}

/// A place in a lane; left when it is dropped, whatever happened.
struct Place {
    inner: Arc<Inner>,
    turn: Turn,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.inner.queue.leave(&self.turn);
    }
}

/// An item being worked on; free to come again when it is dropped, whatever happened.
struct Claim<'a>(&'a Inner, &'a Item);

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        self.0.queue.done(self.1);
    }
}

/// One worker: item after item of one lane, by one connection as long as it lasts.
async fn work(mut place: Place, first: Item, stop: CancellationToken) {
    let inner = place.inner.clone();
    let mut courier = inner.courier();
    let mut next = Some(first);
    while let Some(item) = next {
        {
            let _claim = Claim(&inner, &item);
            inner.attempt(&place.turn.lane, &item, &mut courier).await;
        }
        next = if stop.is_cancelled() { None } else { inner.queue.next(&mut place.turn) };
    }
    courier.leave().await;
}
