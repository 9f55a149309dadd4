//! Address books (RFC 9610, 2).
pub(super) mod get;
pub(super) mod set;

use crate::mail::mailbox::MAX_ORDER;
use contacts::{Book, MAX_DESCRIPTION, MAX_NAME};
use jmap_wire::{Object, SetError};
use serde_json::{Map, Value, json};
use store::ObjectId;

/// In the order of RFC 9610, 2.
const PROPERTIES: [&str; 8] =
    ["id", "name", "description", "sortOrder", "isDefault", "isSubscribed", "shareWith", "myRights"];

/// An address book as JMAP shows it.
fn object(id: &str, book: &Book) -> Object {
    let pairs = [
        ("id", id.into()),
        ("name", book.name.as_str().into()),
        ("description", json!(book.description)),
        ("sortOrder", book.sort_order.into()),
        ("isDefault", book.is_default.into()),
        ("isSubscribed", book.is_subscribed.into()),
        // nobody else has them, and nobody may be given them
        ("shareWith", Value::Null),
        ("myRights", json!({"mayRead": true, "mayWrite": true, "mayShare": false, "mayDelete": true})),
    ];
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// A new one from what a client wrote.
fn create(object: &Object) -> Result<Book, SetError> {
    let mut book = Book::named(String::new());
    for (name, value) in object {
        write(&mut book, name, value)?;
    }
    if book.name.is_empty() { Err(SetError::invalid(&["name"])) } else { Ok(book) }
}

/// One as a patch makes it.
fn update(id: ObjectId, before: &Book, patch: &Object) -> Result<Book, SetError> {
    let is = object(&id.to_string(), before);
    let patched = jmap_wire::patch(&is, patch).map_err(|error| SetError::new("invalidPatch").because(error.0))?;
    let mut book = before.clone();
    // RFC 8620, 5.3: a property that is taken away has its default again
    let none = Book::named(String::new());
    for name in is.keys().filter(|name| !patched.contains_key(*name)) {
        write(&mut book, name, object("", &none).get(name).unwrap_or(&Value::Null))?;
    }
    // what the server sets may be written as it is, and no other way
    let changed: Map<String, Value> = patched.into_iter().filter(|(name, value)| is.get(name) != Some(value)).collect();
    for (name, value) in &changed {
        write(&mut book, name, value)?;
    }
    Ok(book)
}

fn write(book: &mut Book, name: &str, value: &Value) -> Result<(), SetError> {
    let wrong = || SetError::invalid(&[name]);
    match (name, value) {
        // RFC 9610, 2: "at least 1 character in length and maximum 255 octets in size"
        ("name", Value::String(text)) if (1..=MAX_NAME).contains(&text.len()) => book.name.clone_from(text),
        ("description", Value::Null) => book.description = None,
        ("description", Value::String(text)) if text.len() <= MAX_DESCRIPTION => book.description = Some(text.clone()),
        // RFC 9610, 2: "0 <= sortOrder < 2^31"
        ("sortOrder", Value::Number(number)) => {
            book.sort_order = number.as_u64().filter(|order| *order <= MAX_ORDER).ok_or_else(wrong)?;
        }
        ("isSubscribed", Value::Bool(truth)) => book.is_subscribed = *truth,
        ("shareWith", Value::Null) => {}
        // RFC 9610, 2.3: "may only be set by users that have the mayShare right"
        ("shareWith", Value::Object(_)) => return Err(SetError::new("forbidden").because("contacts are not shared")),
        _ => return Err(wrong()),
    }
    Ok(())
}

#[cfg(test)]
mod tests;
