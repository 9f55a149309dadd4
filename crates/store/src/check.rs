//! Proves every invariant of the model on the records as they are on disk, and names what is wrong.
//!
//! Account by account, page by page: memory is bounded by the number of one account's mailboxes, and the store may be
//! in use; an account's writers wait while it is looked at.
mod account;
mod blobs;
mod emails;
mod members;
mod metadata;
mod objects;
mod others;
mod sharing;
mod threads;
use crate::engine::{Engine, Found, Key, MAX_PAGE, Partition, PartitionKind, Read, Value};
use crate::error::Error;
use crate::records::KeyRange;
use crate::store::Store;
use names::AccountId;
use std::fmt;

/// Faults that are named; more are only counted.
const NAMED: usize = 1_000;

/// Whether the bytes of blobs are read too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckDepth {
    /// Records, how the engine holds them, and whether each blob is there.
    Records,
    /// Every byte of every blob too, against its hash.
    Bytes,
}

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// In whose account; `None`: in none.
    pub account: Option<AccountId>,
    /// What, for the operator.
    pub what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.account {
            Some(account) => write!(f, "account {account}: {}", self.what),
            None => f.write_str(&self.what),
        }
    }
}

/// What was looked at, and what is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CheckReport {
    /// Accounts that could be looked at.
    pub accounts: u64,
    /// The numbers of all that are listed, ascending.
    pub homes: Vec<AccountId>,
    /// Mailboxes.
    pub mailboxes: u64,
    /// Memberships.
    pub messages: u64,
    /// Emails, tombstones included.
    pub emails: u64,
    /// Blobs.
    pub blobs: u64,
    /// What is wrong; at most 1,000 are named.
    pub faults: Vec<Fault>,
    /// How many faults there are.
    pub count: u64,
}

impl CheckReport {
    /// Whether nothing is wrong.
    pub fn is_clean(&self) -> bool {
        self.count == 0
    }

    /// What was read; what cannot be read is a fault, and the rest is looked at all the same.
    fn read<T>(
        &mut self,
        account: Option<AccountId>,
        what: &str,
        result: Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(error @ (Error::Corrupt(_) | Error::Engine(_))) => {
                self.fault(account, format!("{what}: {error}"));
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    fn fault(&mut self, account: Option<AccountId>, what: String) {
        self.count += 1;
        if self.faults.len() < NAMED {
            self.faults.push(Fault { account, what });
        }
    }
}

/// One partition being looked at.
struct Look<'a> {
    engine: &'a dyn Engine,
    partition: Partition,
    account: AccountId,
    report: &'a mut CheckReport,
}

impl Look<'_> {
    fn fault(&mut self, what: String) {
        self.report.fault(Some(self.account), what);
    }

    /// Names the fault of a record that does not decode, and goes on without it.
    fn decoded<T>(&mut self, key: &[u8], result: Result<T, Error>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.fault(format!("record {}: {error}", data_encoding::HEXLOWER.encode(key)));
                None
            }
        }
    }

    /// The next page of a range; what fails its sum is a fault, and left out. `None` at the end.
    async fn page(&mut self, range: &mut KeyRange) -> Result<Option<Vec<(Key, Value)>>, Error> {
        if range.from >= range.to {
            return Ok(None);
        }
        let read = Read::Scan { from: range.from.clone(), to: range.to.clone(), limit: MAX_PAGE, reverse: false };
        let found = self.engine.read(self.partition, vec![read]).await?.into_iter().next();
        let Some(Found::Many { items, corrupt, .. }) = found else {
            return Err(Error::Corrupt(format!("{}: the engine gave no page", self.partition)));
        };
        for key in &corrupt {
            self.fault(format!("record {} fails its sum", data_encoding::HEXLOWER.encode(key)));
        }
        match items.last().map(|(key, _)| key).max(corrupt.last()) {
            Some(last) => *range = range.after(last),
            None => return Ok(None),
        }
        Ok(Some(items))
    }

    /// The records under keys, in their order; one that fails its sum counts as absent here, and is named elsewhere.
    async fn get(&self, keys: Vec<Key>) -> Result<Vec<Option<Value>>, Error> {
        let mut values = Vec::with_capacity(keys.len());
        let mut keys = keys.into_iter();
        loop {
            let reads: Vec<Read> = keys.by_ref().take(MAX_PAGE).map(Read::Get).collect();
            if reads.is_empty() {
                return Ok(values);
            }
            for found in self.engine.read(self.partition, reads).await? {
                values.push(match found {
                    Found::One(value) => value,
                    _ => None,
                });
            }
        }
    }
}

impl Store {
    /// Looks at everything: each record decodes and its sum is right; each message is in its email's list; counters,
    /// threads, quota and change log agree with what is there; whoever is granted a mailbox has a note of it; each blob
    /// that is used is stored and linked, and each link is used.
    ///
    /// # Errors
    /// When the engine is closed; what is wrong, also what cannot be read at all, is in the report.
    pub async fn check(&self, depth: CheckDepth) -> Result<CheckReport, Error> {
        let mut report = CheckReport::default();
        let mut after = None;
        loop {
            let listed = self.listed(PartitionKind::Account, after, 100).await;
            let Some(Some(page)) = report.read(None, "the list of accounts", listed)? else { break };
            after = Some(page.until);
            if let Some(hidden) = page.hidden {
                report.fault(None, format!("the list of accounts: {hidden}"));
            }
            for id in page.ids.into_iter().map(AccountId) {
                report.homes.push(id);
                let looked = self.check_account(id, &mut report).await;
                report.read(Some(id), "the account", looked)?;
            }
        }
        self.check_others(&mut report).await?;
        self.check_blobs(depth, &mut report).await?;
        let beneath = self.engine().check().await.map_err(Error::from);
        for fault in report.read(None, "what lies beneath", beneath)?.unwrap_or_default() {
            report.fault(None, fault);
        }
        Ok(report)
    }
}
