//! Domains: for whom mail is taken.
use crate::cache::Versioned;
use crate::schema::{self, DomainRecord};
use crate::{Directory, Error};
use names::{Address, Domain};
use store::{Change, Growth, Receipt};
use world::UnixTime;

/// How often a change that others overtook is tried again.
pub(crate) const ATTEMPTS: usize = 16;

/// How a domain takes mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainOptions {
    /// What begins a detail in a local part, `anna+lijst`; nothing: there are no details. Default `+`.
    pub separator: Option<char>,
    /// Who gets what is addressed to nobody.
    pub catch_all: Option<Address>,
    /// Who gets mail to `postmaster` and `abuse` where these are no accounts or aliases.
    pub owner: Option<Address>,
}

impl Default for DomainOptions {
    fn default() -> Self {
        Self { separator: Some('+'), catch_all: None, owner: None }
    }
}

/// A domain for which mail is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalDomain {
    /// Its name.
    pub name: Domain,
    /// How it takes mail.
    pub options: DomainOptions,
    /// How many accounts it has.
    pub accounts: u64,
    /// How many aliases it has.
    pub aliases: u64,
    /// Since when it is here.
    pub created: UnixTime,
    /// The domain whose addresses are this one's too.
    pub alias_of: Option<Domain>,
}

impl Directory {
    /// Takes mail for `domain` from now on.
    ///
    /// # Errors
    /// When the domain is there already, or the separator is none.
    pub async fn add_domain(&self, domain: &Domain, options: DomainOptions) -> Result<Receipt, Error> {
        checked(&options)?;
        self.create_domain(domain, options, None).await
    }

    /// Takes mail for `domain` from now on as if it were for the same addresses of `of`. It has no addresses of its own.
    ///
    /// # Errors
    /// When the domain is there already, `of` is not, or is itself an alias.
    pub async fn add_domain_alias(&self, domain: &Domain, of: &Domain) -> Result<Receipt, Error> {
        let home = self.home(of).await?;
        let options = DomainOptions { separator: home.record.separator, ..DomainOptions::default() };
        self.create_domain(domain, options, Some(of.clone())).await
    }

    async fn create_domain(
        &self,
        domain: &Domain,
        options: DomainOptions,
        alias_of: Option<Domain>,
    ) -> Result<Receipt, Error> {
        let DomainOptions { separator, catch_all, owner } = options;
        let created = self.world.clock.now();
        let (accounts, aliases) = (0, 0);
        let record =
            DomainRecord { name: domain.clone(), separator, catch_all, owner, accounts, aliases, created, alias_of };
        let mut change = Change::new(Growth::Frees);
        change.create(schema::domain_key(domain), record.encode());
        self.shelf.commit(domain, change).await.map_err(|error| match error {
            Error::Conflict => Error::DomainExists(domain.clone()),
            other => other,
        })
    }

    /// Gives `domain` the options that `change` makes of those it has; what others change at the same time stays.
    ///
    /// # Errors
    /// When there is no such domain, it is an alias, or the separator is none.
    pub async fn change_domain(
        &self,
        domain: &Domain,
        change: impl Fn(DomainOptions) -> DomainOptions + Send + Sync,
    ) -> Result<Receipt, Error> {
        let home = self.home(domain).await?;
        checked(&change(LocalDomain::from((*home.record).clone()).options))?;
        self.update_domain(domain, |record| {
            let DomainOptions { separator, catch_all, owner } = change(LocalDomain::from(record.clone()).options);
            DomainRecord { separator, catch_all, owner, ..record.clone() }
        })
        .await
    }

    /// Takes no more mail for `domain`.
    ///
    /// # Errors
    /// When there is no such domain, it still has accounts or aliases, or other domains are aliases of it.
    pub async fn remove_domain(&self, domain: &Domain) -> Result<Receipt, Error> {
        let alias = |other: &&LocalDomain| other.alias_of.as_ref() == Some(domain);
        if let Some(alias) = self.domains().await?.iter().find(alias) {
            return Err(Error::DomainHasAlias { domain: domain.clone(), alias: alias.name.clone() });
        }
        for _ in 0..ATTEMPTS {
            let found = self.required(domain).await?;
            let DomainRecord { accounts, aliases, .. } = *found.record;
            if accounts > 0 || aliases > 0 {
                return Err(Error::DomainNotEmpty { domain: domain.clone(), accounts, aliases });
            }
            let mut change = Change::new(Growth::Frees);
            change.remove(schema::domain_key(domain), found.version);
            match self.shelf.commit(domain, change).await {
                Err(Error::Conflict) => (),
                outcome => return outcome,
            }
        }
        Err(Error::Conflict)
    }

    /// The domain, where mail for it is taken.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn domain(&self, domain: &Domain) -> Result<Option<LocalDomain>, Error> {
        Ok(self.shelf.domain(domain).await?.map(|found| LocalDomain::from((*found.record).clone())))
    }

    /// All domains, by name.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn domains(&self) -> Result<Vec<LocalDomain>, Error> {
        let mut domains = Vec::new();
        let mut after = None;
        loop {
            let (found, last) = self.shelf.domains(after).await?;
            domains.extend(found.into_iter().map(LocalDomain::from));
            if last.is_none() {
                break;
            }
            after = last;
        }
        domains.sort_by(|one: &LocalDomain, other| one.name.cmp(&other.name));
        Ok(domains)
    }

    pub(crate) async fn required(&self, domain: &Domain) -> Result<Versioned<DomainRecord>, Error> {
        self.shelf.domain(domain).await?.ok_or_else(|| Error::NoSuchDomain(domain.clone()))
    }

    /// The domain, which must have addresses of its own.
    pub(crate) async fn home(&self, domain: &Domain) -> Result<Versioned<DomainRecord>, Error> {
        let found = self.required(domain).await?;
        match &found.record.alias_of {
            Some(of) => Err(Error::DomainIsAlias { domain: domain.clone(), of: of.clone() }),
            None => Ok(found),
        }
    }

    async fn update_domain(
        &self,
        domain: &Domain,
        change: impl Fn(&DomainRecord) -> DomainRecord,
    ) -> Result<Receipt, Error> {
        for _ in 0..ATTEMPTS {
            let found = self.required(domain).await?;
            let mut counted = Change::new(Growth::Frees);
            replace(&found, &change(&found.record), &mut counted);
            match self.shelf.commit(domain, counted).await {
                Err(Error::Conflict) => (),
                outcome => return outcome,
            }
        }
        Err(Error::Conflict)
    }
}

/// Adds to `change` that the domain's record becomes `record`, where it still is `found`.
pub(crate) fn replace(found: &Versioned<DomainRecord>, record: &DomainRecord, change: &mut Change) {
    change.replace(schema::domain_key(&record.name), found.version, record.encode());
}

fn checked(options: &DomainOptions) -> Result<(), Error> {
    match options.separator {
        Some(c) if !c.is_ascii_punctuation() || matches!(c, '.' | '@' | '"' | '\\') => Err(Error::BadSeparator),
        _ => Ok(()),
    }
}

impl From<DomainRecord> for LocalDomain {
    fn from(record: DomainRecord) -> Self {
        let DomainRecord { name, separator, catch_all, owner, accounts, aliases, created, alias_of } = record;
        Self { name, options: DomainOptions { separator, catch_all, owner }, accounts, aliases, created, alias_of }
    }
}
