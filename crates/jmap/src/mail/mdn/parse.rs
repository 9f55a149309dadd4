//! MDN/parse (RFC 9007, 2.2): a blob as the notice that it is.
use super::notice::read_fields;
use crate::capability::Capability;
use crate::context::Context;
use crate::mail::compose::{Room, Shelf, Unwritten};
use crate::mail::reply::members;
use crate::method::{Answers, Method};
use crate::opened::Opened;
use crate::refusal;
use jmap_wire::{Arguments, Id, MethodError};
use message::{BodyText, Limits, Parsed, TransferDecoder, parse as read};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

pub(super) const PARSE: Method = Method {
    name: "MDN/parse",
    capability: Capability::Mdn,
    run: |context, arguments| Box::pin(parse(context, arguments)),
};

/// Blobs of one call, and the largest that is looked at: notices are small.
const MOST_BLOBS: usize = 100;
const MOST_OCTETS: usize = 1024 * 1024;
/// The most octets of the text for people that are told.
const MOST_TEXT: usize = 64 * 1024;

async fn parse(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let account = arguments.required_id("accountId")?;
    let ids = arguments.ids("blobIds")?;
    arguments.none_left()?;
    let ids = ids.ok_or_else(|| MethodError::InvalidArguments("`blobIds` is missing".to_owned()))?;
    let ids: BTreeSet<Id> = ids.into_iter().collect();
    if ids.len() > MOST_BLOBS {
        return Err(MethodError::RequestTooLarge);
    }
    let opened = context.own_account(&account).await?;
    let (mut parsed, mut not_parsable, mut not_found) = (Map::new(), Vec::new(), Vec::new());
    let mut room = Room::new(context.parts.settings.max_message_size.bytes());
    for id in ids {
        match bytes(context, &opened, &id, &mut room).await? {
            None => not_found.push(String::from(id)),
            Some(bytes) => match bytes.as_deref().and_then(notice) {
                Some(told) => drop(parsed.insert(id.into(), told.into())),
                None => not_parsable.push(String::from(id)),
            },
        }
    }
    let or_null = |ids: Vec<String>| if ids.is_empty() { Value::Null } else { ids.into() };
    let answer = members([
        ("accountId", opened.id.as_str().into()),
        ("parsed", if parsed.is_empty() { Value::Null } else { parsed.into() }),
        ("notParsable", or_null(not_parsable)),
        ("notFound", or_null(not_found)),
    ]);
    Ok(vec![context.answer(answer)])
}

/// A blob; nothing where there is none, nothing within that where it is too large.
async fn bytes(
    context: &Context<'_>,
    opened: &Opened,
    id: &Id,
    room: &mut Room,
) -> Result<Option<Option<Vec<u8>>>, MethodError> {
    let away = |error: store::Error| refusal::method(&error);
    let Some(mut blob) = Shelf { context, opened }.find(id.as_str(), room).await.map_err(|error| match error {
        Unwritten::Store(error) => away(error),
        _ => MethodError::RequestTooLarge,
    })?
    else {
        return Ok(None);
    };
    let mut all = Vec::new();
    while let Some(piece) = blob.next().await.map_err(away)? {
        if all.len() + piece.len() > MOST_OCTETS {
            return Ok(Some(None));
        }
        all.extend_from_slice(&piece);
    }
    Ok(Some(Some(all)))
}

/// A message as a notice (RFC 8098, 3): a report whose second part says what became of which message.
fn notice(bytes: &[u8]) -> Option<Map<String, Value>> {
    let parsed: Parsed = read(bytes, Limits::default());
    let structure = &parsed.structure;
    structure.part(0).filter(|root| root.media.is_exactly("multipart", "report"))?;
    let parts: Vec<usize> = structure.children(0).collect();
    let part = |at: usize| parts.get(at).and_then(|index| structure.part(*index));
    let fields = part(1).filter(|part| part.media.is_exactly("message", "disposition-notification"))?;
    let mut told = read_fields(&TransferDecoder::whole(&fields.encoding, fields.body.within(bytes)))?;
    let text = part(0).filter(|part| part.media.is("text")).map(|part| {
        let (mut reader, mut text) = (BodyText::new(part), String::new());
        reader.push(part.body.within(bytes), &mut text);
        reader.finish(&mut text);
        text.truncate(text.floor_char_boundary(MOST_TEXT));
        text
    });
    told.insert("textBody".to_owned(), text.into());
    told.insert("subject".to_owned(), parsed.envelope.subject_text().into());
    told.insert("includeOriginalMessage".to_owned(), part(2).is_some().into());
    // which email that is, the client knows by its Message-ID
    told.insert("forEmailId".to_owned(), Value::Null);
    for name in ["reportingUA", "mdnGateway", "originalRecipient", "originalMessageId"] {
        told.entry(name).or_insert(Value::Null);
    }
    Some(told)
}
