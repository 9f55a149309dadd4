//! What a command came to.
use super::phase::Phase;
use smtp_wire::Reply;

/// What follows the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    GoOn,
    HangUp,
    /// The answer was 220 to STARTTLS.
    Handshake,
}

/// The next phase, the answers, and what follows.
pub(super) struct Turn {
    pub(super) phase: Phase,
    pub(super) replies: Vec<Reply>,
    pub(super) then: Then,
}

impl Turn {
    pub(super) fn say(phase: impl Into<Phase>, reply: Reply) -> Self {
        Self { phase: phase.into(), replies: vec![reply], then: Then::GoOn }
    }

    pub(super) fn hang_up(reply: Option<Reply>) -> Self {
        Self { phase: Phase::Ungreeted, replies: reply.into_iter().collect(), then: Then::HangUp }
    }
}
