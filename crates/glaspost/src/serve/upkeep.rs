//! What is done now and then: what was deleted long ago goes, and blobs that nobody uses.
use delivery::Operator;
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};
use world::{Clock, UnixTime};

/// How often.
const EVERY: Duration = Duration::from_secs(3_600);
/// How far the time of day may run ahead of the time that passes before it was set.
const JUMP: Duration = Duration::from_secs(24 * 3_600);
/// How long a clock that was set ahead must stay so before anything is removed by it.
const DOUBT: Duration = Duration::from_secs(24 * 3_600);

/// Sweeps until `stop`.
pub(super) async fn run(store: Store, queue: Operator, clock: Arc<dyn Clock>, stop: CancellationToken) {
    let swept = store.swept().await.unwrap_or_else(|error| {
        warn!(%error, "nobody knows when the last sweep was");
        None
    });
    let mut calendar = Calendar::begin(clock.now(), Instant::now(), swept);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        let now = calendar.read(clock.now(), Instant::now());
        // A sweep goes in bounded steps; stopped in the middle, the next one goes on.
        tokio::select! {
            () = stop.cancelled() => return,
            swept = store.sweep(now, &queue) => match swept {
                Ok(swept) => info!(?swept, "swept"),
                Err(error) => warn!(%error, "the sweep ended early"),
            }
        }
    }
}

/// The time of day by which something goes for good: a clock that is set ahead by mistake must not make all that was
/// deleted old at once.
struct Calendar {
    at: UnixTime,
    since: Instant,
    /// Since when the clock is ahead.
    ahead: Option<Instant>,
}

impl Calendar {
    /// A start is no proof that the clock is right: who was here before has seen another time, and that is gone on from.
    fn begin(now: UnixTime, ticks: Instant, swept: Option<UnixTime>) -> Self {
        Self { at: swept.map_or(now, |swept| swept.min(now)), since: ticks, ahead: None }
    }

    /// The clock's `now`, or what has passed until `ticks` since it was last believed.
    fn read(&mut self, now: UnixTime, ticks: Instant) -> UnixTime {
        let passed = self.at.plus(ticks.saturating_duration_since(self.since));
        if now > passed.plus(JUMP) {
            let ahead = *self.ahead.get_or_insert_with(|| {
                warn!(
                    seconds = now.since(passed).as_secs(),
                    "the clock was set ahead; what was deleted stays for a day"
                );
                ticks
            });
            if ticks.saturating_duration_since(ahead) < DOUBT {
                return passed;
            }
        }
        *self = Self { at: now, since: ticks, ahead: None };
        now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r22_a_clock_that_was_set_ahead_is_doubted_for_a_day() {
        let (begun, ticks) = (UnixTime::from_secs(1_000_000), Instant::now());
        let decade = Duration::from_secs(10 * 365 * 24 * 3_600);
        let mut calendar = Calendar::begin(begun, ticks, None);
        let mut read = |now: UnixTime, hours: u32| calendar.read(now, ticks + EVERY * hours);
        assert_eq!(read(begun.plus(EVERY), 1), begun.plus(EVERY));
        assert_eq!(read(begun.plus(decade), 2), begun.plus(EVERY * 2));
        assert_eq!(read(begun.plus(EVERY * 3), 3), begun.plus(EVERY * 3), "it was a mistake");
        assert_eq!(read(begun, 4), begun, "back is always right: it removes less");
        assert_eq!(read(begun.plus(decade), 5), begun.plus(EVERY));
        assert_eq!(read(begun.plus(decade), 29), begun.plus(decade), "it stays so: that is the time");
    }

    #[test]
    fn r22_a_clock_that_is_ahead_at_a_start_is_doubted_too() {
        let (before, ticks) = (UnixTime::from_secs(1_000_000), Instant::now());
        let decade = before.plus(Duration::from_secs(10 * 365 * 24 * 3_600));
        let mut calendar = Calendar::begin(decade, ticks, Some(before));
        assert_eq!(calendar.read(decade.plus(EVERY), ticks + EVERY), before.plus(EVERY));
        assert_eq!(calendar.read(decade.plus(EVERY * 26), ticks + EVERY * 26), decade.plus(EVERY * 26));
        // a night without the server is no jump; nor is a clock that went back
        let mut calendar = Calendar::begin(before.plus(EVERY * 8), ticks, Some(before));
        assert_eq!(calendar.read(before.plus(EVERY * 9), ticks + EVERY), before.plus(EVERY * 9));
        let mut calendar = Calendar::begin(before, ticks, Some(decade));
        assert_eq!(calendar.read(before.plus(EVERY), ticks + EVERY), before.plus(EVERY));
    }
}
