//! The task that owns the queue: takes partitions, reads what is due, and gives workers their turns. It sleeps until
//! something is told, due, or free again; it never polls.
use super::id::PARTITIONS;
use super::lanes::{Item, Turn};
use super::lease::{self, Asked};
use crate::delivery::Inner;
use crate::outbound::line::Line;
use futures_util::future::join_all;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use world::UnixTime;

/// How often a lease is made to last, where others could take it.
const RENEW: Duration = Duration::from_secs(10);
/// How long an attempt may go on once the server stops.
const GRACE: Duration = Duration::from_secs(5);
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
        if inner.queue.fences().len() < usize::from(PARTITIONS) {
            next_lease = next_lease.min(Instant::now() + RENEW);
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
    let ours = join_all((0..PARTITIONS).map(|partition| lease_of(inner, partition, owner))).await;
    let all = ours.into_iter().all(|ours| ours);
    // alone, a lease is for ever: only what could not be taken is asked for again
    Instant::now() + if inner.settings.alone && all { Duration::from_secs(86_400) } else { RENEW }
}

/// Takes or renews one partition; says whether it is ours.
async fn lease_of(inner: &Inner, partition: u8, owner: u64) -> bool {
    let alone = inner.settings.alone;
    let records = inner.queue.ledger.records();
    let now = inner.world.clock.now();
    match inner.queue.fence(partition) {
        Some(_) if alone => true,
        Some(fence) => match lease::renew(records, fence, now).await {
            Ok(()) => {
                inner.queue.look_back(partition, now);
                inner.queue.look_at(partition, now);
                true
            }
            Err(error) => {
                tracing::warn!(partition, %error, "lease not renewed");
                inner.queue.disown(partition);
                false
            }
        },
        None => match lease::acquire(records, partition, owner, now, alone).await {
            Ok(Asked::Ours(fence)) => {
                inner.queue.own(partition, fence, now);
                true
            }
            Ok(Asked::Taken(_)) => false,
            Err(error) => {
                tracing::warn!(partition, %error, "queue partition not taken");
                false
            }
        },
    }
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
            tokio::select! {
                () = inner.attempt(&place.turn.lane, &item, &mut courier) => {}
                // what is given up half-way is due still: at worst it is sent twice, never lost
                () = overdue(&stop) => return,
            }
        }
        next = if stop.is_cancelled() { None } else { inner.queue.next(&mut place.turn) };
    }
    if let Some(line) = courier.part() {
        keep(&inner, line, stop).await;
    }
}

/// Keeps a connection for the next message to the same host, and takes leave of that when none has come.
async fn keep(inner: &Arc<Inner>, line: Box<Line>, stop: CancellationToken) {
    if stop.is_cancelled() {
        return line.close().await;
    }
    let place = match inner.kept.put(line) {
        Ok(place) => place,
        Err(line) => return line.close().await,
    };
    let kept = inner.kept.clone();
    inner.tracker.spawn(async move {
        tokio::select! {
            () = tokio::time::sleep(kept.wait()) => {}
            () = stop.cancelled() => {}
        }
        if let Some(line) = kept.remove(&place) {
            line.close().await;
        }
    });
}

/// Ready when the server has been stopping for so long that an attempt is given up.
async fn overdue(stop: &CancellationToken) {
    stop.cancelled().await;
    tokio::time::sleep(GRACE).await;
}
