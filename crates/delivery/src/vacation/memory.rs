//! Whom an account has answered, and when: in the queue's partition of the account, so that it is written in the commit that
//! puts the answer into the queue. Hashes, not addresses: it is no list of who writes to whom.
use crate::delivery::Inner;
use crate::queue::PARTITIONS;
use crate::queue::ledger::{Beside, place};
use directory::Directory;
use names::{AccountId, Address};
use std::time::Duration;
use store::{Change, Decoder, Encoder, Growth, Key, Partition, Records};
use world::UnixTime;

/// In the queue's partitions: `v | account`.
const ANSWERED: u8 = b'v';
/// The most senders whom one account remembers to have answered.
pub(super) const MOST: usize = 1_000;
/// When there are more, who was answered so long ago is forgotten for another: the shortest pause there is (RFC 5230, 4.1).
const LEAST: Duration = Duration::from_secs(24 * 60 * 60);

/// Who was answered, and when in seconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Memory {
    answered: Vec<(u64, u64)>,
    version: Option<u64>,
}

/// What is known of a sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    /// He has logged in.
    LoggedIn,
    /// Nothing: anybody may have used his name.
    None,
}

/// What the memory says of a sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// He is to be answered, and it is noted.
    New,
    /// He has been answered.
    Answered,
    /// There is no room to note it.
    Full,
}

impl Memory {
    pub(super) async fn read(records: &Records, account: AccountId) -> Result<Self, store::Error> {
        let Some(value) = records.get(place(partition(account)), key(account)).await? else {
            return Ok(Self::default());
        };
        let mut record = Decoder::new(&value.payload, "answered", 1)?;
        let count = record.count()?;
        let answered = (0..count).map(|_| Ok((u64::from_be_bytes(record.array()?), record.number()?)));
        Ok(Self { answered: answered.collect::<Result<_, store::Error>>()?, version: Some(value.version) })
    }

    /// Notes that `sender` is answered at `now`, unless he was within the pause. What is older is forgotten. Names that anybody
    /// may invent fill it for a day at the most, and not for those who have logged in.
    pub(super) fn note(&mut self, sender: u64, proof: Proof, now: UnixTime, pause: Duration) -> Known {
        // a clock that was set back must not keep anybody for ever
        let fresh = |at: &u64| *at <= now.secs() && UnixTime::from_secs(*at).plus(pause) > now;
        self.answered.retain(|(_, at)| fresh(at));
        if self.answered.iter().any(|(known, _)| *known == sender) {
            return Known::Answered;
        }
        if self.answered.len() >= MOST {
            let oldest = self.answered.iter().enumerate().min_by_key(|(_, (_, at))| *at);
            let old = |at: u64| proof == Proof::LoggedIn || UnixTime::from_secs(at).plus(LEAST) <= now;
            match oldest.filter(|(_, (_, at))| old(*at)).map(|(place, _)| place) {
                Some(place) => {
                    self.answered.swap_remove(place);
                }
                None => return Known::Full,
            }
        }
        self.answered.push((sender, now.secs()));
        Known::New
    }

    /// What is written beside the answer.
    pub(super) fn beside(&self, account: AccountId) -> Beside {
        let mut record = Encoder::new(1);
        record.number(self.answered.len() as u64);
        for (sender, at) in &self.answered {
            record.raw(&sender.to_be_bytes()).number(*at);
        }
        Beside { key: key(account), version: self.version, payload: record.finish() }
    }
}

/// A sender, as one and the same answer meets him: who wrote another answer, answers him again (RFC 5230, 4.2).
pub(super) fn fingerprint(answer: &[u8], sender: &Address) -> u64 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&(answer.len() as u64).to_be_bytes()).update(answer).update(Directory::folded(sender).as_bytes());
    let mut hash = [0; 8];
    hasher.finalize_xof().fill(&mut hash);
    u64::from_be_bytes(hash)
}

/// The queue's partition of an account.
pub(super) fn partition(account: AccountId) -> u8 {
    let [.., low] = account.0.to_be_bytes();
    low % PARTITIONS
}

fn key(account: AccountId) -> Key {
    [&[ANSWERED][..], &account.0.to_be_bytes()].concat()
}

/// Forgets an account that is no more.
pub(crate) async fn forget(inner: &Inner, account: AccountId) {
    let partition: Partition = place(partition(account));
    let mut change = Change::new(Growth::Frees);
    change.delete(key(account));
    if let Err(error) = inner.queue.ledger.records().commit(partition, change).await {
        tracing::warn!(%account, %error, "whom it has answered is not forgotten");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);

    #[test]
    fn a_sender_is_new_once_a_pause() {
        let (mut memory, now) = (Memory::default(), UnixTime::from_secs(1_000_000));
        assert_eq!(memory.note(7, Proof::None, now, DAY), Known::New);
        assert_eq!(memory.note(7, Proof::None, now.plus(DAY / 2), DAY), Known::Answered);
        assert_eq!(memory.note(8, Proof::None, now.plus(DAY / 2), DAY), Known::New);
        assert_eq!(memory.note(7, Proof::None, now.plus(DAY), DAY), Known::New);
        assert_eq!(memory.answered.len(), 2);
        assert_eq!(memory.note(7, Proof::None, now, DAY), Known::New, "a clock that was set back");
    }

    #[test]
    fn it_is_bounded_and_expires() {
        let (mut memory, now) = (Memory::default(), UnixTime::from_secs(1_000_000));
        for sender in 0..MOST as u64 {
            assert_eq!(memory.note(sender, Proof::None, now, DAY), Known::New);
        }
        assert_eq!(memory.note(u64::MAX, Proof::None, now, DAY), Known::Full);
        assert_eq!(memory.note(u64::MAX, Proof::None, now.plus(DAY), DAY), Known::New);
        assert_eq!(memory.answered.len(), 1);
    }

    #[test]
    fn names_that_anybody_may_invent_fill_it_for_a_day_and_not_for_customers() {
        let (mut memory, now) = (Memory::default(), UnixTime::from_secs(1_000_000));
        for sender in 0..MOST as u64 {
            assert_eq!(memory.note(sender, Proof::None, now, DAY * 7), Known::New);
        }
        assert_eq!(memory.note(5_000, Proof::None, now.plus(DAY / 2), DAY * 7), Known::Full);
        assert_eq!(memory.note(5_001, Proof::LoggedIn, now.plus(DAY / 2), DAY * 7), Known::New);
        assert_eq!(memory.note(5_001, Proof::LoggedIn, now.plus(DAY / 2), DAY * 7), Known::Answered);
        assert_eq!(memory.note(5_002, Proof::None, now.plus(DAY), DAY * 7), Known::New);
        assert_eq!(memory.answered.len(), MOST);
    }

    #[test]
    fn another_answer_meets_a_sender_anew() {
        let (bob, other) = ("bob@far.example".parse().unwrap(), "Bob@FAR.example".parse().unwrap());
        assert_eq!(fingerprint(b"a", &bob), fingerprint(b"a", &other));
        assert_ne!(fingerprint(b"a", &bob), fingerprint(b"b", &bob));
    }
}
