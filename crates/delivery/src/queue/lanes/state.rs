//! A lane as its operator sees it.
use super::Lane;
use std::sync::Arc;
use world::UnixTime;

/// A lane as the operator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaneState {
    /// The next hop.
    pub name: String,
    /// How many messages wait for it now.
    pub waiting: usize,
    /// How many connections it has.
    pub connections: usize,
    /// How many it may have, as far as it has shown that it bears them.
    pub limit: usize,
    /// Until when it rests, after it could not be reached.
    pub rests_until: Option<UnixTime>,
    /// What it said, or why it could not be reached.
    pub last_words: Option<String>,
}

/// How a lane stands.
pub(super) fn of(name: &Arc<str>, lane: &Lane) -> LaneState {
    LaneState {
        name: name.to_string(),
        waiting: lane.waiting.len(),
        connections: lane.active,
        limit: lane.concurrency.limit(),
        rests_until: lane.rests_until,
        last_words: lane.last_words.as_ref().map(ToString::to_string),
    }
}
