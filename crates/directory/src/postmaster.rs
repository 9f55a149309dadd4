//! Who reads mail to postmaster where nobody in its own domain does: it has a reader wherever mail is taken (RFC 5321, 4.5.1).
use crate::resolve::Look;
use crate::{Directory, Error, LocalDomain, Resolution, Role};
use names::{Address, LocalPart};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use world::UnixTime;

/// How long what was found holds: to look for an administrator is to look at all accounts, and anybody can ask for one.
const HOLDS: Duration = Duration::from_secs(60);

/// Who runs the provider, as it was last looked for.
#[derive(Debug, Default)]
pub(crate) struct Administrator(Mutex<Looked>);

#[derive(Debug, Default)]
struct Looked {
    at: Option<UnixTime>,
    found: Option<Address>,
}

impl Directory {
    /// To whom mail to a postmaster goes whom his own domain does not have: whoever has it in the default domain, else who
    /// runs the provider, else who helps its customers. A customer gets it only where somebody has said so.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn postmaster_of_all(&self) -> Result<Resolution, Error> {
        if let Some(address) = self.default_postmaster()
            && let found @ Resolution::Targets(_) = self.expand(&address, true).await?
        {
            return Ok(found);
        }
        if let Some(address) = self.administrator().await?
            && let found @ Resolution::Targets(_) = self.expand(&address, true).await?
        {
            return Ok(found);
        }
        Ok(Resolution::NoPostmaster)
    }

    /// The address that mail to a postmaster who is nobody goes on to.
    pub(crate) async fn next_postmaster(&self) -> Result<Option<Address>, Error> {
        if let Some(address) = self.default_postmaster()
            && !matches!(self.look(&address).await?, Look::NotLocal | Look::Unknown)
        {
            return Ok(Some(address));
        }
        self.administrator().await
    }

    fn default_postmaster(&self) -> Option<Address> {
        Some(Address::new(LocalPart::new("postmaster").ok()?, self.settings.default_domain.clone()?))
    }

    async fn administrator(&self) -> Result<Option<Address>, Error> {
        if self.administrator.is_due(self.world.clock.now()) {
            let found = self.find_administrator().await?;
            self.administrator.looked().found = found;
        }
        Ok(self.administrator.looked().found.clone())
    }

    /// An account that has the role and is not suspended; one of the default domain before others.
    async fn find_administrator(&self) -> Result<Option<Address>, Error> {
        let default = self.settings.default_domain.as_ref();
        let mut domains: Vec<LocalDomain> = self.domains().await?;
        domains.retain(|domain| domain.accounts > 0);
        domains.sort_by_key(|domain| Some(&domain.name) != default);
        let mut helper = None;
        for domain in domains {
            let (mut after, mut more) = (None, true);
            while more {
                let page = self.accounts(&domain.name, after.as_ref()).await?;
                for account in page.accounts.into_iter().filter(|account| account.suspended.is_none()) {
                    match account.role {
                        Role::Owner => return Ok(Some(account.address)),
                        Role::ServiceDesk => helper = helper.or(Some(account.address)),
                        Role::User => {}
                    }
                }
                more = page.next.is_some();
                after = page.next;
            }
        }
        Ok(helper)
    }
}

impl Administrator {
    /// Whether he is to be looked for. Whoever is told so does it: for all others what was known goes on.
    fn is_due(&self, now: UnixTime) -> bool {
        let mut looked = self.looked();
        let due = looked.at.is_none_or(|at| now.since(at) >= HOLDS);
        if due {
            looked.at = Some(now);
        }
        due
    }

    fn looked(&self) -> MutexGuard<'_, Looked> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
