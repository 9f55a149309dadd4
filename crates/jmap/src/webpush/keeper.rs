//! The subscriptions of one account: each has a sender while it is verified and has not expired.
use super::Pushing;
use super::sender::{Sent, send};
use crate::caller::Caller;
use crate::core::subscription::{self, Subscription};
use crate::jmap::{Jmap, Parts};
use crate::push::{Push, StateChange};
use directory::Role;
use futures_util::stream::{FuturesUnordered, StreamExt};
use journal::Peer;
use names::AccountId;
use std::collections::{HashMap, HashSet};
use std::net::Ipv4Addr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use store::{ModSeq, ObjectChange, ObjectId, ObjectKind};

/// How long a device is left alone after a message: what changes meanwhile goes with the next.
const GAP: Duration = Duration::from_secs(5);
/// How long an account that cannot be read is left alone.
const AWAY: Duration = Duration::from_secs(60);

/// What is known of subscriptions beside what is kept of them.
#[derive(Default)]
struct Known {
    /// Those that were told how to verify themselves.
    asked: HashSet<ObjectId>,
    /// What each was told last.
    told: HashMap<ObjectId, String>,
}

/// Keeps an account's subscriptions until it has none.
pub(super) async fn keep(jmap: &Jmap, pushing: &Pushing, id: AccountId) {
    let known = Mutex::new(Known::default());
    loop {
        match round(jmap, pushing, id, &known).await {
            Ok(true) => {}
            Ok(false) | Err(store::Error::NoSuchAccount(_)) => return,
            Err(error) => {
                tracing::warn!(account = %id, %error, "subscriptions cannot be read");
                tokio::time::sleep(AWAY).await;
            }
        }
    }
}

/// Sends until something of the subscriptions changes; whether there are any.
async fn round(jmap: &Jmap, pushing: &Pushing, id: AccountId, known: &Mutex<Known>) -> Result<bool, store::Error> {
    let parts = jmap.parts();
    let account = parts.store.account(id).await?.acting_as("push");
    let now = parts.world.clock.now().secs();
    let (state, mut all) = subscription::all(&account).await?;
    let mut over = Vec::new();
    for (number, subscription) in &all {
        if subscription.expires <= now || !is_current(parts, id, subscription).await? {
            over.push(ObjectChange::Remove(*number));
        }
    }
    if !over.is_empty() {
        account.change_objects(ObjectKind::PushSubscription, None, &over).await?;
        return Ok(all.len() > over.len());
    }
    if all.is_empty() {
        return Ok(false);
    }
    let next = all.iter().map(|(_, subscription)| subscription.expires).min().unwrap_or(now);
    let mut senders: FuturesUnordered<_> =
        all.drain(..).map(|(number, subscription)| sender(jmap, pushing, number, subscription, known)).collect();
    tokio::select! {
        changed = changed(&account, state) => changed?,
        () = tokio::time::sleep(Duration::from_secs(next.saturating_sub(now).max(1))) => {}
        Some(gone) = senders.next() => {
            account.change_objects(ObjectKind::PushSubscription, None, &[ObjectChange::Remove(gone)]).await?;
        }
    }
    Ok(true)
}

/// Whether the account is still the one, with the password, that made a subscription (RFC 8620, 7.2).
async fn is_current(parts: &Parts, id: AccountId, subscription: &Subscription) -> Result<bool, store::Error> {
    match parts.directory.account(&subscription.address).await {
        Ok(account) => {
            Ok(account.id == id && account.suspended.is_none() && account.credential == subscription.credential)
        }
        Err(directory::Error::NoSuchAccount(_) | directory::Error::NoSuchDomain(_)) => Ok(false),
        Err(error) => {
            tracing::warn!(%error, "the directory could not be asked");
            Err(store::Error::Closed)
        }
    }
}

/// Waits until there are others, or the account is.
async fn changed(account: &store::Account, state: ModSeq) -> Result<(), store::Error> {
    let mut commits = account.watch();
    loop {
        commits.borrow_and_update();
        if account.object_state(ObjectKind::PushSubscription).await? != state {
            return Ok(());
        }
        commits.changed().await.map_err(|_| store::Error::Closed)?;
    }
}

/// Sends what one subscription is told; ends where its push service does not know it any more.
async fn sender(
    jmap: &Jmap,
    pushing: &Pushing,
    number: ObjectId,
    subscription: Subscription,
    known: &Mutex<Known>,
) -> ObjectId {
    let parts = jmap.parts();
    if !subscription.verified {
        let fresh = known.lock().unwrap_or_else(PoisonError::into_inner).asked.insert(number);
        if fresh && send(parts, pushing, &subscription, &subscription.verification(number)).await == Sent::Gone {
            return number;
        }
        return std::future::pending().await;
    }
    let types = subscription.types.as_ref().map_or_else(|| "*".to_owned(), |types| types.join(","));
    let caller = Caller {
        account: subscription.account,
        address: subscription.address.clone(),
        role: Role::User,
        login: None,
        // nobody is at the other end
        peer: Peer {
            session: "push".into(),
            remote: (Ipv4Addr::UNSPECIFIED, 0).into(),
            listener: "push".into(),
            tls: None,
        },
    };
    loop {
        let last = known.lock().unwrap_or_else(PoisonError::into_inner).told.get(&number).cloned();
        let begun = jmap.push(&caller, &types, last.as_deref()).await;
        let (mut push, mut first) = match begun {
            Ok((push, first)) => (Some(push), first),
            Err(_) => (None, None),
        };
        while let Some(change) = next(&mut push, &mut first).await {
            // A password that was changed, or a suspension, is no commit of the account: it is looked at before each message.
            if !is_current(parts, subscription.account, &subscription).await.unwrap_or(true)
                || send(parts, pushing, &subscription, &change.object).await == Sent::Gone
            {
                return number;
            }
            known.lock().unwrap_or_else(PoisonError::into_inner).told.insert(number, change.id);
            tokio::time::sleep(GAP).await;
        }
        // the account cannot be read just now
        tokio::time::sleep(AWAY).await;
    }
}

/// What changes next; nothing where that cannot be known just now.
async fn next(push: &mut Option<Push>, first: &mut Option<StateChange>) -> Option<StateChange> {
    match first.take() {
        Some(first) => Some(first),
        None => push.as_mut()?.next().await.ok(),
    }
}
