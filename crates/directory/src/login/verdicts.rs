//! Right passwords of the last minute (a setting), so that a mail program that looks each minute does not cost a hash each time.
//!
//! Only "right" is remembered. The key is a keyed hash (the key is made at start and never leaves the process) over
//! account, version of the credential, and password; a changed password is another version, and is dropped at once too.
use crate::bounded::Bounded;
use names::AccountId;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use world::Random;

/// About 100 bytes each.
const CAPACITY: usize = 50_000;

/// What stands for one account, credential and password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Fingerprint([u8; 32]);

/// The bounded memory of right passwords.
pub(crate) struct Verdicts {
    key: [u8; 32],
    /// How long a verdict counts.
    life: Duration,
    known: Mutex<Bounded<Fingerprint, (AccountId, Instant)>>,
}

impl Verdicts {
    pub(crate) fn new(random: &dyn Random, life: Duration) -> Self {
        let mut key = [0; 32];
        random.fill(&mut key);
        Self { key, life, known: Mutex::new(Bounded::new(CAPACITY)) }
    }

    pub(crate) fn fingerprint(&self, account: AccountId, credential: u64, password: &[u8]) -> Fingerprint {
        let mut hasher = blake3::Hasher::new_keyed(&self.key);
        hasher.update(&account.0.to_le_bytes()).update(&credential.to_le_bytes()).update(password);
        Fingerprint(hasher.finalize().into())
    }

    /// Whether it was right within that time.
    pub(crate) fn knows(&self, fingerprint: Fingerprint) -> bool {
        let now = Instant::now();
        let mut known = self.lock();
        let until = known.get(&fingerprint).map(|(_, until)| *until);
        match until {
            Some(until) if now < until => true,
            Some(_) => {
                known.remove(&fingerprint);
                false
            }
            None => false,
        }
    }

    pub(crate) fn remember(&self, account: AccountId, fingerprint: Fingerprint) {
        if self.life.is_zero() {
            return;
        }
        self.lock().insert(fingerprint, (account, Instant::now() + self.life));
    }

    /// Drops all verdicts about `account`.
    pub(crate) fn forget(&self, account: AccountId) {
        self.lock().retain(|_, (of, _)| *of != account);
    }

    fn lock(&self) -> MutexGuard<'_, Bounded<Fingerprint, (AccountId, Instant)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::scripted::SeededRandom;

    const LIFE: Duration = Duration::from_secs(60);

    #[tokio::test(start_paused = true)]
    async fn without_a_life_nothing_is_remembered() {
        let verdicts = Verdicts::new(&SeededRandom::new(1), Duration::ZERO);
        let right = verdicts.fingerprint(AccountId(1), 1, b"geheim");
        verdicts.remember(AccountId(1), right);
        assert!(!verdicts.knows(right));
    }

    #[tokio::test(start_paused = true)]
    async fn a_verdict_lives_a_minute_or_until_a_change() {
        let verdicts = Verdicts::new(&SeededRandom::new(1), LIFE);
        let (anna, bram) = (AccountId(1), AccountId(2));
        let right = verdicts.fingerprint(anna, 1, b"geheim");
        assert!(!verdicts.knows(right));
        verdicts.remember(anna, right);
        assert!(verdicts.knows(right));
        for other in [(anna, 1, "Geheim"), (anna, 2, "geheim"), (bram, 1, "geheim")] {
            assert!(!verdicts.knows(verdicts.fingerprint(other.0, other.1, other.2.as_bytes())));
        }
        tokio::time::advance(LIFE).await;
        assert!(!verdicts.knows(right));
        verdicts.remember(anna, right);
        verdicts.forget(bram);
        assert!(verdicts.knows(right));
        verdicts.forget(anna);
        assert!(!verdicts.knows(right));
    }
}
