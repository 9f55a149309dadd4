//! Who still logs in without TLS: what the journal kept of it, for a service desk that wants to call these customers.
use crate::{Admin, Error, PlainLoginsView, Response};
use journal::{Class, Entry, Event, Query};
use names::AccountId;
use std::collections::BTreeMap;
use world::UnixTime;

/// Events of the journal that are looked at for one page.
const PAGE: usize = 1_000;

impl Admin {
    /// A page of accounts that logged in without TLS, newest first; an account stands once in a page, and may stand in
    /// the next one too.
    pub(crate) async fn plain_logins(&self, after: Option<&str>) -> Result<Response, Error> {
        let after = after.map(str::parse).transpose();
        let query = Query {
            from: UnixTime::from_millis(0),
            to: UnixTime::from_millis(self.world.clock.now().millis() + 1),
            classes: vec![Class::Sessions],
            limit: PAGE,
            after: after.map_err(|error: journal::NoCursor| Error::BadRequest(error.to_string()))?,
        };
        let page = self.history.find(&query).await.map_err(|error| Error::Unavailable(error.to_string()))?;
        Ok(Response::PlainLogins { accounts: gathered(&page.entries), next: page.next.map(|next| next.to_string()) })
    }
}

/// By account, in the order of the last login, newest first.
fn gathered(entries: &[Entry]) -> Vec<PlainLoginsView> {
    let mut order: Vec<AccountId> = Vec::new();
    let mut found: BTreeMap<AccountId, PlainLoginsView> = BTreeMap::new();
    for entry in entries {
        let Event::LoginAccepted { peer, account, .. } = &entry.event else { continue };
        if peer.tls.is_some() {
            continue;
        }
        let view = found.entry(*account).or_insert_with(|| {
            order.push(*account);
            PlainLoginsView { account: *account, last: entry.at.secs(), logins: 0, listeners: Vec::new() }
        });
        view.logins += 1;
        if !view.listeners.iter().any(|listener| **listener == *peer.listener) {
            view.listeners.push(peer.listener.to_string());
        }
    }
    order.iter().filter_map(|account| found.remove(account)).collect()
}
