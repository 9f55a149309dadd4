//! Which accounts are pushed to, and the key that signs what is pushed: both in the System partition, so that a start finds
//! them without looking through all accounts.
use super::Store;
use crate::codec::{Decoder, Encoder};
use crate::engine::{Growth, Key, MAX_PAGE, Partition, PartitionKind};
use crate::error::Error;
use crate::key::{KeyBuilder, KeyReader};
use crate::records::{Change, KeyRange};
use crate::schema::{PUSH_KEY, PUSHED};
use names::AccountId;

const SYSTEM: Partition = Partition::new(PartitionKind::System, 0);

impl Store {
    /// Notes that an account is pushed to. A note of one that is not costs a look at it, at the next start.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn note_pushed(&self, account: AccountId) -> Result<(), Error> {
        if self.records().get(SYSTEM, pushed(account)).await?.is_some() {
            return Ok(());
        }
        let mut change = Change::new(Growth::Grows);
        change.put(pushed(account), 1, Encoder::new(1).finish());
        self.records().commit(SYSTEM, change).await.map(drop)
    }

    /// Forgets that an account was pushed to.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn forget_pushed(&self, account: AccountId) -> Result<(), Error> {
        let mut change = Change::new(Growth::Frees);
        change.delete(pushed(account));
        self.records().commit(SYSTEM, change).await.map(drop)
    }

    /// Accounts that are noted, ascending, those above `after`, at most `limit` and at most 1,000.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn pushed(&self, after: Option<AccountId>, limit: usize) -> Result<Vec<AccountId>, Error> {
        let range = KeyRange::prefix(&[PUSHED]);
        let range = after.map_or_else(|| range.clone(), |after| range.after(&pushed(after)));
        let page = self.records().scan(SYSTEM, range, limit.clamp(1, MAX_PAGE)).await?;
        page.items.iter().map(|(key, _)| Ok(AccountId(KeyReader::new(key, PUSHED)?.u64()?))).collect()
    }

    /// The key that signs what is pushed: `fresh`, where there is none yet.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn push_key(&self, fresh: [u8; 32]) -> Result<[u8; 32], Error> {
        loop {
            if let Some(value) = self.records().get(SYSTEM, PUSH_KEY.to_vec()).await? {
                return Decoder::new(&value.payload, "push key", 1)?.array();
            }
            let mut record = Encoder::new(1);
            record.raw(&fresh);
            let mut change = Change::new(Growth::Grows);
            change.create(PUSH_KEY.to_vec(), record.finish());
            match self.records().commit(SYSTEM, change).await {
                Ok(_) => return Ok(fresh),
                Err(Error::Conflict) => {}
                Err(error) => return Err(error),
            }
        }
    }
}

fn pushed(account: AccountId) -> Key {
    KeyBuilder::new(PUSHED).u64(account.0).key()
}
