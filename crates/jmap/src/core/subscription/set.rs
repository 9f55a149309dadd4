//! PushSubscription/set (RFC 8620, 7.2.2). It has no state, so neither `ifInState` nor `newState`.
mod change;

use super::{MAX_TEXT, MAX_TYPES, PushUrl, Subscription, number};
use crate::capability::Capability;
use crate::context::Context;
use crate::limits::OBJECTS_IN_SET;
use crate::method::{Answers, Method};
use crate::opened::Opened;
use crate::refusal;
use crate::webpush::Keys;
use change::change;
use data_encoding::BASE64URL_NOPAD;
use jmap_wire::{Arguments, Id, MethodError, Object, SetError, UtcDate, updates, utc_date};
use serde_json::{Map, Value, json};
use store::{ObjectChange, ObjectId, ObjectKind, ObjectsChanged};

pub(crate) const SET: Method = Method {
    name: "PushSubscription/set",
    capability: Capability::Core,
    run: |context, arguments| Box::pin(set(context, arguments)),
};

/// How long a subscription lasts at most, in seconds: the client asks for more time before.
const LIFE: u64 = 7 * 24 * 3_600;

/// What was done and what was not, by id.
#[derive(Default)]
struct Done {
    created: Map<String, Value>,
    updated: Map<String, Value>,
    destroyed: Vec<Value>,
    not_created: Map<String, Value>,
    not_updated: Map<String, Value>,
    not_destroyed: Map<String, Value>,
}

async fn set(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let create = arguments.objects("create")?.unwrap_or_default();
    let update = updates(&mut arguments)?;
    let destroy = arguments.texts("destroy")?.unwrap_or_default();
    arguments.none_left()?;
    if create.len() + update.len() + destroy.len() > OBJECTS_IN_SET {
        return Err(MethodError::RequestTooLarge);
    }
    let own = context.own().await?;
    let mut done = Done::default();
    for (creation, object) in create {
        match make(context, &own, &object).await? {
            Ok((id, told)) => {
                context.creates(&creation, id);
                done.created.insert(creation.to_string(), told);
            }
            Err(error) => drop(done.not_created.insert(creation.to_string(), json!(error))),
        }
    }
    for (id, patch) in update {
        // RFC 8620, 5.3
        let will_go = destroy.iter().any(|going| context.id(going).is_some_and(|going| context.id(&id) == Some(going)));
        let changed =
            if will_go { Err(SetError::new("willDestroy")) } else { change(context, &own, &id, &patch).await? };
        match changed {
            Ok(told) => drop(done.updated.insert(id, told)),
            Err(error) => drop(done.not_updated.insert(id, json!(error))),
        }
    }
    for id in destroy {
        let known = context.id(&id).and_then(|id| number(&id));
        match write(&own, known.map(ObjectChange::Remove)).await? {
            Ok(_) => done.destroyed.push(id.into()),
            Err(error) => drop(done.not_destroyed.insert(id, json!(error))),
        }
    }
    Ok(vec![context.answer(done.told())])
}

impl Done {
    fn told(self) -> Map<String, Value> {
        let some = |map: Map<String, Value>| if map.is_empty() { Value::Null } else { Value::Object(map) };
        let destroyed = if self.destroyed.is_empty() { Value::Null } else { Value::Array(self.destroyed) };
        let mut told = Map::new();
        for (name, value) in [
            ("created", some(self.created)),
            ("updated", some(self.updated)),
            ("destroyed", destroyed),
            ("notCreated", some(self.not_created)),
            ("notUpdated", some(self.not_updated)),
            ("notDestroyed", some(self.not_destroyed)),
        ] {
            told.insert(name.to_owned(), value);
        }
        told
    }
}

type Outcome<T> = Result<Result<T, SetError>, MethodError>;

async fn make(context: &Context<'_>, own: &Opened, object: &Object) -> Outcome<(Id, Value)> {
    let parts = context.parts;
    let now = parts.world.clock.now();
    let account = match parts.directory.account(&context.caller.address).await {
        Ok(account) if account.id == context.caller.account => account,
        Ok(_) | Err(directory::Error::NoSuchAccount(_) | directory::Error::NoSuchDomain(_)) => {
            return Err(MethodError::Forbidden);
        }
        Err(_) => return Err(MethodError::ServerUnavailable),
    };
    let mut code = [0; 24];
    parts.world.random.fill(&mut code);
    let subscription = match read(object, now.secs()) {
        Ok(told) => Subscription {
            account: account.id,
            address: account.address,
            credential: account.credential,
            code: BASE64URL_NOPAD.encode(&code),
            ..told
        },
        Err(error) => return Ok(Err(error)),
    };
    if !parts.pushing.may_make(context.caller.account, now) {
        return Ok(Err(SetError::new("rateLimit")));
    }
    let expires = utc_date(i64::try_from(subscription.expires).unwrap_or(i64::MAX));
    // before the subscription, so that a start after a power cut finds it
    parts.store.note_pushed(context.caller.account).await.map_err(|error| refusal::method(&error))?;
    match write(own, Some(ObjectChange::Create(subscription.encode().into()))).await? {
        Ok(made) => {
            parts.pushing.begin(context.caller.account);
            let id = Id::try_from(made.to_string()).map_err(|_| MethodError::ServerFail("an id".to_owned()))?;
            let told = json!({"id": id.as_str(), "keys": null, "expires": expires});
            Ok(Ok((id, told)))
        }
        Err(error) => Ok(Err(error)),
    }
}

/// A subscription to be, without what the server adds.
fn read(object: &Object, now: u64) -> Result<Subscription, SetError> {
    let known = ["deviceClientId", "url", "keys", "expires", "types", "verificationCode"];
    let unknown: Vec<&str> = object.keys().map(String::as_str).filter(|name| !known.contains(name)).collect();
    if !unknown.is_empty() {
        return Err(SetError::invalid(&unknown));
    }
    let text = |name: &str| object.get(name).and_then(Value::as_str);
    let device = text("deviceClientId").filter(|text| !text.is_empty() && text.len() <= MAX_TEXT);
    let url = text("url").and_then(PushUrl::read);
    let keys = match object.get("keys") {
        None | Some(Value::Null) => Some(None),
        Some(keys) => Keys::read(keys).map(Some),
    };
    // "MUST be null (or omitted) when the subscription is created"
    let code = matches!(object.get("verificationCode"), None | Some(Value::Null));
    let (types, expires) = (types(object.get("types")), expires(object.get("expires"), now));
    let wrong: Vec<&str> = [
        ("deviceClientId", device.is_none()),
        ("url", url.is_none()),
        ("keys", keys.is_none()),
        ("verificationCode", !code),
        ("types", types.is_none()),
        ("expires", expires.is_none()),
    ]
    .into_iter()
    .filter_map(|(name, wrong)| wrong.then_some(name))
    .collect();
    match (device, url, keys, types, expires) {
        (Some(device), Some(url), Some(keys), Some(types), Some(expires)) if wrong.is_empty() => Ok(Subscription {
            account: names::AccountId(0),
            address: nobody()?,
            credential: 0,
            device: device.to_owned(),
            url,
            keys,
            types,
            expires,
            code: String::new(),
            verified: false,
        }),
        _ => Err(SetError::invalid(&wrong)),
    }
}

/// Makes one change; `notFound` where there is nothing to change.
async fn write(own: &Opened, change: Option<ObjectChange>) -> Outcome<ObjectId> {
    let Some(change) = change else { return Ok(Err(SetError::new("notFound"))) };
    match own.account.change_objects(ObjectKind::PushSubscription, None, &[change]).await {
        Ok(outcome) => Ok(match outcome.into_value() {
            ObjectsChanged::Done(done) => done.into_iter().next().flatten().ok_or_else(|| SetError::new("notFound")),
            ObjectsChanged::StateMismatch => Err(SetError::new("notFound")),
        }),
        Err(error @ store::Error::Limit { .. }) => Ok(Err(refusal::set(&error))),
        Err(error) => Err(refusal::method(&error)),
    }
}

/// All types for nothing; nothing in return where it is no list of them.
#[expect(clippy::option_option, reason = "null is all types, and that is something else than a wrong value")]
fn types(told: Option<&Value>) -> Option<Option<Vec<String>>> {
    match told {
        None | Some(Value::Null) => Some(None),
        Some(Value::Array(names)) if names.len() <= MAX_TYPES => {
            let names = names.iter().map(|name| name.as_str().filter(|name| name.len() <= MAX_TEXT).map(str::to_owned));
            // a comma parts names where all are told in one line
            names.collect::<Option<Vec<_>>>().filter(|names| !names.iter().any(|name| name.contains(','))).map(Some)
        }
        Some(_) => None,
    }
}

/// When it ends, in seconds: at most a week from now, whatever was asked for.
fn expires(told: Option<&Value>, now: u64) -> Option<u64> {
    match told {
        None | Some(Value::Null) => Some(now + LIFE),
        Some(told) => {
            let asked = UtcDate::parse(told.as_str()?)?.0.as_second();
            u64::try_from(asked).ok().filter(|asked| *asked > now).map(|asked| asked.min(now + LIFE))
        }
    }
}

/// Stands where the caller's address comes.
fn nobody() -> Result<names::Address, SetError> {
    "nobody@invalid".parse().map_err(|_| SetError::new("serverFail"))
}

#[cfg(test)]
mod tests;
