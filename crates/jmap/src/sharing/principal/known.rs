//! Whom a caller knows.
use super::{Principal, id, principal_id};
use crate::caller::Caller;
use crate::core::session::{MAX_SHARED, account};
use crate::jmap::{Parts, open_other, open_own};
use crate::opened::Opened;
use crate::state::of_value;
use names::{AccountId, Address};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use store::Error;

/// Those of one caller, at most; further ones are found by their addresses alone.
const MOST: usize = 1_000;

/// The caller himself, those who share something with him, and those with whom he shares something.
pub(super) async fn known(parts: &Parts, caller: &Caller, own: &Opened) -> Result<Vec<Principal>, Error> {
    let mut list = Vec::new();
    let himself = accounts(own, &caller.address, caller, parts);
    list.extend(named(parts, (own.account.id(), &caller.address), himself).await?);
    for (id, sharer) in own.mailboxes.sharers().take(MAX_SHARED) {
        if let Some(other) = shared(parts, caller, own, id).await? {
            let seen = accounts(&other, &sharer.address, caller, parts);
            list.extend(named(parts, (id, &sharer.address), seen).await?);
        }
    }
    let mut granted: BTreeMap<AccountId, &Address> = BTreeMap::new();
    for mailbox in own.mailboxes.iter() {
        let entries = own.mailboxes.acl(mailbox.id).entries().iter();
        granted.extend(entries.filter(|entry| entry.granted.is_some()).map(|entry| (entry.account, &entry.address)));
    }
    granted.retain(|account, _| !list.iter().any(|one| one.account == *account));
    for (account, address) in granted.into_iter().take(MOST.saturating_sub(list.len())) {
        list.extend(named(parts, (account, address), Map::new()).await?);
    }
    Ok(list)
}

/// The state of principals: another one whenever any of those whom the caller knows is another.
pub(crate) async fn state(parts: &Parts, caller: &Caller) -> Result<String, Error> {
    let own = open_own(parts, caller).await?;
    Ok(state_of(&known(parts, caller, &own).await?))
}

pub(super) fn state_of(list: &[Principal]) -> String {
    of_value(&list.iter().map(Principal::object).collect::<Vec<_>>().into())
}

/// The one of an address here, spelled in whatever case: as a stranger, unless it is known already.
pub(super) async fn by_address(parts: &Parts, address: &Address) -> Result<Option<Principal>, Error> {
    let Some(account) = resident(parts, address).await? else { return Ok(None) };
    Ok(principal(account.id, account.address, None, Map::new()))
}

/// The one of an id that was told: as a stranger, unless it is known already.
pub(super) async fn by_id(parts: &Parts, written: &str) -> Result<Option<Principal>, Error> {
    let Some((_, address)) = id::read(written) else { return Ok(None) };
    Ok(by_address(parts, &address).await?.filter(|one| one.id == written))
}

fn principal(
    account: AccountId,
    address: Address,
    name: Option<String>,
    accounts: Map<String, Value>,
) -> Option<Principal> {
    let name = name.filter(|name| !name.is_empty()).unwrap_or_else(|| address.to_string());
    Some(Principal { id: principal_id(account, &address)?, account, address, name, accounts })
}

/// One that the caller knows, if it is still here. Only who shares something, or is the caller, has a name for him.
async fn named(
    parts: &Parts,
    (id, address): (AccountId, &Address),
    accounts: Map<String, Value>,
) -> Result<Option<Principal>, Error> {
    let found = resident(parts, address).await?.filter(|account| account.id == id);
    let told = |account: directory::Account| {
        let name = Some(account.name).filter(|_| !accounts.is_empty());
        principal(account.id, account.address, name, accounts)
    };
    Ok(found.and_then(told))
}

async fn resident(parts: &Parts, address: &Address) -> Result<Option<directory::Account>, Error> {
    match parts.directory.account(address).await {
        Ok(account) => Ok(Some(account)),
        Err(directory::Error::NoSuchAccount(_) | directory::Error::NoSuchDomain(_)) => Ok(None),
        Err(error) => {
            tracing::warn!(%error, "the directory could not be asked");
            Err(Error::Closed)
        }
    }
}

/// What another account shows to the caller, subscribed or not (RFC 9670, 1.4).
async fn shared(parts: &Parts, caller: &Caller, own: &Opened, id: AccountId) -> Result<Option<Opened>, Error> {
    match open_other(parts, caller, own, id).await {
        Err(Error::Corrupt(cause)) => {
            tracing::error!(account = %id, cause, "what is shared cannot be read");
            Ok(None)
        }
        opened => opened,
    }
}

fn accounts(opened: &Opened, address: &Address, caller: &Caller, parts: &Parts) -> Map<String, Value> {
    Map::from_iter([(opened.id.to_string(), account(opened, address, caller, parts))])
}
