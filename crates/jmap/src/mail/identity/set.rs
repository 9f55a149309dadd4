//! Identity/set (RFC 8621, 6.3).
use super::kept::{Identities, Identity, Mailbox, identities};
use crate::capability::Capability;
use crate::commits::Begun;
use crate::context::Context;
use crate::limits::OBJECTS_IN_SET;
use crate::mail::reply::{Written, told};
use crate::method::{Answers, Method};
use crate::opened::Opened;
use crate::refusal;
use jmap_wire::{Arguments, Id, MethodError, Object, Set, SetError, patch};
use names::Address;
use serde_json::{Value, json};
use store::{ModSeq, ObjectChange, ObjectId, ObjectKind, ObjectsChanged, StateOf};

pub(super) const SET: Method = Method {
    name: "Identity/set",
    capability: Capability::Submission,
    run: |context, arguments| Box::pin(set(context, arguments)),
};

/// The most octets of a name.
const MOST_NAME: usize = 1_000;
/// The most octets of a signature.
const MOST_SIGNATURE: usize = 16 * 1024;
/// The most addresses of a list.
const MOST_ADDRESSES: usize = 20;

async fn set(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Set::take(&mut arguments, OBJECTS_IN_SET)?;
    arguments.none_left()?;
    let mut opened = context.own_account(&asked.account).await?;
    let begun = Begun::of(&opened).await?;
    let before = identities(context, &opened).await.map_err(|error| refusal::method(&error))?;
    let old_state = opened.state(before.state);
    opened.provide(asked.if_in_state.as_deref(), (StateOf::Objects(ObjectKind::Identity), before.state))?;
    let mut written = Written::default();
    for (creation, object) in asked.create {
        match create(context, &opened, object).await? {
            Ok((id, identity)) => {
                written.created.insert(creation.to_string(), created(id, &identity));
                if let Ok(id) = Id::try_from(id.to_string()) {
                    context.creates(&creation, id);
                }
            }
            Err(error) => drop(written.not_created.insert(creation.to_string(), told(&error))),
        }
    }
    for (id, change) in asked.update {
        let done = match found(context, &before, &id) {
            Some((id, identity)) => update(&opened, (id, identity), &change).await?,
            None => Err(SetError::new("notFound")),
        };
        match done {
            Ok(()) => drop(written.updated.insert(id, Value::Null)),
            Err(error) => drop(written.not_updated.insert(id, told(&error))),
        }
    }
    for id in asked.destroy {
        let done = match found(context, &before, &id) {
            // RFC 8621, 6.3: "mayDelete ... if false, then ... rejected with a forbidden SetError"
            Some((_, identity)) if identity.own => Err(SetError::new("forbidden").because("it is the account's own")),
            Some((id, _)) => change(&opened, ObjectChange::Remove(id)).await?.map(drop),
            None => Err(SetError::new("notFound")),
        };
        match done {
            Ok(()) => written.destroyed.push(id.into()),
            Err(error) => drop(written.not_destroyed.insert(id, told(&error))),
        }
    }
    opened.was_provided()?;
    let state = opened.account.object_state(ObjectKind::Identity).await.map_err(|error| refusal::method(&error))?;
    let new_state = begun.reached(&opened, &old_state, opened.state(state)).await?;
    Ok(vec![context.answer(written.answer(context, &opened, old_state, new_state))])
}

/// What the server has set beside what the client gave.
fn created(id: ObjectId, identity: &Identity) -> Value {
    let mut object = identity.object(id);
    object.remove("email");
    object.into()
}

/// One that was there when the call began, or was created in this request.
fn found(context: &Context<'_>, before: &Identities, id: &str) -> Option<(ObjectId, Identity)> {
    let id = context.id(id)?;
    before.list.iter().find(|(known, _)| known.to_string() == id.as_str()).cloned()
}

async fn create(
    context: &Context<'_>,
    opened: &Opened,
    object: Object,
) -> Result<Result<(ObjectId, Identity), SetError>, MethodError> {
    let identity = match read(object) {
        Ok(identity) => identity,
        Err(error) => return Ok(Err(error)),
    };
    let Ok(address) = identity.email.parse::<Address>() else {
        return Ok(Err(SetError::invalid(&["email"])));
    };
    match context.parts.directory.may_send_as(context.caller.account, &address).await {
        Ok(true) => {}
        // RFC 8621, 6.3
        Ok(false) => return Ok(Err(SetError::new("forbiddenFrom"))),
        Err(error) => {
            tracing::warn!(%error, "sender not looked up");
            return Err(MethodError::ServerUnavailable);
        }
    }
    let Ok(value) = identity.encode() else { return Ok(Err(SetError::new("tooLarge"))) };
    let done = change(opened, ObjectChange::Create(value)).await?;
    Ok(done.map(|id| (id, identity)))
}

async fn update(
    opened: &Opened,
    (id, identity): (ObjectId, Identity),
    by: &Object,
) -> Result<Result<(), SetError>, MethodError> {
    let object = identity.object(id);
    let mut patched = match patch(&object, by) {
        Ok(patched) => patched,
        Err(error) => return Ok(Err(SetError::new("invalidPatch").because(error.to_string()))),
    };
    // what the server sets may be written as it is, and no other way; so may the address, which stays
    for name in ["id", "mayDelete", "email"] {
        if patched.get(name) != object.get(name) {
            return Ok(Err(SetError::invalid(&[name])));
        }
    }
    patched.remove("id");
    patched.remove("mayDelete");
    let read = match read(patched) {
        Ok(read) => Identity { own: identity.own, ..read },
        Err(error) => return Ok(Err(error)),
    };
    let Ok(value) = read.encode() else { return Ok(Err(SetError::new("tooLarge"))) };
    Ok(change(opened, ObjectChange::Replace(id, value)).await?.map(drop))
}

async fn change(opened: &Opened, change: ObjectChange) -> Result<Result<ObjectId, SetError>, MethodError> {
    match opened.account.change_objects(ObjectKind::Identity, None::<ModSeq>, &[change]).await {
        Ok(outcome) => Ok(match opened.commits.count(outcome) {
            ObjectsChanged::Done(done) => done.into_iter().next().flatten().ok_or_else(|| SetError::new("notFound")),
            ObjectsChanged::StateMismatch => Err(SetError::new("notFound")),
        }),
        Err(error) => Ok(Err(refusal::set(&error))),
    }
}

/// An identity from its properties; what is not given is what it is by default.
fn read(object: Object) -> Result<Identity, SetError> {
    let mut identity = Identity::default();
    for (name, value) in object {
        let wrong = || SetError::invalid(&[&name]);
        let text = |most: usize| match &value {
            Value::String(text) if text.len() <= most => Ok(text.clone()),
            _ => Err(wrong()),
        };
        match name.as_str() {
            "name" => {
                identity.name = text(MOST_NAME)
                    .and_then(|name| if name.contains(char::is_control) { Err(wrong()) } else { Ok(name) })?
            }
            "email" => identity.email = text(MOST_NAME)?,
            "replyTo" => identity.reply_to = addresses(&value).ok_or_else(wrong)?,
            "bcc" => identity.bcc = addresses(&value).ok_or_else(wrong)?,
            "textSignature" => identity.text_signature = text(MOST_SIGNATURE)?,
            "htmlSignature" => identity.html_signature = text(MOST_SIGNATURE)?,
            _ => return Err(wrong()),
        }
    }
    if identity.email.is_empty() { Err(SetError::invalid(&["email"])) } else { Ok(identity) }
}

/// A list of addresses, or `null`.
fn addresses(value: &Value) -> Option<Option<Vec<Mailbox>>> {
    if value.is_null() {
        return Some(None);
    }
    let list: Vec<Mailbox> = value.as_array()?.iter().map(mailbox).collect::<Option<_>>()?;
    (list.len() <= MOST_ADDRESSES).then_some(Some(list))
}

fn mailbox(value: &Value) -> Option<Mailbox> {
    let mailbox: Mailbox =
        serde_json::from_value(json!({"name": value.get("name"), "email": value.get("email")})).ok()?;
    let sound = mailbox.email.parse::<Address>().is_ok()
        && mailbox.name.as_ref().is_none_or(|name| name.len() <= MOST_NAME && !name.contains(char::is_control));
    sound.then_some(mailbox)
}
