//! What time does to lanes: rests end, and who is at one message for too long hangs.
use super::lane::LONGEST_REST;
use super::{Lanes, Turn};
use std::sync::Arc;
use std::time::Duration;
use world::UnixTime;

/// A worker that has been at one message for so long hangs: the other server may take ten minutes after the last dot
/// (RFC 5321, 4.5.3.2.6), and those behind that message should not.
pub(super) const HANGS: Duration = Duration::from_secs(30);

impl Lanes {
    /// A worker begins with a message.
    pub(super) fn works(&mut self, turn: &mut Turn, now: UnixTime) {
        turn.hangs_at = now.plus(HANGS);
        self.at_work.insert((turn.hangs_at, turn.number), turn.lane.clone());
    }

    /// A worker is done with a message, and hangs no more.
    pub(super) fn stops(&mut self, turn: &Turn) {
        if self.at_work.remove(&(turn.hangs_at, turn.number)).is_none()
            && let Some(lane) = self.lanes.get_mut(&turn.lane)
        {
            lane.hanging = lane.hanging.saturating_sub(1);
        }
    }

    /// Those who hang by now, or by another clock: others may begin in their place.
    fn hang(&mut self, now: UnixTime) {
        let over = |at: &Self| at.at_work.first_key_value().filter(|(key, _)| key.0 <= now).map(|(key, _)| *key);
        let far =
            |at: &Self| at.at_work.last_key_value().filter(|(key, _)| key.0 > now.plus(HANGS)).map(|(key, _)| *key);
        while let Some(key) = over(self).or_else(|| far(self)) {
            let Some(name) = self.at_work.remove(&key) else { return };
            if let Some(lane) = self.lanes.get_mut(&name) {
                lane.hanging += 1;
            }
            self.stand(&name);
        }
    }

    /// A rest that is over, or so long that another clock has set its end.
    fn rested(&self, now: UnixTime) -> Option<(UnixTime, Arc<str>)> {
        let over = self.resting.first().filter(|(until, _)| *until <= now);
        let far = || self.resting.last().filter(|(until, _)| *until > now.plus(LONGEST_REST));
        over.or_else(far).cloned()
    }

    /// Ends the rests that are over, and finds who hangs.
    pub(super) fn wake(&mut self, now: UnixTime) {
        self.hang(now);
        while let Some((until, name)) = self.rested(now) {
            self.resting.remove(&(until, name.clone()));
            if let Some(lane) = self.lanes.get_mut(&name) {
                lane.rests_until = None;
            }
            self.close_if_idle(&name);
            self.stand(&name);
        }
    }

    /// When the next lane with something to do may try: it has rested, another connection takes the place of one that
    /// hangs, or there may be one more.
    pub(crate) fn next_wake(&self) -> Option<UnixTime> {
        let busy = |name: &Arc<str>| self.lanes.get(name).is_some_and(|lane| !lane.waiting.is_empty());
        let rested = self.resting.iter().find(|(_, name)| busy(name)).map(|(until, _)| *until);
        let held = |name: &Arc<str>| self.lanes.get(name).is_some_and(|lane| lane.is_held(self.limits.one));
        let hangs = self.at_work.iter().find(|(_, name)| held(name)).map(|((at, _), _)| *at);
        rested.into_iter().chain(hangs).chain(self.paced).min()
    }
}
