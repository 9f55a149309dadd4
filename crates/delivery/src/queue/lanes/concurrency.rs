//! How many connections a destination bears at once, found by trying, as TCP finds its window: one more
//! for each message that is answered until the other server first says that it is too much, half as many then, and after
//! a while one more for each round of messages. The while is longer each time that one more was too much.
use std::time::Duration;
use world::UnixTime;

/// Connections before the destination has shown that it lives.
const FIRST: usize = 2;
/// For how long one more is not tried after it was too much; it doubles each time.
const FIRST_WHILE: Duration = Duration::from_secs(60);
/// The longest while.
const LONGEST_WHILE: Duration = Duration::from_secs(3_600);

/// The connections of one destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Concurrency {
    limit: usize,
    /// Answers since the last one more.
    answered: usize,
    /// How often it was too much, less how often one more was not.
    complaints: u32,
    /// Since when, for how long, one more is not tried.
    careful: Option<(UnixTime, Duration)>,
}

impl Default for Concurrency {
    fn default() -> Self {
        Self { limit: FIRST, answered: 0, complaints: 0, careful: None }
    }
}

impl Concurrency {
    /// How many there may be.
    pub(super) const fn limit(self) -> usize {
        self.limit
    }

    /// A message was answered while there were `active` connections; `most` is what an operator allows.
    pub(super) fn answered(&mut self, active: usize, most: usize, now: UnixTime) {
        // what it may have and has not shown that it bears says nothing about more
        if active < self.limit || self.careful.is_some_and(|(since, wait)| now >= since && now.since(since) < wait) {
            return;
        }
        self.answered += 1;
        if self.careful.is_none() || self.answered >= self.limit {
            self.answered = 0;
            self.limit = (self.limit + 1).min(most.max(1));
            if let Some((since, wait)) = &mut self.careful {
                // the last step is only known to be right when the next one is made
                (*since, *wait) = (now, FIRST_WHILE);
                self.complaints = self.complaints.saturating_sub(1);
            }
        }
    }

    /// The other server asks for less while there are `active` connections. False where there is no less.
    pub(super) fn too_much(&mut self, active: usize, now: UnixTime) -> bool {
        let before = self.limit;
        self.shrink(self.limit.min(active) / 2, now);
        before > 1
    }

    /// One connection was refused while others, of `active` with it, were not.
    pub(super) fn one_less(&mut self, active: usize, now: UnixTime) {
        self.shrink(self.limit.min(active.saturating_sub(1)), now);
    }

    fn shrink(&mut self, limit: usize, now: UnixTime) {
        self.limit = limit.max(1);
        self.answered = 0;
        let wait = FIRST_WHILE.saturating_mul(1 << self.complaints.min(8)).min(LONGEST_WHILE);
        self.careful = Some((now, wait));
        // two, of which one is forgiven when one more is tried again
        self.complaints = self.complaints.saturating_add(2);
    }

    /// It cannot be reached: one tries alone.
    pub(super) fn alone(&mut self) {
        self.limit = 1;
        self.answered = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: UnixTime = UnixTime::from_secs(1_000);

    fn answers(at: &mut Concurrency, number: usize, now: UnixTime) -> usize {
        (0..number).for_each(|_| at.answered(at.limit(), 8, now));
        at.limit()
    }

    #[test]
    fn grows_fast_until_it_is_too_much_and_then_slowly() {
        let mut at = Concurrency::default();
        let limits: Vec<usize> = (0..7).map(|_| answers(&mut at, 1, START)).collect();
        assert_eq!(limits, [3, 4, 5, 6, 7, 8, 8]);
        assert!(at.too_much(8, START));
        assert_eq!(answers(&mut at, 100, START), 4, "not at once");
        let later = START.plus(FIRST_WHILE);
        assert_eq!((answers(&mut at, 3, later), answers(&mut at, 1, later)), (4, 5), "one more for a round");
        assert_eq!(answers(&mut at, 100, later), 5, "and then it is waited again");
        assert_eq!(answers(&mut at, 5, later.plus(FIRST_WHILE)), 6);
    }

    #[test]
    fn what_is_refused_again_and_again_is_tried_less_and_less() {
        let (mut at, mut now) = (Concurrency::default(), START);
        let mut refused = 0;
        // a server that takes two, for a day: a message a second by each
        for _ in 0..86_400 {
            now = now.plus(Duration::from_secs(1));
            if answers(&mut at, 2, now) > 2 {
                at.one_less(3, now);
                refused += 1;
            }
        }
        assert!((20..40).contains(&refused), "{refused}");
        assert_eq!(at.limit(), 2);
    }

    #[test]
    fn what_was_not_used_proves_nothing() {
        let mut at = Concurrency::default();
        (0..100).for_each(|_| at.answered(1, 8, START));
        assert_eq!(at.limit(), 2);
    }

    #[test]
    fn there_is_always_one() {
        let mut at = Concurrency::default();
        at.one_less(2, START);
        assert_eq!(at.limit(), 1);
        assert!(!at.too_much(1, START), "there is no less than one");
        at.one_less(0, START);
        at.alone();
        assert_eq!(at.limit(), 1);
        at.answered(1, 0, START.plus(LONGEST_WHILE));
        assert_eq!(at.limit(), 1);
    }

    #[test]
    fn r22_a_clock_that_was_set_back_does_not_hold_it() {
        let mut at = Concurrency::default();
        at.one_less(3, START);
        assert_eq!(answers(&mut at, 2, START.minus(Duration::from_secs(500))), 3);
    }
}
