//! `date-time` (RFC 3339, 5.6), as HOLDUNTIL and FUTURERELEASE carry it (RFC 4865, 4, erratum 2040).
//!
//! ```text
//! date-time = 4DIGIT "-" 2DIGIT "-" 2DIGIT "T" 2DIGIT ":" 2DIGIT ":" 2DIGIT ["." 1*DIGIT] ("Z" / ("+" / "-") 2DIGIT ":" 2DIGIT)
//! ```
use crate::cursor::Cursor;
use std::fmt;

const DAY: u64 = 86_400;

/// A moment since 1970, in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateTime(pub u64);

impl DateTime {
    /// Reads a moment from 1970 on; fractions of a second are dropped.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut cursor = Cursor::new(text.as_bytes());
        let year = number(&mut cursor, 4, 1970..=9999)?;
        let month = cursor.eat(b'-').then(|| number(&mut cursor, 2, 1..=12))??;
        let day = cursor.eat(b'-').then(|| number(&mut cursor, 2, 1..=days_in(year, month)))??;
        if !cursor.eat(b'T') && !cursor.eat(b't') {
            return None;
        }
        let hour = number(&mut cursor, 2, 0..=23)?;
        let minute = cursor.eat(b':').then(|| number(&mut cursor, 2, 0..=59))??;
        // RFC 3339, 5.7: 60 is a leap second
        let second = cursor.eat(b':').then(|| number(&mut cursor, 2, 0..=60))??;
        if cursor.eat(b'.') && cursor.while_fits(|byte| byte.is_ascii_digit()).is_empty() {
            return None;
        }
        let local = days_before(year, month, day) * DAY + hour * 3_600 + minute * 60 + second;
        let seconds = match cursor.next()? {
            b'Z' | b'z' => local,
            b'+' => local.checked_sub(offset(&mut cursor)?)?,
            b'-' => local.checked_add(offset(&mut cursor)?)?,
            _ => return None,
        };
        cursor.rest().is_empty().then_some(Self(seconds))
    }
}

fn offset(cursor: &mut Cursor<'_>) -> Option<u64> {
    let hours = number(cursor, 2, 0..=23)?;
    let minutes = cursor.eat(b':').then(|| number(cursor, 2, 0..=59))??;
    Some(hours * 3_600 + minutes * 60)
}

fn number(cursor: &mut Cursor<'_>, digits: usize, range: std::ops::RangeInclusive<u64>) -> Option<u64> {
    let mut number = 0;
    for _ in 0..digits {
        number = number * 10 + u64::from(cursor.next().filter(u8::is_ascii_digit)? - b'0');
    }
    range.contains(&number).then_some(number)
}

const fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400)
}

const fn days_in(year: u64, month: u64) -> u64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970 to this one.
fn days_before(year: u64, month: u64, day: u64) -> u64 {
    let leaps = |year: u64| year / 4 - year / 100 + year / 400;
    let years = (year - 1970) * 365 + leaps(year - 1) - leaps(1969);
    years + (1..month).map(|month| days_in(year, month)).sum::<u64>() + day - 1
}

impl fmt::Display for DateTime {
    /// In UTC. What is later than the year 9999 prints as its end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LAST: u64 = 253_402_300_799;
        let seconds = self.0.min(LAST);
        let mut days = seconds / DAY;
        let mut year = 1970;
        while days >= 365 + u64::from(is_leap(year)) {
            days -= 365 + u64::from(is_leap(year));
            year += 1;
        }
        let mut month = 1;
        while days >= days_in(year, month) {
            days -= days_in(year, month);
            month += 1;
        }
        let time = seconds % DAY;
        let (hour, minute, second) = (time / 3_600, time / 60 % 60, time % 60);
        write!(f, "{year:04}-{month:02}-{:02}T{hour:02}:{minute:02}:{second:02}Z", days + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2026-11-30T10:00:00Z", 1_796_032_800),
            ("2026-11-30t10:00:00.25z", 1_796_032_800),
            ("2026-11-30T11:30:00+01:30", 1_796_032_800),
            ("2026-11-30T09:00:00-01:00", 1_796_032_800),
            ("2000-02-29T00:00:00Z", 951_782_400),
            ("1998-12-31T23:59:60Z", 915_148_800),
        ] {
            assert_eq!(DateTime::parse(text), Some(DateTime(seconds)), "{text}");
        }
    }

    #[test]
    fn refuses() {
        for text in [
            "",
            "2026-11-30",
            "2026-11-30T10:00Z",
            "2026-11-30T10:00:00",
            "2026-11-30 10:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-02-29T00:00:00Z",
            "2026-11-31T00:00:00Z",
            "2026-11-30T24:00:00Z",
            "2026-11-30T10:60:00Z",
            "2026-11-30T10:00:00.Z",
            "2026-11-30T10:00:00+01",
            "2026-11-30T10:00:00Zz",
            "1969-12-31T23:59:59Z",
            "1970-01-01T00:00:00+00:01",
            "+026-11-30T10:00:00Z",
        ] {
            assert_eq!(DateTime::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn prints_what_it_reads(seconds in 0..253_402_300_800_u64) {
            prop_assert_eq!(DateTime::parse(&DateTime(seconds).to_string()), Some(DateTime(seconds)));
        }
    }
}
