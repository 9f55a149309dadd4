//! The directory on disk: every key and every record, with a version byte each.
//!
//! A domain lives in one partition, whose number is a hash of its name, so every fact about an address is one read in
//! one partition, and two of one name cannot be made. Keys carry the domain's name too: a collision of hashes mixes
//! nothing.
//!
//! | key | record |
//! | --- | --- |
//! | 1, domain | [`DomainRecord`] |
//! | 2, domain, 0, folded local part | [`Entry`]: an account or an alias |
//! | 3, account 8, hash 32 | [`TokenRecord`]: a token of the account |
//! | 4, account 8, login | [`ProgramRecord`]: by what the account was used, and when |
mod codec;
mod program;
mod token;

pub(crate) use program::{ProgramRecord, program_key, program_keys, program_login};
pub(crate) use token::{TokenRecord, token_key, token_keys, token_login};

use crate::Forward;
use crate::name::FoldedAddress;
use codec::{Malformed, Reader, Writer};
use names::{AccountId, Address, ByteSize, Domain};
use store::{Key, KeyRange, Partition, PartitionKind};
use world::UnixTime;

const DOMAIN: u8 = 1;
const ADDRESS: u8 = 2;

/// The partition of `domain`.
pub(crate) fn partition(domain: &Domain) -> Partition {
    let hash = blake3::hash(domain.as_str().as_bytes());
    let id = hash.as_bytes().iter().take(8).fold(0_u64, |id, byte| id << 8 | u64::from(*byte));
    Partition::new(PartitionKind::Directory, id)
}

/// The key of a domain's own record.
pub(crate) fn domain_key(domain: &Domain) -> Key {
    [&[DOMAIN], domain.as_str().as_bytes()].concat()
}

/// The keys of all domains of a partition.
pub(crate) fn domain_keys() -> KeyRange {
    KeyRange::prefix(&[DOMAIN])
}

/// The key of an address.
pub(crate) fn address_key(address: &FoldedAddress) -> Key {
    [&[ADDRESS], address.domain.as_str().as_bytes(), &[0], address.local.as_bytes()].concat()
}

/// The keys of all addresses of `domain`.
pub(crate) fn address_keys(domain: &Domain) -> KeyRange {
    KeyRange::prefix(&[&[ADDRESS], domain.as_str().as_bytes(), &[0]].concat())
}

/// A domain for which mail is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DomainRecord {
    pub(crate) name: Domain,
    pub(crate) separator: Option<char>,
    pub(crate) catch_all: Option<Address>,
    pub(crate) owner: Option<Address>,
    /// Accounts; kept in the commit that makes or removes one, which so fences against the domain's removal.
    pub(crate) accounts: u64,
    pub(crate) aliases: u64,
    pub(crate) created: UnixTime,
    /// The domain whose addresses are this one's too; then it has none of its own.
    pub(crate) alias_of: Option<Domain>,
}

/// What an address is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Entry {
    Account(AccountRecord),
    Alias(AliasRecord),
}

/// An account, found by its address, which is its login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AccountRecord {
    pub(crate) id: AccountId,
    pub(crate) address: Address,
    pub(crate) name: String,
    pub(crate) password: String,
    /// Counts the passwords: another one ends sessions and verdicts of the one before.
    pub(crate) credential: u64,
    pub(crate) quota: Option<ByteSize>,
    pub(crate) role: Role,
    pub(crate) suspended: Option<String>,
    pub(crate) created: UnixTime,
    pub(crate) forward: Option<Forward>,
    /// Who else may send as this address.
    pub(crate) delegates: Vec<Delegate>,
    /// Why the account may not send, where it may not.
    pub(crate) held: Option<String>,
    /// Whether the server files what the account sends.
    pub(crate) send_once: bool,
}

/// An address that stands for others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AliasRecord {
    pub(crate) address: Address,
    pub(crate) targets: Vec<Address>,
    pub(crate) created: UnixTime,
    /// Who else may send as this address.
    pub(crate) delegates: Vec<Delegate>,
}

/// An account that may send as an address that is not its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delegate {
    /// Its number, by which it is known.
    pub account: AccountId,
    /// Its address when it was named.
    pub address: Address,
}

/// What an account may do beside its own mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Runs the provider.
    Owner,
    /// Helps customers.
    ServiceDesk,
    /// A customer.
    User,
}

/// Since 2 a domain may be another's alias.
const DOMAIN_VERSION: u8 = 2;
/// Since 2 an account's mail may go on to others; since 3 an address has delegates, and an account what holds its sending
/// and whether it sends once.
const ENTRY_VERSION: u8 = 3;

impl DomainRecord {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new(DOMAIN_VERSION);
        writer.text(self.name.as_str());
        writer.option(self.separator.as_ref(), |writer, separator| writer.number(u64::from(u32::from(*separator))));
        writer.option(self.catch_all.as_ref(), |writer, address| writer.text(&address.to_string()));
        writer.option(self.owner.as_ref(), |writer, address| writer.text(&address.to_string()));
        writer.number(self.accounts);
        writer.number(self.aliases);
        writer.number(self.created.millis());
        writer.option(self.alias_of.as_ref(), |writer, domain| writer.text(domain.as_str()));
        writer.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(bytes, DOMAIN_VERSION)?;
        let mut record = Self {
            name: reader.parsed()?,
            separator: reader.option(separator)?,
            catch_all: reader.option(Reader::parsed)?,
            owner: reader.option(Reader::parsed)?,
            accounts: reader.number()?,
            aliases: reader.number()?,
            created: UnixTime::from_millis(reader.number()?),
            alias_of: None,
        };
        if reader.version() >= 2 {
            record.alias_of = reader.option(Reader::parsed)?;
        }
        reader.end()?;
        Ok(record)
    }
}

fn separator(reader: &mut Reader<'_>) -> Result<char, Malformed> {
    u32::try_from(reader.number()?).ok().and_then(char::from_u32).ok_or(Malformed)
}

const ACCOUNT_ENTRY: u64 = 1;
const ALIAS_ENTRY: u64 = 2;

impl Entry {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new(ENTRY_VERSION);
        match self {
            Self::Account(account) => {
                writer.number(ACCOUNT_ENTRY);
                account.encode(&mut writer);
            }
            Self::Alias(alias) => {
                writer.number(ALIAS_ENTRY);
                alias.encode(&mut writer);
            }
        }
        writer.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(bytes, ENTRY_VERSION)?;
        let entry = match reader.number()? {
            ACCOUNT_ENTRY => Self::Account(AccountRecord::decode(&mut reader)?),
            ALIAS_ENTRY => Self::Alias(AliasRecord::decode(&mut reader)?),
            _ => return Err(Malformed),
        };
        reader.end()?;
        Ok(entry)
    }
}

impl Entry {
    /// Who else may send as the address.
    pub(crate) fn delegates(&self) -> &[Delegate] {
        match self {
            Self::Account(record) => &record.delegates,
            Self::Alias(record) => &record.delegates,
        }
    }

    /// The same with other delegates.
    pub(crate) fn with_delegates(&self, delegates: Vec<Delegate>) -> Self {
        match self.clone() {
            Self::Account(record) => Self::Account(AccountRecord { delegates, ..record }),
            Self::Alias(record) => Self::Alias(AliasRecord { delegates, ..record }),
        }
    }
}

impl AccountRecord {
    fn encode(&self, writer: &mut Writer) {
        writer.number(self.id.0);
        writer.text(&self.address.to_string());
        writer.text(&self.name);
        writer.text(&self.password);
        writer.number(self.credential);
        writer.option(self.quota.as_ref(), |writer, quota| writer.number(quota.bytes()));
        writer.number(self.role.number());
        writer.option(self.suspended.as_ref(), |writer, reason| writer.text(reason));
        writer.number(self.created.millis());
        writer.option(self.forward.as_ref(), write_forward);
        delegates(writer, &self.delegates);
        writer.option(self.held.as_ref(), |writer, reason| writer.text(reason));
        writer.number(u64::from(self.send_once));
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let mut record = Self {
            id: AccountId(reader.number()?),
            address: reader.parsed()?,
            name: reader.text()?.to_owned(),
            password: reader.text()?.to_owned(),
            credential: reader.number()?,
            quota: reader.option(|reader| Ok(ByteSize(reader.number()?)))?,
            role: Role::from_number(reader.number()?).ok_or(Malformed)?,
            suspended: reader.option(|reader| Ok(reader.text()?.to_owned()))?,
            created: UnixTime::from_millis(reader.number()?),
            forward: None,
            delegates: Vec::new(),
            held: None,
            send_once: false,
        };
        if reader.version() >= 2 {
            record.forward = reader.option(read_forward)?;
        }
        if reader.version() >= 3 {
            record.delegates = read_delegates(reader)?;
            record.held = reader.option(|reader| Ok(reader.text()?.to_owned()))?;
            record.send_once = reader.number()? == 1;
        }
        Ok(record)
    }
}

fn write_forward(writer: &mut Writer, forward: &Forward) {
    writer.number(u64::from(forward.keep));
    writer.number(forward.targets.len() as u64);
    for target in &forward.targets {
        writer.text(&target.to_string());
    }
}

fn read_forward(reader: &mut Reader<'_>) -> Result<Forward, Malformed> {
    let keep = match reader.number()? {
        0 => false,
        1 => true,
        _ => return Err(Malformed),
    };
    let count = reader.number()?;
    let targets = (0..count).map(|_| reader.parsed()).collect::<Result<_, _>>()?;
    Ok(Forward { targets, keep })
}

impl AliasRecord {
    fn encode(&self, writer: &mut Writer) {
        writer.text(&self.address.to_string());
        writer.number(self.targets.len() as u64);
        for target in &self.targets {
            writer.text(&target.to_string());
        }
        writer.number(self.created.millis());
        delegates(writer, &self.delegates);
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let address = reader.parsed()?;
        let count = reader.number()?;
        let targets = (0..count).map(|_| reader.parsed()).collect::<Result<_, _>>()?;
        let created = UnixTime::from_millis(reader.number()?);
        let delegates = if reader.version() >= 3 { read_delegates(reader)? } else { Vec::new() };
        Ok(Self { address, targets, created, delegates })
    }
}

fn delegates(writer: &mut Writer, delegates: &[Delegate]) {
    writer.number(delegates.len() as u64);
    for delegate in delegates {
        writer.number(delegate.account.0);
        writer.text(&delegate.address.to_string());
    }
}

fn read_delegates(reader: &mut Reader<'_>) -> Result<Vec<Delegate>, Malformed> {
    let count = reader.number()?;
    (0..count).map(|_| Ok(Delegate { account: AccountId(reader.number()?), address: reader.parsed()? })).collect()
}

impl Role {
    const fn number(self) -> u64 {
        match self {
            Self::Owner => 1,
            Self::ServiceDesk => 2,
            Self::User => 3,
        }
    }

    fn from_number(number: u64) -> Option<Self> {
        [Self::Owner, Self::ServiceDesk, Self::User].into_iter().find(|role| role.number() == number)
    }
}

#[cfg(test)]
mod tests;
