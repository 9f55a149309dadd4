//! How much one sender sends: messages and recipients an hour, evenly refilled (GCRA, a leaky bucket in one number).
use crate::Error;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use world::UnixTime;

const HOUR_MS: u64 = 3_600_000;

/// How much an hour allows; it may come at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    per_hour: u32,
}

impl Rate {
    /// So much an hour; 0 is nothing at all.
    pub const fn per_hour(per_hour: u32) -> Self {
        Self { per_hour }
    }

    /// How long one piece takes to come back, in microseconds.
    fn cost(self, pieces: u32) -> u64 {
        u64::from(pieces).saturating_mul(HOUR_MS * 1000) / u64::from(self.per_hour.max(1))
    }
}

/// Counts by sender. The table is bounded: when it is full, those that have nothing to wait for are forgotten, and a
/// sender that has no place then is let through, since refusing strangers because of others would be worse.
#[derive(Debug)]
pub struct Rates<K> {
    rate: Rate,
    most: usize,
    /// When each sender's hour will be full again, in microseconds of the clock.
    full_at: Mutex<HashMap<K, u64>>,
}

impl<K: Eq + Hash> Rates<K> {
    /// Counters for at most `most` senders at once.
    pub fn new(rate: Rate, most: usize) -> Self {
        Self { rate, most: most.max(1), full_at: Mutex::new(HashMap::new()) }
    }

    /// Takes `pieces` (a message, or recipients) from what `sender` may send, or nothing of them.
    ///
    /// # Errors
    /// [`Error::RateExceeded`].
    pub fn take(&self, sender: K, pieces: u32, now: UnixTime) -> Result<(), Error> {
        let now = now.millis().saturating_mul(1000);
        let mut table = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let full_at = table.get(&sender).copied().unwrap_or(0).max(now);
        // a clock that went back must not shut a sender out for longer than an hour
        let full_at = full_at.min(now.saturating_add(HOUR_MS * 1000));
        let next = full_at.saturating_add(self.rate.cost(pieces));
        let over = next.saturating_sub(now.saturating_add(HOUR_MS * 1000));
        if over > 0 || self.rate.per_hour == 0 {
            table.entry(sender).and_modify(|known| *known = full_at);
            return Err(Error::RateExceeded { limit: self.rate.per_hour, wait: Duration::from_micros(over) });
        }
        if table.len() >= self.most && !table.contains_key(&sender) {
            table.retain(|_, full_at| *full_at > now);
            if table.len() >= self.most {
                return Ok(());
            }
        }
        table.insert(sender, next);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> UnixTime {
        UnixTime::from_secs(1_000_000 + seconds)
    }

    #[test]
    fn an_hour_at_once_then_evenly() {
        let rates = Rates::new(Rate::per_hour(60), 10);
        for _ in 0..60 {
            assert_eq!(rates.take("anna", 1, at(0)), Ok(()));
        }
        let refused = Err(Error::RateExceeded { limit: 60, wait: Duration::from_secs(60) });
        assert_eq!(rates.take("anna", 1, at(0)), refused);
        assert_eq!(rates.take("bert", 1, at(0)), Ok(()));
        assert_eq!(rates.take("anna", 1, at(60)), Ok(()));
        assert!(rates.take("anna", 2, at(120)).is_err());
        assert_eq!(rates.take("anna", 60, at(7_200)), Ok(()));
    }

    #[test]
    fn more_than_an_hour_allows_never_passes() {
        let rates = Rates::new(Rate::per_hour(100), 10);
        assert!(rates.take(1, 101, at(0)).is_err());
        assert_eq!(rates.take(1, 100, at(0)), Ok(()));
        assert!(Rates::new(Rate::per_hour(0), 10).take(1, 1, at(0)).is_err());
    }

    #[test]
    fn the_table_is_bounded() {
        let rates = Rates::new(Rate::per_hour(1), 3);
        for sender in 0..10 {
            assert_eq!(rates.take(sender, 1, at(0)), Ok(()));
        }
        assert_eq!(rates.full_at.lock().unwrap().len(), 3);
        assert!(rates.take(0, 1, at(0)).is_err());
        // an hour later there is room again
        assert_eq!(rates.take(77, 1, at(3_601)), Ok(()));
        assert_eq!(rates.full_at.lock().unwrap().len(), 1);
    }

    #[test]
    fn a_clock_that_goes_back_shuts_nobody_out() {
        let rates = Rates::new(Rate::per_hour(60), 10);
        assert_eq!(rates.take("anna", 60, at(1_000_000)), Ok(()));
        assert!(rates.take("anna", 1, at(0)).is_err());
        assert_eq!(rates.take("anna", 1, at(120)), Ok(()));
    }
}
