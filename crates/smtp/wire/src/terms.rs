//! What MAIL asks about the time of a message: HOLDFOR and HOLDUNTIL (RFC 4865), BY (RFC 2852), MT-PRIORITY (RFC 6710).
use crate::DateTime;
use std::fmt;

/// How long a message is to wait before it is let go (RFC 4865, 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HoldFor {
    /// HOLDFOR: so many seconds, from 1 on.
    Seconds(u32),
    /// HOLDUNTIL.
    Until(DateTime),
}

/// What becomes of a message that is not delivered in time (RFC 2852, 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ByMode {
    /// `R`: it comes back.
    Return,
    /// `N`: the sender is told, and it goes on.
    Notify,
}

/// BY (RFC 2852, 4).
///
/// ```text
/// deliverby-value = ["-" / "+"] 1*9DIGIT ";" ("N" / "R") ["T"]
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DeliverBy {
    /// Seconds that are left; negative once the time is over.
    pub seconds: i64,
    /// What happens then.
    pub mode: ByMode,
    /// `T`: the sender is told by each server that hands it on.
    pub trace: bool,
}

/// MT-PRIORITY: -9 to 9 (RFC 6710, 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Priority(i8);

impl HoldFor {
    pub(crate) fn seconds(value: &str) -> Option<Self> {
        digits(value).filter(|seconds| *seconds > 0).map(Self::Seconds)
    }

    pub(crate) fn until(value: &str) -> Option<Self> {
        DateTime::parse(value).map(Self::Until)
    }

    /// As a report repeats it: `for;3600`, `until;2026-01-01T12:00:00Z`. RFC 4865 adds the field to those of RFC 3464.
    pub fn request(&self) -> String {
        match self {
            Self::Seconds(seconds) => format!("for;{seconds}"),
            Self::Until(moment) => format!("until;{moment}"),
        }
    }

    /// Reads what [`Self::request`] prints.
    pub fn read_request(text: &str) -> Option<Self> {
        match text.split_once(';')? {
            ("for", seconds) => Self::seconds(seconds),
            ("until", moment) => Self::until(moment),
            _ => None,
        }
    }

    /// The parameter that it is.
    pub(crate) const fn keyword(self) -> &'static str {
        match self {
            Self::Seconds(_) => "HOLDFOR",
            Self::Until(_) => "HOLDUNTIL",
        }
    }
}

impl DeliverBy {
    pub(crate) fn parse(value: &str) -> Option<Self> {
        let (time, mode) = value.split_once(';')?;
        let (sign, time) = match time.strip_prefix('-') {
            Some(time) => (-1, time),
            None => (1, time.strip_prefix('+').unwrap_or(time)),
        };
        let seconds = sign * i64::from(digits(time)?);
        let (mode, trace) = match mode.to_ascii_uppercase().as_str() {
            "R" => (ByMode::Return, false),
            "RT" => (ByMode::Return, true),
            "N" => (ByMode::Notify, false),
            "NT" => (ByMode::Notify, true),
            _ => return None,
        };
        // RFC 2852, 4: what has to come back has no time to lose
        let late = mode == ByMode::Return && seconds <= 0;
        (!late).then_some(Self { seconds, mode, trace })
    }
}

impl Priority {
    /// A priority; `None` beyond -9 and 9.
    pub fn new(priority: i8) -> Option<Self> {
        (-9..=9).contains(&priority).then_some(Self(priority))
    }

    /// As a number.
    pub const fn number(self) -> i8 {
        self.0
    }

    /// RFC 6710, 3: `["-"] NZDIGIT / "0"`.
    pub(crate) fn parse(value: &str) -> Option<Self> {
        let (sign, digit) = value.strip_prefix('-').map_or((1, value), |digit| (-1, digit));
        match (sign, digit.as_bytes()) {
            (-1, b"0") => None,
            (sign, [digit @ b'0'..=b'9']) => i8::try_from(digit - b'0').ok().and_then(|digit| Self::new(sign * digit)),
            _ => None,
        }
    }
}

/// `1*9DIGIT`.
fn digits(text: &str) -> Option<u32> {
    let fits = (1..=9).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if fits { text.parse().ok() } else { None }
}

impl fmt::Display for HoldFor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seconds(seconds) => write!(f, "HOLDFOR={seconds}"),
            Self::Until(moment) => write!(f, "HOLDUNTIL={moment}"),
        }
    }
}

impl fmt::Display for DeliverBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mode = match self.mode {
            ByMode::Return => "R",
            ByMode::Notify => "N",
        };
        write!(f, "{};{mode}{}", self.seconds, if self.trace { "T" } else { "" })
    }
}

impl fmt::Display for Priority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}
