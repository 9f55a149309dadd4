//! Tokens: what a program or a browser has in the place of a password, once somebody has logged in with it (RFC 6750).
//!
//! A token says where its record stands, and holds 256 random bits of which only the hash is kept. It ends by itself, by
//! logging out, and with the password or the account that it was given for: the record names the password's number, so an
//! old one is none whether or not it was removed.
use crate::login::{LoginError, LoginId, Service};
use crate::schema::{self, TokenRecord};
use crate::shelf::KeptToken;
use crate::{Came, Directory, Error, Login};
use data_encoding::BASE64URL_NOPAD;
use names::{AccountId, Address, Secret};
use std::time::Duration;
use store::{Change, Growth, Key, Partition, PartitionKind};
use world::UnixTime;

/// What every token begins with, so that one that was published by mistake is known for what it is.
const PREFIX: &str = "glaspost_";
/// Tokens of one account; another one takes the place of the one that would end first.
const MAX_TOKENS: usize = 64;
/// Longest name of a program that has a token, in bytes.
const MAX_PROGRAM: usize = 100;
/// Octets of a token: the partition, the account, and what is secret.
const LENGTH: usize = 8 + 8 + 32;

/// A token that was just made: nobody can show it again.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// What its holder sends.
    pub text: Secret<String>,
    /// When it ends.
    pub expires: UnixTime,
    /// What it is called.
    pub id: LoginId,
}

/// A token that somebody sent, taken apart.
#[derive(Debug, Clone, Copy)]
struct Sent {
    partition: Partition,
    account: AccountId,
    hash: [u8; 32],
}

impl Sent {
    fn read(text: &str) -> Option<Self> {
        let text = text.strip_prefix(PREFIX)?;
        if text.len() != LENGTH / 3 * 4 {
            return None;
        }
        let bytes: [u8; LENGTH] = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?.try_into().ok()?;
        let (partition, rest) = bytes.split_first_chunk::<8>()?;
        let (account, secret) = rest.split_first_chunk::<8>()?;
        Some(Self {
            partition: Partition::new(PartitionKind::Directory, u64::from_be_bytes(*partition)),
            account: AccountId(u64::from_be_bytes(*account)),
            hash: *blake3::hash(secret).as_bytes(),
        })
    }

    fn key(&self) -> Key {
        schema::token_key(self.account, &self.hash)
    }
}

impl Directory {
    /// Makes a token for somebody who has logged in; it ends after `life`, and with the password that he came with.
    /// `program` is what he calls its holder.
    ///
    /// # Errors
    /// [`Error::NoSuchAccount`] when the account is gone or suspended meanwhile, or has another password; or the store is
    /// away.
    pub async fn issue_token(&self, login: &Login, life: Duration, program: &str) -> Result<NewToken, Error> {
        let (_, account) = self.account_record(&login.address).await?;
        // one that was changed since the password was looked at gives nothing to who knew the old one
        if account.suspended.is_some() || (account.id, account.credential) != (login.account, login.credential) {
            return Err(Error::NoSuchAccount(login.address.clone()));
        }
        let partition = schema::partition(login.address.domain());
        let mut secret = [0; 32];
        self.world.random.fill(&mut secret);
        let now = self.world.clock.now();
        let expires = now.plus(life);
        let kept: String = program.chars().filter(|character| !character.is_control()).collect();
        let record = TokenRecord {
            address: account.address.clone(),
            credential: account.credential,
            created: now,
            expires,
            program: kept.get(..kept.floor_char_boundary(MAX_PROGRAM)).unwrap_or_default().to_owned(),
        };
        let mut change = Change::new(Growth::Grows);
        let mut others = self.shelf.tokens(partition, account.id).await?;
        others.sort_by_key(|other| other.record.expires);
        let too_many = (others.len() + 1).saturating_sub(MAX_TOKENS);
        for (place, KeptToken { key, record: other, .. }) in others.into_iter().enumerate() {
            if place < too_many || other.expires <= now || other.credential != account.credential {
                change.delete(key);
            }
        }
        let hash = blake3::hash(&secret);
        change.create(schema::token_key(account.id, hash.as_bytes()), record.encode());
        self.shelf.commit_tokens(partition, change).await?;
        let bytes = [&partition.id.to_be_bytes()[..], &account.id.0.to_be_bytes(), &secret].concat();
        let text = Secret::new(format!("{PREFIX}{}", BASE64URL_NOPAD.encode(&bytes)));
        Ok(NewToken { text, expires, id: LoginId::of_token(hash.as_bytes()) })
    }

    /// Notes how somebody came who was given a token.
    pub fn token_is_used(&self, login: &Login, token: &NewToken, came: &Came<'_>) {
        let what = self.sessions.programs.read(Service::Jmap, came);
        self.sessions.programs.note(login.address.domain(), login.account, token.id, what);
    }

    /// Lets in whoever holds a token. A wrong one costs one look at the store and is not counted: it cannot be guessed.
    ///
    /// # Errors
    /// As [`LoginError`] says; `Wrong` for what is no token, or is one no more.
    pub async fn login_by_token(&self, token: &str, service: Service) -> Result<(Login, UnixTime), LoginError> {
        let sent = Sent::read(token).ok_or(LoginError::Wrong)?;
        let mut record = self.shelf.token(sent.partition, sent.key()).await?.ok_or(LoginError::Wrong)?;
        if record.expires <= self.world.clock.now() {
            return Err(LoginError::Wrong);
        }
        // A place first, then the account: a change that is committed later tells this session.
        let token = LoginId::of_token(&sent.hash);
        let opened = self.sessions.open((sent.account, record.address.domain()), service, Some(token));
        let (_, account) = self.account_record(&record.address).await.map_err(|error| match error {
            Error::NoSuchAccount(_) => LoginError::Wrong,
            other => LoginError::Unavailable(other),
        })?;
        if record.credential != account.credential {
            // another password may have come between the two reads, and this token may be the one that went on with it
            record = self.shelf.token(sent.partition, sent.key()).await?.ok_or(LoginError::Wrong)?;
        }
        if (account.id, account.credential) != (sent.account, record.credential) {
            return Err(LoginError::Wrong);
        }
        if let Some(reason) = account.suspended {
            return Err(LoginError::Suspended { reason });
        }
        let (permit, revoked) = opened.ok_or(LoginError::TooManySessions)?;
        let (account, address, role, credential) = (account.id, account.address, account.role, account.credential);
        Ok((Login { account, address, role, permit, revoked, credential }, record.expires))
    }

    /// Ends a token; whether there was one.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn end_token(&self, token: &str) -> Result<bool, Error> {
        let Some(sent) = Sent::read(token) else { return Ok(false) };
        if self.shelf.token(sent.partition, sent.key()).await?.is_none() {
            return Ok(false);
        }
        let mut change = Change::new(Growth::Frees);
        change.delete(sent.key());
        self.shelf.commit_tokens(sent.partition, change).await?;
        Ok(true)
    }

    /// Ends every token of an account: of one that is suspended they must not come back with it.
    pub(crate) async fn end_tokens(&self, address: &Address, account: AccountId) -> Result<(), Error> {
        let partition = schema::partition(address.domain());
        let mut change = Change::new(Growth::Frees);
        for token in self.shelf.tokens(partition, account).await? {
            change.delete(token.key);
        }
        if change.writes.is_empty() { Ok(()) } else { self.shelf.commit_tokens(partition, change).await }
    }
}
