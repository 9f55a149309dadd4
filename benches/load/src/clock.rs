//! Time that has passed, and processor time that this process has used.
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use std::time::Instant;

/// The monotonic clock.
#[expect(clippy::disallowed_methods, reason = "a load generator measures the real time of another program")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// User and system seconds of this process so far.
pub(crate) fn processor_seconds() -> f64 {
    getrusage(UsageWho::RUSAGE_SELF).map_or(0.0, |usage| {
        let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
        std::time::Duration::from_micros(micros.unsigned_abs()).as_secs_f64()
    })
}
