//! Messages that wait for a time that their sender set (RFC 4865). They are in an index of their own, by that time; when it
//! has come they are let go, and are due like any other.
use crate::delivery::Inner;
use crate::error::Error;
use crate::queue::QueueId;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use world::UnixTime;

/// Entries let go at a time.
const PAGE: usize = 500;
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
            match let_go(&inner, *partition, now).await {
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
async fn let_go(inner: &Arc<Inner>, partition: u8, now: UnixTime) -> Result<Option<UnixTime>, Error> {
    let operator = crate::Operator::new(inner.clone());
    loop {
        let times = inner.queue.ledger.releases(partition, PAGE).await?;
        for (_, number) in times.iter().take_while(|(at, _)| *at <= now) {
            match operator.let_go(QueueId { partition, number: *number }).await {
                Ok(()) | Err(Error::NoSuchEntry(_)) => {}
                Err(error) => return Err(error),
            }
        }
        match times.iter().find(|(at, _)| *at > now) {
            None if times.len() == PAGE => {}
            next => return Ok(next.map(|(at, _)| *at)),
        }
    }
}
