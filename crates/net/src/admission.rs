//! Who comes too often: connections at once and within a minute, by address.
use crate::Limits;
use crate::address::household;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use transport::Refusal;

const WINDOW: Duration = Duration::from_secs(60);
/// How many addresses are remembered. Beyond that, and with nothing to forget, new ones are not counted: the limit
/// over all connections still holds.
const ADDRESSES: usize = 65_536;

/// The counts of all addresses.
pub(crate) struct Admission {
    at_once: Option<usize>,
    a_minute: Option<usize>,
    counts: Mutex<Counts>,
}

struct Counts {
    by_household: HashMap<IpAddr, Count>,
    /// When those that no longer matter were forgotten last: under a flood, not at each connection.
    swept: Instant,
}

struct Count {
    open: usize,
    /// Connections in the window that began at `since`, and in the one before it.
    new: usize,
    before: usize,
    since: Instant,
}

/// A counted connection; dropping it gives the place back.
pub(crate) struct Admitted {
    admission: Arc<Admission>,
    household: Option<IpAddr>,
}

impl Admission {
    pub(crate) fn new(limits: &Limits) -> Arc<Self> {
        let counts = Mutex::new(Counts { by_household: HashMap::new(), swept: Instant::now() });
        Arc::new(Self { at_once: limits.at_once, a_minute: limits.a_minute, counts })
    }

    /// Counts a connection from `address`, or says why it is one too many.
    pub(crate) fn admit(self: &Arc<Self>, address: IpAddr) -> Result<Admitted, Refusal> {
        let admitted = |household| Admitted { admission: Arc::clone(self), household };
        if self.at_once.is_none() && self.a_minute.is_none() {
            return Ok(admitted(None));
        }
        let household = household(address);
        let now = Instant::now();
        let mut counts = self.counts();
        if !counts.has_room_for(household, now) {
            return Ok(admitted(None));
        }
        let count = counts.by_household.entry(household).or_insert(Count { open: 0, new: 0, before: 0, since: now });
        count.turn(now);
        if self.at_once.is_some_and(|limit| count.open >= limit) {
            return Err(Refusal::TooManyConnections);
        }
        if self.a_minute.is_some_and(|limit| count.within_a_minute(now) >= limit) {
            return Err(Refusal::TooManyNewConnections);
        }
        count.new += 1;
        count.open += 1;
        Ok(admitted(Some(household)))
    }

    /// A connection that is not counted.
    pub(crate) fn uncounted(self: &Arc<Self>) -> Admitted {
        Admitted { admission: Arc::clone(self), household: None }
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counts {
    fn has_room_for(&mut self, household: IpAddr, now: Instant) -> bool {
        if self.by_household.len() < ADDRESSES || self.by_household.contains_key(&household) {
            return true;
        }
        if now.duration_since(self.swept) >= WINDOW / 12 {
            self.swept = now;
            self.by_household.retain(|_, count| count.open > 0 || now.duration_since(count.since) < 2 * WINDOW);
        }
        self.by_household.len() < ADDRESSES
    }
}

impl Count {
    /// Begins a new window when the present one is over.
    fn turn(&mut self, now: Instant) {
        let age = now.duration_since(self.since);
        if age >= WINDOW {
            self.before = if age < 2 * WINDOW { self.new } else { 0 };
            self.new = 0;
            self.since = if age < 2 * WINDOW { self.since + WINDOW } else { now };
        }
    }

    /// The connections of the last minute: those of this window, and the share of the one before that still counts.
    fn within_a_minute(&self, now: Instant) -> usize {
        let left = WINDOW.saturating_sub(now.duration_since(self.since)).as_millis();
        let before = self.before as u128 * left / WINDOW.as_millis();
        self.new + usize::try_from(before).unwrap_or(usize::MAX)
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        let Some(household) = self.household else { return };
        let counts = &mut self.admission.counts().by_household;
        if let Some(count) = counts.get_mut(&household) {
            count.open = count.open.saturating_sub(1);
            if count.open == 0 && self.admission.a_minute.is_none() {
                counts.remove(&household);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admission(at_once: Option<usize>, a_minute: Option<usize>) -> Arc<Admission> {
        Admission::new(&Limits { at_once, a_minute, ..Limits::default() })
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn counts_at_once_and_by_the_64() {
        let admission = admission(Some(2), None);
        let first = admission.admit(ip("2001:db8::1")).ok().unwrap();
        let _second = admission.admit(ip("2001:db8::2")).ok().unwrap();
        assert_eq!(admission.admit(ip("2001:db8::3")).err(), Some(Refusal::TooManyConnections));
        let _neighbour = admission.admit(ip("2001:db8:0:1::1")).ok().unwrap();
        drop(first);
        assert!(admission.admit(ip("2001:db8::3")).is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn counts_new_ones_within_a_sliding_minute() {
        let admission = admission(None, Some(10));
        let one = || admission.admit(ip("192.0.2.1")).map(drop);
        for _ in 0..10 {
            one().unwrap();
        }
        assert_eq!(one(), Err(Refusal::TooManyNewConnections));
        tokio::time::advance(Duration::from_secs(59)).await;
        assert_eq!(one(), Err(Refusal::TooManyNewConnections));
        // half of the window before still counts
        tokio::time::advance(Duration::from_secs(31)).await;
        for _ in 0..5 {
            one().unwrap();
        }
        assert_eq!(one(), Err(Refusal::TooManyNewConnections));
        tokio::time::advance(Duration::from_secs(200)).await;
        for _ in 0..10 {
            one().unwrap();
        }
    }

    #[tokio::test(start_paused = true)]
    async fn remembers_a_bounded_number() {
        let admission = admission(Some(1), Some(10));
        for number in 0..100_000_u32 {
            drop(admission.admit(IpAddr::V4(number.into())).ok().unwrap());
        }
        assert!(admission.counts().by_household.len() <= ADDRESSES);
        tokio::time::advance(Duration::from_secs(200)).await;
        drop(admission.admit(ip("255.0.0.1")).ok().unwrap());
        assert_eq!(admission.counts().by_household.len(), 1);
    }
}
