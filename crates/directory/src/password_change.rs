//! Another password, by who knows the one that it replaces: the customer himself. What he asks by goes on, all else ends.
use crate::accounts::{MAX_PASSWORD, key_of};
use crate::domains::ATTEMPTS;
use crate::login::{LoginId, Revocation};
use crate::schema::{self, AccountRecord, Entry, TokenRecord};
use crate::shelf::KeptToken;
use crate::{Attempt, Directory, Error, LoginError, NewPassword, PasswordHash};
use names::Secret;
use store::{Change, Growth};
use thiserror::Error as ThisError;

/// What is asked.
#[derive(Debug)]
pub struct PasswordChange {
    /// The account's login name with the password that it has, as at a login.
    pub current: Attempt,
    /// The password that it is to have.
    pub new: Secret<String>,
    /// The token by which it is asked, which goes on.
    pub kept: Option<LoginId>,
}

/// Why a password was not changed.
#[derive(Debug, Clone, PartialEq, Eq, ThisError)]
pub enum PasswordChangeError {
    /// The password that it has was not proved.
    #[error(transparent)]
    Login(#[from] LoginError),
    /// The password that it was to have cannot be, or nothing can be said just now.
    #[error(transparent)]
    New(#[from] Error),
}

impl Directory {
    /// Gives an account another password. Its tokens and sessions end, but for those of `kept`; how many did.
    ///
    /// # Errors
    /// As [`PasswordChangeError`] says; a wrong password is counted and answered late, as at a login.
    pub async fn change_password(&self, asked: PasswordChange) -> Result<u64, PasswordChangeError> {
        let PasswordChange { current, new, kept } = asked;
        let (account, _) = self.prove(&current).await?;
        if new.reveal().len() > MAX_PASSWORD {
            return Err(Error::BadPassword.into());
        }
        self.check_new_password(&new).await?;
        self.check_not_of_account(&account.address, &new)?;
        if new.reveal() == current.password.reveal() {
            return Err(Error::PasswordAsBefore.into());
        }
        let hash = self.hash(NewPassword::Plain(new)).await?;
        let tokens = self.replace_password(&account, &hash, kept).await?;
        self.verdicts.forget(account.id);
        let is_other = |login: Option<LoginId>| kept.is_none() || login != kept;
        let by_password = |login: Option<LoginId>| login.is_none_or(|login| !login.is_token());
        let sessions =
            self.sessions.end(account.id, Revocation::PasswordChanged, |login| is_other(login) && by_password(login));
        self.sessions.end(account.id, Revocation::PasswordChanged, is_other);
        Ok(tokens + sessions as u64)
    }

    /// Writes the new hash, and with it what becomes of the tokens; how many of them end.
    async fn replace_password(
        &self,
        proved: &AccountRecord,
        hash: &PasswordHash,
        kept: Option<LoginId>,
    ) -> Result<u64, PasswordChangeError> {
        let domain = proved.address.domain();
        let partition = schema::partition(domain);
        for _ in 0..ATTEMPTS {
            let (entry, record) = self.account_record(&proved.address).await?;
            // somebody else was first: what was proved is no longer the password
            if (record.id, record.credential) != (proved.id, proved.credential) {
                return Err(LoginError::Wrong.into());
            }
            let credential = record.credential + 1;
            let mut change = Change::new(Growth::Frees);
            let password = hash.as_str().to_owned();
            let renewed = AccountRecord { password, credential, ..record.clone() };
            change.replace(key_of(&proved.address)?, entry.version, Entry::Account(renewed).encode());
            let mut ended = 0;
            for KeptToken { key, version, record: token } in self.shelf.tokens(partition, record.id).await? {
                let is_kept = kept.is_some() && schema::token_login(&key) == kept;
                let is_valid = token.credential == record.credential && token.expires > self.world.clock.now();
                if is_kept && is_valid {
                    change.replace(key, version, TokenRecord { credential, ..token }.encode());
                } else {
                    ended += u64::from(is_valid);
                    change.delete(key);
                }
            }
            match self.shelf.commit(domain, change).await {
                Err(Error::Conflict) => (),
                outcome => return Ok(outcome.map(|_| ended)?),
            }
        }
        Err(Error::Conflict.into())
    }
}
