//! Which heads are in memory: one an account, for as long as anybody uses it, and the last used ones beyond that.
use super::Store;
use crate::account::Account;
use crate::error::Error;
use crate::head::{Ground, Head, Plan, Tx};
use crate::lock::lock;
use crate::mailbox::{MailboxName, Role};
use crate::outcome::Outcome;
use names::AccountId;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, Weak};

pub(super) struct Heads {
    keep: usize,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    heads: HashMap<AccountId, (Weak<Head>, u64)>,
    /// Heads kept though nobody uses them, by the turn in which they were last asked for.
    kept: BTreeMap<u64, Arc<Head>>,
    turn: u64,
}

impl Heads {
    pub(super) fn new(keep: usize) -> Self {
        Self { keep: keep.max(1), inner: Mutex::default() }
    }

    /// The head of an account: the one there is, or a new one.
    pub(super) fn get(&self, id: AccountId, ground: &Arc<Ground>) -> Arc<Head> {
        let mut evicted = Vec::new();
        let mut inner = lock(&self.inner);
        inner.turn += 1;
        let turn = inner.turn;
        let known = inner.heads.get(&id).and_then(|(head, last)| Some((head.upgrade()?, *last)));
        let head = match known {
            Some((head, last)) => {
                inner.kept.remove(&last);
                head
            }
            None => Arc::new(Head::new(id, ground.clone())),
        };
        inner.heads.insert(id, (Arc::downgrade(&head), turn));
        inner.kept.insert(turn, head.clone());
        while inner.kept.len() > self.keep {
            evicted.extend(inner.kept.pop_first());
        }
        if inner.heads.len() > 4 * self.keep + 1_000 {
            inner.heads.retain(|_, (head, _)| head.strong_count() > 0);
        }
        drop(inner);
        drop(evicted); // heads with views take a while to drop: not under the lock
        head
    }
}

impl Store {
    /// The account's handle.
    ///
    /// # Errors
    /// [`Error::NoSuchAccount`].
    pub async fn account(&self, id: AccountId) -> Result<Account, Error> {
        let account = self.handle(id);
        account.mailboxes().await?;
        Ok(account)
    }

    /// Makes an account with INBOX and the given mailboxes, subscribed. `Unchanged` when the account exists.
    ///
    /// # Errors
    /// [`Error::BadName`], [`Error::MailboxExists`], [`Error::RoleTaken`] for mailboxes that do not go together; else
    /// what the engine says.
    pub async fn create_account(
        &self,
        id: AccountId,
        quota: Option<u64>,
        mailboxes: &[(MailboxName, Option<Role>)],
    ) -> Result<Outcome<()>, Error> {
        let plan = |tx: &mut Tx<'_>| {
            tx.state.record.limit = quota;
            crate::account::first_mailboxes(tx, mailboxes)?;
            Ok(Plan::Commit(()))
        };
        self.heads.get(id, &self.ground).create("create", plan).await
    }
}
