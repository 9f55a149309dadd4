//! `glaspost account list --without-tls`: the accounts whose password still crosses the network in clear.
use crate::cli::act::{Desk, unexpected};
use crate::cli::listing::Listing;
use crate::cli::moment;
use crate::failure::Failure;
use admin::{AccountAct, AccountView, PlainLoginsView, Request, Response};
use names::{AccountId, Domain};
use serde::Serialize;
use std::collections::HashMap;

/// An account and its logins without TLS.
#[derive(Serialize)]
struct Row {
    #[serde(flatten)]
    account: AccountView,
    without_tls: PlainLoginsView,
}

pub(super) async fn list(desk: &mut Desk, json: bool, domain: Option<Domain>) -> Result<(), Failure> {
    let mut logins = all(desk).await?;
    let mut listing = Listing::new(json, ["ADDRESS", "NAME", "LAST WITHOUT TLS", "LOGINS", "LISTENERS"]);
    let mut after = None;
    loop {
        let request = Request::Account(AccountAct::List { domain: domain.clone(), after });
        let Response::Accounts { accounts, next } = desk.ask(request).await? else { return Err(unexpected()) };
        let rows: Vec<Row> = accounts
            .into_iter()
            .filter_map(|account| logins.remove(&account.id).map(|without_tls| Row { account, without_tls }))
            .collect();
        listing.page(&rows, |row| {
            let name = if row.account.name.is_empty() { "-" } else { row.account.name.as_str() };
            let PlainLoginsView { last, logins, listeners, .. } = &row.without_tls;
            [row.account.address.to_string(), name.to_owned(), moment(*last), logins.to_string(), listeners.join(", ")]
        })?;
        match next {
            Some(next) => after = Some(next),
            None => return listing.end(),
        }
    }
}

/// What the journal knows, by account: pages come newest first.
async fn all(desk: &mut Desk) -> Result<HashMap<AccountId, PlainLoginsView>, Failure> {
    let mut all: HashMap<AccountId, PlainLoginsView> = HashMap::new();
    let mut after = None;
    loop {
        let request = Request::Account(AccountAct::PlainLogins { after });
        let Response::PlainLogins { accounts, next } = desk.ask(request).await? else { return Err(unexpected()) };
        for older in accounts {
            let Some(known) = all.get_mut(&older.account) else {
                all.insert(older.account, older);
                continue;
            };
            known.logins += older.logins;
            known.listeners.extend(older.listeners);
            known.listeners.sort();
            known.listeners.dedup();
        }
        match next {
            Some(next) => after = Some(next),
            None => return Ok(all),
        }
    }
}
