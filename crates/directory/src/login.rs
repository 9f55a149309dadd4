//! Who gets in: one way for every protocol.
//!
//! In order: the counts against guessing, the account, the password (with the same work where there is no such
//! account), and only for the right password what is to be said about the account. A wrong password is answered at a
//! moment that is counted from the attempt's begin, so neither the kind of hash nor the look at the store shows.
//! The login name is the account's own address; an alias is none. A store that is away is never a wrong password.
mod breached;
mod login_id;
mod network;
mod password;
mod pepper;
mod pool;
pub(crate) mod programs;
pub(crate) mod sasl;
pub(crate) mod scheme;
mod sessions;
mod throttle;
mod verdicts;
pub use login_id::{LoginId, NoLoginId};
pub use network::Network;
pub use password::PasswordRules;
pub(crate) use password::prepare_password;
pub use pepper::{Pepper, PepperError};
pub(crate) use pool::HashPool;
pub(crate) use programs::Programs;
pub use programs::{Came, Channel, Doorway, ProgramLogin, Secured, Use};
pub(crate) use scheme::HashMemory;
pub(crate) use sessions::Sessions;
pub use sessions::{Leash, Leashed, Revocation, Revoked, Service, SessionPermit};
pub use throttle::ThrottleLimits;
pub(crate) use throttle::{Attempted, NameKey, Throttle};
pub(crate) use verdicts::Verdicts;

use crate::accounts::MAX_PASSWORD;
use crate::name::FoldedAddress;
use crate::schema::{AccountRecord, Entry};
use crate::{Directory, Error, PasswordHash, Role};
use names::{AccountId, Address, Secret};
use std::net::IpAddr;
use std::time::Duration;
use thiserror::Error as ThisError;
use tokio::time::Instant;
use verdicts::Fingerprint;

/// Somebody at the door.
#[derive(Debug)]
pub struct Attempt {
    /// The login name as it was sent: an address, or a bare name in the default domain.
    pub name: String,
    /// The password as it was sent.
    pub password: Secret<String>,
    /// From where.
    pub from: IpAddr,
    /// To what.
    pub service: Service,
    /// Whether the password came encrypted.
    pub tls: bool,
}

/// Somebody who is in. The permit's place is given back when this is dropped.
#[derive(Debug)]
pub struct Login {
    /// The account's number.
    pub account: AccountId,
    /// The account's address.
    pub address: Address,
    /// What it may do beside its own mail.
    pub role: Role,
    /// The session's place.
    pub permit: SessionPermit,
    /// Fires when the session must end.
    pub revoked: Revoked,
    /// The number of the password that was looked at.
    pub(crate) credential: u64,
}

/// Why somebody is not let in.
#[derive(Debug, Clone, PartialEq, Eq, ThisError)]
pub enum LoginError {
    /// No such account, or not its password: which of both is not told.
    #[error("wrong name or password")]
    Wrong,
    /// The password is right, the account suspended.
    #[error("the account is suspended: {reason}")]
    Suspended {
        /// As the operator wrote it.
        reason: String,
    },
    /// The password is right, and every place of the account in this service is taken.
    #[error("too many sessions of this account")]
    TooManySessions,
    /// The password is right, but who may act on others does not log in unencrypted.
    #[error("this account logs in by TLS only")]
    TlsRequired,
    /// Too many wrong passwords from there; the password was not looked at.
    #[error("too many wrong passwords; try again in {} seconds", wait.as_secs().max(1))]
    Throttled {
        /// How long to stay away.
        wait: Duration,
    },
    /// Nothing can be said just now.
    #[error(transparent)]
    Unavailable(#[from] Error),
}

/// What the service desk may want to know about the door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoginNotice {
    /// Logins to one name from one network are refused for ten minutes.
    Banned {
        /// From where.
        network: Network,
        /// The account, where there is one of that name.
        account: Option<Address>,
    },
    /// One network tries many accounts.
    Spraying {
        /// From where.
        network: Network,
        /// With how many accounts.
        accounts: usize,
    },
    /// A password came in unencrypted.
    Unencrypted {
        /// Whose.
        account: Address,
        /// To what.
        service: Service,
    },
}

/// Is told what happens at the door. It must not wait.
pub trait LoginObserver: Send + Sync {
    /// Takes a notice.
    fn noticed(&self, notice: LoginNotice);
}

impl LoginObserver for () {
    fn noticed(&self, _: LoginNotice) {}
}

/// The outcome of looking at a password.
pub(crate) enum Verdict {
    Right,
    /// Right, verified against this very hash just now.
    RightAgainst(PasswordHash),
    Wrong,
}

impl Directory {
    /// Lets somebody in, or says why not. A wrong password takes 1 to 15 seconds, in which nothing is held.
    ///
    /// # Cancel safety
    /// Dropped, it counts as a wrong attempt where there was no verdict yet.
    ///
    /// # Errors
    /// As [`LoginError`] says. Faces must answer each variant in their own terms, and `Unavailable` never as `Wrong`.
    pub async fn login(&self, attempt: Attempt) -> Result<Login, LoginError> {
        let (account, verdict) = self.prove(&attempt).await?;
        let login = self.admit(&account, &attempt).await?;
        if let Verdict::RightAgainst(hash) = verdict {
            self.upgrade(&account, &hash, &attempt.password, Network::from(attempt.from)).await;
        }
        Ok(login)
    }

    /// Whose the password is; counted, delayed and refused as a login, and it is none.
    ///
    /// # Cancel safety
    /// As [`Directory::login`].
    ///
    /// # Errors
    /// `Wrong`, `Throttled` or `Unavailable`.
    pub(crate) async fn prove(&self, attempt: &Attempt) -> Result<(AccountRecord, Verdict), LoginError> {
        let began = Instant::now();
        let network = Network::from(attempt.from);
        let folded = FoldedAddress::of_login(&attempt.name, self.settings.default_domain.as_ref());
        let account = match &folded {
            Some(folded) => self.credential(folded).await?,
            None => None,
        };
        let password = attempt.password.reveal().as_bytes();
        let fingerprint =
            account.as_ref().map(|account| self.verdicts.fingerprint(account.id, account.credential, password));
        let name = self.name_key_of(folded.as_ref(), &attempt.name);
        let counted =
            self.throttle.begin(began, name, network, fingerprint).map_err(|wait| LoginError::Throttled { wait })?;
        let verdict = self.judge(account.as_ref(), fingerprint, network, &attempt.password).await;
        match (verdict, account, fingerprint) {
            (Err(error), ..) => {
                counted.undecided();
                Err(LoginError::Unavailable(error))
            }
            (Ok(Verdict::Right | Verdict::RightAgainst(_)), None, _) | (Ok(Verdict::Wrong), ..) | (Ok(_), _, None) => {
                self.refuse(counted, began, network, folded.as_ref()).await;
                Err(LoginError::Wrong)
            }
            (Ok(verdict), Some(account), Some(fingerprint)) => {
                counted.right(fingerprint);
                Ok((account, verdict))
            }
        }
    }

    /// The account that this name logs in to, if there is one: for the journal, never for the client.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn named_at_login(&self, name: &str) -> Result<Option<AccountId>, Error> {
        match FoldedAddress::of_login(name, self.settings.default_domain.as_ref()) {
            Some(address) => Ok(self.credential(&address).await?.map(|account| account.id)),
            None => Ok(None),
        }
    }

    /// The account that logs in by this address.
    async fn credential(&self, address: &FoldedAddress) -> Result<Option<AccountRecord>, Error> {
        Ok(self.shelf.entry(address).await?.and_then(|entry| match &*entry.record {
            Entry::Account(record) => Some(record.clone()),
            Entry::Alias(_) => None,
        }))
    }

    fn name_key_of(&self, folded: Option<&FoldedAddress>, written: &str) -> NameKey {
        let mut hasher = blake3::Hasher::new_keyed(&self.name_key);
        match folded {
            Some(folded) => {
                hasher.update(folded.local.as_bytes()).update(b"@").update(folded.domain.as_str().as_bytes())
            }
            None => hasher.update(written.as_bytes()),
        };
        let mut key = NameKey::default();
        hasher.finalize_xof().fill(&mut key);
        key
    }

    /// Looks at the password: in memory, or by the work of a hash, which an unknown name costs as well.
    async fn judge(
        &self,
        account: Option<&AccountRecord>,
        fingerprint: Option<Fingerprint>,
        network: Network,
        password: &Secret<String>,
    ) -> Result<Verdict, Error> {
        if !(1..=MAX_PASSWORD).contains(&password.reveal().len()) {
            return Ok(Verdict::Wrong);
        }
        if fingerprint.is_some_and(|fingerprint| self.verdicts.knows(fingerprint)) {
            return Ok(Verdict::Right);
        }
        let hash = match account {
            Some(account) => PasswordHash::parse(&account.password)?,
            None => self.nobody.clone(),
        };
        if let Some(name) = hash.lacks(self.settings.pepper.as_ref()) {
            return Err(Error::Unavailable(format!("no pepper {name} for a password that was hashed with it")));
        }
        let (compared, password, pepper) = (hash.clone(), password.clone(), self.settings.pepper.clone());
        let work =
            move |memory: &mut HashMemory| password::verify(&compared, password.reveal(), pepper.as_ref(), memory);
        let right = self.pool.run(network, work).await;
        match (right.map_err(|_| Error::Busy)?, account, fingerprint) {
            (true, Some(account), Some(fingerprint)) => {
                self.verdicts.remember(account.id, fingerprint);
                Ok(Verdict::RightAgainst(hash))
            }
            _ => Ok(Verdict::Wrong),
        }
    }

    /// Waits until a wrong password is answered.
    async fn refuse(&self, counted: Attempted<'_>, began: Instant, network: Network, folded: Option<&FoldedAddress>) {
        let consequence = counted.wrong(Instant::now());
        if let Some(accounts) = consequence.spraying {
            self.observer.noticed(LoginNotice::Spraying { network, accounts });
        }
        if consequence.banned {
            let account = match folded {
                Some(folded) => self.credential(folded).await.ok().flatten().map(|record| record.address),
                None => None,
            };
            self.observer.noticed(LoginNotice::Banned { network, account });
        }
        tokio::time::sleep_until(began + consequence.delay).await;
    }

    /// Gives a place to somebody whose password is right.
    async fn admit(&self, account: &AccountRecord, attempt: &Attempt) -> Result<Login, LoginError> {
        let reason = |record: &AccountRecord| record.suspended.clone().map(|reason| LoginError::Suspended { reason });
        if let Some(suspended) = reason(account) {
            return Err(suspended);
        }
        if !attempt.tls {
            if account.role != Role::User {
                return Err(LoginError::TlsRequired);
            }
            let (account, service) = (account.address.clone(), attempt.service);
            self.observer.noticed(LoginNotice::Unencrypted { account, service });
        }
        let opened = self.sessions.open((account.id, account.address.domain()), attempt.service, None);
        let (permit, revoked) = opened.ok_or(LoginError::TooManySessions)?;
        // A change that was committed since the password was looked at has not told this session: look again.
        let (_, now) = self.account_record(&account.address).await.map_err(|error| match error {
            Error::NoSuchAccount(_) => LoginError::Wrong,
            other => LoginError::Unavailable(other),
        })?;
        if let Some(suspended) = reason(&now) {
            return Err(suspended);
        }
        if (now.id, now.credential) != (account.id, account.credential) {
            return Err(LoginError::Wrong);
        }
        let (address, role, credential) = (account.address.clone(), account.role, account.credential);
        Ok(Login { account: account.id, address, role, permit, revoked, credential })
    }

    /// Replaces a hash of an old scheme, or of another cost, by one of today's. It is no new credential: sessions and
    /// verdicts stay. Where it cannot be done just now, the next login will.
    async fn upgrade(&self, account: &AccountRecord, old: &PasswordHash, password: &Secret<String>, network: Network) {
        if old.is_current(self.settings.hash_cost, self.settings.pepper.as_ref()) {
            return;
        }
        let work = self.hashing(password.clone());
        let Ok(hash) = self.pool.run(network, work).await else { return };
        let replaced = self.update_account(&account.address, |record| {
            let unchanged = record.id == account.id && record.credential == account.credential;
            let password = if unchanged { hash.as_str().to_owned() } else { record.password.clone() };
            AccountRecord { password, ..record.clone() }
        });
        if let Err(error) = replaced.await {
            tracing::warn!(account = %account.id, %error, "the password hash was not replaced");
        }
    }
}
