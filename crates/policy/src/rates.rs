//! How much one sender sends: so many pieces in a time, evenly refilled (GCRA, a leaky bucket in one number).
use crate::Error;
use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use world::UnixTime;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// Messages.
    Messages,
    /// Recipients, each time.
    Recipients,
    /// Recipients to whom the sender has not written lately.
    NewRecipients,
}

/// In what time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// An hour.
    Hour,
    /// A day.
    Day,
}

/// How much is allowed in a time; it may come at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    what: Counted,
    limit: u32,
    per: Span,
}

impl Span {
    const fn micros(self) -> u64 {
        match self {
            Self::Hour => 3_600_000_000,
            Self::Day => 86_400_000_000,
        }
    }
}

impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Messages => "messages",
            Self::Recipients => "recipients",
            Self::NewRecipients => "new recipients",
        })
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hour => "an hour",
            Self::Day => "a day",
        })
    }
}

impl Rate {
    /// So much in such a time; 0 is nothing at all.
    pub const fn new(what: Counted, limit: u32, per: Span) -> Self {
        Self { what, limit, per }
    }

    /// How long one piece takes to come back, in microseconds.
    fn cost(self, pieces: u32) -> u64 {
        u64::from(pieces).saturating_mul(self.per.micros()) / u64::from(self.limit.max(1))
    }

    /// When the allowance will be whole again once `pieces` more are taken; `full_at` is when it would be without them.
    /// Moments are microseconds of the clock.
    ///
    /// # Errors
    /// [`Error::RateExceeded`].
    pub(crate) fn take(self, full_at: u64, pieces: u32, now: u64) -> Result<u64, Error> {
        let latest = now.saturating_add(self.per.micros());
        let next = self.begin(full_at, now).saturating_add(self.cost(pieces));
        let over = next.saturating_sub(latest);
        if over > 0 || self.limit == 0 {
            let wait = Duration::from_micros(if self.limit == 0 { self.per.micros() } else { over });
            return Err(Error::RateExceeded { what: self.what, limit: self.limit, per: self.per, wait });
        }
        Ok(next)
    }

    /// From when on pieces are counted: a clock that went back must not shut a sender out for longer than the time.
    pub(crate) fn begin(self, full_at: u64, now: u64) -> u64 {
        full_at.clamp(now, now.saturating_add(self.per.micros()))
    }
}

/// The clock in microseconds.
pub(crate) const fn micros(now: UnixTime) -> u64 {
    now.millis().saturating_mul(1000)
}

/// Counts by sender. The table is bounded: when it is full, those that have nothing to wait for are forgotten, and a
/// sender that has no place then is let through, since refusing strangers because of others would be worse.
#[derive(Debug)]
pub struct Rates<K> {
    rate: Rate,
    most: usize,
    /// When each sender's allowance will be whole again, in microseconds of the clock.
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
        let now = micros(now);
        let mut table = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let full_at = table.get(&sender).copied().unwrap_or(0);
        let next = match self.rate.take(full_at, pieces, now) {
            Ok(next) => next,
            Err(error) => {
                table.entry(sender).and_modify(|known| *known = self.rate.begin(full_at, now));
                return Err(error);
            }
        };
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

    fn hourly(limit: u32) -> Rate {
        Rate::new(Counted::Messages, limit, Span::Hour)
    }

    #[test]
    fn an_hour_at_once_then_evenly() {
        let rates = Rates::new(hourly(60), 10);
        for _ in 0..60 {
            assert_eq!(rates.take("anna", 1, at(0)), Ok(()));
        }
        let wait = Duration::from_secs(60);
        let refused = Err(Error::RateExceeded { what: Counted::Messages, limit: 60, per: Span::Hour, wait });
        assert_eq!(rates.take("anna", 1, at(0)), refused);
        assert_eq!(rates.take("bert", 1, at(0)), Ok(()));
        assert_eq!(rates.take("anna", 1, at(60)), Ok(()));
        assert!(rates.take("anna", 2, at(120)).is_err());
        assert_eq!(rates.take("anna", 60, at(7_200)), Ok(()));
    }

    #[test]
    fn more_than_an_hour_allows_never_passes() {
        let rates = Rates::new(hourly(100), 10);
        assert!(rates.take(1, 101, at(0)).is_err());
        assert_eq!(rates.take(1, 100, at(0)), Ok(()));
        assert!(Rates::new(hourly(0), 10).take(1, 1, at(0)).is_err());
    }

    #[test]
    fn the_table_is_bounded() {
        let rates = Rates::new(hourly(1), 3);
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
        let rates = Rates::new(hourly(60), 10);
        assert_eq!(rates.take("anna", 60, at(1_000_000)), Ok(()));
        assert!(rates.take("anna", 1, at(0)).is_err());
        assert_eq!(rates.take("anna", 1, at(120)), Ok(()));
    }
}
