//! How many messages are looked at for an answer at once, and how many answers leave. Nobody has proved to be whom a message
//! from outside names as its sender, and the answer goes there with the message's subject: so to one address, and out of
//! this process, only so many go. A restart forgets the counts.
use super::memory::Proof;
use directory::Directory;
use names::Address;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use world::UnixTime;

/// Messages of which it is seen at once whether their reader is away: a record of his account.
const LOOKED_AT: usize = 10_000;
/// Messages that are read and answered at once, each with its header and the answer: some 200 KiB.
pub(super) const READ: usize = 32;
/// Answers in an hour to senders who proved nothing.
const IN_AN_HOUR: u32 = 10_000;
/// Of those, answers in a day to one address.
const TO_ONE: u32 = 20;

const HOUR: u64 = 60 * 60;
const DAY: u64 = 24 * HOUR;

/// What answers cost, and to whom they go.
pub(crate) struct Answering {
    looked_at: Arc<Semaphore>,
    read: Semaphore,
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    hour: u64,
    in_hour: u32,
    day: u64,
    /// By a hash of the address; at most as many as there are answers in a day.
    to: HashMap<[u8; 8], u32>,
    /// The hour in which the operator was told last.
    told: Option<u64>,
}

impl Default for Answering {
    fn default() -> Self {
        let looked_at = Arc::new(Semaphore::new(LOOKED_AT));
        Self { looked_at, read: Semaphore::new(READ), counts: Mutex::default() }
    }
}

impl Answering {
    /// A place to see whether somebody is away; `None`: too many are looked at.
    pub(super) fn look(&self) -> Option<OwnedSemaphorePermit> {
        self.looked_at.clone().try_acquire_owned().ok()
    }

    /// A place to read a message and answer it, as soon as there is one.
    pub(super) async fn read(&self) -> Option<tokio::sync::SemaphorePermit<'_>> {
        self.read.acquire().await.ok()
    }

    /// Whether an answer may go to `sender`; if so, it is counted.
    pub(super) fn allows(&self, sender: &Address, proof: Proof, now: UnixTime) -> bool {
        if proof == Proof::LoggedIn {
            return true;
        }
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let (hour, day) = (now.secs() / HOUR, now.secs() / DAY);
        if counts.hour != hour {
            (counts.hour, counts.in_hour) = (hour, 0);
        }
        if counts.day != day {
            counts.day = day;
            counts.to.clear();
        }
        if counts.in_hour >= IN_AN_HOUR {
            return false;
        }
        let to = counts.to.entry(fingerprint(sender)).or_default();
        if *to >= TO_ONE {
            return false;
        }
        *to += 1;
        counts.in_hour += 1;
        true
    }

    /// Whether the operator is to be told that answers are left out: once in an hour.
    pub(super) fn tells(&self, now: UnixTime) -> bool {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let hour = Some(now.secs() / HOUR);
        std::mem::replace(&mut counts.told, hour) != hour
    }

    #[cfg(test)]
    pub(crate) async fn all_places(&self) -> OwnedSemaphorePermit {
        self.looked_at.clone().acquire_many_owned(u32::try_from(LOOKED_AT).unwrap()).await.unwrap()
    }
}

fn fingerprint(address: &Address) -> [u8; 8] {
    let mut hash = [0; 8];
    blake3::Hasher::new().update(Directory::folded(address).as_bytes()).finalize_xof().fill(&mut hash);
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Address {
        text.parse().unwrap()
    }

    #[test]
    fn one_address_gets_so_many_in_a_day() {
        let (answering, now) = (Answering::default(), UnixTime::from_secs(10 * DAY));
        let asked = |to: &str, proof, now| answering.allows(&address(to), proof, now);
        let sum = |to: &str| (0..30).filter(|_| asked(to, Proof::None, now)).count();
        assert_eq!((sum("bob@far.example"), sum("BOB@far.example"), sum("eve@far.example")), (20, 0, 20));
        assert!(asked("bob@far.example", Proof::LoggedIn, now), "who logged in is who he says");
        assert!(asked("bob@far.example", Proof::None, UnixTime::from_secs(11 * DAY)));
    }

    #[test]
    fn so_many_leave_in_an_hour() {
        let (answering, now) = (Answering::default(), UnixTime::from_secs(10 * DAY));
        let at = |n: u32, now| answering.allows(&address(&format!("u{n}@far.example")), Proof::None, now);
        assert_eq!((0..IN_AN_HOUR + 9).filter(|n| at(*n, now)).count(), IN_AN_HOUR as usize);
        assert!(answering.counts.lock().unwrap().to.len() <= IN_AN_HOUR as usize);
        assert!(at(IN_AN_HOUR + 9, UnixTime::from_secs(10 * DAY + HOUR)));
        assert!(answering.tells(now) && !answering.tells(now));
    }
}
