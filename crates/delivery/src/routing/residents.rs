//! The directory as delivery asks it.
use super::{DirectoryAway, Residents, Resolved, Target};
use directory::{AliasFault, Directory, Resolution};
use futures_util::future::BoxFuture;
use names::{Address, Domain};

impl Residents for Directory {
    fn resolve<'a>(&'a self, address: &'a Address) -> BoxFuture<'a, Result<Resolved, DirectoryAway>> {
        Box::pin(async move {
            let resolution = Directory::resolve(self, address).await;
            resolution.map(resolved).map_err(|error| DirectoryAway(error.to_string()))
        })
    }

    fn postmaster(&self) -> BoxFuture<'_, Result<Resolved, DirectoryAway>> {
        Box::pin(async move {
            let resolution = self.postmaster_of_all().await;
            resolution.map(resolved).map_err(|error| DirectoryAway(error.to_string()))
        })
    }

    fn is_named<'a>(&'a self, address: &'a Address) -> BoxFuture<'a, Result<bool, DirectoryAway>> {
        Box::pin(
            async move { Directory::is_named(self, address).await.map_err(|error| DirectoryAway(error.to_string())) },
        )
    }

    fn is_here<'a>(&'a self, domain: &'a Domain) -> BoxFuture<'a, Result<bool, DirectoryAway>> {
        Box::pin(async move {
            let found = self.domain(domain).await.map_err(|error| DirectoryAway(error.to_string()))?;
            Ok(found.is_some())
        })
    }

    fn name<'a>(&'a self, address: &'a Address) -> BoxFuture<'a, Result<Option<String>, DirectoryAway>> {
        Box::pin(async move {
            match self.account(address).await {
                Ok(account) => Ok(Some(account.name).filter(|name| !name.is_empty())),
                Err(directory::Error::NoSuchAccount(_)) => Ok(None),
                Err(error) => Err(DirectoryAway(error.to_string())),
            }
        })
    }
}

fn resolved(resolution: Resolution) -> Resolved {
    match resolution {
        Resolution::Targets(targets) => Resolved::Targets(targets.into_iter().map(target).collect()),
        Resolution::Unknown => Resolved::Unknown,
        Resolution::Suspended { .. } => Resolved::Suspended,
        Resolution::NotLocal => Resolved::Elsewhere,
        Resolution::NoPostmaster => Resolved::NoPostmaster,
        Resolution::Broken(AliasFault::Loop | AliasFault::TooDeep) => Resolved::Loop,
        Resolution::Broken(AliasFault::TooMany) => Resolved::TooMany,
    }
}

fn target(target: directory::Target) -> Target {
    match target {
        directory::Target::Account { id, address, .. } => Target::Account(id, address),
        directory::Target::Remote(address) => Target::Remote(address),
    }
}
