//! Turns at what costs much: few at once for an account, so that one customer waits for himself, and few at once for all.
use names::AccountId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The turns of all accounts.
pub(crate) struct Turns {
    of_account: usize,
    accounts: Mutex<HashMap<AccountId, Weak<Semaphore>>>,
    all: Arc<Semaphore>,
}

/// A turn; given back when dropped. Work that goes on when nobody waits for it any more takes it along.
pub(crate) struct Turn {
    _own: OwnedSemaphorePermit,
    _any: OwnedSemaphorePermit,
}

impl Turns {
    /// So many at once of an account, and of all.
    pub(crate) fn new(of_account: usize, of_all: usize) -> Self {
        Self { of_account, accounts: Mutex::default(), all: Arc::new(Semaphore::new(of_all)) }
    }

    /// Waits for a turn.
    ///
    /// # Cancel safety
    /// Who does not wait any more has no turn, and lost his place.
    pub(crate) async fn take(&self, account: AccountId) -> Option<Turn> {
        let own = self.of(account).acquire_owned().await.ok()?;
        let any = Arc::clone(&self.all).acquire_owned().await.ok()?;
        Some(Turn { _own: own, _any: any })
    }

    fn of(&self, account: AccountId) -> Arc<Semaphore> {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turns) = accounts.get(&account).and_then(Weak::upgrade) {
            return turns;
        }
        accounts.retain(|_, turns| turns.strong_count() > 0);
        let turns = Arc::new(Semaphore::new(self.of_account));
        accounts.insert(account, Arc::downgrade(&turns));
        turns
    }
}

#[cfg(test)]
mod tests {
    use super::Turns;
    use futures_util::FutureExt;
    use names::AccountId;

    #[tokio::test]
    async fn who_has_his_turns_waits_for_himself_and_all_for_all() {
        let (turns, anna, bram) = (Turns::new(2, 3), AccountId(1), AccountId(2));
        let (first, second) = (turns.take(anna).await, turns.take(anna).await);
        assert!(turns.take(anna).now_or_never().is_none());
        let third = turns.take(bram).await;
        assert!(turns.take(bram).now_or_never().is_none());
        drop(first);
        assert!(turns.take(bram).now_or_never().is_some_and(|turn| turn.is_some()));
        drop((second, third));
        assert!(turns.take(anna).now_or_never().is_some());
        assert_eq!(turns.accounts.lock().unwrap().len(), 1);
    }
}
