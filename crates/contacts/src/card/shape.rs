//! Shapes of values, and whether a value has one. It goes down as deep as the tables do, whatever a card holds.
use super::Path;
use jmap_wire::{Id, UtcDate};
use serde_json::{Map, Value};

/// What a value looks like.
pub(super) enum Shape {
    Text,
    /// A number of RFC 9553, 1.4: a whole one, not below zero.
    Unsigned,
    /// How much it is liked (RFC 9553, 1.5.4): 1 to 100.
    Pref,
    Truth,
    /// RFC 9553, 1.4.5.
    UtcDate,
    Id,
    One(&'static Type),
    /// An object that says by its `@type` which of these it is; the first where it says nothing.
    Either(&'static [&'static Type]),
    List(&'static Type),
    /// A map from Ids.
    Map(&'static Type),
    /// A map from the names of cards.
    Named(&'static Type),
    /// A map from names to `true`.
    Set,
    /// A map from names to texts.
    Texts,
    /// A map from languages to patches (RFC 9553, 2.7.1).
    Patches,
}

/// What an object of a type has.
pub(super) struct Type {
    /// What its `@type` is where it has one.
    pub(super) name: &'static str,
    pub(super) properties: &'static [(&'static str, Shape)],
    /// Those that may not be missing; where several stand together, one of them is enough.
    pub(super) required: &'static [&'static [&'static str]],
}

/// Whether an object is of a type; else where it is not.
pub(super) fn object(members: &Map<String, Value>, of: &Type, path: &Path) -> Result<(), Path> {
    // RFC 9553, 1.3.4: it may be left out where it is clear, and is right where it is not
    if members.get("@type").is_some_and(|name| name.as_str() != Some(of.name)) {
        return Err(path.below("@type"));
    }
    for names in of.required {
        if !names.iter().any(|name| members.contains_key(*name)) {
            return Err(path.below(names.first().copied().unwrap_or_default()));
        }
    }
    for (name, shape) in of.properties {
        if let Some(value) = members.get(*name) {
            has(value, shape, &path.below(name))?;
        }
    }
    Ok(())
}

fn has(value: &Value, shape: &Shape, path: &Path) -> Result<(), Path> {
    let sure = |truth: bool| if truth { Ok(()) } else { Err(path.clone()) };
    match (shape, value) {
        (Shape::Text, Value::String(_)) | (Shape::Truth, Value::Bool(_)) => Ok(()),
        (Shape::Unsigned, Value::Number(number)) => sure(number.as_u64().is_some()),
        (Shape::Pref, Value::Number(number)) => sure(number.as_u64().is_some_and(|pref| (1..=100).contains(&pref))),
        (Shape::UtcDate, Value::String(text)) => sure(UtcDate::parse(text).is_some()),
        (Shape::Id, Value::String(text)) => sure(Id::try_from(text.as_str()).is_ok()),
        (Shape::One(of), Value::Object(members)) => object(members, of, path),
        (Shape::Either(types), Value::Object(members)) => {
            let said = members.get("@type").and_then(Value::as_str);
            let of = types.iter().find(|of| said == Some(of.name)).or(types.first());
            of.map_or(Ok(()), |of| object(members, of, path))
        }
        (Shape::List(of), Value::Array(items)) => {
            let each = |(at, item): (usize, &Value)| match item {
                Value::Object(members) => object(members, of, &path.below(&at.to_string())),
                _ => Err(path.below(&at.to_string())),
            };
            items.iter().enumerate().try_for_each(each)
        }
        (Shape::Map(of), Value::Object(entries)) => entries.iter().try_for_each(|(id, value)| match value {
            // RFC 9553, 1.4.1: the same Ids as those of RFC 8620
            Value::Object(members) if Id::try_from(id.as_str()).is_ok() => object(members, of, &path.below(id)),
            _ => Err(path.below(id)),
        }),
        (Shape::Named(of), Value::Object(entries)) => entries.iter().try_for_each(|(name, value)| match value {
            Value::Object(members) => object(members, of, &path.below(name)),
            _ => Err(path.below(name)),
        }),
        (Shape::Set, Value::Object(entries)) => sure(entries.values().all(|value| *value == Value::Bool(true))),
        (Shape::Texts, Value::Object(entries)) => sure(entries.values().all(Value::is_string)),
        (Shape::Patches, Value::Object(entries)) => sure(entries.values().all(is_patch)),
        _ => Err(path.clone()),
    }
}

/// RFC 9553, 2.7.1: a patch changes the card it is in, and no other patch.
fn is_patch(value: &Value) -> bool {
    let is_inside = |pointer: &String| pointer.split('/').next() != Some("localizations");
    value.as_object().is_some_and(|patch| patch.keys().all(is_inside))
}
