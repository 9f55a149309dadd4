//! Writes by what accounts are used, and tells it.
use super::{Due, KEPT, MOST, lock};
use crate::login::{LoginId, Revocation};
use crate::schema::{self, ProgramRecord};
use crate::{Directory, Error, Use};
use names::{AccountId, Address, Domain};
use std::collections::{BTreeMap, BTreeSet};
use store::{Change, Growth};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use world::UnixTime;

/// A token, or a program by which the password was used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgramLogin {
    /// What it is called.
    pub id: LoginId,
    /// How it was used last; nothing of a token that nobody has used yet.
    pub last_use: Option<Use>,
    /// What whoever got a token called its holder.
    pub holder: Option<String>,
    /// Since when.
    pub first: UnixTime,
    /// When last.
    pub last: UnixTime,
    /// Sessions of it that are open now.
    pub open: usize,
}

impl Directory {
    /// Writes by what accounts are used, until `stop` is cancelled and what waits then is written. It runs once a process.
    pub async fn keep_programs(&self, stop: CancellationToken) {
        let waiting = lock(&self.sessions.programs.waiting).take();
        let Some(mut waiting) = waiting else { return };
        while let Some(Some(due)) = stop.run_until_cancelled(waiting.recv()).await {
            self.keep_or_warn(due).await;
        }
        self.keep_rest(&mut waiting).await;
    }

    async fn keep_rest(&self, waiting: &mut mpsc::Receiver<Due>) {
        while let Ok(due) = waiting.try_recv() {
            self.keep_or_warn(due).await;
        }
    }

    async fn keep_or_warn(&self, due: Due) {
        if let Err(error) = self.keep(&due).await {
            tracing::warn!(account = %due.account, %error, "a use of an account was not written");
        }
    }

    /// Writes one use, and lets what is old go.
    async fn keep(&self, due: &Due) -> Result<(), Error> {
        // what its owner has ended meanwhile is forgotten
        if !self.sessions.programs.noted(due.account).iter().any(|(login, _)| *login == due.login) {
            return Ok(());
        }
        let mut kept = self.kept_programs(&due.home, due.account).await?;
        let mut change = Change::new(Growth::Grows);
        let known = kept.remove(&due.login);
        let first = known.map_or(due.record.first, |known| known.first.min(due.record.first));
        let record = ProgramRecord { first, ..due.record.clone() };
        change.put(schema::program_key(due.account, due.login), 1, record.encode());
        let tokens = self.shelf.tokens(schema::partition(&due.home), due.account).await?;
        let tokens: BTreeSet<LoginId> = tokens.iter().filter_map(|token| schema::token_login(&token.key)).collect();
        for login in kept.keys().filter(|login| login.is_token() && !tokens.contains(login)) {
            change.delete(schema::program_key(due.account, *login));
        }
        // those of the password go by their age
        let mut by_age: Vec<_> = kept.into_iter().filter(|(login, _)| !login.is_token()).collect();
        by_age.sort_by_key(|(_, record)| std::cmp::Reverse(record.last));
        let now = self.world.clock.now();
        for (place, (login, record)) in by_age.into_iter().enumerate() {
            if place + 1 >= MOST || now.since(record.last) >= KEPT {
                change.delete(schema::program_key(due.account, login));
            }
        }
        self.shelf.commit_tokens(schema::partition(&due.home), change).await
    }

    async fn kept_programs(
        &self,
        home: &Domain,
        account: AccountId,
    ) -> Result<BTreeMap<LoginId, ProgramRecord>, Error> {
        self.shelf.programs(schema::partition(home), account).await
    }

    /// By what the account is used: its tokens, and what its password was used by of late, the last one first.
    ///
    /// # Errors
    /// When there is no such account, or the store is away.
    pub async fn programs(&self, address: &Address) -> Result<Vec<ProgramLogin>, Error> {
        let (_, account) = self.account_record(address).await?;
        let (home, now) = (address.domain(), self.world.clock.now());
        let mut used = self.kept_programs(home, account.id).await?;
        self.sessions.note_open(home, account.id);
        for (login, noted) in self.sessions.programs.noted(account.id) {
            let first = used.get(&login).map_or(noted.first, |known| known.first.min(noted.first));
            used.insert(login, ProgramRecord { first, ..noted });
        }
        let open = self.sessions.counts(account.id);
        let mut found = Vec::new();
        for token in self.shelf.tokens(schema::partition(home), account.id).await? {
            let Some(id) = schema::token_login(&token.key) else { continue };
            let record = token.record;
            if record.credential != account.credential || record.expires <= now {
                continue;
            }
            let known = used.remove(&id);
            found.push(ProgramLogin {
                id,
                holder: Some(record.program).filter(|program| !program.is_empty()),
                first: record.created,
                last: known.as_ref().map_or(record.created, |known| known.last),
                last_use: known.map(|known| known.what),
                open: open.get(&id).copied().unwrap_or(0),
            });
        }
        let mut by_password: Vec<_> = used
            .into_iter()
            .filter(|(login, record)| !login.is_token() && (now.since(record.last) < KEPT || open.contains_key(login)))
            .collect();
        by_password.sort_by_key(|(_, record)| std::cmp::Reverse(record.last));
        by_password.truncate(MOST);
        found.extend(by_password.into_iter().map(|(id, record)| {
            let open = open.get(&id).copied().unwrap_or(0);
            let last = if open > 0 { now } else { record.last };
            ProgramLogin { id, last_use: Some(record.what), holder: None, first: record.first, last, open }
        }));
        found.sort_by_key(|login| std::cmp::Reverse(login.last));
        Ok(found)
    }

    /// Forgets by what an account was used that is no more.
    pub(crate) async fn forget_programs(&self, address: &Address, account: AccountId) -> Result<(), Error> {
        let mut change = Change::new(Growth::Frees);
        for login in self.kept_programs(address.domain(), account).await?.into_keys() {
            change.delete(schema::program_key(account, login));
        }
        if change.writes.is_empty() {
            return Ok(());
        }
        self.shelf.commit_tokens(schema::partition(address.domain()), change).await
    }

    /// Ends a token, or the open sessions of a program that has the password; whether there was such a login. Who has the
    /// password comes back.
    ///
    /// # Errors
    /// When there is no such account, or the store is away.
    pub async fn end_login(&self, address: &Address, login: LoginId) -> Result<bool, Error> {
        let (_, account) = self.account_record(address).await?;
        let partition = schema::partition(address.domain());
        let mut there = self.kept_programs(address.domain(), account.id).await?.contains_key(&login);
        there |= self.sessions.programs.noted(account.id).iter().any(|(noted, _)| *noted == login);
        let mut change = Change::new(Growth::Frees);
        change.delete(schema::program_key(account.id, login));
        if login.is_token() {
            there = false;
            for token in self.shelf.tokens(partition, account.id).await? {
                if schema::token_login(&token.key) == Some(login) {
                    there = token.record.credential == account.credential;
                    change.delete(token.key);
                }
            }
        }
        if !there {
            return Ok(false);
        }
        self.sessions.programs.forget(account.id, login);
        self.shelf.commit_tokens(partition, change).await?;
        self.sessions.end(account.id, Revocation::Ended, |one| one == Some(login));
        self.sessions.programs.forget(account.id, login);
        Ok(true)
    }
}
