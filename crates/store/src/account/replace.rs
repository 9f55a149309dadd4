//! A message takes the place of another (REPLACE, RFC 8508).
use super::Account;
use super::append::{Prepared, append, want_keys};
use super::expunge::take_out;
use crate::email::{Appended, NewEmail};
use crate::engine::Growth;
use crate::error::Error;
use crate::head::Stop;
use crate::id::{MailboxId, Uid};
use crate::outcome::Outcome;

impl Account {
    /// Takes a message out of `mailbox` and puts another into `target`, in one commit: both or neither. The quota is asked
    /// as if the first were gone already (RFC 8508, 3.4).
    ///
    /// # Errors
    /// [`Error::NoSuchEmail`] when the message is not there; else as [`Account::append`].
    pub async fn replace(
        &self,
        mailbox: MailboxId,
        uid: Uid,
        target: MailboxId,
        email: NewEmail,
    ) -> Result<Outcome<Vec<Appended>>, Error> {
        let prepared = [Prepared::new(email)];
        self.head
            .write(&self.who, |tx| {
                tx.hand = self.hand;
                if tx.view(mailbox)?.get(uid).is_none() {
                    return Err(Stop::Fail(Error::NoSuchEmail));
                }
                want_keys(tx, &prepared)?;
                take_out(tx, mailbox, &[uid])?;
                tx.growth = Growth::Grows;
                append(tx, target, &prepared)
            })
            .await
    }
}
