//! Dates: of SEARCH, of APPEND, of INTERNALDATE (RFC 3501, 9, date and date-time).
use crate::{Cursor, Error};
use jiff::civil::{Date, DateTime};
use std::fmt;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A moment with the offset that it was told in, `17-Jul-1996 02:44:25 -0700`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InternalDate {
    /// Seconds since 1970-01-01T00:00:00Z.
    pub seconds: i64,
    /// Minutes east of Greenwich.
    pub offset: i16,
}

/// `1*n DIGIT` as a small number, also with a leading space where the grammar pads with one.
fn small(cursor: &mut Cursor<'_>, expected: &'static str) -> Result<i8, Error> {
    let digits = cursor.run(|byte| byte.is_ascii_digit());
    let number =
        std::str::from_utf8(digits).ok().filter(|digits| digits.len() <= 2).and_then(|digits| digits.parse().ok());
    number.map_or_else(|| cursor.expected(expected), Ok)
}

/// `date-day "-" date-month "-" date-year`
fn civil(cursor: &mut Cursor<'_>) -> Result<Date, Error> {
    let day = small(cursor, "a day")?;
    cursor.byte(b'-', "a hyphen")?;
    let name = cursor.run(|byte| byte.is_ascii_alphabetic());
    let month = MONTHS.iter().zip(1_i8..).find(|(month, _)| name.eq_ignore_ascii_case(month.as_bytes()));
    let Some((_, month)) = month else { return cursor.expected("a month") };
    cursor.byte(b'-', "a hyphen")?;
    let digits = cursor.run(|byte| byte.is_ascii_digit());
    let year = std::str::from_utf8(digits).ok().filter(|digits| digits.len() == 4).and_then(|year| year.parse().ok());
    match year.and_then(|year| Date::new(year, month, day).ok()) {
        Some(date) => Ok(date),
        None => cursor.expected("a date that exists"),
    }
}

/// `date = date-text / DQUOTE date-text DQUOTE`
///
/// # Errors
/// When no date stands here, or there is no such day.
pub(crate) fn date(cursor: &mut Cursor<'_>) -> Result<Date, Error> {
    let quoted = cursor.eat(b'"');
    let date = civil(cursor)?;
    if quoted {
        cursor.byte(b'"', "the closing quote")?;
    }
    Ok(date)
}

impl InternalDate {
    /// `date-time = DQUOTE date-day-fixed "-" date-month "-" date-year SP time SP zone DQUOTE`
    ///
    /// # Errors
    /// When none stands here, or there is no such moment.
    pub fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        cursor.byte(b'"', "a date in quotes")?;
        cursor.eat(b' '); // date-day-fixed = (SP DIGIT) / 2DIGIT
        let date = civil(cursor)?;
        cursor.space()?;
        let hour = small(cursor, "hours")?;
        cursor.byte(b':', "a colon")?;
        let minute = small(cursor, "minutes")?;
        cursor.byte(b':', "a colon")?;
        let second = small(cursor, "seconds")?;
        cursor.space()?;
        let west = match cursor.peek() {
            Some(b'+') => false,
            Some(b'-') => true,
            _ => return cursor.expected("a zone"),
        };
        cursor.eat(if west { b'-' } else { b'+' });
        let digits = cursor.run(|byte| byte.is_ascii_digit());
        let zone = std::str::from_utf8(digits).ok().filter(|digits| digits.len() == 4);
        let zone = zone.and_then(|digits| digits.parse::<i16>().ok()).filter(|zone| zone % 100 < 60 && *zone < 2400);
        let Some(zone) = zone else { return cursor.expected("a zone") };
        cursor.byte(b'"', "the closing quote")?;
        let offset = (zone / 100 * 60 + zone % 100) * if west { -1 } else { 1 };
        // RFC 3339, 5.7: a leap second is written 60; it is kept as the second before.
        let time = jiff::civil::Time::new(hour, minute, second.min(59), 0);
        let Some(time) = time.ok().filter(|_| second <= 60) else { return cursor.expected("a time that exists") };
        let local = DateTime::from_parts(date, time);
        let utc = jiff::tz::Offset::UTC.to_timestamp(local).map(jiff::Timestamp::as_second);
        match utc {
            Ok(utc) => Ok(Self { seconds: utc - i64::from(offset) * 60, offset }),
            Err(_) => cursor.expected("a date that exists"),
        }
    }

    /// The day and time of day at that offset.
    pub fn local(self) -> DateTime {
        let second = self.seconds.saturating_add(i64::from(self.offset) * 60);
        jiff::Timestamp::from_second(second).map_or(DateTime::MIN, |moment| jiff::tz::Offset::UTC.to_datetime(moment))
    }
}

impl fmt::Display for InternalDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let local = self.local();
        let month = usize::try_from(local.month() - 1).ok().and_then(|index| MONTHS.get(index)).unwrap_or(&"Jan");
        let zone = self.offset.unsigned_abs();
        let sign = if self.offset < 0 { '-' } else { '+' };
        let (year, day) = (local.year().max(0), local.day());
        let (hour, minute, second) = (local.hour(), local.minute(), local.second());
        write!(f, "{day:2}-{month}-{year:04} {hour:02}:{minute:02}:{second:02} {sign}{:02}{:02}", zone / 60, zone % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<InternalDate, Error> {
        let mut cursor = Cursor::new(text.as_bytes());
        let date = InternalDate::read(&mut cursor)?;
        cursor.end()?;
        Ok(date)
    }

    #[test]
    fn table() {
        assert_eq!(read("\"17-Jul-1996 02:44:25 -0700\""), Ok(InternalDate { seconds: 837_596_665, offset: -420 }));
        assert_eq!(read("\" 1-jan-1970 00:00:00 +0000\""), Ok(InternalDate { seconds: 0, offset: 0 }));
        assert_eq!(read("\"1-Jan-1970 00:00:60 +0000\""), Ok(InternalDate { seconds: 59, offset: 0 }));
        for text in [
            "17-Jul-1996 02:44:25 -0700",
            "\"31-Feb-1996 02:44:25 -0700\"",
            "\"17-Jux-1996 02:44:25 -0700\"",
            "\"17-Jul-96 02:44:25 -0700\"",
            "\"17-Jul-1996 24:44:25 -0700\"",
            "\"17-Jul-1996 02:60:25 -0700\"",
            "\"17-Jul-1996 02:44:61 -0700\"",
            "\"17-Jul-1996 02:44:25 0700\"",
            "\"17-Jul-1996 02:44:25 -0760\"",
            "\"17-Jul-1996 02:44:25 -0700",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
        for text in ["1-Feb-1994", "\"1-Feb-1994\"", "01-feb-1994"] {
            assert_eq!(date(&mut Cursor::new(text.as_bytes())), Ok(Date::constant(1994, 2, 1)));
        }
        assert!(date(&mut Cursor::new(b"30-Feb-1994")).is_err());
    }

    proptest! {
        #[test]
        fn reads_what_it_prints(seconds in -2_000_000_000_i64..10_000_000_000, offset in -840_i16..840) {
            let date = InternalDate { seconds, offset };
            prop_assert_eq!(read(&format!("\"{date}\"")), Ok(date));
        }
    }
}
