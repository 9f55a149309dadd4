//! Push to devices that are not connected (RFC 8620, 7.2; RFC 8030): a message to a push service for each change, encrypted
//! for the device (RFC 8291), signed by this server (RFC 8292, RFC 9749).
//!
//! One keeper an account that has subscriptions, one sender a subscription. A push service is a stranger's name: it is asked by
//! `net`, at addresses of the Internet only, and what it answers is not shown to anybody.
mod encrypt;
mod keeper;
mod sender;
mod vapid;
pub(crate) use encrypt::Keys;
pub(crate) use vapid::Signing;

use crate::jmap::{Jmap, Parts};
use keeper::keep;
use names::AccountId;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use transport::Https;
use world::UnixTime;

/// Accounts that are pushed to at once.
const MOST_ACCOUNTS: usize = 20_000;
/// Messages that are sent at once.
const AT_ONCE: usize = 32;
/// New subscriptions that wait to be looked at.
const NEWS: usize = 1_000;
/// Subscriptions that an account makes within an hour: each is a message to an address that it chose.
const MADE_AN_HOUR: u32 = 30;
const HOUR: u64 = 3_600;
/// Accounts whose making is counted.
const COUNTED: usize = 10_000;

/// What pushes; cheap to clone.
#[derive(Clone)]
pub struct Pushing(Arc<Desk>);

struct Desk {
    https: Arc<dyn Https>,
    /// Where the provider is reached, a URI (RFC 8292, 2.1).
    contact: String,
    news: mpsc::Sender<AccountId>,
    waiting: Mutex<Option<mpsc::Receiver<AccountId>>>,
    places: Semaphore,
    signing: OnceLock<Signing>,
    /// When an account's hour began, and what it made since.
    made: Mutex<HashMap<AccountId, (u64, u32)>>,
}

impl Pushing {
    /// What pushes by `https`; a push service finds the provider at `contact`, a URI.
    #[must_use]
    pub fn new(https: Arc<dyn Https>, contact: String) -> Self {
        let (news, waiting) = mpsc::channel(NEWS);
        let waiting = Mutex::new(Some(waiting));
        let places = Semaphore::new(AT_ONCE);
        Self(Arc::new(Desk { https, contact, news, waiting, places, signing: OnceLock::new(), made: Mutex::default() }))
    }

    /// The key that messages are signed with, made where there is none yet.
    pub(crate) async fn signing(&self, parts: &Parts) -> Result<&Signing, store::Error> {
        if let Some(signing) = self.0.signing.get() {
            return Ok(signing);
        }
        let mut fresh = [0; 32];
        parts.world.random.fill(&mut fresh);
        let key = parts.store.push_key(fresh).await?;
        let signing = Signing::new(key).ok_or_else(|| store::Error::Corrupt("the key of push".to_owned()))?;
        Ok(self.0.signing.get_or_init(|| signing))
    }

    /// Whether an account may make another subscription now.
    pub(crate) fn may_make(&self, account: AccountId, now: UnixTime) -> bool {
        let mut made = self.0.made.lock().unwrap_or_else(PoisonError::into_inner);
        if made.len() >= COUNTED {
            made.retain(|_, (since, _)| since.saturating_add(HOUR) > now.secs());
        }
        let (since, count) = made.entry(account).or_insert((now.secs(), 0));
        if since.saturating_add(HOUR) <= now.secs() {
            (*since, *count) = (now.secs(), 0);
        }
        *count += 1;
        *count <= MADE_AN_HOUR
    }

    /// An account has a subscription that it did not have.
    pub(crate) fn begin(&self, account: AccountId) {
        if self.0.news.try_send(account).is_err() {
            tracing::warn!(%account, "a new subscription waits for the next start");
        }
    }

    /// Pushes until it is dropped. One a process.
    pub async fn run(self, jmap: Jmap) {
        let waiting = self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(mut waiting) = waiting else { return };
        let mut keepers =
            Keepers { jmap, pushing: self, tasks: JoinSet::new(), kept: HashSet::new(), again: HashSet::new() };
        if let Err(error) = keepers.resume().await {
            tracing::warn!(%error, "who is pushed to could not be read");
        }
        loop {
            tokio::select! {
                account = waiting.recv() => match account {
                    Some(account) => keepers.begins(account).await,
                    None => return,
                },
                Some(ended) = keepers.tasks.join_next(), if !keepers.tasks.is_empty() => {
                    if let Ok(account) = ended {
                        keepers.ended(account).await;
                    }
                }
            }
        }
    }
}

/// The keepers of all accounts.
struct Keepers {
    jmap: Jmap,
    pushing: Pushing,
    tasks: JoinSet<AccountId>,
    kept: HashSet<AccountId>,
    /// Accounts that made another subscription while their keeper was there: it may just have been leaving.
    again: HashSet<AccountId>,
}

impl Keepers {
    /// Goes on with the accounts that have subscriptions.
    async fn resume(&mut self) -> Result<(), store::Error> {
        let mut after = None;
        loop {
            let page = self.jmap.parts().store.pushed(after, 1_000).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(*last);
            page.into_iter().for_each(|account| self.keep(account));
        }
    }

    /// An account has a new subscription. Its note may just have been taken away, with the keeper of the last one.
    async fn begins(&mut self, account: AccountId) {
        if let Err(error) = self.jmap.parts().store.note_pushed(account).await {
            tracing::warn!(%account, %error, "that it is pushed to was not noted");
        }
        self.keep(account);
    }

    fn keep(&mut self, account: AccountId) {
        if self.kept.contains(&account) {
            self.again.insert(account);
        } else if self.kept.len() < MOST_ACCOUNTS {
            self.kept.insert(account);
            let (jmap, pushing) = (self.jmap.clone(), self.pushing.clone());
            self.tasks.spawn(async move {
                keep(&jmap, &pushing, account).await;
                account
            });
        } else {
            tracing::warn!(%account, "too many accounts are pushed to");
        }
    }

    async fn ended(&mut self, account: AccountId) {
        self.kept.remove(&account);
        if self.again.remove(&account) {
            self.keep(account);
        } else if let Err(error) = self.jmap.parts().store.forget_pushed(account).await {
            tracing::warn!(%account, %error, "that it is not pushed to any more was not noted");
        }
    }
}

#[cfg(test)]
mod tests;
