//! Domains.
use crate::{Admin, Caller, Error, Permission, Response};
use directory::DomainOptions;
use names::{Address, Domain};
use serde::{Deserialize, Serialize};

/// An act on domains.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum DomainAct {
    /// Takes mail for a domain.
    Add {
        /// Which one.
        domain: Domain,
        /// What begins a detail in a local part; nothing: there are no details. Left out: `+`.
        #[serde(default = "plus")]
        separator: Option<char>,
        /// Who gets what is addressed to nobody.
        #[serde(default)]
        catch_all: Option<Address>,
        /// Who gets mail to postmaster and abuse.
        #[serde(default)]
        owner: Option<Address>,
    },
    /// Takes mail for a domain as for the same addresses of another.
    AddAlias {
        /// Which one.
        domain: Domain,
        /// Of which one.
        of: Domain,
    },
    /// Changes how a domain takes mail; what is left out stays.
    Set {
        /// Which one.
        domain: Domain,
        /// What begins a detail in a local part.
        #[serde(default)]
        separator: Setting<char>,
        /// Who gets what is addressed to nobody.
        #[serde(default)]
        catch_all: Setting<Address>,
        /// Who gets mail to postmaster and abuse.
        #[serde(default)]
        owner: Setting<Address>,
    },
    /// Shows a domain.
    Show {
        /// Which one.
        domain: Domain,
    },
    /// Lists all domains.
    List,
    /// Takes no more mail for a domain, which must have no accounts or aliases.
    Remove {
        /// Which one.
        domain: Domain,
    },
}

/// What becomes of something that a domain may have.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Setting<T> {
    /// It stays.
    #[default]
    Stays,
    /// It has none from now on.
    None,
    /// It is this from now on.
    Is(T),
}

impl<T> Setting<T> {
    fn over(self, before: Option<T>) -> Option<T> {
        match self {
            Self::Stays => before,
            Self::None => None,
            Self::Is(now) => Some(now),
        }
    }
}

const fn plus() -> Option<char> {
    Some('+')
}

impl DomainAct {
    pub(crate) const fn permission(&self) -> Permission {
        match self {
            Self::Show { .. } | Self::List => Permission::Look,
            Self::Add { .. } | Self::AddAlias { .. } | Self::Set { .. } | Self::Remove { .. } => Permission::Operate,
        }
    }
}

impl Admin {
    pub(crate) async fn domains(&self, caller: &Caller, act: DomainAct) -> Result<Response, Error> {
        match act {
            DomainAct::Add { domain, separator, catch_all, owner } => {
                let options = DomainOptions { separator, catch_all, owner };
                self.directory.add_domain(&domain, options).await?;
                self.told(caller, "domain add", domain.as_str(), None);
                Ok(Response::Done)
            }
            DomainAct::AddAlias { domain, of } => {
                self.directory.add_domain_alias(&domain, &of).await?;
                self.told(caller, "domain add", domain.as_str(), Some(&format!("alias of {of}")));
                Ok(Response::Done)
            }
            DomainAct::Set { domain, separator, catch_all, owner } => {
                let change = |before: DomainOptions| DomainOptions {
                    separator: separator.clone().over(before.separator),
                    catch_all: catch_all.clone().over(before.catch_all),
                    owner: owner.clone().over(before.owner),
                };
                self.directory.change_domain(&domain, change).await?;
                self.told(caller, "domain set", domain.as_str(), None);
                Ok(Response::Done)
            }
            DomainAct::Remove { domain } => {
                self.directory.remove_domain(&domain).await?;
                self.told(caller, "domain remove", domain.as_str(), None);
                Ok(Response::Done)
            }
            DomainAct::Show { domain } => match self.directory.domain(&domain).await? {
                Some(found) => Ok(Response::Domain(found.into())),
                None => Err(directory::Error::NoSuchDomain(domain).into()),
            },
            DomainAct::List => {
                let domains = self.directory.domains().await?;
                Ok(Response::Domains { domains: domains.into_iter().map(Into::into).collect() })
            }
        }
    }
}
