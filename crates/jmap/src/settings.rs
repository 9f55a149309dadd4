//! What an operator set.
use names::{ByteSize, Domain};
use policy::{AllowanceLimits, OwnNames};
use std::time::Duration;
use texts::Language;

/// How JMAP behaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The largest message; an upload may be as large.
    pub max_message_size: ByteSize,
    /// Whether `\Seen` in what is shared is each account's own.
    pub own_seen: bool,
    /// The provider's own language.
    pub language: Language,
    /// The name in our Received fields.
    pub host_name: Domain,
    /// Under which names no customer may say what was found out about a sender (RFC 8601, 5).
    pub own_names: OwnNames,
    /// Recipients of one submission.
    pub max_recipients: usize,
    /// How long a submission may wait for its sender's time.
    pub max_delayed_send: Duration,
    /// How long each submission waits, so that it can be called back; zero: not at all.
    pub undo_time: Duration,
    /// How much one account may send; `None`: as much as it likes.
    pub allowance: Option<AllowanceLimits>,
}

impl Settings {
    /// The defaults for a machine of this name.
    #[must_use]
    pub fn new(host_name: Domain) -> Self {
        Self {
            max_message_size: ByteSize::mib(50),
            own_seen: true,
            language: Language::English,
            own_names: OwnNames::from_iter([host_name.clone()]),
            host_name,
            max_recipients: 1_000,
            max_delayed_send: Duration::from_secs(30 * 24 * 60 * 60),
            undo_time: Duration::ZERO,
            allowance: None,
        }
    }
}
