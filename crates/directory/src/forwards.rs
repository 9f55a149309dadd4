//! Accounts whose mail goes on to other addresses.
use crate::aliases::MAX_TARGETS;
use crate::domains::ATTEMPTS;
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
    /// Lets the account's mail go on to others, or ends that, where it is set to `instead_of` until then; `None`: it is set
    /// to something else, and nothing was written.
    ///
    /// # Errors
    /// When there is no such account, or there are no or too many targets.
    pub async fn replace_forward(
        &self,
        address: &Address,
        instead_of: Option<&Forward>,
        forward: Option<&Forward>,
    ) -> Result<Option<Receipt>, Error> {
        if let Some(forward) = forward {
            forward.check()?;
        }
        for _ in 0..ATTEMPTS {
            let (entry, record) = self.account_record(address).await?;
            if record.forward.as_ref() != instead_of {
                return Ok(None);
            }
            let record = AccountRecord { forward: forward.cloned(), ..record };
            match self.replace_account(address, &entry, record).await {
                // something else of the account may have changed: it is looked at again
                Err(Error::Conflict) => (),
                outcome => return outcome.map(Some),
            }
        }
        Err(Error::Conflict)
    }
}
