//! `store check`: the store proves its own invariants; here is what holds between it and the directory.
//!
//! Both may be in use meanwhile, so what looks wrong is looked at again before it is called a fault.
use crate::accounts::LEAVING;
use crate::{Admin, CheckView, Error, Response};
use directory::{Account, LocalDomain};
use names::{AccountId, Domain};
use store::CheckDepth;

/// Faults that are named; more are only counted.
const NAMED: usize = 1000;
/// How often a domain that changes meanwhile is counted.
const TRIES: usize = 3;

impl Admin {
    pub(crate) async fn check_all(&self, bytes: bool) -> Result<Response, Error> {
        let depth = if bytes { CheckDepth::Bytes } else { CheckDepth::Records };
        let report = self.store.check(depth).await?;
        let homes = report.homes;
        let mut view = CheckView {
            accounts: report.accounts,
            mailboxes: report.mailboxes,
            messages: report.messages,
            emails: report.emails,
            blobs: report.blobs,
            domains: 0,
            aliases: 0,
            without_address: 0,
            faults: report.faults.iter().map(ToString::to_string).collect(),
            count: report.count,
        };
        let mut lived_in = vec![false; homes.len()];
        let domains = match self.directory.domains().await {
            Err(directory::Error::Corrupt(what)) => {
                view.fault(format!("the list of domains: {what}"));
                Vec::new()
            }
            other => other?,
        };
        for domain in domains {
            view.domains += 1;
            match self.check_domain(&domain.name, &homes, &mut lived_in, &mut view).await {
                Err(Error::Corrupt(what)) => view.fault(format!("domain {}: {what}", domain.name)),
                other => other?,
            }
        }
        view.without_address = lived_in.iter().filter(|lived_in| !**lived_in).count() as u64;
        Ok(Response::Checked(view))
    }

    async fn check_domain(
        &self,
        domain: &Domain,
        homes: &[AccountId],
        lived_in: &mut [bool],
        view: &mut CheckView,
    ) -> Result<(), Error> {
        let mut after = None;
        loop {
            let page = self.directory.accounts(domain, after.as_ref()).await?;
            for account in &page.accounts {
                match homes.binary_search(&account.id).ok().and_then(|place| lived_in.get_mut(place)) {
                    Some(lived_in) if !*lived_in => *lived_in = true,
                    Some(_) => {
                        view.fault(format!("account {}: {} has it, and another too", account.id, account.address))
                    }
                    None if self.is_homeless(account).await? => {
                        view.fault(format!("account {}: {} has no place in the store", account.id, account.address));
                    }
                    None => (),
                }
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let mut counted = (None, 0);
        for _ in 0..TRIES {
            let before = self.directory.domain(domain).await?;
            let (accounts, aliases) = self.count(domain).await?;
            let right = |found: &LocalDomain| (found.accounts, found.aliases) == (accounts, aliases);
            counted = (before, aliases);
            if counted.0.as_ref().is_none_or(right) {
                view.aliases += aliases;
                return Ok(());
            }
        }
        if counted.0.is_some() {
            view.fault(format!("domain {domain}: its numbers of accounts and aliases are not what there is"));
        }
        view.aliases += counted.1;
        Ok(())
    }

    /// Whether the account is still in the directory and not in the store.
    async fn is_homeless(&self, account: &Account) -> Result<bool, Error> {
        match self.store.account(account.id).await {
            Err(store::Error::NoSuchAccount(_)) => (),
            // that it cannot be read, the store's own check has said
            Err(store::Error::Corrupt(_)) => return Ok(false),
            other => return other.map(|_| false).map_err(Error::from),
        }
        match self.directory.account(&account.address).await {
            // an act that was interrupted, and waits to be repeated
            Ok(found) if found.suspended.as_deref() == Some(LEAVING) => Ok(false),
            Ok(found) => Ok(found.id == account.id),
            Err(directory::Error::NoSuchAccount(_)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    async fn count(&self, domain: &Domain) -> Result<(u64, u64), Error> {
        let (mut accounts, mut aliases) = (0, 0);
        let mut after = None;
        loop {
            let page = self.directory.accounts(domain, after.as_ref()).await?;
            accounts += page.accounts.len() as u64;
            let list = self.directory.aliases(domain, after.as_ref()).await?;
            aliases += list.aliases.len() as u64;
            after = page.next;
            if after.is_none() {
                return Ok((accounts, aliases));
            }
        }
    }
}

impl CheckView {
    fn fault(&mut self, what: String) {
        self.count += 1;
        if self.faults.len() < NAMED {
            self.faults.push(what);
        }
    }
}
