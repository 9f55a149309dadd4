//! Messages that wait for a time that their sender set (RFC 4865). They are in an index of their own, by that time; when it
//! has come they are let go, and are due like any other.
use crate::delivery::Inner;
use crate::error::Error;
use crate::queue::QueueId;
use futures_util::future::join_all;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use world::UnixTime;

/// Entries read at a time, and let go side by side.
const PAGE: usize = 500;
const AT_ONCE: usize = 50;
/// The longest sleep: the clock of the machine may be set meanwhile.
const LONGEST: Duration = Duration::from_secs(300);
/// How long to wait after a partition could not be read or written.
const AGAIN: Duration = Duration::from_secs(30);

/// Lets messages go as their times come, in the partitions of this process, until `stop`.
pub(crate) async fn run(inner: Arc<Inner>, stop: CancellationToken) {
    loop {
        let now = inner.world.clock.now();
        let (due, next) = inner.queue.to_look_at(now);
        for partition in &due {
            if stop.is_cancelled() {
                return;
            }
            match let_go(&inner, *partition, now, &stop).await {
                Ok(next) => next.into_iter().for_each(|at| inner.queue.look_at(*partition, at)),
                Err(error) => {
                    tracing::warn!(partition, %error, "messages whose time has come wait longer");
                    inner.queue.look_at(*partition, now.plus(AGAIN));
                }
            }
        }
        if !due.is_empty() {
            continue;
        }
        let wait = next.map_or(LONGEST, |at| at.since(now).saturating_add(Duration::from_millis(1)).min(LONGEST));
        tokio::select! {
            () = stop.cancelled() => return,
            () = inner.queue.held.notified() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// Lets go what is over in a partition; gives the next time.
async fn let_go(
    inner: &Arc<Inner>,
    partition: u8,
    now: UnixTime,
    stop: &CancellationToken,
) -> Result<Option<UnixTime>, Error> {
    let operator = crate::Operator::new(inner.clone());
    loop {
        let times = inner.queue.ledger.releases(partition, PAGE).await?;
        let over: Vec<QueueId> = times
            .iter()
            .take_while(|(at, _)| *at <= now)
            .map(|(_, number)| QueueId { partition, number: *number })
            .collect();
        let mut unreadable = 0;
        // commits that wait for one another share a sync
        for some in over.chunks(AT_ONCE) {
            for (id, done) in some.iter().zip(join_all(some.iter().map(|id| operator.let_go(*id))).await) {
                match done {
                    Ok(()) | Err(Error::NoSuchEntry(_)) => {}
                    // those behind it do not wait for it
                    Err(error @ Error::Unreadable(_)) => {
                        unreadable += 1;
                        tracing::error!(queue_id = %id, %error, "its sender's time has come, and it cannot be let go");
                    }
                    Err(error) => return Err(error),
                }
            }
            if stop.is_cancelled() {
                return Ok(None);
            }
        }
        let next = times.iter().map(|(at, _)| *at).find(|at| *at > now);
        match next {
            None if times.len() == PAGE && unreadable < over.len() => {}
            next if unreadable > 0 => return Ok(Some(next.map_or(now.plus(AGAIN), |next| next.min(now.plus(AGAIN))))),
            next => return Ok(next),
        }
    }
}
