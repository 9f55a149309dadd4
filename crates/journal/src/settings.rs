//! How long and how much is kept.
use crate::Class;
use names::ByteSize;
use serde::Deserialize;
use std::time::Duration;

/// The journal: what happened, for the service desk and the customer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Settings {
    /// Days that sessions without a fault are kept, at most 90. Default 14.
    pub keep_sessions_days: u32,
    /// Days that refusals are kept, at most 30. Default 14.
    pub keep_refusals_days: u32,
    /// Days that the way of a message is kept, at most 90. Default 30.
    pub keep_deliveries_days: u32,
    /// Days that the acts of operators are kept, at most 730. Default 365.
    pub keep_acts_days: u32,
    /// The most that each of these four takes; the oldest go first. Default 512 MiB.
    pub max_size: ByteSize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            keep_sessions_days: 14,
            keep_refusals_days: 14,
            keep_deliveries_days: 30,
            keep_acts_days: 365,
            max_size: ByteSize::mib(512),
        }
    }
}

impl Settings {
    /// How long events of `class` are kept: what is set, within what may be.
    pub(crate) fn keep(&self, class: Class) -> Duration {
        let days = match class {
            Class::Sessions => self.keep_sessions_days.min(90),
            Class::Refusals => self.keep_refusals_days.min(30),
            Class::Deliveries => self.keep_deliveries_days.min(90),
            Class::Acts => self.keep_acts_days.min(730),
        };
        Duration::from_secs(u64::from(days) * 86_400)
    }
}
