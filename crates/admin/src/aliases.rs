//! Aliases.
use crate::{Admin, Caller, Error, Permission, Response};
use names::{Address, Domain};
use serde::{Deserialize, Serialize};

/// An act on aliases.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum AliasAct {
    /// Makes an address stand for others.
    Add {
        /// The address.
        address: Address,
        /// The others, here or elsewhere.
        targets: Vec<Address>,
    },
    /// Lists aliases, a page at a time; a page may be empty before the end.
    List {
        /// Of one domain, or of all.
        #[serde(default)]
        domain: Option<Domain>,
        /// The `next` of the page before.
        #[serde(default)]
        after: Option<String>,
    },
    /// Removes an alias.
    Remove {
        /// Its address.
        address: Address,
    },
}

impl AliasAct {
    pub(crate) const fn permission(&self) -> Permission {
        match self {
            Self::List { .. } => Permission::Look,
            Self::Add { .. } | Self::Remove { .. } => Permission::Operate,
        }
    }
}

impl Admin {
    pub(crate) async fn aliases(&self, caller: &Caller, act: AliasAct) -> Result<Response, Error> {
        match act {
            AliasAct::Add { address, targets } => {
                self.directory.add_alias(&address, targets).await?;
                self.told(caller, "alias add", &address.to_string(), None);
                Ok(Response::Done)
            }
            AliasAct::Remove { address } => {
                self.directory.remove_alias(&address).await?;
                self.told(caller, "alias remove", &address.to_string(), None);
                Ok(Response::Done)
            }
            AliasAct::List { domain, after } => {
                let one = domain.is_some();
                let Some((domain, key)) = self.place(domain, after.as_deref()).await? else {
                    return Ok(Response::Aliases { aliases: Vec::new(), next: None });
                };
                let page = self.directory.aliases(&domain, key.as_ref()).await?;
                let next = self.next(&domain, page.next, one).await?;
                Ok(Response::Aliases { aliases: page.aliases.into_iter().map(Into::into).collect(), next })
            }
        }
    }
}
