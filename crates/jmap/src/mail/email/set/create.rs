//! An email is made from what a client writes, or from what it has brought (RFC 8621, 4.6 and 4.8).
use super::update::{keywords, mailboxes};
use crate::context::Context;
use crate::mail::compose::{Draft, FillIn, Room, Shelf};
use crate::opened::Opened;
use crate::refusal;
use jmap_wire::{Object, SetError, UtcDate};
use message::Date;
use serde_json::Value;
use std::collections::BTreeSet;
use store::{Flags, MailboxId, NewBlob, NewEmail, ReceivedAt, Rights};
use world::UnixTime;

/// Properties that the server sets: who creates an email leaves them out.
const SERVER_SET: [&str; 6] = ["id", "blobId", "threadId", "size", "hasAttachment", "preview"];

/// Where an email comes to stand, and what is said of it.
pub(crate) struct Place {
    pub(crate) mailboxes: BTreeSet<MailboxId>,
    pub(crate) flags: Flags,
    pub(crate) received: ReceivedAt,
}

pub(super) async fn create(
    context: &Context<'_>,
    opened: &Opened,
    mut object: Object,
    room: &mut Room,
) -> Result<Object, SetError> {
    let place = place(context, opened, &mut object)?;
    if let Some(name) = SERVER_SET.into_iter().find(|name| object.contains_key(*name)) {
        return Err(SetError::invalid(&[name]).because("the server sets it"));
    }
    let world = &context.parts.world;
    let random = world.random.wide();
    let host = context.caller.address.domain().to_string();
    let seconds = i64::try_from(world.clock.now().secs()).unwrap_or(i64::MAX);
    let draft = Draft::read(object, &FillIn { date: Date::utc(seconds), random, host }, room)?;
    let writer = context.parts.store.blob_writer(store::LineEnds::ToCrlf);
    let boundary = world.random.wide();
    let blob = draft.write(&Shelf { context, opened }, writer, room, boundary).await.map_err(|error| error.told())?;
    put(opened, blob, place).await
}

/// Takes what is of the email and not of the message: `mailboxIds`, `keywords`, `receivedAt`.
///
/// # Errors
/// `invalidProperties`, `forbidden`, `tooManyKeywords`, `tooManyMailboxes`.
pub(crate) fn place(context: &Context<'_>, opened: &Opened, object: &mut Object) -> Result<Place, SetError> {
    let mailboxes = mailboxes(context, opened, object.remove("mailboxIds").as_ref())?;
    if !mailboxes.iter().all(|mailbox| opened.rights(*mailbox).contains(Rights::INSERT)) {
        return Err(SetError::new("forbidden").because("nothing may be put there"));
    }
    let flags = keywords(object.remove("keywords").as_ref())?;
    let now = context.parts.world.clock.now();
    let received = match object.remove("receivedAt") {
        None | Some(Value::Null) => now,
        Some(Value::String(text)) => moment(&text).ok_or_else(|| SetError::invalid(&["receivedAt"]))?,
        Some(_) => return Err(SetError::invalid(&["receivedAt"])),
    };
    Ok(Place { mailboxes, flags, received: ReceivedAt::utc(received) })
}

fn moment(text: &str) -> Option<UnixTime> {
    u64::try_from(UtcDate::parse(text)?.0.as_second()).ok().map(UnixTime::from_secs)
}

/// Puts a message into its mailboxes; gives what the client does not know of it.
///
/// # Errors
/// `overQuota` and what else the store says.
pub(crate) async fn put(opened: &Opened, blob: NewBlob, place: Place) -> Result<Object, SetError> {
    let (hash, size) = (blob.hash, blob.size);
    let email = NewEmail { flags: place.flags, ..NewEmail::new(blob, place.received) };
    let rights = |mailbox| opened.sees(mailbox).then(|| opened.rights(mailbox));
    let account = opened.account.in_hand_of(opened.reader, Rights::ALL);
    let appended = account.append_to_all(&place.mailboxes, email, &rights).await;
    let appended = opened.commits.count(appended.map_err(|error| refusal::set(&error))?);
    let told: [(&str, Value); 4] = [
        ("id", appended.email.to_string().into()),
        ("blobId", hash.to_string().into()),
        ("threadId", appended.thread.to_string().into()),
        ("size", size.into()),
    ];
    Ok(told.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}
