//! How fast a queue begins that has just started: after a crash a million messages may be due at once, at thousands of
//! destinations, and neither they nor this machine are to feel that.
use std::time::Duration;
use world::UnixTime;

/// Connections in the first second, and how many more there may be in each further one.
const STEP: usize = 10;

/// How many connections there may be since the first.
#[derive(Debug, Default)]
pub(super) struct Pace {
    since: Option<UnixTime>,
}

impl Pace {
    /// How many there may be at `now`, of at most `most`.
    pub(super) fn room(&mut self, now: UnixTime, most: usize) -> usize {
        let since = *self.since.get_or_insert(now);
        if now < since {
            // the clock was set back: by it nothing can be said of what has passed
            return most;
        }
        let seconds = usize::try_from(now.since(since).as_secs()).unwrap_or(usize::MAX);
        STEP.saturating_mul(seconds.saturating_add(1)).min(most)
    }

    /// When there may be more than `active`; `None` where only `most` is in the way.
    pub(super) fn more_at(&self, active: usize, most: usize) -> Option<UnixTime> {
        let seconds = u64::try_from(active / STEP).unwrap_or(u64::MAX);
        self.since.filter(|_| active < most).map(|since| since.plus(Duration::from_secs(seconds)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn begins_slowly_and_then_has_all() {
        let mut pace = Pace::default();
        let start = UnixTime::from_secs(1_000);
        assert_eq!(pace.more_at(0, 35), None);
        for (seconds, room) in [(0, 10), (1, 20), (2, 30), (3, 35), (1_000_000, 35)] {
            assert_eq!(pace.room(start.plus(Duration::from_secs(seconds)), 35), room);
        }
        assert_eq!(pace.more_at(10, 35), Some(start.plus(Duration::from_secs(1))));
        assert_eq!(pace.more_at(30, 35), Some(start.plus(Duration::from_secs(3))));
        assert_eq!(pace.more_at(35, 35), None);
        assert_eq!(pace.room(start.minus(Duration::from_secs(9)), 35), 35);
        assert_eq!(pace.room(start, 4), 4);
    }
}
