//! Who may send, and as what beside his own addresses: delegates of an address, and accounts whose sending is held.
use crate::accounts::{check_text, key_of};
use crate::domains::ATTEMPTS;
use crate::schema::{AccountRecord, Delegate};
use crate::{Directory, Error};
use names::{AccountId, Address};
use store::{Change, Growth, Receipt};

/// Most delegates of one address.
const MAX_DELEGATES: usize = 100;

impl Directory {
    /// Lets the account `delegate` send as `address`, which is an account's or an alias.
    ///
    /// # Errors
    /// When there is no such address or account, or the address has as many delegates as it may have.
    pub async fn add_delegate(&self, address: &Address, delegate: &Address) -> Result<Receipt, Error> {
        let delegate = self.account(delegate).await?;
        let new = Delegate { account: delegate.id, address: delegate.address };
        self.change_delegates(address, |known| {
            let mut delegates: Vec<Delegate> =
                known.iter().filter(|known| known.account != new.account).cloned().collect();
            if delegates.len() >= MAX_DELEGATES {
                return Err(Error::TooManyDelegates(MAX_DELEGATES));
            }
            delegates.push(new.clone());
            Ok(delegates)
        })
        .await
    }

    /// Lets `delegate` send as `address` no more. He is found by the address that he had, or by the one that he has.
    ///
    /// # Errors
    /// When there is no such address, or he is no delegate of it.
    pub async fn remove_delegate(&self, address: &Address, delegate: &Address) -> Result<Receipt, Error> {
        let known_as = Self::folded(delegate);
        let account = self.account(delegate).await.ok().map(|account| account.id);
        self.change_delegates(address, |known| {
            let meant = |one: &Delegate| Some(one.account) == account || Self::folded(&one.address) == known_as;
            let left: Vec<Delegate> = known.iter().filter(|one| !meant(one)).cloned().collect();
            if left.len() == known.len() { Err(Error::NoSuchAccount(delegate.clone())) } else { Ok(left) }
        })
        .await
    }

    /// Who may send as `address` beside its owners.
    ///
    /// # Errors
    /// When there is no such address, or the store is away.
    pub async fn delegates(&self, address: &Address) -> Result<Vec<Delegate>, Error> {
        let entry = self.entry_of(address).await?.ok_or_else(|| Error::NoSuchAccount(address.clone()))?;
        Ok(entry.record.delegates().to_vec())
    }

    /// Holds an account's sending: it may log in and read, and send nothing.
    ///
    /// # Errors
    /// When there is no such account, or `reason` is no text.
    pub async fn hold_sending(&self, address: &Address, reason: &str) -> Result<(AccountId, Receipt), Error> {
        check_text(reason)?;
        self.update_account(address, |record| AccountRecord { held: Some(reason.to_owned()), ..record.clone() }).await
    }

    /// Lets an account send again.
    ///
    /// # Errors
    /// When there is no such account, or the store is away.
    pub async fn release_sending(&self, address: &Address) -> Result<(AccountId, Receipt), Error> {
        self.update_account(address, |record| AccountRecord { held: None, ..record.clone() }).await
    }

    /// Whether the server files what the account sends.
    ///
    /// # Errors
    /// When there is no such account, or the store is away.
    pub async fn set_send_once(&self, address: &Address, send_once: bool) -> Result<Receipt, Error> {
        Ok(self.update_account(address, |record| AccountRecord { send_once, ..record.clone() }).await?.1)
    }

    async fn change_delegates(
        &self,
        address: &Address,
        change: impl Fn(&[Delegate]) -> Result<Vec<Delegate>, Error>,
    ) -> Result<Receipt, Error> {
        for _ in 0..ATTEMPTS {
            let entry = self.entry_of(address).await?.ok_or_else(|| Error::NoSuchAccount(address.clone()))?;
            let changed = entry.record.with_delegates(change(entry.record.delegates())?);
            let mut update = Change::new(Growth::Grows);
            update.replace(key_of(address)?, entry.version, changed.encode());
            match self.shelf.commit(address.domain(), update).await {
                Err(Error::Conflict) => (),
                outcome => return outcome,
            }
        }
        Err(Error::Conflict)
    }
}
