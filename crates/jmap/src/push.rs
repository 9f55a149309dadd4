//! What changed, as it changes (RFC 8620, 7): waits for the store's word, and asks nothing meanwhile.
use crate::caller::Caller;
use crate::capability::Capability;
use crate::error::Error;
use crate::jmap::{Jmap, Parts, open_other, open_own};
use crate::opened::Opened;
use crate::sharing::principal;
use crate::state::{seen_by, told};
use futures_util::future::select_all;
use names::AccountId;
use serde_json::{Map, Value, json};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use store::{ModSeq, TypeStates};
use tokio::sync::watch;

/// A type whose changes are told.
struct DataType {
    name: &'static str,
    /// Told only where this is there.
    capability: Capability,
    /// Whether it is told of accounts that are shared, too.
    shared: bool,
    state: fn(&TypeStates) -> ModSeq,
}

const TYPES: &[DataType] = &[
    DataType { name: "Mailbox", capability: Capability::Mail, shared: true, state: |states| states.mailbox },
    DataType { name: "Thread", capability: Capability::Mail, shared: true, state: |states| states.thread },
    DataType { name: "Quota", capability: Capability::Quota, shared: true, state: |states| states.quota },
    DataType { name: "Email", capability: Capability::Mail, shared: true, state: |states| states.email },
    // RFC 8621, 1.5: what is pushed when there is a new email, and has no methods
    DataType {
        name: "EmailDelivery",
        capability: Capability::Mail,
        shared: true,
        state: |states| states.email_delivery,
    },
    DataType { name: "Identity", capability: Capability::Submission, shared: false, state: |states| states.identity },
    DataType {
        name: "EmailSubmission",
        capability: Capability::Submission,
        shared: false,
        state: |states| states.submission,
    },
    DataType {
        name: "VacationResponse",
        capability: Capability::Vacation,
        shared: false,
        state: |states| states.vacation,
    },
    DataType {
        name: "AddressBook",
        capability: Capability::Contacts,
        shared: false,
        state: |states| states.address_book,
    },
    DataType {
        name: "ContactCard",
        capability: Capability::Contacts,
        shared: false,
        state: |states| states.contact_card,
    },
    DataType {
        name: "ShareNotification",
        capability: Capability::Principals,
        shared: false,
        state: |states| states.share_notification,
    },
    DataType {
        name: "BlockedSender",
        capability: Capability::Account,
        shared: false,
        state: |states| states.blocked_sender,
    },
    DataType { name: "Label", capability: Capability::Account, shared: false, state: |states| states.label },
    DataType {
        name: "SavedSearch",
        capability: Capability::Account,
        shared: false,
        state: |states| states.saved_search,
    },
];

/// The type whose state is none of the store's: whom the caller knows.
const PRINCIPAL: &str = "Principal";

/// Accounts of others that are watched.
const MAX_SHARED: usize = 100;

/// Which types a listener wants: all, or some by name.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Wanted {
    All,
    Some(Vec<&'static str>),
}

impl Wanted {
    /// `*`, or names between commas (RFC 8620, 7.3); unknown ones are never told of.
    fn read(types: &str) -> Self {
        if types == "*" {
            return Self::All;
        }
        let named = |name: &&DataType| types.split(',').any(|wanted| wanted == name.name);
        let principals = types.split(',').any(|wanted| wanted == PRINCIPAL).then_some(PRINCIPAL);
        Self::Some(TYPES.iter().filter(named).map(|of| of.name).chain(principals).collect())
    }

    fn has(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Some(names) => names.contains(&name),
        }
    }
}

/// One account that is watched.
struct Watched {
    id: AccountId,
    account: store::Account,
    changes: watch::Receiver<ModSeq>,
    told: TypeStates,
}

/// Somebody who is told what changes.
pub struct Push {
    parts: Arc<Parts>,
    caller: Caller,
    wanted: Wanted,
    watched: Vec<Watched>,
    /// What shares something with the caller, as it was when that was looked at.
    sharers: Vec<AccountId>,
    /// The state of his subscriptions, and of what he was told of sharing, then.
    sharing: ModSeq,
    /// The state of principals that was told last, where it is wanted.
    principals: Option<String>,
    /// The account that has changed and is being looked at.
    stirred: Option<AccountId>,
}

/// What changed, and an id that stands for all that the listener knows then.
#[derive(Debug, Clone, PartialEq)]
pub struct StateChange {
    /// The object to be told.
    pub object: Value,
    /// The id.
    pub id: String,
}

impl Jmap {
    /// Begins to watch the caller's account and what is shared with him. `types` is `*`, or names between commas; `last` is
    /// the id of the last change that the listener knows: what happened since is told at once.
    ///
    /// # Errors
    /// When the account cannot be read just now.
    pub async fn push(
        &self,
        caller: &Caller,
        types: &str,
        last: Option<&str>,
    ) -> Result<(Push, Option<StateChange>), Error> {
        let parts = Arc::clone(self.parts());
        let mut push = Push {
            parts,
            caller: caller.clone(),
            wanted: Wanted::read(types),
            watched: Vec::new(),
            sharers: Vec::new(),
            sharing: ModSeq(0),
            principals: None,
            stirred: None,
        };
        push.watch_all().await?;
        let missed = last.is_some_and(|last| last != push.id());
        let since_ever = || push.watched.iter().map(|one| (one, TypeStates::default()));
        let whole = missed.then(|| push.change(since_ever(), push.principals.as_deref()));
        Ok((push, whole.flatten()))
    }
}

impl Push {
    /// Waits for the next change of a wanted type.
    ///
    /// # Cancel safety
    /// Nothing is lost: asked again, it tells all that changed since it told last.
    ///
    /// # Errors
    /// When the account cannot be read any more.
    pub async fn next(&mut self) -> Result<StateChange, Error> {
        loop {
            let id = match self.stirred {
                Some(id) => id,
                None => {
                    let waits = self.watched.iter_mut().map(|one| Box::pin(one.changes.changed()));
                    let (outcome, place, _) = select_all(waits).await;
                    outcome.map_err(|_| Error::Store(store::Error::Closed))?;
                    let Some(one) = self.watched.get(place) else { continue };
                    one.id
                }
            };
            // until it was looked at, however often this is dropped
            self.stirred = Some(id);
            // apart, so that thousands who wait hold nothing of what a look takes
            let change = Box::pin(self.look(id)).await?;
            self.stirred = None;
            if let Some(change) = change {
                return Ok(change);
            }
        }
    }

    /// Looks at an account that has changed; what is told of it is noted at the end, without a wait before it is told.
    async fn look(&mut self, id: AccountId) -> Result<Option<StateChange>, Error> {
        let own = id == self.caller.account;
        let Some(one) = self.watched.iter().find(|one| one.id == id) else { return Ok(None) };
        let before = one.told;
        let now = match seen_by(self.caller.account, &one.account.clone()).await {
            Ok(now) => now,
            Err(store::Error::NoSuchAccount(_)) if !own => {
                self.watched.retain(|one| one.id != id);
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        };
        let (mut principals, mut is_told) = (None, true);
        if own {
            if now.sharing != before.sharing {
                principals = self.other_principals().await?;
            }
            self.watch_shared().await?;
        } else if now != before {
            // it may be shared again, and stays watched
            is_told = self.still_shares(id).await?;
        }
        if principals.is_some() {
            self.principals.clone_from(&principals);
        }
        let Some(one) = self.watched.iter_mut().find(|one| one.id == id) else { return Ok(None) };
        one.told = now;
        let one = self.watched.iter().find(|one| one.id == id).filter(|_| is_told);
        Ok(one.and_then(|one| self.change(std::iter::once((one, before)), principals.as_deref())))
    }

    /// The state of principals, where it is wanted and another than was told last.
    async fn other_principals(&self) -> Result<Option<String>, Error> {
        let Some(before) = &self.principals else { return Ok(None) };
        let now = principal::state(&self.parts, &self.caller).await?;
        Ok((*before != now).then_some(now))
    }

    /// The change of some accounts from what they were, and of principals; nothing where no wanted type is another.
    fn change<'w>(
        &self,
        accounts: impl Iterator<Item = (&'w Watched, TypeStates)>,
        principals: Option<&str>,
    ) -> Option<StateChange> {
        let epoch = self.parts.store.epoch();
        let mut changed = Map::new();
        for (one, before) in accounts {
            let types = TYPES.iter().filter(|of| {
                self.wanted.has(of.name)
                    && (of.shared || one.id == self.caller.account)
                    && (of.state)(&one.told) != (of.state)(&before)
                    && Capability::there().any(|there| there == of.capability)
            });
            let mut types: Map<String, Value> =
                types.map(|of| (of.name.to_owned(), told(epoch, (of.state)(&one.told)).into())).collect();
            if let Some(state) = principals.filter(|_| one.id == self.caller.account) {
                types.insert(PRINCIPAL.to_owned(), state.into());
            }
            if !types.is_empty() {
                changed.insert(one.id.to_string(), Value::Object(types));
            }
        }
        let object = json!({"@type": "StateChange", "changed": changed});
        (object["changed"] != json!({})).then(|| StateChange { object, id: self.id() })
    }

    /// Stands for all states that the listener knows.
    fn id(&self) -> String {
        let mut hasher = DefaultHasher::new();
        for one in &self.watched {
            one.id.hash(&mut hasher);
            TYPES.iter().for_each(|of| (of.state)(&one.told).hash(&mut hasher));
        }
        self.principals.hash(&mut hasher);
        self.parts.store.epoch().hash(&mut hasher);
        format!("{:016x}", hasher.finish())
    }

    async fn watch_all(&mut self) -> Result<(), Error> {
        let own = open_own(&self.parts, &self.caller).await?;
        self.watch(&own).await?;
        if self.wanted.has(PRINCIPAL) {
            self.principals = Some(principal::state(&self.parts, &self.caller).await?);
        }
        self.watch_shared().await
    }

    /// Watches what is shared since the last look, as far as the caller has subscribed it. RFC 9670, 1.4: changes "MUST NOT be
    /// sent for any Account where the user is not subscribed to any records".
    async fn watch_shared(&mut self) -> Result<(), Error> {
        let own = open_own(&self.parts, &self.caller).await?;
        let subscribed = own.mailboxes.sharers().filter(|(_, sharer)| own.subscribes_below(&sharer.address));
        let sharers: Vec<AccountId> = subscribed.take(MAX_SHARED).map(|(id, _)| id).collect();
        let sharing = own.account.type_states().await?.sharing;
        if sharers == self.sharers && sharing == self.sharing {
            return Ok(());
        }
        self.watched.retain(|one| one.id == self.caller.account || sharers.contains(&one.id));
        for id in &sharers {
            if !self.watched.iter().any(|one| one.id == *id)
                && let Ok(Some(other)) = open_other(&self.parts, &self.caller, &own, *id).await
            {
                self.watch(&other).await?;
            }
        }
        (self.sharers, self.sharing) = (sharers, sharing);
        Ok(())
    }

    async fn watch(&mut self, opened: &Opened) -> Result<(), Error> {
        let account = opened.account.clone();
        let mut changes = account.watch();
        changes.borrow_and_update();
        let told = seen_by(self.caller.account, &account).await?;
        self.watched.push(Watched { id: account.id(), account, changes, told });
        Ok(())
    }

    /// Whether another's account has anything that the caller sees and has subscribed.
    async fn still_shares(&self, id: AccountId) -> Result<bool, Error> {
        let own = open_own(&self.parts, &self.caller).await?;
        let Some((_, sharer)) = own.mailboxes.sharers().find(|(sharer, _)| *sharer == id) else { return Ok(false) };
        let other = open_other(&self.parts, &self.caller, &own, id).await?;
        Ok(other.is_some_and(|other| own.subscribes_to(&sharer.address, &other)))
    }
}

#[cfg(test)]
mod tests;
