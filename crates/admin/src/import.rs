//! Many accounts at once, from a file.
//!
//! The file is read and checked whole: one bad line, and nothing of it is applied. Then it is applied in batches, each
//! one commit in the directory behind the commits that make the places in the store. An account that is there already
//! stays as it is, so an import that was cut off is repeated with the same file. Passwords in the clear are hashed on
//! the pool that logins use, each with a salt of its own.
mod rows;

use crate::{Admin, BadLine, Caller, Error, Response, SecretText};
use directory::{Directory, NewAccount, Role};
use futures_util::future::join_all;
use names::{AccountId, Domain};
use rows::Row;
use std::collections::HashMap;

/// Largest file, in bytes.
pub const MAX_IMPORT: usize = 64 << 20;
/// Most bad lines that are named.
pub const MAX_BAD_LINES: usize = 100;

/// Accounts of one commit in the directory, and so hashes and commits under way at once.
const BATCH: usize = 500;

impl Admin {
    pub(crate) async fn import(&self, caller: &Caller, file: &SecretText) -> Result<Response, Error> {
        if file.reveal().len() > MAX_IMPORT {
            return Err(Error::BadRequest("a file of accounts is at most 64 MiB: cut it into several".to_owned()));
        }
        let mut rows = rows::read(file.reveal()).map_err(Error::BadLines)?;
        self.check(&rows).await?;
        rows.sort_by(|one, other| one.address.domain().cmp(other.address.domain()));
        let (mut created, mut existing) = (0, 0);
        let mut rows = rows.into_iter().peekable();
        while let Some(first) = rows.next() {
            let domain = first.address.domain().clone();
            let mut batch = vec![first];
            while let Some(row) = rows.next_if(|row| batch.len() < BATCH && *row.address.domain() == domain) {
                batch.push(row);
            }
            let size = batch.len() as u64;
            let made = self.apply(&domain, batch).await.map_err(|error| stopped(&error, created))?;
            created += made;
            existing += size - made;
        }
        self.told(caller, "account import", &format!("{created} created, {existing} existing"), None);
        Ok(Response::Imported { created, existing })
    }

    /// What only the directory knows of the rows: their domains, and what has their addresses.
    async fn check(&self, rows: &[Row]) -> Result<(), Error> {
        let mut bad = Vec::new();
        let mut lines: HashMap<String, u64> = HashMap::with_capacity(rows.len());
        for row in rows {
            if let Some(first) = lines.insert(Directory::folded(&row.address), row.line) {
                bad.push(BadLine { line: row.line, what: format!("{} is on line {first} already", row.address) });
            }
        }
        for rows in rows.chunks(BATCH) {
            let checks = rows.iter().map(|row| self.directory.check_new_account(&row.address, &row.name));
            for (row, outcome) in rows.iter().zip(join_all(checks).await) {
                match outcome.map_err(Error::from) {
                    Ok(()) => (),
                    Err(away @ (Error::Unavailable(_) | Error::Corrupt(_))) => return Err(away),
                    Err(error) => bad.push(BadLine { line: row.line, what: error.to_string() }),
                }
            }
        }
        if bad.is_empty() {
            return Ok(());
        }
        bad.sort_by_key(|bad| bad.line);
        bad.truncate(MAX_BAD_LINES);
        Err(Error::BadLines(bad))
    }

    /// Makes those of `batch` that are not there; says how many.
    async fn apply(&self, domain: &Domain, batch: Vec<Row>) -> Result<u64, Error> {
        let (mut accounts, mut failed) = (Vec::new(), None);
        for prepared in join_all(batch.into_iter().map(|row| self.prepare(row))).await {
            match prepared {
                Ok(account) => accounts.extend(account),
                Err(error) => failed = Some(error),
            }
        }
        let ids: Vec<AccountId> = accounts.iter().map(|account: &NewAccount| account.id).collect();
        if let Some(error) = failed {
            self.give_back(&ids).await;
            return Err(error);
        }
        if accounts.is_empty() {
            return Ok(0);
        }
        let taken = match self.directory.add_accounts(domain, accounts).await {
            Ok((_, taken)) => taken,
            Err(error) => {
                self.give_back(&ids).await;
                return Err(error.into());
            }
        };
        let lost: Vec<AccountId> = taken.iter().filter_map(|place| ids.get(*place).copied()).collect();
        self.give_back(&lost).await;
        Ok((ids.len() - lost.len()) as u64)
    }

    /// Hashes the password and makes the place in the store, where the account is not there yet.
    async fn prepare(&self, row: Row) -> Result<Option<NewAccount>, Error> {
        match self.directory.account(&row.address).await {
            Ok(_) => return Ok(None),
            Err(directory::Error::NoSuchAccount(_)) => (),
            Err(error) => return Err(error.into()),
        }
        let Row { address, password, name, quota, .. } = row;
        let password = self.directory.hash(password).await?;
        let id = self.make_home(quota).await?;
        Ok(Some(NewAccount { id, address, name, password, quota, role: Role::User }))
    }

    /// Removes places in the store that got no address.
    pub(crate) async fn give_back(&self, homes: &[AccountId]) {
        for id in homes {
            // Where this fails too, an empty account without an address remains, which does no harm.
            let _ = self.store.delete_account(*id).await;
        }
    }
}

fn stopped(error: &Error, created: u64) -> Error {
    let text = format!("{error}; {created} accounts were made before: import the same file again to go on");
    match error {
        Error::Corrupt(_) => Error::Corrupt(text),
        _ => Error::Unavailable(text),
    }
}
