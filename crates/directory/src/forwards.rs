//! Accounts whose mail goes on to other addresses.
use crate::aliases::MAX_TARGETS;
use crate::schema::AccountRecord;
use crate::{Directory, Error};
use names::Address;
use store::Receipt;

/// Where an account's mail goes on to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forward {
    /// The others, here or elsewhere; at least one.
    pub targets: Vec<Address>,
    /// Whether the account gets it too.
    pub keep: bool,
}

impl Forward {
    /// Whether an account's mail can go on like this.
    ///
    /// # Errors
    /// [`Error::BadTargets`].
    pub fn check(&self) -> Result<(), Error> {
        if (1..=MAX_TARGETS).contains(&self.targets.len()) { Ok(()) } else { Err(Error::BadTargets) }
    }
}

impl Directory {
    /// Lets the account's mail go on to others, or ends that.
    ///
    /// # Errors
    /// When there is no such account, or there are no or too many targets.
    pub async fn set_forward(&self, address: &Address, forward: Option<Forward>) -> Result<Receipt, Error> {
        if let Some(forward) = &forward {
            forward.check()?;
        }
        let change = |record: &AccountRecord| AccountRecord { forward: forward.clone(), ..record.clone() };
        Ok(self.update_account(address, change).await?.1)
    }
}
