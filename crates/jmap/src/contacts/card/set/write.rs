//! A card as a client writes it, and as a patch makes it (RFC 9610, 3.5; RFC 8620, 5.3).
use crate::contacts::media::{self, Blobs};
use crate::context::Context;
use contacts::{Books, Card, Invalid, MAX_BOOKS_OF_CARD, check, new_uid};
use jmap_wire::{Object, SetError, utc_date};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use store::ObjectId;

/// A new card, and what the server has set in it.
pub(super) fn create(
    context: &Context<'_>,
    (books, blobs): (&Books, &Blobs),
    object: &Object,
) -> Result<(Card, Object), SetError> {
    let mut members = object.clone();
    let mut told = Object::new();
    if members.remove("id").is_some() {
        return Err(SetError::invalid(&["id"]));
    }
    let books = match members.remove("addressBookIds") {
        Some(value) => wanted(context, books, &value)?,
        // who says nothing means the default
        None => {
            let book = books.default_book().ok_or_else(|| SetError::invalid(&["addressBookIds"]))?;
            told.insert("addressBookIds".to_owned(), json!({book.to_string(): true}));
            [book].into()
        }
    };
    let now = now(context);
    let set = [
        ("@type", Value::from("Card")),
        ("version", "1.0".into()),
        ("uid", uid(context).into()),
        ("created", now.as_str().into()),
        ("updated", now.as_str().into()),
    ];
    for (name, value) in set {
        if !members.contains_key(name) {
            members.insert(name.to_owned(), value.clone());
            told.insert(name.to_owned(), value);
        }
    }
    media::take(&mut members, None, blobs)?;
    check(&members).map_err(refused)?;
    Ok((Card { books, members }, told))
}

/// A card as a patch makes it, and what the server has set in it.
pub(super) fn update(
    context: &Context<'_>,
    (books, blobs): (&Books, &Blobs),
    (id, before): (ObjectId, &Card),
    patch: &Object,
) -> Result<(Card, Value), SetError> {
    let is = super::super::object(id, before.clone(), None);
    let mut members = jmap_wire::patch(&is, patch).map_err(|error| SetError::new("invalidPatch").because(error.0))?;
    if members.remove("id") != is.get("id").cloned() {
        return Err(SetError::invalid(&["id"]));
    }
    let wanted = match members.remove("addressBookIds") {
        Some(value) if Some(&value) == is.get("addressBookIds") => before.books.clone(),
        Some(value) => wanted(context, books, &value)?,
        None => return Err(SetError::invalid(&["addressBookIds"])),
    };
    let wrote = members.get("media").cloned();
    media::take(&mut members, Some(&before.members), blobs)?;
    let mut told = Object::new();
    if !patch.contains_key("updated") {
        let now = now(context);
        members.insert("updated".to_owned(), now.as_str().into());
        told.insert("updated".to_owned(), now.into());
    }
    check(&members).map_err(refused)?;
    told.extend(other_media(id, &members, wrote.as_ref()));
    Ok((Card { books: wanted, members }, if told.is_empty() { Value::Null } else { told.into() }))
}

/// The media of a card, where they are shown otherwise than the client wrote them.
pub(super) fn other_media(id: ObjectId, members: &Object, wrote: Option<&Value>) -> Option<(String, Value)> {
    let mut shown: Object = members.get("media").map(|media| ("media".to_owned(), media.clone())).into_iter().collect();
    media::show(id, &mut shown);
    let is = shown.remove("media")?;
    (Some(&is) != wrote).then(|| ("media".to_owned(), is))
}

/// RFC 9610, 3: "A ContactCard MUST belong to one or more AddressBooks at all times"; each of the map is `true`.
fn wanted(context: &Context<'_>, books: &Books, value: &Value) -> Result<BTreeSet<ObjectId>, SetError> {
    let wrong = || SetError::invalid(&["addressBookIds"]);
    let members = value.as_object().filter(|members| (1..=MAX_BOOKS_OF_CARD).contains(&members.len()));
    let ids = members.ok_or_else(wrong)?.iter().map(|(written, truth)| {
        let id = super::number(context, written).filter(|id| *truth == Value::Bool(true) && books.get(*id).is_some());
        id.ok_or_else(wrong)
    });
    ids.collect()
}

fn refused(invalid: Invalid) -> SetError {
    match invalid {
        Invalid::Property(path) => SetError::invalid(&[&path.to_string()]),
        Invalid::TooLarge => SetError::new("tooLarge"),
    }
}

fn now(context: &Context<'_>) -> String {
    utc_date(i64::try_from(context.parts.world.clock.now().secs()).unwrap_or(i64::MAX))
}

fn uid(context: &Context<'_>) -> String {
    let mut bytes = [0; 16];
    context.parts.world.random.fill(&mut bytes);
    new_uid(bytes)
}
