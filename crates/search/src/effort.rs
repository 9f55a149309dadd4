//! What one SEARCH may cost, and whose turn it is (docs/security.md, I12).
//!
//! Work is counted in steps of some ten nanoseconds. Every millisecond or so of them others have their turn on the
//! processor; every quarter of a second, those who wait for a place to read messages. An account searches in one session
//! at a time, so many sessions of one gain nothing.
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

/// Steps between two looks at the clock.
const STEPS: usize = 50_000;
/// How long a place is kept while others wait for one.
const SLICE: Duration = Duration::from_millis(250);
/// Accounts share this many lanes.
const LANES: usize = 64;

/// Places for searches that read messages.
pub struct Searches {
    places: Semaphore,
    /// One search of an account at a time.
    lanes: [Semaphore; LANES],
}

impl Searches {
    /// So many searches read at the same time.
    pub fn new(places: usize) -> Self {
        Self { places: Semaphore::new(places.max(1)), lanes: [const { Semaphore::const_new(1) }; LANES] }
    }
}

/// The search has worked for too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong;

/// The work of one search.
pub struct Effort<'h> {
    searches: &'h Searches,
    lane: usize,
    limit: Duration,
    /// Time spent working; that of waiting for a place does not count.
    worked: Duration,
    since: Instant,
    steps: usize,
    places: Option<(SemaphorePermit<'h>, SemaphorePermit<'h>)>,
    taken: Instant,
}

impl<'h> Effort<'h> {
    /// A search of `account` begins, which may work for so long.
    pub fn within(searches: &'h Searches, limit: Duration, account: names::AccountId) -> Self {
        let now = Instant::now();
        let lane = usize::try_from(account.0 % LANES as u64).unwrap_or(0);
        Self { searches, lane, limit, worked: Duration::ZERO, since: now, steps: 0, places: None, taken: now }
    }

    /// Counts work that was done.
    ///
    /// # Errors
    /// It was too much.
    pub async fn spend(&mut self, steps: usize) -> Result<(), TooLong> {
        self.steps = self.steps.saturating_add(steps);
        if self.steps < STEPS {
            return Ok(());
        }
        self.steps = 0;
        self.look()?;
        if self.places.is_some() && self.taken.elapsed() >= SLICE {
            self.places = None;
            return self.reads().await;
        }
        tokio::task::yield_now().await;
        Ok(())
    }

    /// From here on messages are read: waits for a place.
    ///
    /// # Errors
    /// It was too much before that.
    pub async fn reads(&mut self) -> Result<(), TooLong> {
        self.look()?;
        if self.worked >= self.limit {
            return Err(TooLong);
        }
        if self.places.is_none() {
            // The semaphores are never closed; without a place the search goes on as it is.
            if let Some(lane) = self.searches.lanes.get(self.lane)
                && let Ok(lane) = lane.acquire().await
                && let Ok(place) = self.searches.places.acquire().await
            {
                self.places = Some((lane, place));
            }
            (self.taken, self.since) = (Instant::now(), Instant::now());
        }
        Ok(())
    }

    fn look(&mut self) -> Result<(), TooLong> {
        let now = Instant::now();
        self.worked += now.duration_since(self.since);
        self.since = now;
        if self.worked > self.limit { Err(TooLong) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;
    use names::AccountId;

    const LIMIT: Duration = Duration::from_secs(10);

    #[tokio::test(start_paused = true)]
    async fn i12_so_many_searches_read_at_once_and_the_next_waits() {
        for places in [1, 2, 3] {
            let searches = Searches::new(places);
            let mut reading: Vec<Effort<'_>> = Vec::new();
            for account in 0..places as u64 {
                let mut effort = Effort::within(&searches, LIMIT, AccountId(account));
                assert_eq!(effort.reads().now_or_never(), Some(Ok(())));
                reading.push(effort);
            }
            let mut next = Effort::within(&searches, LIMIT, AccountId(40));
            {
                let mut waits = std::pin::pin!(next.reads());
                assert_eq!(waits.as_mut().now_or_never(), None, "{places} read already");
                tokio::time::advance(LIMIT * 2).await;
                drop(reading.pop());
                assert_eq!(waits.now_or_never(), Some(Ok(())), "a place is free");
            }
            // waiting is no work
            assert_eq!(next.spend(STEPS).await, Ok(()));
            tokio::time::advance(LIMIT * 2).await;
            assert_eq!(next.spend(STEPS).await, Err(TooLong));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn i12_an_account_reads_in_one_session_and_who_waits_has_its_turn() {
        let searches = Searches::new(2);
        let (mut first, mut second) =
            (Effort::within(&searches, LIMIT, AccountId(1)), Effort::within(&searches, LIMIT, AccountId(1)));
        assert_eq!(first.reads().now_or_never(), Some(Ok(())));
        let mut waits = std::pin::pin!(second.reads());
        assert_eq!(waits.as_mut().now_or_never(), None);
        assert_eq!(first.spend(STEPS).now_or_never(), None, "others have the processor");
        tokio::time::advance(SLICE).await;
        // the first gives its place up, and stands behind the second
        assert_eq!(first.spend(STEPS).now_or_never(), None);
        assert_eq!(waits.now_or_never(), Some(Ok(())));
    }
}
