//! Whose turn it is. A lane is one next hop with what waits for it; lanes take turns, so that a dead one with a
//! hundred thousand messages costs a living one nothing.
//!
//! What waits is a few bytes in memory, not the message. A lane whose server cannot be reached rests, longer each
//! time, then one message tries alone. A connection that hangs does not count: another one takes its place, up to the
//! most that a lane may have. Nothing here waits or touches the store.
mod concurrency;
mod item;
mod lane;
mod lines;
mod pace;
mod row;
mod state;
mod time;
use lane::Lane;
use lines::{Line, Lines};
use pace::Pace;
use row::{Key, Names, Row};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use world::UnixTime;

pub(crate) use item::{Item, Waits};
pub use state::LaneState;

/// Room for so many claims is kept though there are fewer.
const FEW: usize = 65_536;

/// How many connections there may be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) all: usize,
    pub(crate) one: usize,
    /// Messages by one connection while others wait.
    pub(crate) turn: usize,
}

/// Why a connection failed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Why<'a> {
    /// Nobody answered as a mail server does.
    Silence(&'a str),
    /// A server said that it does not want it.
    Refusal(&'a str),
}

/// What follows from a connection that failed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// By other connections messages get through: there were too many, and this message comes again as if it had not
    /// been tried.
    Crowded,
    /// The lane rests. About these somebody must hear something by now; the caller deals with them without another
    /// attempt.
    Rests(Vec<Item>),
}

/// Where an item is that was put into a lane. A row that says otherwise is left over: what it stood for has moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Claim {
    /// It waits in the lane of this number.
    Waits(u32),
    /// A worker has it.
    Worked,
}

/// All lanes.
pub(crate) struct Lanes {
    limits: Limits,
    pace: Pace,
    /// When there may be another connection, where that is what was in the way.
    paced: Option<UnixTime>,
    lanes: HashMap<Arc<str>, Lane>,
    names: Names,
    lines: Lines,
    resting: BTreeSet<(UnixTime, Arc<str>)>,
    claimed: HashMap<Key, Claim>,
    /// What a worker has and what became due again meanwhile, by somebody's wish.
    again: HashMap<Key, (Arc<str>, Waits)>,
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
            pace: Pace::default(),
            paced: None,
            lanes: HashMap::new(),
            names: Names::default(),
            lines: Lines::default(),
            resting: BTreeSet::new(),
            claimed: HashMap::new(),
            again: HashMap::new(),
            at_work: BTreeMap::new(),
            active: 0,
            active_suspects: 0,
            turns: 0,
        }
    }

    /// Puts a due item into its lane, also from another one; false when it waits there already, or is worked on: it then
    /// comes again once that is done.
    pub(crate) fn add(&mut self, lane: &Arc<str>, item: &Item, waits: Waits) -> bool {
        // one text for all that wait in a lane
        let shared = self.lanes.get_key_value(lane).map(|(name, _)| name).filter(|name| ***name == *item.destination);
        let Some(destination) = self.names.take(shared.unwrap_or(&item.destination)) else { return false };
        let key = Key::new(item.id, destination);
        if self.claimed.get(&key) == Some(&Claim::Worked) {
            self.again.insert(key, (lane.clone(), waits));
            self.names.give_back(destination);
            return false;
        }
        let Some(number) = self.open(lane) else {
            self.names.give_back(destination);
            return false;
        };
        let before = self.claimed.insert(key, Claim::Waits(number));
        if before.is_some() {
            self.names.give_back(destination);
        }
        if before == Some(Claim::Waits(number)) {
            return false;
        }
        if let Some(lane) = self.lanes.get_mut(lane) {
            lane.waiting.push(Row::new(key, waits.say_by), waits.priority);
        }
        self.stand(lane);
        true
    }

    /// The number of a lane, which is made where it is not there.
    fn open(&mut self, name: &Arc<str>) -> Option<u32> {
        if let Some(lane) = self.lanes.get(name) {
            return Some(lane.number);
        }
        let number = self.names.take(name)?;
        self.lanes.insert(name.clone(), Lane { number, ..Lane::default() });
        Some(number)
    }

    /// Begins a turn of the next lane, with its first item.
    pub(crate) fn begin(&mut self, now: UnixTime) -> Option<(Turn, Item)> {
        self.wake(now);
        self.paced = None;
        if self.active >= self.pace.room(now, self.limits.all) {
            self.paced = self.pace.more_at(self.active, self.limits.all);
            return None;
        }
        let (name, item) = self.call()?;
        let lane = self.lanes.get_mut(&name)?;
        let suspect = lane.failures > 0;
        lane.active += 1;
        self.active += 1;
        self.active_suspects += usize::from(suspect);
        self.turns = self.turns.wrapping_add(1);
        let mut turn = Turn { lane: name, had: 1, suspect, number: self.turns, hangs_at: now };
        self.works(&mut turn, now);
        self.stand(&turn.lane);
        Some((turn, item))
    }

    /// Takes the next item of a lane for a worker.
    fn pull(&mut self, name: &Arc<str>) -> Option<Item> {
        loop {
            let lane = self.lanes.get_mut(name)?;
            let (row, number) = (lane.waiting.pop()?, lane.number);
            if let Some(item) = self.claim(row, number) {
                return Some(item);
            }
        }
    }

    /// Gives a row of a lane to a worker, unless it is left over.
    fn claim(&mut self, row: Row, lane: u32) -> Option<Item> {
        let claim = self.claimed.get_mut(&row.key).filter(|claim| **claim == Claim::Waits(lane))?;
        *claim = Claim::Worked;
        Some(Item { id: row.key.id(), destination: self.names.text(row.key.destination()) })
    }

    /// Calls the lane whose turn it is, and takes its next item.
    fn call(&mut self) -> Option<(Arc<str>, Item)> {
        // lanes that failed get at most half of all connections, so that dead ones cannot hold all
        let room_for_suspects = self.active_suspects < (self.limits.all / 2).max(1);
        let mut lines = Lines::order(self.turns).into_iter().filter(|line| *line != Line::Suspect || room_for_suspects);
        lines.find_map(|line| self.call_from(line))
    }

    /// Takes the first of a line that still has something to do; the others may have lost their reason to stand there.
    fn call_from(&mut self, line: Line) -> Option<(Arc<str>, Item)> {
        let most = self.limits.one;
        while let Some(name) = self.lines.pop(line) {
            let Some(lane) = self.lanes.get_mut(&name) else { continue };
            lane.stands.leave(line);
            if !lane.may_begin(most) {
                continue;
            }
            match self.pull(&name) {
                Some(item) => return Some((name, item)),
                None => self.close_if_idle(&name),
            }
        }
        None
    }

    /// The next item of the same lane, for a worker that has a connection there.
    pub(crate) fn next(&mut self, turn: &mut Turn, now: UnixTime) -> Option<Item> {
        let lane = self.lanes.get_mut(&turn.lane)?;
        let others_wait = self.lines.living() > lane.stands.living() && self.active >= self.limits.all;
        let rests = lane.rests_until.is_some_and(|until| until > now);
        // the other server asked for fewer connections: this is one of those that go
        let too_many = lane.active.saturating_sub(lane.hanging) > lane.concurrency.limit();
        if rests || too_many || (others_wait && turn.had >= self.limits.turn) {
            return None;
        }
        turn.had += 1;
        let item = self.pull(&turn.lane)?;
        self.stops(turn);
        self.works(turn, now);
        Some(item)
    }

    /// An item has been dealt with: it may come again, and does at once where somebody wanted that meanwhile.
    pub(crate) fn done(&mut self, item: &Item) {
        let Some(destination) = self.names.number(&item.destination) else { return };
        let key = Key::new(item.id, destination);
        if self.claimed.remove(&key).is_some() {
            self.names.give_back(destination);
        }
        if let Some((lane, waits)) = self.again.remove(&key) {
            self.add(&lane, item, waits);
        }
        if self.claimed.capacity() > FEW && self.claimed.len() < self.claimed.capacity() / 8 {
            self.claimed.shrink_to(FEW.max(self.claimed.len() * 2));
        }
    }

    /// A worker has left its lane.
    pub(crate) fn leave(&mut self, turn: &Turn) {
        self.stops(turn);
        self.active = self.active.saturating_sub(1);
        self.active_suspects = self.active_suspects.saturating_sub(usize::from(turn.suspect));
        if let Some(lane) = self.lanes.get_mut(&turn.lane) {
            lane.active = lane.active.saturating_sub(1);
        }
        self.close_if_idle(&turn.lane);
        self.stand(&turn.lane);
    }

    /// Forgets a lane of which nothing is known that matters.
    fn close_if_idle(&mut self, name: &Arc<str>) {
        if self.lanes.get(name).is_some_and(Lane::is_idle)
            && let Some(lane) = self.lanes.remove(name)
        {
            self.names.give_back(lane.number);
        }
    }

    /// The lane's server took a message, or refused it in an orderly way: it lives.
    pub(crate) fn lives(&mut self, name: &Arc<str>, now: UnixTime) {
        if let Some(lane) = self.lanes.get_mut(name) {
            lane.concurrency.answered(lane.active, self.limits.one, now);
            lane.answered = Some(now);
            lane.failures = 0;
            lane.wanted = false;
            lane.last_words = None;
            if let Some(until) = lane.rests_until.take() {
                self.resting.remove(&(until, name.clone()));
            }
        }
        self.stand(name);
    }

    /// The lane's server could not be reached with `item`, or refused the connection in so many words.
    pub(crate) fn fails(&mut self, name: &Arc<str>, item: &Item, waits: Waits, now: UnixTime, why: Why<'_>) -> Failure {
        let Some(lane) = self.lanes.get_mut(name) else { return Failure::Rests(Vec::new()) };
        let (Why::Silence(words) | Why::Refusal(words)) = why;
        if lane.is_crowded(now, matches!(why, Why::Refusal(_))) {
            lane.concurrency.one_less(lane.active, now);
            lane.last_words = Some(words.into());
            self.add(name, item, waits);
            return Failure::Crowded;
        }
        Failure::Rests(self.rest(name, now, words))
    }

    /// The lane's server answered and asks for patience (421): fewer connections, or a rest where there is only one.
    /// Gives those about whom somebody must hear something by now, as [`Failure::Rests`] does.
    pub(crate) fn patience(&mut self, name: &Arc<str>, now: UnixTime, words: &str) -> Vec<Item> {
        let Some(lane) = self.lanes.get_mut(name) else { return Vec::new() };
        if lane.concurrency.too_much(lane.active, now) {
            lane.last_words = Some(words.into());
            return Vec::new();
        }
        self.rest(name, now, words)
    }

    /// Lets a lane rest, and takes out of it those who must be told of.
    fn rest(&mut self, name: &Arc<str>, now: UnixTime, words: &str) -> Vec<Item> {
        let Some(lane) = self.lanes.get_mut(name) else { return Vec::new() };
        lane.failures = lane.failures.saturating_add(1);
        lane.concurrency.alone();
        lane.last_words = Some(words.into());
        if std::mem::take(&mut lane.wanted) {
            // this attempt began before somebody wanted another: that one is made first
            return Vec::new();
        }
        let until = now.plus(lane.rest());
        if let Some(before) = lane.rests_until.replace(until) {
            self.resting.remove(&(before, name.clone()));
        }
        self.resting.insert((until, name.clone()));
        let (told, number) = (lane.waiting.take_overdue(now), lane.number);
        told.into_iter().filter_map(|row| self.claim(row, number)).collect()
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

    /// How many items wait or are worked on.
    pub(crate) fn len(&self) -> usize {
        self.claimed.len()
    }

    /// How many connections there are.
    pub(crate) fn active(&self) -> usize {
        self.active
    }

    /// What was said last about those that have not answered since.
    pub(crate) fn last_words(&self) -> HashMap<Arc<str>, Arc<str>> {
        let said = |(name, lane): (&Arc<str>, &Lane)| Some((name.clone(), lane.last_words.clone()?));
        self.lanes.iter().filter_map(said).collect()
    }

    /// The lanes, busiest first, at most `limit`.
    pub(crate) fn states(&self, limit: usize) -> Vec<LaneState> {
        let mut states: Vec<LaneState> = self.lanes.iter().map(|(name, lane)| state::of(name, lane)).collect();
        states.sort_by(|one, other| other.waiting.cmp(&one.waiting).then_with(|| one.name.cmp(&other.name)));
        states.truncate(limit);
        states
    }

    /// Puts a lane into line, if it has something to do and a connection is free for it.
    fn stand(&mut self, name: &Arc<str>) {
        let Some(lane) = self.lanes.get_mut(name) else { return };
        let line = lane.line();
        if lane.may_begin(self.limits.one) && lane.stands.enter(line) {
            self.lines.push(line, name.clone());
        }
    }
}

#[cfg(test)]
mod tests;
