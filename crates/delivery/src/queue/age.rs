//! Whether the age of what is in the queue can be believed: the clock may have been set, or the machine been away.
//!
//! A clock that jumps years ahead would otherwise make every message that waits too old at once. After a jump, and after
//! a start, an operator has a while to notice, and every destination is tried again, before anything is given up.
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use world::UnixTime;

/// How far the time of day may leave what has passed before it has jumped.
const JUMP: Duration = Duration::from_secs(24 * 3_600);

/// Watches the time of day beside the time that passes.
pub(crate) struct Ages {
    patience: Duration,
    seen: Mutex<Seen>,
}

struct Seen {
    at: UnixTime,
    since: Instant,
    /// From when on ages are believed.
    believed: Instant,
}

impl Ages {
    /// Ages are believed `patience` from now.
    pub(crate) fn new(now: UnixTime, patience: Duration) -> Self {
        let since = Instant::now();
        Self { patience, seen: Mutex::new(Seen { at: now, since, believed: since + patience }) }
    }

    /// Whether what is too old at `now`, the time of day, is to be given up.
    pub(crate) fn believed(&self, now: UnixTime) -> bool {
        let ticks = Instant::now();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let expected = seen.at.plus(ticks.saturating_duration_since(seen.since));
        let off = now.since(expected).max(expected.since(now));
        if off > JUMP {
            tracing::warn!(seconds = off.as_secs(), forward = now > expected, "the clock was set");
            *seen = Seen { at: now, since: ticks, believed: ticks + self.patience };
        }
        ticks >= seen.believed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3_600);

    #[tokio::test(start_paused = true)]
    async fn r22_after_a_jump_nothing_is_too_old_for_a_while() {
        let begun = UnixTime::from_secs(1_000_000);
        let ages = Ages::new(begun, HOUR * 4);
        assert!(!ages.believed(begun));
        tokio::time::advance(HOUR * 4).await;
        let later = begun.plus(HOUR * 4);
        assert!(ages.believed(later));
        assert!(!ages.believed(later.plus(HOUR * 24 * 3_650)), "ten years on");
        tokio::time::advance(HOUR * 4).await;
        assert!(ages.believed(later.plus(HOUR * (24 * 3_650 + 4))), "it stays so: that is the time");
        assert!(!ages.believed(later.plus(HOUR * 4)), "and back");
        tokio::time::advance(HOUR * 5).await;
        assert!(ages.believed(later.plus(HOUR * 9)));
    }
}
