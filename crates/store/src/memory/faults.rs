//! What a test lets go wrong.
use super::Memory;
use crate::engine::CommitError;
use crate::lock::lock;
use std::collections::VecDeque;
use std::time::Duration;

/// What goes wrong from now on.
#[derive(Default)]
pub(super) struct Faults {
    pub(super) held: bool,
    pub(super) below_reserve: bool,
    pub(super) full: bool,
    pub(super) sync: bool,
    pub(super) next: VecDeque<Option<CommitError>>,
    pub(super) delay: Duration,
    pub(super) mute: bool,
}

impl Memory {
    /// Refuses the next commit, or the one after those that were named before, with `why`; `None` lets it pass.
    pub fn fail_next(&self, why: Option<CommitError>) {
        lock(&self.shared.state).faults.next.push_back(why);
    }

    /// Says that free space is below the reserve: growing commits are refused, freeing ones are not.
    pub fn below_reserve(&self, below: bool) {
        lock(&self.shared.state).faults.below_reserve = below;
    }

    /// Says that the disk is full: every commit and blob is refused.
    pub fn full(&self, full: bool) {
        lock(&self.shared.state).faults.full = full;
    }

    /// Lets the next sync fail: nothing of that group is acknowledged, and the engine closes.
    pub fn fail_sync(&self) {
        lock(&self.shared.state).faults.sync = true;
    }

    /// Lets every `reserve` and every end of a blob take `delay` of tokio's time.
    pub fn delay(&self, delay: Duration) {
        lock(&self.shared.state).faults.delay = delay;
    }

    /// Lets no `read` and no opening of a blob be answered.
    pub fn mute(&self, mute: bool) {
        lock(&self.shared.state).faults.mute = mute;
    }
}
