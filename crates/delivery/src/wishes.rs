//! What a sender asks of the time and the ways of his message, beside its delivery: when it is let go (RFC 4865), by when
//! it must be there (RFC 2852), and whether it may go without TLS (RFC 8689).
use crate::queue::stored;
use serde::{Deserialize, Serialize};
use smtp_wire::HoldFor;
use std::time::Duration;
use world::UnixTime;

/// What was asked; by default nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wishes {
    /// HOLDFOR, HOLDUNTIL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<Release>,
    /// BY.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<DeliverBy>,
    /// REQUIRETLS, or the field `TLS-Required: No`.
    #[serde(default, skip_serializing_if = "TlsWish::is_usual")]
    pub tls: TlsWish,
}

/// When a message is let go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// The moment.
    #[serde(with = "stored::time")]
    pub at: UnixTime,
    /// Whether it has been let go.
    pub over: bool,
    /// What the sender asked for; nothing where it is the server that waits (`submission.undo-time`).
    #[serde(with = "stored::hold", default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<HoldFor>,
}

impl Release {
    /// The moment that HOLDFOR or HOLDUNTIL mean.
    pub fn of(hold: HoldFor, now: UnixTime) -> Self {
        let at = match hold {
            HoldFor::Seconds(seconds) => now.plus(Duration::from_secs(seconds.into())),
            HoldFor::Until(moment) => UnixTime::from_secs(moment.0),
        };
        Self { at, over: false, asked: Some(hold) }
    }
}

/// By when a message must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliverBy {
    /// The moment.
    #[serde(with = "stored::time")]
    pub at: UnixTime,
    /// What happens then.
    pub late: Late,
    /// Whether the sender is told by each server that hands it on.
    pub trace: bool,
}

/// What becomes of a message that is late (RFC 2852, 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Late {
    /// It comes back.
    Return,
    /// The sender is told, and it goes on.
    Notify,
}

/// What the sender asks of TLS (RFC 8689).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TlsWish {
    /// Nothing: the rules of both sides hold.
    #[default]
    Usual,
    /// REQUIRETLS: only by TLS, to servers whose certificate was verified, and who promise the same.
    Required,
    /// `TLS-Required: No`: that it arrives is worth more than what DANE or MTA-STS ask.
    NotRequired,
}

impl TlsWish {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for this signature")]
    const fn is_usual(&self) -> bool {
        matches!(self, Self::Usual)
    }
}

impl Wishes {
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Until when the message waits for its sender's time.
    pub fn waits_until(&self) -> Option<UnixTime> {
        self.release.filter(|release| !release.over).map(|release| release.at)
    }

    /// Until when a message may be delivered that comes back when it is late.
    pub(crate) fn returns_at(&self) -> Option<UnixTime> {
        self.by.filter(|by| by.late == Late::Return).map(|by| by.at)
    }

    /// When the sender of a message that is late is to be told so, though it goes on.
    pub(crate) fn tells_at(&self) -> Option<UnixTime> {
        self.by.filter(|by| by.late == Late::Notify).map(|by| by.at)
    }
}
