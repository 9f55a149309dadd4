//! A moment as people write it: so long ago, or a date and a time in UTC, as everything is printed.
use crate::configuration::Period;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use std::str::FromStr;
use world::{Clock, SystemClock};

/// Seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct When(pub(crate) u64);

impl FromStr for When {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(Period(ago)) = text.parse::<Period>() {
            return Ok(Self(SystemClock.now().minus(ago).secs()));
        }
        let utc = |time: DateTime| Offset::UTC.to_timestamp(time).ok();
        let found = text
            .parse::<Timestamp>()
            .ok()
            .or_else(|| text.parse::<DateTime>().ok().and_then(utc))
            .or_else(|| text.parse::<Date>().ok().and_then(|date| utc(date.at(0, 0, 0, 0))));
        let seconds = found.and_then(|at| u64::try_from(at.as_second()).ok());
        seconds.map(Self).ok_or_else(|| {
            format!(
                "`{text}` is no moment: write how long ago, such as `2 h`, or a time in UTC, such as `2026-11-29T14:00`"
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_dates_times_and_how_long_ago() {
        for (text, seconds) in [
            ("2026-11-29", 1_795_910_400),
            ("2026-11-29T14:00", 1_795_960_800),
            ("2026-11-29 14:00:30", 1_795_960_830),
            ("2026-11-29T14:00:30Z", 1_795_960_830),
            ("2026-11-29T14:00:30+01:00", 1_795_957_230),
        ] {
            assert_eq!(text.parse(), Ok(When(seconds)), "{text}");
        }
        let When(ago) = "2 h".parse().unwrap();
        let now = SystemClock.now().secs();
        assert!((now - 7_210..=now - 7_190).contains(&ago));
        for wrong in ["", "yesterday", "14:00", "2026-13-01"] {
            assert!(wrong.parse::<When>().is_err(), "{wrong}");
        }
    }
}
