//! What came, when, and by how many connections.
use super::plan::{DEAD, DEAD_BURST, Kind, Plan};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

/// How long after the burst for a dead domain the others are looked at.
const BESIDE: Duration = Duration::from_secs(3_600);

/// All that is counted.
pub(super) struct Tally(Mutex<Counts>);

struct Counts {
    messages: Vec<Fate>,
    destinations: Vec<Seen>,
    grey: HashMap<usize, Duration>,
    deferred: u64,
    failed: u64,
    came: u64,
    /// How many were sent by the last sample, and how many of those to the dead domain.
    sent: [u64; 2],
    dead_failed: u64,
    /// By hour, all and those of the dead domain.
    opened: Vec<[u32; 2]>,
    samples: Vec<Sample>,
}

#[derive(Clone, Copy, Default)]
struct Fate {
    came: u32,
    at: Duration,
    failed: bool,
}

#[derive(Clone, Copy, Default)]
struct Seen {
    opened: u64,
    open: u64,
    turned_away: u64,
}

/// How things stand at a moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sample {
    pub(super) at: Duration,
    pub(super) waiting: u64,
    pub(super) waiting_dead: u64,
}

/// How long messages took.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Delays {
    pub(super) count: usize,
    pub(super) p50: Duration,
    pub(super) p99: Duration,
    pub(super) max: Duration,
}

/// What the week shows.
#[derive(Debug)]
pub(super) struct Findings {
    pub(super) messages: usize,
    pub(super) destinations: usize,
    pub(super) came: u64,
    pub(super) failed: u64,
    pub(super) deferred: u64,
    pub(super) connections: u64,
    pub(super) dead_connections: u64,
    /// Messages for destinations that are well, and of those the ones sent in the hour after the burst for a dead one.
    pub(super) living: Delays,
    pub(super) beside_dead: Delays,
}

impl Tally {
    pub(super) fn new(plan: &Plan) -> Self {
        Self(Mutex::new(Counts {
            messages: vec![Fate::default(); plan.messages.len()],
            destinations: vec![Seen::default(); plan.destinations],
            grey: HashMap::new(),
            deferred: 0,
            failed: 0,
            came: 0,
            sent: [0, 0],
            dead_failed: 0,
            opened: Vec::new(),
            samples: Vec::new(),
        }))
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap()
    }

    /// A connection is tried.
    pub(super) fn opens(&self, destination: usize, at: Duration) {
        let mut counts = self.counts();
        counts.destinations[destination].opened += 1;
        let hour = usize::try_from(at.as_secs() / 3_600).unwrap();
        if counts.opened.len() <= hour {
            counts.opened.resize(hour + 1, [0, 0]);
        }
        counts.opened[hour][0] += 1;
        counts.opened[hour][1] += u32::from(destination == DEAD);
    }

    /// A connection is made; says how many there are.
    pub(super) fn enters(&self, destination: usize) -> u64 {
        let seen = &mut self.counts().destinations[destination];
        seen.open += 1;
        seen.open
    }

    pub(super) fn leaves(&self, destination: usize) {
        self.counts().destinations[destination].open -= 1;
    }

    pub(super) fn turns_away(&self, destination: usize) {
        self.counts().destinations[destination].turned_away += 1;
    }

    /// How long ago a message was first offered.
    pub(super) fn first_seen(&self, message: usize, now: Duration) -> Duration {
        now - *self.counts().grey.entry(message).or_insert(now)
    }

    /// A message came; says how often before.
    pub(super) fn comes(&self, message: usize, now: Duration) -> u32 {
        let mut counts = self.counts();
        let fate = &mut counts.messages[message];
        let before = fate.came;
        fate.came += 1;
        if before == 0 {
            fate.at = now;
            counts.came += 1;
        }
        before
    }

    /// A message was given up.
    pub(super) fn failed(&self, recipient: &str, attempts: u32) {
        let number: usize = recipient.split('@').next().unwrap().parse().unwrap();
        assert!(attempts < 80, "{recipient}: {attempts} attempts");
        let mut counts = self.counts();
        counts.dead_failed += u64::from(recipient.ends_with("@d0.example"));
        assert!(!std::mem::replace(&mut counts.messages[number].failed, true), "{recipient} was given up twice");
        counts.failed += 1;
    }

    pub(super) fn deferred(&self) {
        self.counts().deferred += 1;
    }

    /// How often a message came, and whether it was given up.
    pub(super) fn fate(&self, message: usize) -> (u32, bool) {
        let fate = self.counts().messages[message];
        (fate.came, fate.failed)
    }

    pub(super) fn opened(&self, destination: usize) -> u64 {
        self.counts().destinations[destination].opened
    }

    pub(super) fn turned_away(&self, destination: usize) -> u64 {
        self.counts().destinations[destination].turned_away
    }

    /// Notes how many wait now.
    pub(super) fn sample(&self, plan: &Plan, now: Duration) {
        let mut counts = self.counts();
        let seen = usize::try_from(counts.sent[0]).unwrap();
        for message in plan.messages[seen..].iter().take_while(|message| message.at <= now) {
            counts.sent[0] += 1;
            counts.sent[1] += u64::from(message.to == DEAD);
        }
        let waiting = counts.sent[0].saturating_sub(counts.came + counts.failed);
        let waiting_dead = counts.sent[1].saturating_sub(counts.dead_failed);
        counts.samples.push(Sample { at: now, waiting, waiting_dead });
    }

    pub(super) fn samples(&self) -> Vec<Sample> {
        self.counts().samples.clone()
    }

    /// Connections by hour: all, and those to the dead domain.
    pub(super) fn opened_by_hour(&self) -> Vec<[u32; 2]> {
        self.counts().opened.clone()
    }

    /// The delays of messages for destinations that are well, of those sent from `from` to `to`.
    pub(super) fn delays(&self, plan: &Plan, from: Duration, to: Duration) -> Delays {
        let counts = self.counts();
        let range = plan.messages.partition_point(|message| message.at < from)
            ..plan.messages.partition_point(|message| message.at < to);
        let mut delays: Vec<Duration> = range
            .filter(|number| plan.kind(plan.messages[*number].to) == Kind::Good)
            .filter(|number| counts.messages[*number].came > 0)
            .map(|number| counts.messages[number].at.saturating_sub(plan.messages[number].at))
            .collect();
        delays.sort();
        let at = |hundredths: usize| delays.get(delays.len() * hundredths / 100).copied().unwrap_or_default();
        Delays { count: delays.len(), p50: at(50), p99: at(99), max: delays.last().copied().unwrap_or_default() }
    }

    pub(super) fn findings(&self, plan: &Plan) -> Findings {
        let living = self.delays(plan, Duration::ZERO, Duration::MAX);
        let beside_dead = self.delays(plan, DEAD_BURST, DEAD_BURST + BESIDE);
        let counts = self.counts();
        Findings {
            messages: plan.messages.len(),
            destinations: plan.destinations,
            came: counts.came,
            failed: counts.failed,
            deferred: counts.deferred,
            connections: counts.destinations.iter().map(|seen| seen.opened).sum(),
            dead_connections: counts.destinations[DEAD].opened,
            living,
            beside_dead,
        }
    }
}

impl fmt::Display for Delays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} messages: half within {:.1?}, 99 % within {:.1?}, all within {:.1?}",
            self.count, self.p50, self.p99, self.max
        )
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} messages for {} destinations in a week:", self.messages, self.destinations)?;
        writeln!(f, "  {} came, {} were given up, put off {} times", self.came, self.failed, self.deferred)?;
        writeln!(f, "  {} connections, {} of them to the dead domain", self.connections, self.dead_connections)?;
        writeln!(f, "  living destinations: {}", self.living)?;
        write!(f, "  of them in the hour after the burst for the dead one: {}", self.beside_dead)
    }
}
