//! Accounts: made, changed and removed. An account is found by its address, which is its login.
use crate::cache::Versioned;
use crate::domains::{ATTEMPTS, replace};
use crate::login::{HashMemory, prepare_password};
use crate::name::FoldedAddress;
use crate::schema::{self, AccountRecord, DomainRecord, Entry};
use crate::{Directory, Error, Forward, PasswordHash, Revocation, Role};
use names::{AccountId, Address, ByteSize, Domain, Secret};
use std::collections::BTreeSet;
use store::{Change, Growth, Key, Receipt};
use world::UnixTime;

/// Longest name and longest reason, in bytes.
const MAX_TEXT: usize = 1000;
/// Longest password, in bytes.
pub(crate) const MAX_PASSWORD: usize = 1024;

/// An account, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its number, which its mail is kept under.
    pub id: AccountId,
    /// Its address and login.
    pub address: Address,
    /// The name of whose it is; may be empty.
    pub name: String,
    /// Which of its passwords it has: another one has another number.
    pub credential: u64,
    /// Bytes that its mail may take; nothing: as many as there are.
    pub quota: Option<ByteSize>,
    /// What it may do beside its own mail.
    pub role: Role,
    /// Why it is suspended, where it is.
    pub suspended: Option<String>,
    /// Since when it is here.
    pub created: UnixTime,
    /// Where its mail goes on to.
    pub forward: Option<Forward>,
    /// Why it may not send, where it may not.
    pub held: Option<String>,
    /// Whether the server files what it sends.
    pub send_once: bool,
}

/// A password to be.
#[derive(Debug, Clone)]
pub enum NewPassword {
    /// In the clear; it is hashed.
    Plain(Secret<String>),
    /// A hash that was made elsewhere.
    Hash(PasswordHash),
}

/// An account to be.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// The number under which the store has made it.
    pub id: AccountId,
    /// Its address and login.
    pub address: Address,
    /// The name of whose it is; may be empty.
    pub name: String,
    /// Its password, hashed by [`Directory::hash`].
    pub password: PasswordHash,
    /// Bytes that its mail may take.
    pub quota: Option<ByteSize>,
    /// What it may do beside its own mail.
    pub role: Role,
}

/// Some accounts of a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountPage {
    /// In the order of their addresses.
    pub accounts: Vec<Account>,
    /// What to ask for next; nothing at the end.
    pub next: Option<Key>,
}

impl Directory {
    /// Hashes a password with argon2id, in turn with others; a hash it takes as it is.
    ///
    /// # Errors
    /// When the password is empty or longer than a kibibyte.
    pub async fn hash(&self, password: NewPassword) -> Result<PasswordHash, Error> {
        let password = match password {
            NewPassword::Hash(hash) => return Ok(hash),
            NewPassword::Plain(password) => password,
        };
        if !(1..=MAX_PASSWORD).contains(&password.reveal().len()) {
            return Err(Error::BadPassword);
        }
        self.pool.run_patiently(self.hashing(password)).await.map_err(|_| Error::Busy)
    }

    /// The work of hashing a password as new ones are.
    pub(crate) fn hashing(
        &self,
        password: Secret<String>,
    ) -> impl FnOnce(&mut HashMemory) -> PasswordHash + Send + 'static {
        let (cost, random, pepper) = (self.settings.hash_cost, self.world.random.clone(), self.settings.pepper.clone());
        move |memory| {
            let prepared = prepare_password(password.reveal());
            PasswordHash::new_in(prepared.reveal().as_bytes(), cost, &*random, pepper.as_ref(), memory)
        }
    }

    /// Whether an account with this address and name could be made now. Nothing where it could, or where such an
    /// account is there already.
    ///
    /// # Errors
    /// What [`Directory::add_account`] would say, and [`Error::AddressTaken`] where the address is an alias.
    pub async fn check_new_account(&self, address: &Address, name: &str) -> Result<(), Error> {
        check_text(name)?;
        let folded = FoldedAddress::of(address).ok_or_else(|| Error::BadAddress(address.clone()))?;
        self.home(address.domain()).await?;
        match self.shelf.entry(&folded).await?.as_ref().map(|entry| &*entry.record) {
            Some(Entry::Alias(_)) => Err(Error::AddressTaken(address.clone())),
            Some(Entry::Account(_)) | None => Ok(()),
        }
    }

    /// One spelling for all of an address that mean the same here.
    pub fn folded(address: &Address) -> String {
        FoldedAddress::of(address)
            .map_or_else(|| address.to_string(), |folded| format!("{}@{}", folded.local, folded.domain))
    }

    /// Makes one account, whose place in the store is made already.
    ///
    /// # Errors
    /// When there is no such domain, the address is taken or not possible here, or the name is no text.
    pub async fn add_account(&self, account: NewAccount) -> Result<Receipt, Error> {
        let (domain, address) = (account.address.domain().clone(), account.address.clone());
        match self.add_accounts(&domain, vec![account]).await? {
            (Some(receipt), _) => Ok(receipt),
            (None, _) => Err(Error::AddressTaken(address)),
        }
    }

    /// Makes many accounts of one domain in one commit, without those whose address is taken: their places in
    /// `accounts` come back, and a receipt where any was made. So it can be repeated.
    ///
    /// # Errors
    /// When there is no such domain, an address is not possible here or of another domain, or a name is no text.
    pub async fn add_accounts(
        &self,
        domain: &Domain,
        accounts: Vec<NewAccount>,
    ) -> Result<(Option<Receipt>, Vec<usize>), Error> {
        let created = self.world.clock.now();
        let mut records = Vec::with_capacity(accounts.len());
        for account in accounts {
            records.push(record_of(account, domain, created)?);
        }
        for _ in 0..ATTEMPTS {
            let found = self.home(domain).await?;
            let mut change = Change::new(Growth::Grows);
            let (mut taken, mut keys) = (Vec::new(), BTreeSet::new());
            for (place, (address, record)) in records.iter().enumerate() {
                let key = schema::address_key(address);
                if !keys.insert(key.clone()) || self.shelf.entry(address).await?.is_some() {
                    taken.push(place);
                    continue;
                }
                change.create(key, Entry::Account(record.clone()).encode());
            }
            if change.writes.is_empty() {
                return Ok((None, taken));
            }
            let accounts = found.record.accounts + change.writes.len() as u64;
            replace(&found, &DomainRecord { accounts, ..(*found.record).clone() }, &mut change);
            match self.shelf.commit(domain, change).await {
                Err(Error::Conflict) => (),
                outcome => return outcome.map(|receipt| (Some(receipt), taken)),
            }
        }
        Err(Error::Conflict)
    }

    /// The account with this address.
    ///
    /// # Errors
    /// When there is none, or the store is away.
    pub async fn account(&self, address: &Address) -> Result<Account, Error> {
        Ok(Account::from(&self.account_record(address).await?.1))
    }

    /// The account that somebody means by a login name; nothing where there is none.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn account_of_login(&self, name: &str) -> Result<Option<Account>, Error> {
        let folded = FoldedAddress::of_login(name, self.settings.default_domain.as_ref());
        let Some(folded) = folded else { return Ok(None) };
        if self.shelf.domain(&folded.domain).await?.is_none() {
            return Ok(None);
        }
        Ok(self.shelf.entry(&folded).await?.and_then(|entry| match &*entry.record {
            Entry::Account(record) => Some(Account::from(record)),
            Entry::Alias(_) => None,
        }))
    }

    /// Accounts of `domain` behind `after`; a page is one look at the store and may be empty before the end.
    ///
    /// # Errors
    /// When there is no such domain, or the store is away.
    pub async fn accounts(&self, domain: &Domain, after: Option<&Key>) -> Result<AccountPage, Error> {
        self.required(domain).await?;
        let page = self.shelf.page(domain, after, store::MAX_PAGE).await?;
        let accounts = page.entries.iter().filter_map(|(_, entry)| match &*entry.record {
            Entry::Account(record) => Some(Account::from(record)),
            Entry::Alias(_) => None,
        });
        Ok(AccountPage { accounts: accounts.collect(), next: page.next })
    }

    /// Gives the account another password; its sessions end.
    ///
    /// # Errors
    /// When there is no such account, or the store is away.
    pub async fn set_password(&self, address: &Address, password: PasswordHash) -> Result<Receipt, Error> {
        let change = |record: &AccountRecord| AccountRecord {
            password: password.as_str().to_owned(),
            credential: record.credential + 1,
            ..record.clone()
        };
        let (id, receipt) = self.update_account(address, change).await?;
        self.verdicts.forget(id);
        self.sessions.revoke(id, Revocation::PasswordChanged);
        // tokens of the old password are none any more; their records go when the next one is made
        Ok(receipt)
    }

    /// Suspends the account: nobody logs in, no mail is taken; its sessions end.
    ///
    /// # Errors
    /// When there is no such account, or `reason` is no text.
    pub async fn suspend(&self, address: &Address, reason: &str) -> Result<Receipt, Error> {
        check_text(reason)?;
        let change = |record: &AccountRecord| AccountRecord { suspended: Some(reason.to_owned()), ..record.clone() };
        let (id, receipt) = self.update_account(address, change).await?;
        self.sessions.revoke(id, Revocation::Suspended);
        self.end_tokens(address, id).await?;
        Ok(receipt)
    }

    /// Ends a suspension.
    ///
    /// # Errors
    /// When there is no such account, or the store is away.
    pub async fn resume(&self, address: &Address) -> Result<Receipt, Error> {
        let change = |record: &AccountRecord| AccountRecord { suspended: None, ..record.clone() };
        Ok(self.update_account(address, change).await?.1)
    }

    /// Notes another quota. Who calls has it copied into the store's head of the account.
    ///
    /// # Errors
    /// When there is no such account, or the store is away.
    pub async fn set_quota(&self, address: &Address, quota: Option<ByteSize>) -> Result<Receipt, Error> {
        Ok(self.update_account(address, |record| AccountRecord { quota, ..record.clone() }).await?.1)
    }

    /// Removes the account's address and login; its sessions end. Its mail is the store's.
    ///
    /// # Errors
    /// When there is no such account, or the store is away.
    pub async fn remove_account(&self, address: &Address) -> Result<(Account, Receipt), Error> {
        for _ in 0..ATTEMPTS {
            let (entry, record) = self.account_record(address).await?;
            let found = self.required(address.domain()).await?;
            let accounts = found.record.accounts.saturating_sub(1);
            let change = removal(address, entry.version, &found, &DomainRecord { accounts, ..(*found.record).clone() });
            match self.shelf.commit(address.domain(), change?).await {
                Err(Error::Conflict) => (),
                Err(error) => return Err(error),
                Ok(receipt) => {
                    self.verdicts.forget(record.id);
                    self.sessions.revoke(record.id, Revocation::Removed);
                    // what stays is no login: its account is gone
                    if let Err(error) = self.end_tokens(address, record.id).await {
                        tracing::warn!(account = %record.id, %error, "tokens were not removed");
                    }
                    if let Err(error) = self.forget_programs(address, record.id).await {
                        tracing::warn!(account = %record.id, %error, "by what it was used was not removed");
                    }
                    return Ok((Account::from(&record), receipt));
                }
            }
        }
        Err(Error::Conflict)
    }

    pub(crate) async fn account_record(&self, address: &Address) -> Result<(Versioned<Entry>, AccountRecord), Error> {
        let none = || Error::NoSuchAccount(address.clone());
        let entry = self.shelf.entry(&FoldedAddress::of(address).ok_or_else(none)?).await?.ok_or_else(none)?;
        match &*entry.record {
            Entry::Account(record) => Ok((entry.clone(), record.clone())),
            Entry::Alias(_) => Err(none()),
        }
    }

    pub(crate) async fn update_account(
        &self,
        address: &Address,
        change: impl Fn(&AccountRecord) -> AccountRecord,
    ) -> Result<(AccountId, Receipt), Error> {
        for _ in 0..ATTEMPTS {
            let (entry, record) = self.account_record(address).await?;
            match self.replace_account(address, &entry, change(&record)).await {
                Err(Error::Conflict) => (),
                outcome => return outcome.map(|receipt| (record.id, receipt)),
            }
        }
        Err(Error::Conflict)
    }

    /// Replaces the record that was read as `entry`.
    ///
    /// # Errors
    /// [`Error::Conflict`] when it is another by now.
    pub(crate) async fn replace_account(
        &self,
        address: &Address,
        entry: &Versioned<Entry>,
        record: AccountRecord,
    ) -> Result<Receipt, Error> {
        let key = key_of(address)?;
        let mut update = Change::new(Growth::Frees);
        update.replace(key, entry.version, Entry::Account(record).encode());
        self.shelf.commit(address.domain(), update).await
    }
}

fn record_of(account: NewAccount, domain: &Domain, created: UnixTime) -> Result<(FoldedAddress, AccountRecord), Error> {
    check_text(&account.name)?;
    let folded = FoldedAddress::of(&account.address).filter(|folded| folded.domain == *domain);
    let folded = folded.ok_or_else(|| Error::BadAddress(account.address.clone()))?;
    let NewAccount { id, address, name, password, quota, role } = account;
    let password = password.as_str().to_owned();
    let record = AccountRecord {
        id,
        address,
        name,
        password,
        credential: 1,
        quota,
        role,
        suspended: None,
        created,
        forward: None,
        delegates: Vec::new(),
        held: None,
        send_once: false,
    };
    Ok((folded, record))
}

/// The removal of the record of `address`, and the domain's record after it.
pub(crate) fn removal(
    address: &Address,
    version: u64,
    found: &Versioned<DomainRecord>,
    domain: &DomainRecord,
) -> Result<Change, Error> {
    let mut change = Change::new(Growth::Frees);
    change.remove(key_of(address)?, version);
    replace(found, domain, &mut change);
    Ok(change)
}

pub(crate) fn key_of(address: &Address) -> Result<Key, Error> {
    FoldedAddress::of(address)
        .map(|folded| schema::address_key(&folded))
        .ok_or_else(|| Error::BadAddress(address.clone()))
}

pub(crate) fn check_text(text: &str) -> Result<(), Error> {
    if text.len() > MAX_TEXT || text.chars().any(char::is_control) { Err(Error::BadText) } else { Ok(()) }
}

impl From<&AccountRecord> for Account {
    fn from(record: &AccountRecord) -> Self {
        Self {
            id: record.id,
            address: record.address.clone(),
            name: record.name.clone(),
            credential: record.credential,
            quota: record.quota,
            role: record.role,
            suspended: record.suspended.clone(),
            created: record.created,
            forward: record.forward.clone(),
            held: record.held.clone(),
            send_once: record.send_once,
        }
    }
}
