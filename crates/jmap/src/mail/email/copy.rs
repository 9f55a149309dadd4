//! Email/copy (RFC 8621, 4.7): emails of another account come into this one.
use super::get::state;
use super::import::written;
use super::set::{Place, implied, place, put};
use super::standing::standings;
use crate::blob_id::BlobId;
use crate::blobs;
use crate::capability::Capability;
use crate::commits::Begun;
use crate::context::Context;
use crate::limits::OBJECTS_IN_SET;
use crate::mail::compose::Room;
use crate::mail::reply::{members, told};
use crate::method::{Answers, Method};
use crate::opened::Opened;
use crate::refusal;
use jmap_wire::{Arguments, Copy, Id, MethodError, Object, SetError};
use serde_json::{Map, Value};
use store::EmailId;

pub(crate) const COPY: Method = Method {
    name: "Email/copy",
    capability: Capability::Mail,
    run: |context, arguments| Box::pin(copy(context, arguments)),
};

async fn copy(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Copy::take(&mut arguments, OBJECTS_IN_SET)?;
    arguments.none_left()?;
    let from = context.account_from(&asked.from).await?;
    let mut opened = context.account_to_change(&asked.account).await?;
    if let Some(expected) = asked.if_from_in_state
        && expected != state(&from).await?
    {
        return Err(MethodError::StateMismatch);
    }
    let begun = Begun::of(&opened).await?;
    let old = opened.states_now().await.map_err(|error| refusal::method(&error))?.email;
    let old_state = opened.state(old);
    opened.provide(asked.if_in_state.as_deref(), (opened.emails(), old))?;
    let (mut created, mut not_created, mut copied) = (Map::new(), Map::new(), Vec::new());
    let mut room = Room::new(context.parts.settings.max_message_size.bytes());
    for (creation, object) in asked.create {
        match copy_one(context, (&from, &opened), object, &mut room).await {
            Ok((original, made)) => {
                if let Some(id) = made["id"].as_str().and_then(|id| Id::try_from(id).ok()) {
                    context.creates(&creation, id);
                }
                copied.push(original.to_string());
                created.insert(creation.into(), made.into());
            }
            Err(error) => drop(not_created.insert(creation.into(), told(&error))),
        }
    }
    opened.was_provided()?;
    let new_state = begun.reached(&opened, &old_state, state(&opened).await?).await?;
    let or_null = |members: Map<String, Value>| if members.is_empty() { Value::Null } else { members.into() };
    let answer = members([
        ("fromAccountId", from.id.as_str().into()),
        ("accountId", opened.id.as_str().into()),
        ("oldState", old_state.into()),
        ("newState", new_state.into()),
        ("created", or_null(created)),
        ("notCreated", or_null(not_created)),
    ]);
    let mut answers = vec![context.answer(answer)];
    // RFC 8620, 5.4: a Foo/set of what was copied, if the state is the expected one
    if asked.destroy_originals && !copied.is_empty() {
        let expected = asked.destroy_from_if_in_state;
        let implied = if expected.is_some() && expected != Some(state(&from).await?) {
            Err(MethodError::StateMismatch)
        } else {
            implied(context, &from, Vec::new(), copied).await
        };
        answers.push(implied.unwrap_or_else(|error| context.error(&error)));
    }
    Ok(answers)
}

async fn copy_one(
    context: &Context<'_>,
    (from, opened): (&Opened, &Opened),
    mut object: Object,
    room: &mut Room,
) -> Result<(EmailId, Object), SetError> {
    let id = match object.remove("id") {
        Some(Value::String(id)) => context.id(&id),
        _ => None,
    };
    let id = id.and_then(|id| id.as_str().parse::<EmailId>().ok()).ok_or_else(|| SetError::new("notFound"))?;
    let set = |error: store::Error| refusal::set(&error);
    let standing = standings(from, &[id]).await.map_err(set)?.remove(&id);
    let standing = standing.ok_or_else(|| SetError::new("notFound"))?;
    let email = from.account.emails(&[id]).await.map_err(set)?.into_iter().next().flatten();
    let email = email.ok_or_else(|| SetError::new("notFound"))?;
    // "keywords ... if omitted, the keywords of the original"
    object.entry("keywords").or_insert_with(|| standing.keywords());
    let given = object.contains_key("receivedAt");
    let mut place: Place = place(context, opened, &mut object)?;
    if !given {
        place.received = email.received;
    }
    if let Some(name) = object.keys().next() {
        return Err(SetError::invalid(&[name]));
    }
    let blob = blobs::open(context.parts, context.caller, from, BlobId::Whole(email.blob)).await.map_err(set)?;
    let blob = blob.ok_or_else(|| SetError::new("notFound"))?;
    Ok((id, put(opened, written(context, blob, room).await?, place).await?))
}
