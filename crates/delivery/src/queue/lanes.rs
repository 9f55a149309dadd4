//! Whose turn it is. A lane is one next hop with what waits for it; lanes take turns, so that a dead one with a
//! hundred thousand messages costs a living one nothing.
//!
//! What waits is a few bytes in memory, not the message. A lane whose server cannot be reached rests, longer each
//! time, then one message tries alone. A connection that hangs does not count: another one takes its place, up to the
//! most that a lane may have. Nothing here waits or touches the store.
mod state;
use super::id::QueueId;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use world::UnixTime;

pub use state::LaneState;

/// The first rest of a lane that failed; it doubles each time.
const FIRST_REST: Duration = Duration::from_secs(60);
/// The longest rest.
const LONGEST_REST: Duration = Duration::from_secs(15 * 60);
/// Connections that a lane may have before it has shown that it lives.
const FIRST_LIMIT: usize = 2;

/// A worker that has been at one message for so long hangs: the other server may take ten minutes after the last dot
/// (RFC 5321, 4.5.3.2.6), and those behind that message should not.
const HANGS: Duration = Duration::from_secs(30);

/// What waits: the recipients of one entry at one destination.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Item {
    pub(crate) id: QueueId,
    /// The destination's text; many items share one.
    pub(crate) destination: Arc<str>,
}

/// How many connections there may be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) all: usize,
    pub(crate) one: usize,
    /// Messages by one connection while others wait.
    pub(crate) turn: usize,
}

struct Waiting {
    item: Item,
    say_by: UnixTime,
}

#[derive(Default)]
struct Lane {
    waiting: VecDeque<Waiting>,
    active: usize,
    /// How many of the active ones hang.
    hanging: usize,
    limit: usize,
    /// Failures in a row; a lane with any is suspect.
    failures: u32,
    rests_until: Option<UnixTime>,
    last_words: Option<Arc<str>>,
    /// Whether it stands in a line of those whose turn comes.
    stands: bool,
    /// Somebody wanted it tried while a worker was in it: what that one finds is older than the wish.
    wanted: bool,
}

/// What has become of an item that was put into a lane.
enum Claim {
    Waits,
    /// A worker has it.
    Worked,
    /// A worker has it, and it became due again meanwhile, by somebody's wish.
    WantedAgain(Arc<str>, UnixTime),
}

/// All lanes.
pub(crate) struct Lanes {
    limits: Limits,
    lanes: HashMap<Arc<str>, Lane>,
    /// Those whose turn comes, apart: lanes that live or are new, and lanes that failed last time.
    ready: VecDeque<Arc<str>>,
    suspects: VecDeque<Arc<str>>,
    resting: BTreeSet<(UnixTime, Arc<str>)>,
    claimed: HashMap<Item, Claim>,
    /// The lanes of workers who do not hang, by the moment from which on they do.
    at_work: BTreeMap<(UnixTime, u64), Arc<str>>,
    active: usize,
    active_suspects: usize,
    turns: u64,
}

/// A worker's place in a lane: gives the next message as long as it is this lane's turn.
#[derive(Debug)]
pub(crate) struct Turn {
    pub(crate) lane: Arc<str>,
    /// Messages it had so far.
    had: usize,
    suspect: bool,
    /// Which worker, and from when on it hangs.
    number: u64,
    hangs_at: UnixTime,
}

impl Lanes {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            lanes: HashMap::new(),
            ready: VecDeque::new(),
            suspects: VecDeque::new(),
            resting: BTreeSet::new(),
            claimed: HashMap::new(),
            at_work: BTreeMap::new(),
            active: 0,
            active_suspects: 0,
            turns: 0,
        }
    }

    /// Puts a due item into its lane; false when it waits already, or is worked on: it then comes again once that is done.
    pub(crate) fn add(&mut self, lane: &Arc<str>, mut item: Item, say_by: UnixTime) -> bool {
        // one text for all that wait in a lane
        if let Some((name, _)) = self.lanes.get_key_value(lane).filter(|(name, _)| **name == item.destination) {
            item.destination = name.clone();
        }
        match self.claimed.entry(item.clone()) {
            Entry::Vacant(free) => drop(free.insert(Claim::Waits)),
            Entry::Occupied(mut claim) => {
                if !matches!(claim.get(), Claim::Waits) {
                    claim.insert(Claim::WantedAgain(lane.clone(), say_by));
                }
                return false;
            }
        }
        let entry = self.lanes.entry(lane.clone()).or_insert_with(|| Lane { limit: FIRST_LIMIT, ..Lane::default() });
        entry.waiting.push_back(Waiting { item, say_by });
        self.stand(lane);
        true
    }

    /// Begins a turn of the next lane, with its first item.
    pub(crate) fn begin(&mut self, now: UnixTime) -> Option<(Turn, Item)> {
        self.wake(now);
        if self.active >= self.limits.all {
            return None;
        }
        let (name, suspect) = self.call()?;
        let lane = self.lanes.get_mut(&name)?;
        let waiting = lane.waiting.pop_front()?;
        lane.active += 1;
        self.active += 1;
        self.active_suspects += usize::from(suspect);
        self.turns = self.turns.wrapping_add(1);
        self.claimed.insert(waiting.item.clone(), Claim::Worked);
        let mut turn = Turn { lane: name, had: 1, suspect, number: self.turns, hangs_at: now };
        self.works(&mut turn, now);
        self.stand(&turn.lane);
        Some((turn, waiting.item))
    }

    /// A worker begins with a message.
    fn works(&mut self, turn: &mut Turn, now: UnixTime) {
        turn.hangs_at = now.plus(HANGS);
        self.at_work.insert((turn.hangs_at, turn.number), turn.lane.clone());
    }

    /// A worker is done with a message, and hangs no more.
    fn stops(&mut self, turn: &Turn) {
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

    /// Calls the lane whose turn it is, and says whether it is a suspect one.
    fn call(&mut self) -> Option<(Arc<str>, bool)> {
        // lanes that failed get at most half of all connections, so that dead ones cannot hold all, and one turn in
        // four, so that they are not forgotten either
        let room_for_suspects = self.active_suspects < (self.limits.all / 2).max(1);
        let suspects_first = room_for_suspects && self.turns % 4 == 3;
        if suspects_first && let Some(name) = Self::call_from(&mut self.suspects, &mut self.lanes, self.limits.one) {
            return Some((name, true));
        }
        if let Some(name) = Self::call_from(&mut self.ready, &mut self.lanes, self.limits.one) {
            let suspect = self.lanes.get(&name).is_some_and(|lane| lane.failures > 0);
            return Some((name, suspect));
        }
        if !room_for_suspects {
            return None;
        }
        Self::call_from(&mut self.suspects, &mut self.lanes, self.limits.one).map(|name| (name, true))
    }

    /// Takes the first of a line that still has something to do; the others may have lost their reason to stand there.
    fn call_from(line: &mut VecDeque<Arc<str>>, lanes: &mut HashMap<Arc<str>, Lane>, most: usize) -> Option<Arc<str>> {
        while let Some(name) = line.pop_front() {
            let Some(lane) = lanes.get_mut(&name) else { continue };
            lane.stands = false;
            if lane.may_begin(most) {
                return Some(name);
            }
        }
        None
    }

    /// The next item of the same lane, for a worker that has a connection there.
    pub(crate) fn next(&mut self, turn: &mut Turn, now: UnixTime) -> Option<Item> {
        let lane = self.lanes.get_mut(&turn.lane)?;
        let others_wait = self.ready.len() > usize::from(lane.stands) && self.active >= self.limits.all;
        let rests = lane.rests_until.is_some_and(|until| until > now);
        if rests || (others_wait && turn.had >= self.limits.turn) {
            return None;
        }
        turn.had += 1;
        let item = lane.waiting.pop_front()?.item;
        self.claimed.insert(item.clone(), Claim::Worked);
        self.stops(turn);
        self.works(turn, now);
        Some(item)
    }

    /// An item has been dealt with: it may come again, and does at once where somebody wanted that meanwhile.
    pub(crate) fn done(&mut self, item: &Item) {
        if let Some(Claim::WantedAgain(lane, say_by)) = self.claimed.remove(item) {
            self.add(&lane, item.clone(), say_by);
        }
    }

    /// A worker has left its lane.
    pub(crate) fn leave(&mut self, turn: &Turn) {
        self.stops(turn);
        self.active = self.active.saturating_sub(1);
        self.active_suspects = self.active_suspects.saturating_sub(usize::from(turn.suspect));
        if let Some(lane) = self.lanes.get_mut(&turn.lane) {
            lane.active = lane.active.saturating_sub(1);
            if lane.active == 0 && lane.waiting.is_empty() && lane.rests_until.is_none() {
                self.lanes.remove(&turn.lane);
                return;
            }
        }
        self.stand(&turn.lane);
    }

    /// The lane's server took a message, or refused it in an orderly way: it lives.
    pub(crate) fn lives(&mut self, name: &Arc<str>) {
        let most = self.limits.one.max(1);
        if let Some(lane) = self.lanes.get_mut(name) {
            lane.limit = (lane.limit + 1).min(most);
            lane.failures = 0;
            lane.wanted = false;
            lane.last_words = None;
            if let Some(until) = lane.rests_until.take() {
                self.resting.remove(&(until, name.clone()));
            }
        }
        self.stand(name);
    }

    /// The lane's server could not be reached, or asks for patience: the lane rests. Gives the items about which
    /// somebody must hear something by now; the caller deals with them without another attempt.
    pub(crate) fn fails(&mut self, name: &Arc<str>, now: UnixTime, words: &str) -> Vec<Item> {
        let Some(lane) = self.lanes.get_mut(name) else { return Vec::new() };
        lane.failures = lane.failures.saturating_add(1);
        lane.limit = 1;
        lane.last_words = Some(words.into());
        if std::mem::take(&mut lane.wanted) {
            // this attempt began before somebody wanted another: that one is made first
            return Vec::new();
        }
        let rest = FIRST_REST.saturating_mul(1 << lane.failures.saturating_sub(1).min(8)).min(LONGEST_REST);
        let until = now.plus(rest);
        if let Some(before) = lane.rests_until.replace(until) {
            self.resting.remove(&(before, name.clone()));
        }
        self.resting.insert((until, name.clone()));
        let (told, waiting) = std::mem::take(&mut lane.waiting).into_iter().partition(|waiting| waiting.say_by <= now);
        lane.waiting = waiting;
        let told: VecDeque<Waiting> = told;
        let told: Vec<Item> = told.into_iter().map(|waiting| waiting.item).collect();
        self.claimed.extend(told.iter().map(|item| (item.clone(), Claim::Worked)));
        told
    }

    /// Lets a lane try now that rests, or that is about to: a worker in it may just have failed.
    pub(crate) fn try_now(&mut self, name: &Arc<str>) {
        if let Some(lane) = self.lanes.get_mut(name) {
            lane.wanted = lane.active > 0;
            if let Some(until) = lane.rests_until.take() {
                self.resting.remove(&(until, name.clone()));
            }
        }
        self.stand(name);
    }

    /// When the next lane with something to do may try: it has rested, or another connection takes the place of one that
    /// hangs.
    pub(crate) fn next_wake(&self) -> Option<UnixTime> {
        let busy = |name: &Arc<str>| self.lanes.get(name).is_some_and(|lane| !lane.waiting.is_empty());
        let rested = self.resting.iter().find(|(_, name)| busy(name)).map(|(until, _)| *until);
        let held = |name: &Arc<str>| self.lanes.get(name).is_some_and(|lane| lane.is_held(self.limits.one));
        let hangs = self.at_work.iter().find(|(_, name)| held(name)).map(|((at, _), _)| *at);
        rested.into_iter().chain(hangs).min()
    }

    /// How many items wait or are worked on.
    pub(crate) fn len(&self) -> usize {
        self.claimed.len()
    }

    /// How many connections there are.
    pub(crate) fn active(&self) -> usize {
        self.active
    }

    /// The lanes, busiest first, at most `limit`.
    pub(crate) fn states(&self, limit: usize) -> Vec<LaneState> {
        let mut states: Vec<LaneState> = self.lanes.iter().map(|(name, lane)| state::of(name, lane)).collect();
        states.sort_by(|one, other| other.waiting.cmp(&one.waiting).then_with(|| one.name.cmp(&other.name)));
        states.truncate(limit);
        states
    }

    /// A rest that is over, or so long that another clock has set its end.
    fn rested(&self, now: UnixTime) -> Option<(UnixTime, Arc<str>)> {
        let over = self.resting.first().filter(|(until, _)| *until <= now);
        let far = || self.resting.last().filter(|(until, _)| *until > now.plus(LONGEST_REST));
        over.or_else(far).cloned()
    }

    /// Ends the rests that are over, and finds who hangs.
    fn wake(&mut self, now: UnixTime) {
        self.hang(now);
        while let Some((until, name)) = self.rested(now) {
            self.resting.remove(&(until, name.clone()));
            if let Some(lane) = self.lanes.get_mut(&name) {
                lane.rests_until = None;
                if lane.waiting.is_empty() && lane.active == 0 {
                    self.lanes.remove(&name);
                    continue;
                }
            }
            self.stand(&name);
        }
    }

    /// Puts a lane into line, if it has something to do and a connection is free for it.
    fn stand(&mut self, name: &Arc<str>) {
        let Some(lane) = self.lanes.get_mut(name) else { return };
        if lane.may_begin(self.limits.one) && !lane.stands {
            lane.stands = true;
            let line = if lane.failures == 0 { &mut self.ready } else { &mut self.suspects };
            line.push_back(name.clone());
        }
    }
}

impl Lane {
    /// Whether another connection may begin with what waits.
    fn may_begin(&self, most: usize) -> bool {
        // a lane that failed tries alone, however long that takes
        let counted = if self.failures == 0 { self.active.saturating_sub(self.hanging) } else { self.active };
        let room = counted < self.limit && self.active < most.max(1);
        self.rests_until.is_none() && room && !self.waiting.is_empty()
    }

    /// Whether something waits here only because others are at work who may turn out to hang.
    fn is_held(&self, most: usize) -> bool {
        let waits = self.rests_until.is_none() && !self.waiting.is_empty();
        waits && self.failures == 0 && self.active < most && !self.may_begin(most)
    }
}

#[cfg(test)]
mod tests;
