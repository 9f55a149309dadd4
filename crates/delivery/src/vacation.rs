//! The answer to mail that comes while its reader is away (RFC 8621, 8; RFC 3834; RFC 5230): what he wrote, kept in his
//! account. It acts after a message is in his mailbox, and neither delays nor breaks that.
mod answer;
mod answering;
mod memory;
mod reply;
mod rules;
pub(crate) use answer::Arrived;
pub(crate) use answering::Answering;
pub(crate) use memory::forget as forget_answered;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use store::{ModSeq, ObjectChange, ObjectId, ObjectKind, ObjectsChanged, Outcome};
use thiserror::Error;
use world::UnixTime;

/// The most octets of a subject, and of each of the two bodies.
const MOST_SUBJECT: usize = 1_000;
const MOST_BODY: usize = 32 * 1024;
/// A sender is answered once in this time at the most, where nobody said otherwise (RFC 5230, 4.1).
const DAYS: u16 = 7;
/// The longest of these times.
const MOST_DAYS: u16 = 30;
/// How often a change is tried again when others were first.
const TRIES: usize = 100;

/// What is answered, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Vacation {
    /// Whether it is answered at all.
    pub enabled: bool,
    /// From when on, in seconds since 1970; `None`: at once.
    pub from: Option<u64>,
    /// Until when; `None`: until it is switched off.
    pub until: Option<u64>,
    /// The subject; `None`: that of the message, behind a word of ours.
    pub subject: Option<String>,
    /// The answer as plain text.
    pub text: Option<String>,
    /// The answer as HTML.
    pub html: Option<String>,
    /// A sender is answered once in so many days.
    pub days: u16,
}

/// What cannot be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum VacationError {
    /// The subject.
    #[error("a subject has at most 1,000 octets and no control characters")]
    Subject,
    /// The text.
    #[error("a text has at most 32 KiB")]
    Text,
    /// The HTML.
    #[error("HTML has at most 32 KiB")]
    Html,
    /// The number of days.
    #[error("a sender is answered once in 1 to 30 days")]
    Days,
    /// The dates.
    #[error("it ends before it begins")]
    Dates,
}

/// A vacation as an account keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptVacation {
    /// The state of this kind of objects.
    pub state: ModSeq,
    /// The vacation; who never set one has one that is off.
    pub vacation: Vacation,
    id: Option<ObjectId>,
}

impl Default for Vacation {
    fn default() -> Self {
        Self { enabled: false, from: None, until: None, subject: None, text: None, html: None, days: DAYS }
    }
}

impl Vacation {
    /// Whether mail is answered at `now`.
    pub fn is_on(&self, now: UnixTime) -> bool {
        let seconds = now.secs();
        // RFC 8621, 8: effective from `fromDate` on, and not at or after `toDate`
        self.enabled && self.from.is_none_or(|from| from <= seconds) && self.until.is_none_or(|until| seconds < until)
    }

    /// Whether it can be kept.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self) -> Result<(), VacationError> {
        let long = |body: &Option<String>| body.as_ref().is_some_and(|body| body.len() > MOST_BODY);
        if self
            .subject
            .as_ref()
            .is_some_and(|subject| subject.len() > MOST_SUBJECT || subject.contains(char::is_control))
        {
            return Err(VacationError::Subject);
        }
        if long(&self.text) {
            return Err(VacationError::Text);
        }
        if long(&self.html) {
            return Err(VacationError::Html);
        }
        if !(1..=MOST_DAYS).contains(&self.days) {
            return Err(VacationError::Days);
        }
        match (self.from, self.until) {
            (Some(from), Some(until)) if until <= from => Err(VacationError::Dates),
            _ => Ok(()),
        }
    }

    /// For how long a sender is not answered again.
    fn pause(&self) -> Duration {
        Duration::from_secs(u64::from(self.days) * 24 * 60 * 60)
    }

    fn encode(&self) -> Result<Bytes, store::Error> {
        let wrong = |error: serde_json::Error| store::Error::Corrupt(error.to_string());
        Ok(serde_json::to_vec(self).map_err(wrong)?.into())
    }
}

impl KeptVacation {
    /// That of `account`.
    ///
    /// # Errors
    /// What the store says.
    pub async fn of(account: &store::Account) -> Result<Self, store::Error> {
        let kept = account.objects(ObjectKind::Vacation).await?;
        let Some(object) = kept.objects.first() else {
            return Ok(Self { state: kept.state, vacation: Vacation::default(), id: None });
        };
        let wrong = |error: serde_json::Error| store::Error::Corrupt(format!("vacation: {error}"));
        let vacation = serde_json::from_slice(&object.value).map_err(wrong)?;
        Ok(Self { state: kept.state, vacation, id: Some(object.id) })
    }

    /// Puts `vacation` in its place; `None`: somebody else was first.
    ///
    /// # Errors
    /// What the store says.
    pub async fn replace(
        &self,
        account: &store::Account,
        vacation: &Vacation,
    ) -> Result<Option<Outcome<()>>, store::Error> {
        let value = vacation.encode()?;
        let change = self.id.map_or(ObjectChange::Create(value.clone()), |id| ObjectChange::Replace(id, value));
        let outcome = account.change_objects(ObjectKind::Vacation, Some(self.state), &[change]).await?;
        match outcome.value() {
            ObjectsChanged::Done(_) => Ok(Some(outcome.map(drop))),
            ObjectsChanged::StateMismatch => Ok(None),
        }
    }

    /// Changes that of `account`, whoever else does so meanwhile.
    ///
    /// # Errors
    /// What the store says.
    pub async fn change(
        account: &store::Account,
        change: impl Fn(&mut Vacation) -> Result<(), VacationError>,
    ) -> Result<Result<Vacation, VacationError>, store::Error> {
        for _ in 0..TRIES {
            let kept = Self::of(account).await?;
            let mut vacation = kept.vacation.clone();
            if let Err(error) = change(&mut vacation).and_then(|()| vacation.check()) {
                return Ok(Err(error));
            }
            if kept.replace(account, &vacation).await?.is_some() {
                return Ok(Ok(vacation));
            }
        }
        Err(store::Error::Conflict)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_on_between_its_dates() {
        let on = |from, until, now| {
            Vacation { enabled: true, from, until, ..Vacation::default() }.is_on(UnixTime::from_secs(now))
        };
        assert!(!Vacation::default().is_on(UnixTime::from_secs(5)));
        for (from, until, expected) in [
            (None, None, true),
            (Some(5), None, true),
            (Some(6), None, false),
            (None, Some(6), true),
            (None, Some(5), false),
            (Some(1), Some(9), true),
        ] {
            assert_eq!(on(from, until, 5), expected, "{from:?} {until:?}");
        }
    }

    #[test]
    fn what_is_too_much_is_refused() {
        let with = |change: fn(&mut Vacation)| {
            let mut vacation = Vacation::default();
            change(&mut vacation);
            vacation.check()
        };
        assert_eq!(with(|vacation| vacation.text = Some("x".repeat(32 * 1024))), Ok(()));
        assert_eq!(with(|vacation| vacation.text = Some("x".repeat(32 * 1024 + 1))), Err(VacationError::Text));
        assert_eq!(with(|vacation| vacation.html = Some("x".repeat(32 * 1024 + 1))), Err(VacationError::Html));
        assert_eq!(with(|vacation| vacation.subject = Some("x".repeat(1_001))), Err(VacationError::Subject));
        assert_eq!(with(|vacation| vacation.subject = Some("a\r\nBcc: b".into())), Err(VacationError::Subject));
        assert_eq!(with(|vacation| vacation.days = 0), Err(VacationError::Days));
        assert_eq!(with(|vacation| vacation.days = 31), Err(VacationError::Days));
        assert_eq!(with(|vacation| (vacation.from, vacation.until) = (Some(2), Some(2))), Err(VacationError::Dates));
    }
}
