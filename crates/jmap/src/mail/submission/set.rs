//! EmailSubmission/set (RFC 8621, 7.5): messages are sent and called back, and emails change with that.
use super::envelope;
use super::send::{Letter, taken};
use super::shown::{PROPERTIES, object};
use super::{object_id, settle, some, state};
use crate::capability::Capability;
use crate::commits::Begun;
use crate::context::Context;
use crate::limits::OBJECTS_IN_SET;
use crate::mail::email::{implied, patches, standings};
use crate::mail::identity::identities;
use crate::mail::reply::{Written, told};
use crate::method::{Answers, Method};
use crate::opened::Opened;
use crate::refusal;
use delivery::{Submission, UndoStatus};
use jmap_wire::{Arguments, Id, MethodError, Object, Set, SetError, patch};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Email, EmailId, ObjectChange, ObjectId, ObjectKind, ObjectsChanged, StateOf};

pub(super) const SET: Method = Method {
    name: "EmailSubmission/set",
    capability: Capability::Submission,
    run: |context, arguments| Box::pin(set(context, arguments)),
};

/// Those that are removed at once where an account has as many as it may have.
const MAKES_ROOM: usize = 1_000;

async fn set(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Set::take(&mut arguments, OBJECTS_IN_SET)?;
    let updates = patches(arguments.value("onSuccessUpdateEmail"))?;
    let destroys = arguments.texts("onSuccessDestroyEmail")?.unwrap_or_default();
    arguments.none_left()?;
    if updates.len() + destroys.len() > OBJECTS_IN_SET {
        return Err(MethodError::RequestTooLarge);
    }
    let mut opened = context.own_account(&asked.account).await?;
    settle(context, &opened).await?;
    let begun = Begun::of(&opened).await?;
    let old = opened.account.object_state(ObjectKind::Submission).await.map_err(|error| refusal::method(&error))?;
    let old_state = opened.state(old);
    opened.provide(asked.if_in_state.as_deref(), (StateOf::Objects(ObjectKind::Submission), old))?;
    let mut written = Written::default();
    // the emails of those that were successful, by how the client writes their ids
    let mut successful: BTreeMap<String, String> = BTreeMap::new();
    for (creation, object) in asked.create {
        match create(context, &opened, object).await {
            Ok((id, submission)) => {
                if let Ok(id) = Id::try_from(id.to_string()) {
                    context.creates(&creation, id);
                }
                successful.insert(format!("#{creation}"), submission.email.clone());
                written.created.insert(creation.into(), created(id, &submission));
            }
            Err(error) => drop(written.not_created.insert(creation.into(), told(&error))),
        }
    }
    for (id, by) in asked.update {
        match update(context, &opened, &id, &by).await {
            Ok(email) => {
                successful.insert(id.clone(), email);
                written.updated.insert(id, Value::Null);
            }
            Err(error) => drop(written.not_updated.insert(id, told(&error))),
        }
    }
    for id in asked.destroy {
        match destroy(context, &opened, &id).await {
            Ok(email) => {
                successful.insert(id.clone(), email);
                written.destroyed.push(id.into());
            }
            Err(error) => drop(written.not_destroyed.insert(id, told(&error))),
        }
    }
    opened.was_provided()?;
    // the queue writes into submissions meanwhile
    let new_state = begun.reached(&opened, &old_state, state(&opened).await?).await?;
    let answer = written.answer(context, &opened, old_state, new_state);
    let mut answers = vec![context.answer(answer)];
    let emails = |id: &String| successful.get(id).cloned();
    let updates: Vec<(String, Object)> =
        updates.into_iter().filter_map(|(id, patch)| Some((emails(&id)?, patch))).collect();
    let destroys: Vec<String> = destroys.iter().filter_map(emails).collect();
    // RFC 8621, 7.5: "a single implicit Email/set call MUST be made"
    if !updates.is_empty() || !destroys.is_empty() {
        answers.push(match implied(context, &opened, updates, destroys).await {
            Ok(answer) => answer,
            Err(error) => context.error(&error),
        });
    }
    Ok(answers)
}

/// What the client does not know of what it has created.
fn created(id: ObjectId, submission: &Submission) -> Value {
    let mut object = object(id, submission);
    object.retain(|name, _| !["identityId", "emailId"].contains(&name.as_str()));
    object.into()
}

async fn create(
    context: &Context<'_>,
    opened: &Opened,
    mut object: Object,
) -> Result<(ObjectId, Submission), SetError> {
    let mut id = |name: &str| match object.remove(name) {
        Some(Value::String(written)) => context.id(&written).ok_or_else(|| SetError::invalid(&[name])),
        _ => Err(SetError::invalid(&[name])),
    };
    let (identity, email) = (id("identityId")?, id("emailId")?);
    let envelope = match object.remove("envelope") {
        None | Some(Value::Null) => None,
        Some(value) => Some(envelope::read(&value)?),
    };
    if let Some((name, _)) = object.iter().find(|(_, value)| !value.is_null()) {
        return Err(SetError::invalid(&[name]));
    }
    let set = |error: store::Error| refusal::set(&error);
    let known = identities(context, opened).await.map_err(set)?;
    let own = known.list.iter().find(|(known, _)| known.to_string() == identity.as_str());
    let (_, own) = own.ok_or_else(|| SetError::invalid(&["identityId"]))?;
    let email = found(opened, &email).await?;
    let letter = Letter::read(context, opened, email, (envelope, &own.email)).await?;
    // written down first, with the delivery by which it goes: whatever becomes of this process, what was done is found
    let underway = context.parts.delivery.begin(context.caller.account);
    let submission = letter.submission(context, identity.into(), underway.delivery);
    let id = write_down(opened, &submission).await?;
    let accepted = match letter.send(context, (id, underway.delivery)).await {
        Ok(accepted) => accepted,
        Err(error) => {
            remove(opened, id).await?;
            underway.is_written_down();
            return Err(error);
        }
    };
    let changed = Submission::change(&opened.account, id, |submission| taken(submission, &accepted)).await;
    match changed {
        Ok(Some(submission)) => {
            underway.is_written_down();
            Ok((id, opened.commits.count(submission)))
        }
        // it is sent: whoever looks for it next finds out
        Ok(None) | Err(_) => {
            let mut submission = submission;
            taken(&mut submission, &accepted);
            Ok((id, submission))
        }
    }
}

async fn found(opened: &Opened, id: &Id) -> Result<Arc<Email>, SetError> {
    let wrong = || SetError::invalid(&["emailId"]);
    let set = |error: store::Error| refusal::set(&error);
    let email = id.as_str().parse::<EmailId>().ok().filter(|email| email.to_string() == id.as_str());
    let email = email.ok_or_else(wrong)?;
    if !standings(opened, &[email]).await.map_err(set)?.contains_key(&email) {
        return Err(wrong());
    }
    opened.account.emails(&[email]).await.map_err(set)?.into_iter().next().flatten().ok_or_else(wrong)
}

/// Keeps a submission; the oldest that are over make room for it.
async fn write_down(opened: &Opened, submission: &Submission) -> Result<ObjectId, SetError> {
    let set = |error: store::Error| refusal::set(&error);
    let create = [ObjectChange::Create(submission.encode().map_err(set)?)];
    let first = opened.account.change_objects(ObjectKind::Submission, None, &create).await;
    let outcome = match first {
        Err(store::Error::Limit { .. }) => {
            // RFC 8621, 7: "the server MAY destroy ... at any time after the message was sent"
            let all = opened.account.objects(ObjectKind::Submission).await.map_err(set)?;
            let over = all
                .objects
                .iter()
                .filter(|object| Submission::read(&object.value).is_ok_and(|one| one.undo != UndoStatus::Pending));
            let mut changes: Vec<ObjectChange> =
                over.take(MAKES_ROOM).map(|object| ObjectChange::Remove(object.id)).collect();
            changes.extend(create);
            let made = opened.account.change_objects(ObjectKind::Submission, None, &changes).await.map_err(set)?;
            made.map(|done| match done {
                ObjectsChanged::Done(done) => ObjectsChanged::Done(done.into_iter().rev().take(1).collect()),
                ObjectsChanged::StateMismatch => ObjectsChanged::StateMismatch,
            })
        }
        outcome => outcome.map_err(set)?,
    };
    match opened.commits.count(outcome) {
        ObjectsChanged::Done(done) => done.into_iter().next().flatten().ok_or_else(|| set(store::Error::Conflict)),
        ObjectsChanged::StateMismatch => Err(set(store::Error::Conflict)),
    }
}

async fn remove(opened: &Opened, id: ObjectId) -> Result<(), SetError> {
    let change = [ObjectChange::Remove(id)];
    let removed = opened.account.change_objects(ObjectKind::Submission, None, &change).await;
    removed.map(|removed| drop(opened.commits.count(removed))).map_err(|error| refusal::set(&error))
}

/// The submission of an id, or of a creation id.
async fn known(context: &Context<'_>, opened: &Opened, written: &str) -> Result<(ObjectId, Submission), SetError> {
    let not_found = || SetError::new("notFound");
    let id = context.id(written).filter(|id| object_id(id).is_some()).ok_or_else(not_found)?;
    let found = some(opened, std::slice::from_ref(&id)).await.map_err(|error| {
        tracing::warn!(%error, "a submission was not read");
        SetError::new("serverFail")
    })?;
    found.into_iter().next().ok_or_else(not_found)
}

/// "undoStatus ... may only be changed from pending to canceled"; gives the email.
async fn update(context: &Context<'_>, opened: &Opened, written: &str, by: &Object) -> Result<String, SetError> {
    let (id, submission) = known(context, opened, written).await?;
    let before = object(id, &submission);
    let mut patched = patch(&before, by).map_err(|error| SetError::new("invalidPatch").because(error.to_string()))?;
    let undo = patched.insert("undoStatus".to_owned(), before.get("undoStatus").cloned().unwrap_or_default());
    if let Some(name) = PROPERTIES.iter().find(|name| patched.get(**name) != before.get(**name)) {
        return Err(SetError::invalid(&[name]).because("it never changes"));
    }
    if let Some(name) = patched.keys().find(|name| !before.contains_key(*name)) {
        return Err(SetError::invalid(&[name]));
    }
    match undo.as_ref().and_then(Value::as_str) {
        was if was == before.get("undoStatus").and_then(Value::as_str) => return Ok(submission.email),
        Some("canceled") => {}
        _ => return Err(SetError::invalid(&["undoStatus"])),
    }
    let cannot = || SetError::new("cannotUnsend");
    let queue = submission.queue.filter(|_| submission.undo == UndoStatus::Pending).ok_or_else(cannot)?;
    match context.parts.delivery.call_back(queue, &format!("jmap {}", context.caller.peer.session)).await {
        Ok(true) => {}
        Ok(false) => return Err(cannot()),
        Err(error) => {
            tracing::warn!(%error, "a message was not called back");
            return Err(SetError::new("serverFail").because("not possible just now; please try again later"));
        }
    }
    let change = |submission: &mut Submission| submission.undo = UndoStatus::Canceled;
    let changed = Submission::change(&opened.account, id, change).await.map_err(|error| refusal::set(&error))?;
    changed.map(|changed| opened.commits.count(changed));
    Ok(submission.email)
}

/// It goes from the list; the message is where it is. Gives the email.
async fn destroy(context: &Context<'_>, opened: &Opened, written: &str) -> Result<String, SetError> {
    let (id, submission) = known(context, opened, written).await?;
    remove(opened, id).await?;
    Ok(submission.email)
}
