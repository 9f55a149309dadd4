//! The least rate at which a peer must send data.
use std::time::Duration;
use tokio::time::Instant;

/// A guard against data that drips: bytes buy time, idleness spends it.
///
/// A peer starts with ten seconds, and each 500 bytes buy one second more, of which at most [`Pace::MOST`] are
/// kept. So whoever sends 500 bytes a second is never cut off, whoever sent a lot may pause, and whoever drips is
/// out of time soon. Use it through [`crate::Input::fill_paced`].
#[derive(Debug, Clone)]
pub struct Pace {
    deadline: Instant,
    bytes_a_second: u32,
    most: Duration,
}

impl Pace {
    /// The time that a peer has before the rate counts.
    pub const GRACE: Duration = Duration::from_secs(10);
    /// The most time that sent bytes can buy.
    pub const MOST: Duration = Duration::from_secs(300);
    /// The least rate, bytes a second.
    pub const RATE: u32 = 500;

    /// A guard that starts now, with the usual numbers.
    pub fn new() -> Self {
        Self::with(Self::RATE, Self::GRACE, Self::MOST)
    }

    /// A guard that starts now: `bytes_a_second` (at least 1), the time before it counts, and the most time kept.
    pub fn with(bytes_a_second: u32, grace: Duration, most: Duration) -> Self {
        Self { deadline: Instant::now() + grace.min(most), bytes_a_second: bytes_a_second.max(1), most }
    }

    /// Counts bytes that came.
    pub fn took(&mut self, bytes: usize) {
        let bought = Duration::from_secs(bytes as u64) / self.bytes_a_second;
        self.deadline = (self.deadline + bought.min(self.most)).min(Instant::now() + self.most);
    }

    /// Spends what goes beyond `most`.
    pub(crate) fn keep_at_most(&mut self, most: Duration) {
        if let Some(latest) = Instant::now().checked_add(most) {
            self.deadline = self.deadline.min(latest);
        }
    }

    /// How long the peer may still be silent.
    pub fn remaining(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }
}

impl Default for Pace {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn bytes_buy_time() {
        let mut pace = Pace::new();
        assert_eq!(pace.remaining(), Duration::from_secs(10));
        tokio::time::advance(Duration::from_secs(6)).await;
        pace.took(500);
        assert_eq!(pace.remaining(), Duration::from_secs(5));
        pace.took(usize::MAX);
        assert_eq!(pace.remaining(), Pace::MOST);
        tokio::time::advance(Duration::from_secs(301)).await;
        assert_eq!(pace.remaining(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_steady_sender_never_runs_out_and_a_dripping_one_does() {
        let (mut steady, mut dripping) = (Pace::new(), Pace::new());
        let mut lasted = 0;
        for second in 1..=600 {
            tokio::time::advance(Duration::from_secs(1)).await;
            assert!(steady.remaining() > Duration::ZERO);
            steady.took(500);
            if dripping.remaining() > Duration::ZERO {
                lasted = second;
                dripping.took(1);
            }
        }
        assert_eq!(lasted, 10);
    }
}
