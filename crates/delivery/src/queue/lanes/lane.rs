//! One lane: what waits for a next hop, and what is known of it.
use super::concurrency::Concurrency;
use super::lines::{Line, Standing};
use super::row::Rows;
use std::sync::Arc;
use std::time::Duration;
use world::UnixTime;

/// The first rest of a lane that failed; it doubles each time.
pub(super) const FIRST_REST: Duration = Duration::from_secs(60);
/// The longest rest.
pub(super) const LONGEST_REST: Duration = Duration::from_secs(15 * 60);
/// For so long an answer shows that a server lives, though another connection to it fails.
const LIVES: Duration = Duration::from_secs(60);

/// One next hop.
#[derive(Default)]
pub(super) struct Lane {
    /// That of its name.
    pub(super) number: u32,
    pub(super) waiting: Rows,
    pub(super) active: usize,
    /// How many of the active ones hang.
    pub(super) hanging: usize,
    pub(super) concurrency: Concurrency,
    /// Failures in a row; a lane with any is suspect.
    pub(super) failures: u32,
    pub(super) rests_until: Option<UnixTime>,
    pub(super) last_words: Option<Arc<str>>,
    /// When it answered a message last.
    pub(super) answered: Option<UnixTime>,
    /// In which lines it stands.
    pub(super) stands: Standing,
    /// Somebody wanted it tried while a worker was in it: what that one finds is older than the wish.
    pub(super) wanted: bool,
}

impl Lane {
    /// Whether another connection may begin with what waits; `most` is what an operator allows.
    pub(super) fn may_begin(&self, most: usize) -> bool {
        // a lane that failed tries alone, however long that takes
        let counted = if self.failures == 0 { self.active.saturating_sub(self.hanging) } else { self.active };
        let room = counted < self.concurrency.limit() && self.active < most.max(1);
        self.rests_until.is_none() && room && !self.waiting.is_empty()
    }

    /// Whether something waits here only because others are at work who may turn out to hang.
    pub(super) fn is_held(&self, most: usize) -> bool {
        let waits = self.rests_until.is_none() && !self.waiting.is_empty();
        waits && self.failures == 0 && self.active < most && !self.may_begin(most)
    }

    /// Whether others get through, or may, though a connection fails: then there are too many, and the server is not away.
    pub(super) fn is_crowded(&self, now: UnixTime, refused: bool) -> bool {
        let lives = self.answered.is_some_and(|at| at <= now && now.since(at) < LIVES);
        self.active > 1 && self.failures == 0 && (lives || refused)
    }

    /// Whether nothing is known of it that matters.
    pub(super) const fn is_idle(&self) -> bool {
        self.active == 0 && self.waiting.is_empty() && self.rests_until.is_none()
    }

    /// How long it rests after its failures in a row.
    pub(super) fn rest(&self) -> Duration {
        FIRST_REST.saturating_mul(1 << self.failures.saturating_sub(1).min(8)).min(LONGEST_REST)
    }

    /// In which line it waits for its turn.
    pub(super) fn line(&self) -> Line {
        match self.waiting.urgency() {
            _ if self.failures > 0 => Line::Suspect,
            Some(1..) => Line::Urgent,
            _ => Line::Ready,
        }
    }
}
