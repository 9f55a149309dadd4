//! Aliases: addresses that stand for others, here or elsewhere.
use crate::accounts::{key_of, removal};
use crate::cache::Versioned;
use crate::domains::{ATTEMPTS, replace};
use crate::name::FoldedAddress;
use crate::schema::{AliasRecord, DomainRecord, Entry};
use crate::{Directory, Error};
use names::{Address, Domain};
use store::{Change, Growth, Key, Receipt};
use world::UnixTime;

/// Most targets of one alias, and of one address after all aliases are resolved.
pub(crate) const MAX_TARGETS: usize = 1000;

/// An alias, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alias {
    /// The address that stands for others.
    pub address: Address,
    /// The others, here or elsewhere, accounts or aliases again.
    pub targets: Vec<Address>,
    /// Since when it is here.
    pub created: UnixTime,
}

/// Some aliases of a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AliasPage {
    /// In the order of their addresses.
    pub aliases: Vec<Alias>,
    /// What to ask for next; nothing at the end.
    pub next: Option<Key>,
}

impl Directory {
    /// Makes `address` stand for `targets`.
    ///
    /// # Errors
    /// When there is no such domain, the address is taken or not possible here, or there are no or too many targets.
    pub async fn add_alias(&self, address: &Address, targets: Vec<Address>) -> Result<Receipt, Error> {
        if !(1..=MAX_TARGETS).contains(&targets.len()) {
            return Err(Error::BadTargets);
        }
        let key = key_of(address)?;
        let record =
            AliasRecord { address: address.clone(), targets, created: self.world.clock.now(), delegates: Vec::new() };
        let payload = Entry::Alias(record).encode();
        for _ in 0..ATTEMPTS {
            let found = self.home(address.domain()).await?;
            if self.entry_of(address).await?.is_some() {
                return Err(Error::AddressTaken(address.clone()));
            }
            let mut change = Change::new(Growth::Grows);
            change.create(key.clone(), payload.clone());
            let aliases = found.record.aliases + 1;
            replace(&found, &DomainRecord { aliases, ..(*found.record).clone() }, &mut change);
            match self.shelf.commit(address.domain(), change).await {
                Err(Error::Conflict) => (),
                outcome => return outcome,
            }
        }
        Err(Error::Conflict)
    }

    /// The alias with this address.
    ///
    /// # Errors
    /// When there is none, or the store is away.
    pub async fn alias(&self, address: &Address) -> Result<Alias, Error> {
        match self.entry_of(address).await?.as_ref().map(|entry| &*entry.record) {
            Some(Entry::Alias(record)) => Ok(Alias::from(record)),
            _ => Err(Error::NoSuchAlias(address.clone())),
        }
    }

    /// Aliases of `domain` behind `after`; a page is one look at the store and may be empty before the end.
    ///
    /// # Errors
    /// When there is no such domain, or the store is away.
    pub async fn aliases(&self, domain: &Domain, after: Option<&Key>) -> Result<AliasPage, Error> {
        self.required(domain).await?;
        let page = self.shelf.page(domain, after, store::MAX_PAGE).await?;
        let aliases = page.entries.iter().filter_map(|(_, entry)| match &*entry.record {
            Entry::Alias(record) => Some(Alias::from(record)),
            Entry::Account(_) => None,
        });
        Ok(AliasPage { aliases: aliases.collect(), next: page.next })
    }

    /// Removes an alias.
    ///
    /// # Errors
    /// When there is none, or the store is away.
    pub async fn remove_alias(&self, address: &Address) -> Result<Receipt, Error> {
        for _ in 0..ATTEMPTS {
            let entry = self.entry_of(address).await?;
            let entry = entry.filter(|entry| matches!(&*entry.record, Entry::Alias(_)));
            let entry = entry.ok_or_else(|| Error::NoSuchAlias(address.clone()))?;
            let found = self.required(address.domain()).await?;
            let aliases = found.record.aliases.saturating_sub(1);
            let change = removal(address, entry.version, &found, &DomainRecord { aliases, ..(*found.record).clone() })?;
            match self.shelf.commit(address.domain(), change).await {
                Err(Error::Conflict) => (),
                outcome => return outcome,
            }
        }
        Err(Error::Conflict)
    }

    pub(crate) async fn entry_of(&self, address: &Address) -> Result<Option<Versioned<Entry>>, Error> {
        match FoldedAddress::of(address) {
            Some(folded) => self.shelf.entry(&folded).await,
            None => Ok(None),
        }
    }
}

impl From<&AliasRecord> for Alias {
    fn from(record: &AliasRecord) -> Self {
        Self { address: record.address.clone(), targets: record.targets.clone(), created: record.created }
    }
}
