//! Dates of header fields (RFC 5322, 3.3 and 4.3), read leniently, printed strictly.

use std::fmt;

use crate::scan::Scan;

/// A moment with the offset in which it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Date {
    /// Seconds since 1970-01-01 00:00:00 UTC.
    pub seconds: i64,
    /// Minutes that the sender's clock is before UTC; -1439 to 1439.
    pub offset_minutes: i16,
}

impl Date {
    /// A moment in UTC.
    pub fn utc(seconds: i64) -> Self {
        Self { seconds, offset_minutes: 0 }
    }

    /// The same moment with another offset.
    #[must_use]
    pub fn with_offset(self, offset_minutes: i16) -> Self {
        Self { offset_minutes: offset_minutes.clamp(-1439, 1439), ..self }
    }

    /// Reads the value of a Date field. Comments, a missing weekday, missing seconds, and what RFC 5322, 4.3 has (years of two or
    /// three digits, zones by name, white space around the colons) are allowed; also a month before the day, dashes between, and
    /// an unknown or missing zone, which is UTC.
    pub fn parse(value: &[u8]) -> Option<Self> {
        let words = Words::read(value);
        let mut words = words.kept();
        let first = *words.first()?;
        // the weekday says nothing that the date does not
        if first.digits().is_none() && month(first.text).is_none() {
            words = words.get(1..)?;
        }
        let [first, second, rest @ ..] = words else { return None };
        let (day, month) = match (first.digits(), month(second.text)) {
            (Some(day), Some(month)) => (day, month),
            _ => (second.digits()?, month(first.text)?),
        };
        let hour = rest.iter().position(|word| word.text == b":")?.checked_sub(1)?;
        let (before, clock) = rest.split_at_checked(hour)?;
        let ((hour, minute, second), behind) = time_of_day(clock)?;
        let (year, zone) = match (before, behind) {
            ([year], zone) => (year, zone),
            // `Mon Jan  1 10:00:00 2024`, the order of asctime
            ([], [year, zone @ ..]) => (year, zone),
            _ => return None,
        };
        let year = full_year(year)?;
        if !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        let offset_minutes = zone.first().map_or(0, |zone| offset(zone.text));
        let days = days_from_civil(i64::from(year), i64::from(month), i64::from(day));
        let local = days * 86_400 + i64::from(hour) * 3_600 + i64::from(minute) * 60 + i64::from(second);
        Some(Self { seconds: local - i64::from(offset_minutes) * 60, offset_minutes })
    }
}

/// As RFC 5322, 3.3 writes it: `Tue, 1 Jul 2003 10:52:37 +0200`.
impl fmt::Display for Date {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let local = self.seconds.saturating_add(i64::from(self.offset_minutes) * 60);
        let (days, time) = (local.div_euclid(86_400), local.rem_euclid(86_400));
        let (year, month, day) = civil_from_days(days);
        let weekday = WEEKDAYS.get(usize::try_from((days + 4).rem_euclid(7)).unwrap_or(0)).unwrap_or(&"Thu");
        let month = usize::try_from(month - 1).ok().and_then(|index| MONTHS.get(index)).unwrap_or(&"Jan");
        let (hour, minute, second) = (time / 3_600, time / 60 % 60, time % 60);
        let sign = if self.offset_minutes < 0 { '-' } else { '+' };
        let offset = self.offset_minutes.unsigned_abs();
        let (zone_hours, zone_minutes) = (offset / 60, offset % 60);
        write!(
            out,
            "{weekday}, {day} {month} {year:04} {hour:02}:{minute:02}:{second:02} {sign}{zone_hours:02}{zone_minutes:02}"
        )
    }
}

const WEEKDAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

#[derive(Clone, Copy, Default)]
struct Word<'a> {
    text: &'a [u8],
}

impl Word<'_> {
    /// A number of up to four digits.
    fn digits(self) -> Option<u32> {
        let sound = (1..=4).contains(&self.text.len()) && self.text.iter().all(u8::is_ascii_digit);
        sound.then(|| self.text.iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0')))
    }
}

/// The words of a date, at most as many as a date has: each colon is one.
struct Words<'a> {
    list: [Word<'a>; MOST_WORDS],
    count: usize,
}

/// `Mon, 1 Jan 2024 10:00:00 +0000`, with three words more.
const MOST_WORDS: usize = 13;

impl<'a> Words<'a> {
    fn read(value: &'a [u8]) -> Self {
        let mut words = Self { list: [Word::default(); MOST_WORDS], count: 0 };
        let mut scan = Scan::new(value);
        while !scan.at_end() {
            if scan.skip_space() || scan.take(b',') {
                continue;
            }
            // RFC 5322, 4.3: there may be white space and comments around the colons
            if scan.take(b':') {
                words.push(b":");
                continue;
            }
            let text = scan.take_while(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b',' | b'(' | b':'));
            // `21-Nov-1997` is three words, `-0600` is one
            match text.first() {
                Some(b'-') => words.push(text),
                _ => text.split(|&byte| byte == b'-').for_each(|word| words.push(word)),
            }
        }
        words
    }

    fn push(&mut self, text: &'a [u8]) {
        if let Some(slot) = self.list.get_mut(self.count) {
            *slot = Word { text };
            self.count += 1;
        }
    }

    fn kept(&self) -> &[Word<'a>] {
        self.list.get(..self.count).unwrap_or_default()
    }
}

fn month(word: &[u8]) -> Option<u32> {
    let word = word.get(..3)?;
    let index = MONTHS.iter().position(|month| word.eq_ignore_ascii_case(month.as_bytes()))?;
    u32::try_from(index + 1).ok()
}

/// RFC 5322, 4.3: two digits below 50 are of this century, other years of two or three digits count from 1900.
fn full_year(word: &Word<'_>) -> Option<u32> {
    let year = word.digits()?;
    Some(match word.text.len() {
        2 if year < 50 => year + 2000,
        2 | 3 => year + 1900,
        4 => year,
        _ => return None,
    })
}

/// Hour, minute and second.
type TimeOfDay = (u32, u32, u32);

/// `hour ":" minute [":" second]`, and what stands behind it.
fn time_of_day<'w, 'a>(words: &'w [Word<'a>]) -> Option<(TimeOfDay, &'w [Word<'a>])> {
    let (hour, minute, rest) = match words {
        [hour, Word { text: b":" }, minute, rest @ ..] => (hour.digits()?, minute.digits()?, rest),
        _ => return None,
    };
    match rest {
        [Word { text: b":" }, second, rest @ ..] => Some(((hour, minute, second.digits()?), rest)),
        rest => Some(((hour, minute, 0), rest)),
    }
}

/// The zone in minutes. What is unknown is `-0000`, so UTC (RFC 5322, 4.3).
fn offset(zone: &[u8]) -> i16 {
    if let [sign @ (b'+' | b'-'), digits @ ..] = zone
        && digits.len() == 4
        && let Some(number) = (Word { text: digits }).digits()
    {
        let minutes = i16::try_from(number / 100 * 60 + number % 100).unwrap_or(0);
        let minutes = if (0..1440).contains(&minutes) && number % 100 < 60 { minutes } else { 0 };
        return if *sign == b'-' { -minutes } else { minutes };
    }
    let named =
        [("EDT", -4), ("EST", -5), ("CDT", -5), ("CST", -6), ("MDT", -6), ("MST", -7), ("PDT", -7), ("PST", -8)];
    named.iter().find(|(name, _)| zone.eq_ignore_ascii_case(name.as_bytes())).map_or(0, |(_, hours)| hours * 60)
}

/// Days since 1970-01-01 in the Gregorian calendar. A day beyond its month's end counts on into the next.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read() {
        let cases = [
            ("Fri, 21 Nov 1997 09:55:06 -0600", Some((880_127_706, -360))),
            ("Tue, 1 Jul 2003 10:52:37 +0200", Some((1_057_049_557, 120))),
            ("1 Jul 2003 10:52 +0200", Some((1_057_049_520, 120))),
            (
                "Thu,\r\n      13\r\n        Feb\r\n          1969\r\n      23:32\r\n               -0330 (Newfoundland Time)",
                Some((-27_723_480, -210)),
            ),
            ("21 Nov 97 09:55:06 GMT", Some((880_106_106, 0))),
            ("Fri, 21 Nov 1997 09(comment):55:06 -0600", Some((880_127_706, -360))),
            // RFC 5322, A.6.3
            ("Fri, 21 Nov 1997 09(comment):   55  :  06 -0600", Some((880_127_706, -360))),
            ("Fri Nov 21 09 : 55 : 06 1997", Some((880_106_106, 0))),
            ("Fri, 21 Nov 1997 09:55:06:07 -0600", Some((880_106_106, 0))),
            ("Fri, 21 Nov 1997 :55:06 -0600", None),
            ("Fri, 21 Nov 1997 09: -0600", None),
            ("Fri, 21 Nov 1997 09:55: -0600", None),
            ("Fri, 21 Nov 1997 09:55:06 EST", Some((880_124_106, -300))),
            ("Fri, 21 Nov 1997 09:55:06 Z", Some((880_106_106, 0))),
            ("Fri, 21 Nov 1997 09:55:06", Some((880_106_106, 0))),
            ("Fri, 21 Nov 1997 09:55:06 +9999", Some((880_106_106, 0))),
            ("21-Nov-1997 09:55:06 -0600", Some((880_127_706, -360))),
            ("Fri Nov 21 09:55:06 1997", Some((880_106_106, 0))),
            ("Nov 21, 1997 09:55:06 +0000", Some((880_106_106, 0))),
            ("1 January 70 00:00:00 +0000", Some((0, 0))),
            ("1 Jan 49 00:00 +0000", Some((2_493_072_000, 0))),
            ("1 Jan 103 00:00 +0000", Some((1_041_379_200, 0))),
            ("31 Dec 1998 23:59:60 +0000", Some((915_148_800, 0))),
            ("32 Jan 2000 00:00 +0000", None),
            ("1 Foo 2000 00:00 +0000", None),
            ("1 Jan 2000 24:00 +0000", None),
            ("1 Jan 99999 00:00", None),
            ("", None),
            ("now", None),
            ("Fri,", None),
        ];
        for (text, expected) in cases {
            let read = Date::parse(text.as_bytes()).map(|date| (date.seconds, date.offset_minutes));
            assert_eq!(read, expected, "{text}");
        }
    }

    #[test]
    fn dates_are_printed() {
        assert_eq!(Date::utc(0).to_string(), "Thu, 1 Jan 1970 00:00:00 +0000");
        assert_eq!(Date::utc(880_127_706).with_offset(-360).to_string(), "Fri, 21 Nov 1997 09:55:06 -0600");
        assert_eq!(Date::utc(951_782_400).with_offset(330).to_string(), "Tue, 29 Feb 2000 05:30:00 +0530");
    }

    proptest::proptest! {
        #[test]
        fn what_is_printed_is_read(seconds in -62_135_596_800_i64..253_402_300_799, offset in -1439_i16..=1439) {
            let date = Date::utc(seconds).with_offset(offset);
            let text = date.to_string();
            let local = seconds + i64::from(offset) * 60;
            if (-62_135_596_800..253_402_300_800).contains(&local) {
                proptest::prop_assert_eq!(Date::parse(text.as_bytes()), Some(date), "{}", text);
            }
        }

        #[test]
        fn no_date_panics(text in ".{0,60}") {
            let _ = Date::parse(text.as_bytes());
        }
    }
}
