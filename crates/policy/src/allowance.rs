//! What one account may send: messages and recipients in an hour and a day, and of the recipients those to whom it has
//! not written lately. A customer writes to people whom he knows; who sends from a stolen account does not.
use crate::rates::micros;
use crate::{Counted, Error, Rate, Span};
use std::collections::BTreeMap;
use std::time::Duration;
use world::UnixTime;

/// Recipients that are remembered of one account; when there are more, who was written to longest ago is forgotten.
const MAX_KNOWN: usize = 2_000;
/// For how many hours: 90 days.
const REMEMBERED: u32 = 90 * 24;
/// The form in which an allowance is written down.
const FORM: u8 = 1;

/// How much an account may send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AllowanceLimits {
    /// Messages in an hour.
    pub messages_per_hour: u32,
    /// Messages in a day.
    pub messages_per_day: u32,
    /// Recipients in an hour.
    pub recipients_per_hour: u32,
    /// Recipients to whom it has not written lately, in an hour.
    pub new_recipients_per_hour: u32,
    /// The same in a day.
    pub new_recipients_per_day: u32,
}

/// What an account has left of its limits, and whom it knows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Allowance {
    messages_hour: u64,
    messages_day: u64,
    recipients_hour: u64,
    new_hour: u64,
    new_day: u64,
    /// By a hash of the address: the hour in which it was last written to.
    known: BTreeMap<u64, u32>,
}

impl Allowance {
    /// Takes a message from what is allowed, or nothing.
    ///
    /// # Errors
    /// [`Error::RateExceeded`], with the longest wait.
    pub fn message(&mut self, limits: &AllowanceLimits, now: UnixTime) -> Result<(), Error> {
        let at = micros(now);
        let hour = Rate::new(Counted::Messages, limits.messages_per_hour, Span::Hour).take(self.messages_hour, 1, at);
        let day = Rate::new(Counted::Messages, limits.messages_per_day, Span::Day).take(self.messages_day, 1, at);
        (self.messages_hour, self.messages_day) = both(hour, day)?;
        Ok(())
    }

    /// Takes a recipient, known by a hash of his address, from what is allowed, or nothing.
    ///
    /// # Errors
    /// [`Error::RateExceeded`], with the longest wait.
    pub fn recipient(&mut self, limits: &AllowanceLimits, recipient: u64, now: UnixTime) -> Result<(), Error> {
        let at = micros(now);
        let hour = u32::try_from(now.secs() / 3_600).unwrap_or(u32::MAX);
        let each = Rate::new(Counted::Recipients, limits.recipients_per_hour, Span::Hour);
        let recipients_hour = each.take(self.recipients_hour, 1, at)?;
        let lately = |last: &u32| hour.saturating_sub(*last) <= REMEMBERED;
        if !self.known.get(&recipient).is_some_and(lately) {
            let new = |limit, per| Rate::new(Counted::NewRecipients, limit, per);
            let in_hour = new(limits.new_recipients_per_hour, Span::Hour).take(self.new_hour, 1, at);
            let in_day = new(limits.new_recipients_per_day, Span::Day).take(self.new_day, 1, at);
            (self.new_hour, self.new_day) = both(in_hour, in_day)?;
        }
        self.recipients_hour = recipients_hour;
        self.known.insert(recipient, hour);
        if self.known.len() > MAX_KNOWN {
            self.forget();
        }
        Ok(())
    }

    /// Makes room for a tenth of what is remembered.
    fn forget(&mut self) {
        let mut by_age: Vec<(u32, u64)> = self.known.iter().map(|(recipient, hour)| (*hour, *recipient)).collect();
        by_age.sort_unstable();
        for (_, recipient) in by_age.iter().take(MAX_KNOWN / 10) {
            self.known.remove(recipient);
        }
    }

    /// As it is written down: at most 24 KiB.
    pub fn encode(&self) -> Vec<u8> {
        let numbers = [self.messages_hour, self.messages_day, self.recipients_hour, self.new_hour, self.new_day];
        let mut bytes = vec![FORM];
        numbers.iter().for_each(|number| bytes.extend(number.to_be_bytes()));
        for (recipient, hour) in &self.known {
            bytes.extend(recipient.to_be_bytes());
            bytes.extend(hour.to_be_bytes());
        }
        bytes
    }

    /// What was written down; `None` where it is of another form.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes.strip_prefix(&[FORM])?;
        let mut number = || {
            let (number, behind) = rest.split_first_chunk::<8>()?;
            rest = behind;
            Some(u64::from_be_bytes(*number))
        };
        let (messages_hour, messages_day) = (number()?, number()?);
        let (recipients_hour, new_hour, new_day) = (number()?, number()?, number()?);
        let (known, odd) = rest.as_chunks::<12>();
        if !odd.is_empty() || known.len() > MAX_KNOWN {
            return None;
        }
        let one = |bytes: &[u8; 12]| {
            let [a, b, c, d, e, f, g, h, rest @ ..] = *bytes;
            (u64::from_be_bytes([a, b, c, d, e, f, g, h]), u32::from_be_bytes(rest))
        };
        let known = known.iter().map(one).collect();
        Some(Self { messages_hour, messages_day, recipients_hour, new_hour, new_day, known })
    }
}

/// Both, or the refusal that lasts longer.
fn both(hour: Result<u64, Error>, day: Result<u64, Error>) -> Result<(u64, u64), Error> {
    match (hour, day) {
        (Ok(hour), Ok(day)) => Ok((hour, day)),
        (Err(error), Ok(_)) | (Ok(_), Err(error)) => Err(error),
        (Err(hour), Err(day)) => Err(if waits(&hour) > waits(&day) { hour } else { day }),
    }
}

const fn waits(error: &Error) -> Duration {
    match error {
        Error::RateExceeded { wait, .. } => *wait,
        Error::Helo(_) => Duration::ZERO,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LIMITS: AllowanceLimits = AllowanceLimits {
        messages_per_hour: 10,
        messages_per_day: 15,
        recipients_per_hour: 100,
        new_recipients_per_hour: 5,
        new_recipients_per_day: 8,
    };

    fn at(seconds: u64) -> UnixTime {
        UnixTime::from_secs(1_800_000_000 + seconds)
    }

    fn refused<T: std::fmt::Debug>(outcome: Result<T, Error>) -> (Counted, Span, Duration) {
        match outcome {
            Err(Error::RateExceeded { what, per, wait, .. }) => (what, per, wait),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_hour_and_a_day_of_messages() {
        let mut allowance = Allowance::default();
        for _ in 0..10 {
            allowance.message(&LIMITS, at(0)).unwrap();
        }
        assert_eq!(
            refused(allowance.message(&LIMITS, at(0))),
            (Counted::Messages, Span::Hour, Duration::from_secs(360))
        );
        for n in 0..5 {
            allowance.message(&LIMITS, at(3_600 + n)).unwrap();
        }
        let (what, per, wait) = refused(allowance.message(&LIMITS, at(3_700)));
        assert_eq!((what, per), (Counted::Messages, Span::Day));
        assert!(wait > Duration::from_secs(1_800) && wait < Duration::from_secs(5_760), "{wait:?}");
        allowance.message(&LIMITS, at(3_700 + wait.as_secs() + 1)).unwrap();
    }

    #[test]
    fn who_is_known_costs_nothing_of_the_new_ones() {
        let mut allowance = Allowance::default();
        for recipient in 0..5 {
            allowance.recipient(&LIMITS, recipient, at(0)).unwrap();
        }
        assert_eq!(refused(allowance.recipient(&LIMITS, 5, at(0))).0, Counted::NewRecipients);
        for recipient in (0..5).cycle().take(90) {
            allowance.recipient(&LIMITS, recipient, at(1)).unwrap();
        }
        // as many as there are, new or not, have a limit too
        for _ in 0..5 {
            allowance.recipient(&LIMITS, 0, at(1)).unwrap();
        }
        assert_eq!(refused(allowance.recipient(&LIMITS, 0, at(1))).0, Counted::Recipients);
        // who was refused is not known by that
        let (what, per, _) =
            refused((5..20).try_for_each(|recipient| allowance.recipient(&LIMITS, recipient, at(7_200))));
        assert_eq!((what, per), (Counted::NewRecipients, Span::Day));
    }

    #[test]
    fn who_was_not_written_to_for_ninety_days_is_new() {
        let mut allowance = Allowance::default();
        let none = AllowanceLimits { new_recipients_per_hour: 0, ..LIMITS };
        allowance.recipient(&LIMITS, 1, at(0)).unwrap();
        allowance.recipient(&none, 1, at(89 * 86_400)).unwrap();
        allowance.recipient(&none, 1, at(178 * 86_400)).unwrap();
        assert!(allowance.recipient(&none, 1, at(269 * 86_400)).is_err());
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let all = u32::MAX;
        let limits = AllowanceLimits {
            messages_per_hour: all,
            messages_per_day: all,
            recipients_per_hour: all,
            new_recipients_per_hour: all,
            new_recipients_per_day: all,
        };
        let mut allowance = Allowance::default();
        for recipient in 0..10_000 {
            allowance.recipient(&limits, recipient, at(recipient)).unwrap();
        }
        assert!(allowance.known.len() <= MAX_KNOWN && allowance.known.contains_key(&9_999));
        assert!(allowance.encode().len() < 25_000);
        assert_eq!(Allowance::decode(&allowance.encode()), Some(allowance));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let read = Allowance::decode(&[&[FORM], &bytes[..]].concat());
            prop_assert_eq!(read.is_some(), bytes.len() >= 40 && (bytes.len() - 40) % 12 == 0);
        }
    }
}
