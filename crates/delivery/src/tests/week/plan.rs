//! What is sent in the week, to whom, and what is wrong there.
use std::time::Duration;
use world::Random as _;
use world::scripted::SeededRandom;

const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;
/// The destination that is dead and gets a tenth of all messages at once, on the first day.
pub(super) const DEAD: usize = 0;
/// When.
pub(super) const DEAD_BURST: Duration = Duration::from_secs(10 * HOUR);
/// A newsletter to all destinations, a tenth of all messages.
pub(super) const NEWSLETTER: Duration = Duration::from_secs(2 * DAY + 14 * HOUR);
/// How long the two take to come in.
const BURSTS: [Duration; 2] = [Duration::from_secs(HOUR), Duration::from_secs(HOUR / 4)];

/// How a destination behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Good,
    /// Two seconds for each answer.
    Slow,
    /// Nobody answers, all week.
    Dead,
    /// Nobody answers in these seconds of the week.
    Down(u64, u64),
    /// So many connections at once; who comes then hears 421.
    Few(u16),
    /// So many messages by one connection, then 421.
    Impatient(u16),
    /// 451 at first, for five minutes.
    Grey,
    /// Hangs up after the last dot, now and then, and has the message.
    Flaky,
    /// The domain does not exist.
    Nowhere,
    /// The DNS fails in these seconds of the week.
    Unresolved(u64, u64),
    /// 550 to a third of its recipients.
    Refuses,
}

/// One message.
#[derive(Debug, Clone, Copy)]
pub(super) struct Message {
    pub(super) at: Duration,
    pub(super) to: usize,
}

/// The week.
pub(super) struct Plan {
    pub(super) destinations: usize,
    pub(super) messages: Vec<Message>,
    pub(super) give_up_after: Duration,
    kinds: Vec<Kind>,
}

impl Plan {
    /// A week with so many messages, for a hundredth of so many destinations.
    pub(super) fn new(messages: usize) -> Self {
        let destinations = (messages / 100).clamp(100, 10_000);
        let random = SeededRandom::new(20_261_129);
        let mut all: Vec<Message> = (0..messages)
            .map(|number| match number % 10 {
                0 => Message { at: DEAD_BURST + part(&random, BURSTS[0]), to: DEAD },
                1 => Message { at: NEWSLETTER + part(&random, BURSTS[1]), to: 1 + below(&random, destinations - 1) },
                _ => Message { at: moment(&random), to: popular(&random, destinations) },
            })
            .collect();
        all.sort_by_key(|message| message.at);
        let kinds = (0..destinations).map(|destination| kind(&random, destination)).collect();
        Self { destinations, messages: all, give_up_after: Duration::from_secs(5 * DAY), kinds }
    }

    pub(super) fn kind(&self, destination: usize) -> Kind {
        self.kinds[destination]
    }

    /// Hours from the first message until the last one is given up.
    pub(super) fn hours(&self) -> u32 {
        12 * 24
    }
}

/// The name of a destination.
pub(super) fn name(destination: usize) -> String {
    format!("d{destination}.example")
}

/// The number of the destination that has a name, or the host of which has it.
pub(super) fn number(name: &str) -> Option<usize> {
    name.strip_prefix("mx.").unwrap_or(name).strip_prefix('d')?.strip_suffix(".example")?.parse().ok()
}

/// Whether a message for a destination that refuses some is one of them.
pub(super) const fn is_refused(number: usize) -> bool {
    number.is_multiple_of(3)
}

fn below(random: &SeededRandom, end: usize) -> usize {
    usize::try_from(random.number() % end as u64).unwrap()
}

fn part(random: &SeededRandom, of: Duration) -> Duration {
    Duration::from_millis(random.number() % u64::try_from(of.as_millis()).unwrap())
}

/// A moment of the week: three times as many by day as by night.
fn moment(random: &SeededRandom) -> Duration {
    loop {
        let at = part(random, Duration::from_secs(7 * DAY));
        let hour = at.as_secs() / HOUR % 24;
        if (7..22).contains(&hour) || random.number().is_multiple_of(3) {
            return at;
        }
    }
}

/// A destination; few are popular, and most are not: as many messages for the first ten as for the next ninety.
fn popular(random: &SeededRandom, destinations: usize) -> usize {
    let exponent = (random.number() >> 11) as f64 / (1_u64 << 53) as f64;
    #[expect(clippy::cast_possible_truncation, reason = "a small positive number")]
    let at = (destinations as f64 - 1.0).powf(exponent) as usize;
    at.clamp(1, destinations - 1)
}

fn kind(random: &SeededRandom, destination: usize) -> Kind {
    let hours = |longest: u64| {
        let from = random.number() % (6 * DAY);
        (from, from + HOUR + random.number() % longest)
    };
    match destination {
        DEAD => return Kind::Dead,
        3 => return Kind::Few(3),
        5 => return Kind::Impatient(20),
        8 => {
            let (from, to) = hours(12 * HOUR);
            return Kind::Down(from, to);
        }
        1..20 => return Kind::Good,
        _ => {}
    }
    match random.number() % 100 {
        0..2 => Kind::Dead,
        2..5 => Kind::Slow,
        5..9 => {
            let (from, to) = hours(2 * DAY);
            Kind::Down(from, to)
        }
        9..11 => Kind::Few(u16::try_from(1 + random.number() % 2).unwrap()),
        11..13 => Kind::Impatient(u16::try_from(1 + random.number() % 5).unwrap()),
        13..15 => Kind::Grey,
        15..17 => Kind::Flaky,
        17 => Kind::Nowhere,
        18 => {
            let (from, to) = hours(DAY);
            Kind::Unresolved(from, to)
        }
        19..21 => Kind::Refuses,
        _ => Kind::Good,
    }
}
