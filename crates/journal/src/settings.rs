//! How long and how much is kept.
use crate::Class;
use names::ByteSize;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);

/// How long and how much the journal keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// How long sessions and refusals are kept. Default 14 days; at most 90 and 30.
    pub keep_sessions: Duration,
    /// How long the way of each message is kept. Default 30 days; at most 90.
    pub keep_deliveries: Duration,
    /// How long the acts of operators are kept. Default 365 days; at most 730.
    pub keep_acts: Duration,
    /// The most that the records of all classes take; of each class, a quarter. The oldest go first. Default 1 GiB.
    pub max_size: ByteSize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { keep_sessions: DAY * 14, keep_deliveries: DAY * 30, keep_acts: DAY * 365, max_size: ByteSize::gib(1) }
    }
}

impl Settings {
    /// How long events of `class` are kept: what is set, within what privacy permits.
    pub(crate) fn keep(&self, class: Class) -> Duration {
        match class {
            Class::Sessions => self.keep_sessions.min(DAY * 90),
            Class::Refusals => self.keep_sessions.min(DAY * 30),
            Class::Deliveries => self.keep_deliveries.min(DAY * 90),
            Class::Acts => self.keep_acts.min(DAY * 730),
        }
    }

    /// The most that one class takes, in bytes.
    pub(crate) const fn share(&self) -> u64 {
        self.max_size.bytes() / 4
    }
}
