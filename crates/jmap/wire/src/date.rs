//! Dates (RFC 8620, 1.4).
use jiff::Timestamp;

/// A UTCDate as a client wrote it: RFC 3339 with upper-case letters, `Z` as its zone, and no fraction that is zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct UtcDate(pub Timestamp);

impl UtcDate {
    /// Reads one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
        let shaped = |text: &str, shape: &str| {
            text.len() == shape.len()
                && text
                    .bytes()
                    .zip(shape.bytes())
                    .all(|(byte, like)| if like == b'0' { byte.is_ascii_digit() } else { byte == like })
        };
        let (second, fraction) =
            time.split_once('.').map_or((time, None), |(second, fraction)| (second, Some(fraction)));
        let right = shaped(date, "0000-00-00")
            && shaped(second, "00:00:00")
            && fraction.is_none_or(|digits| {
                // "the fraction MUST be omitted if it is zero"
                !digits.is_empty()
                    && digits.bytes().all(|byte| byte.is_ascii_digit())
                    && digits.bytes().any(|byte| byte != b'0')
            });
        if right { text.parse().ok().map(Self) } else { None }
    }

    /// The first second since 1970 that is not before it: what is kept in whole seconds is before it, or not, as it is before
    /// that one, or not.
    #[must_use]
    pub fn whole_second(self) -> i64 {
        // a second is told towards 1970, and what is left of it has the sign of the whole
        self.0.as_second() + i64::from(self.0.subsec_nanosecond() > 0)
    }
}

/// Seconds since 1970 as a UTCDate.
#[must_use]
pub fn utc_date(seconds: i64) -> String {
    Timestamp::from_second(seconds).map_or_else(|_| "1970-01-01T00:00:00Z".to_owned(), |moment| moment.to_string())
}

#[cfg(test)]
mod tests {
    use super::{UtcDate, utc_date};

    #[test]
    fn dates_are_those_of_the_rfc() {
        for (text, seconds) in [("2014-10-30T06:12:00Z", 1_414_649_520), ("1970-01-01T00:00:00Z", 0)] {
            assert_eq!(UtcDate::parse(text).unwrap().0.as_second(), seconds);
            assert_eq!(utc_date(seconds), text);
        }
        for (text, whole) in [
            ("2014-10-30T06:12:00.5Z", 1_414_649_521),
            ("2014-10-30T06:12:00Z", 1_414_649_520),
            ("1969-12-31T23:59:58.5Z", -1),
            ("1969-12-31T23:59:58Z", -2),
        ] {
            assert_eq!(UtcDate::parse(text).unwrap().whole_second(), whole, "{text}");
        }
        for wrong in [
            "2014-10-30T06:12:00z",
            "2014-10-30t06:12:00Z",
            "2014-10-30T06:12:00+00:00",
            "2014-10-30T06:12:00.000Z",
            "2014-10-30 06:12:00Z",
            "2014-13-30T06:12:00Z",
            "2014-10-30T06:12Z",
            "2014-10-30T06:12:00.Z",
            "",
        ] {
            assert!(UtcDate::parse(wrong).is_none(), "{wrong}");
        }
    }
}
