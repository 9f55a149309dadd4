//! Wrong passwords: delayed, counted by account and network, and at last refused unread (docs/security.md: A01, A03).
//!
//! The counts are by pair, so that nobody shuts a customer out from elsewhere, and no customer his household. Two
//! things soften a ban of the pair: a password that was right from there before still passes (the laptop, while the
//! phone goes on trying the old one), and the limit of a network never refuses anybody by itself: it slows wrong
//! answers down to the longest delay, few at a time.
//!
//! An attempt is counted when it begins and taken off when it was right, so attempts side by side gain nothing.
use super::{Fingerprint, Network};
use crate::bounded::Bounded;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// The limits against guessing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThrottleLimits {
    /// Wrong passwords for one account from one network in ten minutes, before the pair is refused for ten minutes.
    /// Default 10.
    pub wrong_passwords: u32,
    /// Accounts that one network may try with wrong passwords in an hour, before it is slowed down. Default 20.
    pub accounts_per_network: u32,
}

impl Default for ThrottleLimits {
    fn default() -> Self {
        Self { wrong_passwords: 10, accounts_per_network: 20 }
    }
}

const WINDOW: Duration = Duration::from_secs(600);
const NETWORK_WINDOW: Duration = Duration::from_secs(3600);
const LONGEST_DELAY: Duration = Duration::from_secs(15);
/// Attempts at once from a network over its limit, those in their delay included.
const SLOWED_ATTEMPTS: usize = 4;
const PAIRS: usize = 50_000;
const NETWORKS: usize = 20_000;

/// A login name, hashed: tables hold no names, and all are of one size.
pub(crate) type NameKey = [u8; 16];

#[derive(Debug, Default)]
struct Pair {
    /// When wrong attempts, and those not yet decided, began.
    counted: Vec<Instant>,
    banned_until: Option<Instant>,
    /// The last password that was right from here.
    good: Option<Fingerprint>,
}

#[derive(Debug, Default)]
struct Neighbours {
    /// Accounts with a wrong password, and when last.
    tried: Vec<(NameKey, Instant)>,
    under_way: usize,
}

struct Tables {
    pairs: Bounded<(NameKey, Network), Pair>,
    networks: Bounded<Network, Neighbours>,
}

/// The counts.
pub(crate) struct Throttle {
    limits: Option<ThrottleLimits>,
    tables: Mutex<Tables>,
}

/// An attempt that was let through to its verdict.
#[must_use]
pub(crate) struct Attempted<'a> {
    throttle: &'a Throttle,
    name: NameKey,
    network: Network,
    began: Instant,
    slowed: bool,
}

/// What a wrong password leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Consequence {
    /// How long after the attempt's begin it is answered.
    pub(crate) delay: Duration,
    /// The pair is refused from now on.
    pub(crate) banned: bool,
    /// The network has just gone over its limit, with so many accounts.
    pub(crate) spraying: Option<usize>,
}

impl Throttle {
    /// Without limits nothing is delayed, counted or refused.
    pub(crate) fn new(limits: Option<ThrottleLimits>) -> Self {
        Self { limits, tables: Mutex::new(Tables { pairs: Bounded::new(PAIRS), networks: Bounded::new(NETWORKS) }) }
    }

    /// Lets an attempt through, or says how long to stay away.
    pub(crate) fn begin(
        &self,
        now: Instant,
        name: NameKey,
        network: Network,
        fingerprint: Option<Fingerprint>,
    ) -> Result<Attempted<'_>, Duration> {
        let Some(limits) = self.limits else {
            return Ok(Attempted { throttle: self, name, network, began: now, slowed: false });
        };
        let mut tables = self.lock();
        let pair = tables.pairs.entry(&(name, network), Pair::default);
        pair.counted.retain(|at| now.duration_since(*at) < WINDOW);
        let trusted = fingerprint.is_some() && pair.good == fingerprint;
        if let Some(until) = pair.banned_until.filter(|until| now < *until && !trusted) {
            return Err(until.duration_since(now));
        }
        if pair.counted.len() >= count(limits.wrong_passwords) && !trusted {
            // All of them are under way: the next verdict decides.
            return Err(Duration::from_secs(1));
        }
        let slowed = !trusted && tables.networks.get(&network).is_some_and(|known| known.is_over(now, limits));
        if slowed {
            let neighbours = tables.networks.entry(&network, Neighbours::default);
            if neighbours.under_way >= SLOWED_ATTEMPTS {
                return Err(LONGEST_DELAY);
            }
            neighbours.under_way += 1;
        }
        tables.pairs.entry(&(name, network), Pair::default).counted.push(now);
        Ok(Attempted { throttle: self, name, network, began: now, slowed })
    }

    fn lock(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Neighbours {
    fn is_over(&self, now: Instant, limits: ThrottleLimits) -> bool {
        let tried = self.tried.iter().filter(|(_, at)| now.duration_since(*at) < NETWORK_WINDOW).count();
        tried >= count(limits.accounts_per_network)
    }

    /// Counts a wrong password for `name`; says with how many accounts the limit is reached by it.
    fn tried(&mut self, now: Instant, name: NameKey, limits: ThrottleLimits) -> Option<usize> {
        self.tried.retain(|(_, at)| now.duration_since(*at) < NETWORK_WINDOW);
        if let Some((_, at)) = self.tried.iter_mut().find(|(tried, _)| *tried == name) {
            *at = now;
            return None;
        }
        if self.is_over(now, limits) {
            return None;
        }
        self.tried.push((name, now));
        self.is_over(now, limits).then_some(self.tried.len())
    }
}

impl Attempted<'_> {
    /// The password was right: the attempt does not count, and `fingerprint` is trusted from here.
    pub(crate) fn right(self, fingerprint: Fingerprint) {
        self.uncount(|pair| pair.good = Some(fingerprint));
    }

    /// There was no verdict: the attempt does not count.
    pub(crate) fn undecided(self) {
        self.uncount(|_| ());
    }

    /// The password was wrong. A slowed attempt holds its place until this value is dropped, after the delay.
    pub(crate) fn wrong(&self, now: Instant) -> Consequence {
        let Some(limits) = self.throttle.limits else {
            return Consequence { delay: Duration::ZERO, banned: false, spraying: None };
        };
        let mut tables = self.throttle.lock();
        let pair = tables.pairs.entry(&(self.name, self.network), Pair::default);
        let wrong = pair.counted.len();
        let banned = wrong >= count(limits.wrong_passwords);
        if banned {
            pair.banned_until = Some(now + WINDOW);
        }
        let neighbours = tables.networks.entry(&self.network, Neighbours::default);
        let spraying = neighbours.tried(now, self.name, limits);
        let delay = if self.slowed { LONGEST_DELAY } else { delay(wrong) };
        Consequence { delay, banned, spraying }
    }

    fn uncount(self, change: impl FnOnce(&mut Pair)) {
        if self.throttle.limits.is_none() {
            return;
        }
        let mut tables = self.throttle.lock();
        let pair = tables.pairs.entry(&(self.name, self.network), Pair::default);
        if let Some(at) = pair.counted.iter().position(|at| *at == self.began) {
            pair.counted.swap_remove(at);
        }
        change(pair);
    }
}

impl Drop for Attempted<'_> {
    fn drop(&mut self) {
        if self.slowed {
            let mut tables = self.throttle.lock();
            let neighbours = tables.networks.entry(&self.network, Neighbours::default);
            neighbours.under_way = neighbours.under_way.saturating_sub(1);
        }
    }
}

/// 1, 2, 4, 8, then 15 seconds.
fn delay(wrong: usize) -> Duration {
    let doublings = u32::try_from(wrong.saturating_sub(1)).unwrap_or(u32::MAX).min(4);
    Duration::from_secs(1 << doublings).min(LONGEST_DELAY)
}

fn count(limit: u32) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests;
