//! Servers that choke on our TLS, remembered for a while, so that not every message finds it out again.
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use transport::Hello;
use world::UnixTime;

/// How long it is remembered: afterwards all is tried again.
const REMEMBERED: Duration = Duration::from_secs(3_600);
/// Servers that are remembered.
const MOST: usize = 4_096;

/// What is tried with a server, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Way {
    /// STARTTLS.
    Tls(Hello),
    /// Without.
    Clear,
}

impl Way {
    /// What is tried next when this one breaks.
    pub(crate) const fn next(self) -> Option<Self> {
        match self {
            Self::Tls(Hello::Full) => Some(Self::Tls(Hello::Small)),
            Self::Tls(Hello::Small) => Some(Self::Clear),
            Self::Clear => None,
        }
    }
}

/// What works with which server, where it is not the best.
#[derive(Default)]
pub(crate) struct Weak(Mutex<HashMap<SocketAddr, (Way, UnixTime)>>);

impl Weak {
    fn lock(&self) -> MutexGuard<'_, HashMap<SocketAddr, (Way, UnixTime)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What to begin with.
    pub(crate) fn way(&self, server: SocketAddr, now: UnixTime) -> Way {
        let found = self.lock().get(&server).copied();
        // an end further off was set by another clock
        let holds = |until: UnixTime| now < until && until <= now.plus(REMEMBERED);
        found.filter(|(_, until)| holds(*until)).map_or(Way::Tls(Hello::Full), |(way, _)| way)
    }

    /// Only this worked.
    pub(crate) fn remember(&self, server: SocketAddr, way: Way, now: UnixTime) {
        let mut known = self.lock();
        if known.len() >= MOST {
            known.retain(|_, (_, until)| now < *until && *until <= now.plus(REMEMBERED));
        }
        if known.len() < MOST || known.contains_key(&server) {
            known.insert(server, (way, now.plus(REMEMBERED)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(number: u16) -> SocketAddr {
        SocketAddr::from(([192, 0, 2, 1], number))
    }

    #[test]
    fn it_is_forgotten_after_an_hour() {
        let (weak, now) = (Weak::default(), UnixTime::from_secs(1_000_000));
        weak.remember(server(1), Way::Clear, now);
        let best = Way::Tls(Hello::Full);
        for (after, way) in [(0, Way::Clear), (3_599, Way::Clear), (3_600, best)] {
            assert_eq!(weak.way(server(1), now.plus(Duration::from_secs(after))), way);
        }
        assert_eq!(weak.way(server(2), now), best);
        assert_eq!(weak.way(server(1), UnixTime::from_secs(10)), best, "the clock was set back");
    }

    #[test]
    fn so_many_are_remembered() {
        let (weak, now) = (Weak::default(), UnixTime::from_secs(1_000_000));
        for number in 0..=u16::try_from(MOST).unwrap() {
            weak.remember(server(number), Way::Clear, now);
        }
        assert_eq!(weak.lock().len(), MOST);
        let later = now.plus(REMEMBERED);
        weak.remember(server(9_999), Way::Tls(Hello::Small), later);
        assert_eq!(weak.lock().len(), 1);
        assert_eq!(weak.way(server(9_999), later), Way::Tls(Hello::Small));
    }
}
