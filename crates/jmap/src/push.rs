//! What changed, as it changes (RFC 8620, 7): waits for the store's word, and asks nothing meanwhile.
use crate::caller::Caller;
use crate::capability::Capability;
use crate::error::Error;
use crate::jmap::{Jmap, Parts, open_other, open_own};
use crate::opened::Opened;
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
];

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
        Self::Some(TYPES.iter().filter(named).map(|of| of.name).collect())
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
        };
        push.watch_all().await?;
        let missed = last.is_some_and(|last| last != push.id());
        let whole = missed.then(|| push.change(push.watched.iter().map(|one| (one, TypeStates::default()))));
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
            let place = {
                let waits = self.watched.iter_mut().map(|one| Box::pin(one.changes.changed()));
                let (outcome, place, _) = select_all(waits).await;
                outcome.map_err(|_| Error::Store(store::Error::Closed))?;
                place
            };
            if let Some(change) = self.look(place).await? {
                return Ok(change);
            }
        }
    }

    async fn look(&mut self, place: usize) -> Result<Option<StateChange>, Error> {
        let Some(one) = self.watched.get_mut(place) else { return Ok(None) };
        let (id, own) = (one.id, one.id == self.caller.account);
        let before = one.told;
        match seen_by(self.caller.account, &one.account).await {
            Ok(now) => one.told = now,
            Err(store::Error::NoSuchAccount(_)) if !own => {
                self.watched.remove(place);
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        }
        let change = self.watched.get(place).and_then(|one| self.change(std::iter::once((one, before))));
        if own {
            self.watch_shared().await?;
        } else if change.is_some() && !self.still_shares(id).await? {
            // it may be shared again, and stays watched
            return Ok(None);
        }
        Ok(change)
    }

    /// The change of some accounts from what they were; nothing where no wanted type is another.
    fn change<'w>(&self, accounts: impl Iterator<Item = (&'w Watched, TypeStates)>) -> Option<StateChange> {
        let epoch = self.parts.store.epoch();
        let mut changed = Map::new();
        for (one, before) in accounts {
            let types = TYPES.iter().filter(|of| {
                self.wanted.has(of.name)
                    && (of.shared || one.id == self.caller.account)
                    && (of.state)(&one.told) != (of.state)(&before)
                    && Capability::there().any(|there| there == of.capability)
            });
            let types: Map<String, Value> =
                types.map(|of| (of.name.to_owned(), told(epoch, (of.state)(&one.told)).into())).collect();
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
        self.parts.store.epoch().hash(&mut hasher);
        format!("{:016x}", hasher.finish())
    }

    async fn watch_all(&mut self) -> Result<(), Error> {
        let own = open_own(&self.parts, &self.caller).await?;
        self.watch(&own).await?;
        self.watch_shared().await
    }

    /// Watches what is shared since the last look.
    async fn watch_shared(&mut self) -> Result<(), Error> {
        let own = open_own(&self.parts, &self.caller).await?;
        let sharers: Vec<AccountId> = own.mailboxes.sharers().take(MAX_SHARED).map(|(id, _)| id).collect();
        if sharers == self.sharers {
            return Ok(());
        }
        for id in &sharers {
            if !self.watched.iter().any(|one| one.id == *id)
                && let Ok(Some(other)) = open_other(&self.parts, &self.caller, &own, *id).await
            {
                self.watch(&other).await?;
            }
        }
        self.sharers = sharers;
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

    async fn still_shares(&self, id: AccountId) -> Result<bool, Error> {
        let own = open_own(&self.parts, &self.caller).await?;
        Ok(open_other(&self.parts, &self.caller, &own, id).await?.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::{StateChange, Wanted};
    use crate::bench::Bench;
    use futures_util::FutureExt;
    use serde_json::json;
    use store::{FlagChange, Flags, SystemFlags, Uid};

    #[test]
    fn types_are_all_or_some() {
        assert_eq!(Wanted::read("*"), Wanted::All);
        assert!(Wanted::read("Email,Nothing").has("Email") && !Wanted::read("Email").has("Mailbox"));
        assert_eq!(Wanted::read(""), Wanted::Some(Vec::new()));
    }

    #[tokio::test]
    async fn what_is_the_callers_own_is_told_and_anothers_is_not() {
        let bench = Bench::new().await;
        bench.share("INBOX", "lr").await;
        let types = "Identity,VacationResponse,EmailSubmission";
        let (mut anna, _) = bench.jmap.push(&bench.anna, types, None).await.unwrap();
        let (mut bram, _) = bench.jmap.push(&bench.bram, types, None).await.unwrap();
        bench.call("VacationResponse/set", json!({"update": {"singleton": {"isEnabled": true}}})).await;
        bench.call("Identity/get", json!({"ids": null})).await;
        let told = anna.next().await.unwrap().object["changed"][bench.anna.account.to_string()].clone();
        assert_eq!(told.as_object().unwrap().keys().collect::<Vec<_>>(), ["Identity", "VacationResponse"]);
        assert!(bram.next().now_or_never().is_none());
    }

    #[tokio::test]
    async fn a_commit_of_another_type_is_not_told() {
        let bench = Bench::new().await;
        let (mut push, at_once) = bench.jmap.push(&bench.anna, "", None).await.unwrap();
        assert_eq!(at_once, None);
        bench.append("INBOX", "Subject: x\r\n\r\n", Flags::default()).await;
        assert!(push.next().now_or_never().is_none());
    }

    #[tokio::test]
    async fn a_new_email_is_a_delivery_and_a_flag_is_none() {
        let bench = Bench::new().await;
        let (mut push, _) = bench.jmap.push(&bench.anna, "EmailDelivery", None).await.unwrap();
        bench.append("INBOX", "Subject: x\r\n\r\n", Flags::default()).await;
        let told = push.next().await.unwrap().object["changed"][bench.anna.account.to_string()].clone();
        assert_eq!(told.as_object().unwrap().keys().collect::<Vec<_>>(), ["EmailDelivery"]);
        let inbox = bench.mailbox("INBOX").await;
        let seen = FlagChange::Add(Flags::system(SystemFlags::SEEN));
        bench.account().await.store_flags(inbox, &[Uid::MIN], &seen, None).await.unwrap();
        assert!(push.next().now_or_never().is_none());
    }

    #[tokio::test]
    async fn what_was_missed_is_told_at_once() {
        let bench = Bench::new().await;
        let (push, _) = bench.jmap.push(&bench.anna, "*", None).await.unwrap();
        let known = push.id();
        let again = bench.jmap.push(&bench.anna, "*", Some(&known)).await.unwrap();
        assert_eq!(again.1, None);
        bench.append("INBOX", "Subject: x\r\n\r\n", Flags::default()).await;
        let (later, _) = bench.jmap.push(&bench.anna, "*", Some(&known)).await.unwrap();
        assert_ne!(later.id(), known);
    }

    #[tokio::test]
    async fn a_change_of_mail_is_told_once() {
        let bench = Bench::new().await;
        let (mut push, _) = bench.jmap.push(&bench.anna, "*", None).await.unwrap();
        let (mut mailboxes, _) = bench.jmap.push(&bench.anna, "Mailbox,Nothing", None).await.unwrap();
        bench.append("INBOX", "Subject: x\r\n\r\n", Flags::default()).await;
        let types = |change: StateChange| {
            assert_eq!(change.object["@type"], "StateChange");
            let states = change.object["changed"][bench.anna.account.to_string()].as_object().unwrap().clone();
            states.keys().cloned().collect::<Vec<_>>()
        };
        let told = push.next().now_or_never().unwrap().unwrap();
        let state = told.object["changed"][bench.anna.account.to_string()]["Email"].clone();
        assert_eq!(types(told), ["Email", "EmailDelivery", "Mailbox", "Quota", "Thread"]);
        assert!(push.next().now_or_never().is_none());
        assert_eq!(types(mailboxes.next().now_or_never().unwrap().unwrap()), ["Mailbox"]);
        // the state is the one that a method tells
        assert_eq!(bench.call("Email/get", json!({"ids": []})).await["state"], state);
    }

    #[tokio::test]
    async fn what_is_shared_is_told_while_it_is() {
        let bench = Bench::new().await;
        let (mut push, _) = bench.jmap.push(&bench.bram, "Email", None).await.unwrap();
        bench.share("INBOX", "lr").await;
        // the note in his own account makes him look
        assert!(push.next().now_or_never().is_none());
        bench.append("INBOX", "Subject: x\r\n\r\n", Flags::default()).await;
        let told = push.next().now_or_never().unwrap().unwrap();
        assert!(told.object["changed"][bench.anna.account.to_string()]["Email"].is_string());
        bench.share("INBOX", "").await;
        bench.append("INBOX", "Subject: y\r\n\r\n", Flags::default()).await;
        assert!(push.next().now_or_never().is_none());
        bench.share("INBOX", "lr").await;
        bench.append("INBOX", "Subject: z\r\n\r\n", Flags::default()).await;
        assert!(push.next().now_or_never().is_some());
    }
}
