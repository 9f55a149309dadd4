//! A length of time, as people write it.
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// A length of time. Reads and prints as `30 s`, `10 min`, `4 h`, `5 d`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Period(pub(crate) Duration);

const UNITS: [(&str, u64); 4] = [("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)];

impl Period {
    pub(crate) const fn secs(seconds: u64) -> Self {
        Self(Duration::from_secs(seconds))
    }

    pub(crate) const fn mins(minutes: u64) -> Self {
        Self::secs(minutes * 60)
    }

    pub(crate) const fn hours(hours: u64) -> Self {
        Self::mins(hours * 60)
    }

    pub(crate) const fn days(days: u64) -> Self {
        Self::hours(days * 24)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        for (unit, length) in UNITS {
            if seconds >= length && seconds.is_multiple_of(length) {
                return write!(f, "{} {unit}", seconds / length);
            }
        }
        write!(f, "{seconds} s")
    }
}

impl fmt::Debug for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Period {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a time: write a whole number and s, min, h or d, such as `30 s`");
        let digits = text.trim().trim_end_matches(|c: char| c.is_ascii_alphabetic()).trim_end();
        let unit = text.trim().get(digits.len()..).unwrap_or_default().trim();
        let count: u64 = digits.parse().map_err(|_| wrong())?;
        let (_, length) = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(wrong)?;
        count.checked_mul(*length).map(Self::secs).ok_or_else(wrong)
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_prints_as_people_write() {
        for (text, seconds, printed) in [
            ("30 s", 30, "30 s"),
            ("90s", 90, "90 s"),
            ("10 min", 600, "10 min"),
            ("48 h", 172_800, "2 d"),
            ("0 s", 0, "0 s"),
        ] {
            let period: Period = text.parse().unwrap();
            assert_eq!(period.0.as_secs(), seconds);
            assert_eq!(period.to_string(), printed);
        }
        for wrong in ["", "5", "5 weeks", "-1 s", "1.5 h", "999999999999999999999 d"] {
            assert!(wrong.parse::<Period>().is_err(), "{wrong}");
        }
    }
}
