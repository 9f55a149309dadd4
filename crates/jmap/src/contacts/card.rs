//! Cards (RFC 9610, 3).
pub(super) mod copy;
pub(super) mod get;
pub(super) mod query;
pub(super) mod set;

use super::media;
use contacts::Card;
use jmap_wire::Object;
use serde_json::Value;
use store::ObjectId;

/// What an account adds to a card (RFC 9610, 3).
const ADDED: [&str; 2] = ["id", "addressBookIds"];

/// A card as JMAP shows it; all of it where no properties are named.
fn object(id: ObjectId, card: Card, properties: Option<&[String]>) -> Object {
    let books: Object = card.books.iter().map(|book| (book.to_string(), true.into())).collect();
    let added = [Value::from(id.to_string()), books.into()];
    let mut object = card.members;
    media::show(id, &mut object);
    object.extend(ADDED.iter().map(|name| (*name).to_owned()).zip(added));
    if let Some(properties) = properties {
        object.retain(|name, _| name == "id" || properties.contains(name));
    }
    object
}

#[cfg(test)]
mod tests;
