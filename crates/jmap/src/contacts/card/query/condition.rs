//! What a condition says of a card (RFC 9610, 3.3.1).
use super::texts::Field;
use crate::context::Context;
use crate::mail::email::terms;
use contacts::Card;
use jmap_wire::{MethodError, UtcDate};
use serde_json::Value;
use store::ObjectId;

/// One property of a condition.
pub(super) enum Condition {
    /// In an address book; in none where there is no such one.
    Book(Option<ObjectId>),
    Uid(String),
    Member(String),
    Kind(String),
    Before(&'static str, UtcDate),
    /// At that time, or after it.
    Since(&'static str, UtcDate),
    /// Each of the terms, folded, is there somewhere.
    Text(Field, Vec<String>),
}

/// Reads one.
///
/// # Errors
/// `unsupportedFilter` for what is not known, `invalidArguments` for what has another type.
pub(super) fn condition(context: &Context<'_>, name: &str, value: &Value) -> Result<Condition, MethodError> {
    let wrong = || MethodError::InvalidArguments(format!("`{name}` in a filter"));
    let text = || value.as_str().map(str::to_owned).ok_or_else(wrong);
    let date = || value.as_str().and_then(UtcDate::parse).ok_or_else(wrong);
    Ok(match name {
        "inAddressBook" => Condition::Book(context.id(&text()?).and_then(|id| id.as_str().parse().ok())),
        "uid" => Condition::Uid(text()?),
        "hasMember" => Condition::Member(text()?),
        "kind" => Condition::Kind(text()?),
        "createdBefore" => Condition::Before("created", date()?),
        "createdAfter" => Condition::Since("created", date()?),
        "updatedBefore" => Condition::Before("updated", date()?),
        "updatedAfter" => Condition::Since("updated", date()?),
        _ => match Field::named(name) {
            Some(field) => Condition::Text(field, terms(&text()?).iter().map(|term| search::folded(term)).collect()),
            None => return Err(MethodError::UnsupportedFilter(format!("`{name}`"))),
        },
    })
}

impl Condition {
    pub(super) fn holds(&self, card: &Card) -> bool {
        let members = &card.members;
        let text = |name: &str| members.get(name).and_then(Value::as_str);
        let date = |name: &str| text(name).and_then(UtcDate::parse);
        match self {
            Self::Book(book) => book.is_some_and(|book| card.books.contains(&book)),
            Self::Uid(uid) => text("uid") == Some(uid),
            Self::Member(uid) => members.get("members").is_some_and(|those| those.get(uid) == Some(&Value::Bool(true))),
            // RFC 9553, 2.1.4: who says nothing is an individual
            Self::Kind(kind) => text("kind").unwrap_or("individual") == kind,
            Self::Before(name, at) => date(name).is_some_and(|date| date < *at),
            Self::Since(name, at) => date(name).is_some_and(|date| date >= *at),
            Self::Text(field, terms) => {
                let texts = search::folded(&field.texts(members));
                terms.iter().all(|term| texts.contains(term.as_str()))
            }
        }
    }
}
