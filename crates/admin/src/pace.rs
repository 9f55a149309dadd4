//! How often somebody changes what the server tells him of by mail: each change is a message that no quota refuses.
use names::AccountId;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use world::UnixTime;

/// Changes of one customer in an hour.
const CHANGES: u32 = 20;
const HOUR: u64 = 60 * 60;

/// The changes of this hour, by customer.
#[derive(Debug, Default)]
pub(crate) struct Pace(Mutex<(u64, HashMap<AccountId, u32>)>);

impl Pace {
    /// Counts a change; refused, it says in how many seconds it may be tried again.
    pub(crate) fn count(&self, account: AccountId, now: UnixTime) -> Result<(), u64> {
        let hour = now.secs() / HOUR;
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counted.0 != hour {
            // as many are counted as have asked in this hour, each after a login
            *counted = (hour, HashMap::new());
        }
        let changes = counted.1.entry(account).or_default();
        if *changes >= CHANGES {
            return Err(HOUR - now.secs() % HOUR);
        }
        *changes += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_in_an_hour_for_each() {
        let pace = Pace::default();
        let at = |account, secs| pace.count(AccountId(account), UnixTime::from_secs(secs));
        assert_eq!((0..30).filter(|_| at(1, 7_200).is_ok()).count(), 20);
        assert_eq!(at(1, 7_300), Err(3_500));
        assert_eq!((at(2, 7_300), at(1, 10_800)), (Ok(()), Ok(())));
    }
}
