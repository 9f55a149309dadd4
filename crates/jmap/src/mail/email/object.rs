//! An Email as JMAP shows it (RFC 8621, 4.1): list rows from the record alone, more from the bytes.
use super::allowance::{Allowance, Untold};
use super::body_lists::BodyLists;
use super::body_part::{headers, part, part_id, tree};
use super::header_forms::{Form, HeaderProperty, address, date};
use super::properties::{Property, Wanted};
use super::reading::Reading;
use super::standing::Standing;
use message::{Address, Flaw, Limits, Parsed};
use serde_json::{Map, Value};
use std::sync::Arc;
use store::{Email, Error};

/// The email itself, where it is one and not a blob that was parsed.
pub(crate) type Known<'e> = Option<(&'e Arc<Email>, &'e Standing)>;

/// What is wanted of a message.
pub(crate) async fn object(
    reading: &mut Reading<'_>,
    known: Known<'_>,
    wanted: &Wanted,
    allowance: &mut Allowance<'_>,
) -> Result<Map<String, Value>, Untold> {
    let lists = BodyLists::of(&reading.parsed.structure);
    let mut header = None;
    let mut told = Map::new();
    for property in &wanted.properties {
        let (name, value) = match property {
            Property::Header(name, field) => {
                let header = message_header(reading, &mut header).await?;
                allowance.look(header.len()).await?;
                (name.as_str(), field.value(header))
            }
            Property::Named(name) => match of_record(name, reading, known, &lists) {
                Some(value) => (*name, value),
                None => (*name, of_bytes(name, (reading, &mut header), &lists, (wanted, allowance)).await?),
            },
        };
        allowance.tell(&mut told, name, value)?;
    }
    Ok(told)
}

/// The header of the message, read once.
async fn message_header<'h>(reading: &mut Reading<'_>, header: &'h mut Option<Vec<u8>>) -> Result<&'h [u8], Error> {
    if header.is_none() {
        *header = Some(reading.header(0).await?);
    }
    Ok(header.as_deref().unwrap_or_default())
}

/// What needs no bytes.
fn of_record(name: &str, reading: &Reading<'_>, known: Known<'_>, lists: &BodyLists) -> Option<Value> {
    let of =
        |value: fn(&Email, &Standing) -> Value| known.map_or(Value::Null, |(email, standing)| value(email, standing));
    Some(match name {
        "id" => of(|email, _| email.id.to_string().into()),
        "blobId" => reading.naming.message().to_string().into(),
        "threadId" => of(|email, _| email.thread.to_string().into()),
        "mailboxIds" => of(|_, standing| standing.mailbox_ids()),
        "keywords" => of(|_, standing| standing.keywords()),
        "size" => reading.parsed.size.into(),
        "receivedAt" => {
            of(|email, _| jmap_wire::utc_date(i64::try_from(email.received.seconds).unwrap_or(i64::MAX)).into())
        }
        "hasAttachment" => lists.has_attachment(&reading.parsed.structure).into(),
        "preview" => reading.parsed.preview.to_string().into(),
        _ => return of_envelope(name, reading.parsed),
    })
}

/// What the record knows of the header. It knows the first field of a name and JMAP asks for the last, so a header in
/// which one stands twice is read; and it keeps so many references only.
fn of_envelope(name: &str, parsed: &Parsed) -> Option<Value> {
    if parsed.flaws.contains(Flaw::DuplicateField) {
        return None;
    }
    let envelope = &parsed.envelope;
    let thread = &parsed.thread;
    // a field without any address is told as one that is not there
    let list = |list: &[Address]| match list {
        [] => Some(Value::Null),
        list => Some(list.iter().filter_map(address).collect()),
    };
    match name {
        "subject" => Some(envelope.subject.as_deref().map_or(Value::Null, |subject| Form::Text.value(subject))),
        "sentAt" => Some(parsed.sent_at.map(date).into()),
        "from" => list(&envelope.from),
        "sender" => list(&envelope.sender),
        "replyTo" => list(&envelope.reply_to),
        "to" => list(&envelope.to),
        "cc" => list(&envelope.cc),
        "bcc" => list(&envelope.bcc),
        "messageId" => Some(ids(envelope.message_id.as_deref())),
        "inReplyTo" => Some(ids(envelope.in_reply_to.as_deref())),
        "references" if thread.references.len() >= Limits::default().references => None,
        "references" if thread.references.is_empty() => Some(Value::Null),
        "references" => Some(thread.references.iter().map(|id| String::from_utf8_lossy(id)).collect()),
        _ => None,
    }
}

fn ids(raw: Option<&[u8]>) -> Value {
    raw.map_or(Value::Null, |raw| Form::MessageIds.value(raw))
}

/// What needs the bytes.
async fn of_bytes(
    name: &'static str,
    (reading, header): (&mut Reading<'_>, &mut Option<Vec<u8>>),
    lists: &BodyLists,
    (wanted, allowance): (&Wanted, &mut Allowance<'_>),
) -> Result<Value, Untold> {
    Ok(match name {
        "bodyStructure" => tree(reading, &wanted.part_properties, allowance).await?,
        "textBody" => parts(reading, &lists.text, (wanted, allowance)).await?,
        "htmlBody" => parts(reading, &lists.html, (wanted, allowance)).await?,
        "attachments" => parts(reading, &lists.attachments, (wanted, allowance)).await?,
        "bodyValues" => values(reading, lists, (wanted, allowance)).await?,
        "headers" => headers(message_header(reading, header).await?),
        _ => {
            let header = message_header(reading, header).await?;
            HeaderProperty::short(name).map_or(Value::Null, |field| field.value(header))
        }
    })
}

async fn parts(
    reading: &mut Reading<'_>,
    indices: &[usize],
    (wanted, allowance): (&Wanted, &mut Allowance<'_>),
) -> Result<Value, Untold> {
    let mut all = Vec::with_capacity(indices.len());
    for index in indices {
        let mut told = part(reading, *index, &wanted.part_properties, allowance).await?;
        if wanted.part_properties.contains(&super::body_part::PartProperty::Named("subParts")) {
            told.insert("subParts".to_owned(), Value::Null);
        }
        all.push(told.into());
    }
    Ok(Value::Array(all))
}

/// `bodyValues`: of the text parts that are asked for, by their ids.
async fn values(
    reading: &mut Reading<'_>,
    lists: &BodyLists,
    (wanted, allowance): (&Wanted, &mut Allowance<'_>),
) -> Result<Value, Untold> {
    let structure = &reading.parsed.structure;
    let mut indices: Vec<usize> = Vec::new();
    if wanted.all_values {
        indices.extend(own_parts(structure));
    }
    indices.extend(lists.text.iter().filter(|_| wanted.text_values));
    indices.extend(lists.html.iter().filter(|_| wanted.html_values));
    indices.sort_unstable();
    indices.dedup();
    // "if ... of type text/*"
    indices.retain(|index| structure.part(*index).is_some_and(|part| part.media.is("text") && !part.is_multipart()));
    let mut told = Map::new();
    for index in indices {
        let value = reading.body_value(index, wanted.max_value, allowance).await?;
        told.insert(part_id(index), value);
    }
    Ok(told.into())
}

/// The parts of the message that are not in a message attached to it.
fn own_parts(structure: &message::Structure) -> Vec<usize> {
    let (mut own, mut index) = (Vec::new(), 0);
    while let Some(part) = structure.part(index) {
        own.push(index);
        index = if part.envelope().is_some() { (part.end as usize).max(index + 1) } else { index + 1 };
    }
    own
}
