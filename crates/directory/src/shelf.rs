//! Reads and commits of the directory's partitions.
use crate::cache::{Cache, Versioned};
use crate::login::LoginId;
use crate::name::FoldedAddress;
use crate::schema::{self, DomainRecord, Entry, ProgramRecord, TokenRecord};
use crate::{DirectorySettings, Error};
use names::{AccountId, Domain};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Change, Key, MAX_PAGE, Partition, PartitionKind, Receipt, Records, Value};

pub(crate) struct Shelf {
    records: Records,
    domains: Cache<DomainRecord>,
    entries: Cache<Entry>,
}

/// Some of a domain's addresses, in the order of their folded local parts.
pub(crate) struct Page {
    pub(crate) entries: Vec<(Key, Versioned<Entry>)>,
    /// Where the next page begins; nothing at the end.
    pub(crate) next: Option<Key>,
}

/// A token as it is kept.
pub(crate) struct KeptToken {
    pub(crate) key: Key,
    /// The version that its next change expects.
    pub(crate) version: u64,
    pub(crate) record: TokenRecord,
}

impl Shelf {
    pub(crate) fn new(records: Records, settings: &DirectorySettings) -> Self {
        let capacity = settings.cached_records;
        Self { records, domains: Cache::new(capacity), entries: Cache::new(capacity) }
    }

    pub(crate) async fn domain(&self, domain: &Domain) -> Result<Option<Versioned<DomainRecord>>, Error> {
        let key = schema::domain_key(domain);
        let began = match self.domains.get(&key) {
            Ok(known) => return Ok(known),
            Err(began) => began,
        };
        let found = self.get(domain, &key).await?;
        let found = found.map(|value| decoded(domain, &value, DomainRecord::decode)).transpose()?;
        self.domains.keep(began, key, found.clone());
        Ok(found)
    }

    pub(crate) async fn entry(&self, address: &FoldedAddress) -> Result<Option<Versioned<Entry>>, Error> {
        let key = schema::address_key(address);
        let began = match self.entries.get(&key) {
            Ok(known) => return Ok(known),
            Err(began) => began,
        };
        let found = self.get(&address.domain, &key).await?;
        let found = found.map(|value| decoded(&address.domain, &value, Entry::decode)).transpose()?;
        self.entries.keep(began, key, found.clone());
        Ok(found)
    }

    /// The addresses of `domain` behind `after`, at most `limit` and at most 1,000.
    pub(crate) async fn page(&self, domain: &Domain, after: Option<&Key>, limit: usize) -> Result<Page, Error> {
        let range = schema::address_keys(domain);
        let range = after.map_or_else(|| range.clone(), |key| range.after(key));
        let found = self.records.scan(schema::partition(domain), range, limit).await?;
        let entries = found
            .items
            .into_iter()
            .map(|(key, value)| Ok((key, decoded(domain, &value, Entry::decode)?)))
            .collect::<Result<Vec<_>, Error>>()?;
        let next = entries.last().filter(|_| found.more).map(|(key, _)| key.clone());
        Ok(Page { entries, next })
    }

    /// The domains of some partitions behind the one of number `after`, and the number of the last of these.
    pub(crate) async fn domains(&self, after: Option<u64>) -> Result<(Vec<DomainRecord>, Option<u64>), Error> {
        let partitions = self.records.partitions(PartitionKind::Directory, after, 100).await?;
        let mut domains = Vec::new();
        for id in &partitions {
            let partition = Partition::new(PartitionKind::Directory, *id);
            for (_, value) in self.records.scan(partition, schema::domain_keys(), MAX_PAGE).await?.items {
                let record = DomainRecord::decode(&value.payload);
                domains.push(record.map_err(|_| Error::Corrupt(format!("a domain of {partition}")))?);
            }
        }
        Ok((domains, partitions.last().copied()))
    }

    /// Commits `change`; what is cached of the written keys goes.
    pub(crate) async fn commit(&self, domain: &Domain, change: Change) -> Result<Receipt, Error> {
        let keys: Vec<Key> = change.writes.iter().map(|write| write.key().clone()).collect();
        for key in &keys {
            self.domains.write_begins(key);
            self.entries.write_begins(key);
        }
        let outcome = self.records.commit(schema::partition(domain), change).await;
        for key in &keys {
            self.domains.write_ended(key);
            self.entries.write_ended(key);
        }
        Ok(outcome?)
    }

    /// The record of a token.
    pub(crate) async fn token(&self, partition: Partition, key: Key) -> Result<Option<TokenRecord>, Error> {
        let found = self.records.get(partition, key).await?;
        found.map(|value| token(&value)).transpose()
    }

    /// All tokens of an account.
    pub(crate) async fn tokens(&self, partition: Partition, account: AccountId) -> Result<Vec<KeptToken>, Error> {
        let page = self.records.scan(partition, schema::token_keys(account), MAX_PAGE).await?;
        let kept = |(key, value): (Key, Value)| Ok(KeptToken { key, version: value.version, record: token(&value)? });
        page.items.into_iter().map(kept).collect()
    }

    /// By what an account was used.
    pub(crate) async fn programs(
        &self,
        partition: Partition,
        account: AccountId,
    ) -> Result<BTreeMap<LoginId, ProgramRecord>, Error> {
        let page = self.records.scan(partition, schema::program_keys(account), MAX_PAGE).await?;
        let read = |(key, value): (Key, Value)| {
            let record = ProgramRecord::decode(&value.payload).ok();
            // one that cannot be read is no loss: it is written anew with the next use
            Some((schema::program_login(&key)?, record?))
        };
        Ok(page.items.into_iter().filter_map(read).collect())
    }

    /// Commits a change of tokens and uses alone, of which nothing is cached.
    pub(crate) async fn commit_tokens(&self, partition: Partition, change: Change) -> Result<(), Error> {
        Ok(self.records.commit(partition, change).await.map(drop)?)
    }

    async fn get(&self, domain: &Domain, key: &Key) -> Result<Option<Value>, Error> {
        Ok(self.records.get(schema::partition(domain), key.clone()).await?)
    }
}

fn token(value: &Value) -> Result<TokenRecord, Error> {
    TokenRecord::decode(&value.payload).map_err(|_| Error::Corrupt("a token's record".to_owned()))
}

fn decoded<T, E>(
    domain: &Domain,
    value: &Value,
    decode: impl FnOnce(&[u8]) -> Result<T, E>,
) -> Result<Versioned<T>, Error> {
    let record = decode(&value.payload).map_err(|_| Error::Corrupt(format!("a record of {domain}")))?;
    Ok(Versioned { version: value.version, record: Arc::new(record) })
}
