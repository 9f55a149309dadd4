//! Email/import (RFC 8621, 4.8): messages that were uploaded become emails.
use super::get::state;
use super::set::{place, put};
use crate::blobs::Blob;
use crate::capability::Capability;
use crate::commits::Begun;
use crate::context::Context;
use crate::limits::OBJECTS_IN_SET;
use crate::mail::compose::{Room, Shelf, Unwritten};
use crate::mail::reply::{members, told};
use crate::method::{Answers, Method};
use crate::opened::Opened;
use crate::refusal;
use jmap_wire::{Arguments, Id, MethodError, Object, SetError};
use message::{Envelope, Flaw};
use serde_json::{Map, Value};
use store::{LineEnds, NewBlob};

pub(crate) const IMPORT: Method = Method {
    name: "Email/import",
    capability: Capability::Mail,
    run: |context, arguments| Box::pin(import(context, arguments)),
};

async fn import(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let account = arguments.required_id("accountId")?;
    let if_in_state = arguments.text("ifInState")?;
    let emails = arguments.objects("emails")?;
    arguments.none_left()?;
    let emails = emails.ok_or_else(|| MethodError::InvalidArguments("`emails` is missing".to_owned()))?;
    if emails.len() > OBJECTS_IN_SET {
        return Err(MethodError::RequestTooLarge);
    }
    let mut opened = context.account_to_change(&account).await?;
    let begun = Begun::of(&opened).await?;
    let old = opened.states_now().await.map_err(|error| refusal::method(&error))?.email;
    let old_state = opened.state(old);
    opened.provide(if_in_state.as_deref(), (opened.emails(), old))?;
    let (mut created, mut not_created) = (Map::new(), Map::new());
    let mut room = Room::new(context.parts.settings.max_message_size.bytes());
    for (creation, object) in emails {
        match import_one(context, &opened, object, &mut room).await {
            Ok(made) => {
                if let Some(id) = made["id"].as_str().and_then(|id| Id::try_from(id).ok()) {
                    context.creates(&creation, id);
                }
                created.insert(creation.into(), made.into());
            }
            Err(error) => drop(not_created.insert(creation.into(), told(&error))),
        }
    }
    opened.was_provided()?;
    let new_state = begun.reached(&opened, &old_state, state(&opened).await?).await?;
    let or_null = |members: Map<String, Value>| if members.is_empty() { Value::Null } else { members.into() };
    let answer = members([
        ("accountId", opened.id.as_str().into()),
        ("oldState", old_state.into()),
        ("newState", new_state.into()),
        ("created", or_null(created)),
        ("notCreated", or_null(not_created)),
    ]);
    Ok(vec![context.answer(answer)])
}

async fn import_one(
    context: &Context<'_>,
    opened: &Opened,
    mut object: Object,
    room: &mut Room,
) -> Result<Object, SetError> {
    let place = place(context, opened, &mut object)?;
    let wrong = || SetError::invalid(&["blobId"]);
    let Some(Value::String(id)) = object.remove("blobId") else { return Err(wrong()) };
    if let Some(name) = object.keys().next() {
        return Err(SetError::invalid(&[name]));
    }
    let blob = Shelf { context, opened }.find(&id, room).await.map_err(Unwritten::told)?;
    let blob = blob.ok_or_else(|| wrong().because("there is no such blob"))?;
    let message = written(context, blob, room).await?;
    // RFC 8621, 4.8: "not a valid message": nothing of what a header has
    let parsed = &message.parsed;
    let header = parsed.structure.part(0).map_or(0, |part| part.header.end.saturating_sub(part.header.start));
    let bare = header <= 2 || parsed.flaws.contains(Flaw::JunkInHeader);
    if bare && parsed.envelope == Envelope::default() {
        return Err(SetError::new("invalidEmail").because("it has no header"));
    }
    put(opened, message, place).await
}

/// A blob as a message: with CRLF at the ends of its lines, and parsed.
pub(super) async fn written(context: &Context<'_>, mut blob: Blob, room: &mut Room) -> Result<NewBlob, SetError> {
    let set = |error: store::Error| refusal::set(&error);
    let mut writer = context.parts.store.blob_writer(LineEnds::ToCrlf);
    let mut size = 0_u64;
    while let Some(bytes) = blob.next().await.map_err(set)? {
        size = room.take(size, bytes.len()).map_err(Unwritten::told)?;
        writer.write(&bytes).await.map_err(set)?;
    }
    writer.finish().await.map_err(set)
}
