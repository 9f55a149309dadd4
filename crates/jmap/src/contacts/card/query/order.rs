//! By what cards are sorted (RFC 9610, 3.3.2).
use super::texts::components;
use crate::limits::COLLATIONS;
use jmap_wire::{Comparator, MethodError, UtcDate};
use serde_json::{Map, Value};

/// A property to sort by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OrderKey {
    /// `created` or `updated`.
    Date(&'static str),
    /// `name/KIND`: components of a name.
    Name(&'static str),
}

/// What stands there in a card. What is not there comes before all that is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Date(Option<UtcDate>),
    Name(Option<String>),
}

impl OrderKey {
    pub(super) fn read(comparator: &Comparator) -> Result<Self, MethodError> {
        if let Some(collation) = comparator.collation.as_ref().filter(|name| !COLLATIONS.contains(&name.as_str())) {
            return Err(MethodError::UnsupportedSort(format!("the collation `{collation}`")));
        }
        Ok(match comparator.property.as_str() {
            "created" => Self::Date("created"),
            "updated" => Self::Date("updated"),
            "name/given" => Self::Name("given"),
            "name/surname" => Self::Name("surname"),
            "name/surname2" => Self::Name("surname2"),
            other => return Err(MethodError::UnsupportedSort(format!("`{other}`"))),
        })
    }

    pub(super) fn of(self, card: &Map<String, Value>) -> Key {
        match self {
            Self::Date(name) => Key::Date(card.get(name).and_then(Value::as_str).and_then(UtcDate::parse)),
            Self::Name(kind) => Key::Name(name(card, kind).map(|name| {
                let mut mapped = String::new();
                search::casemap(&name, &mut mapped);
                mapped
            })),
        }
    }
}

/// RFC 9553, 2.2.1.2: as it is to be sorted, where the card says so.
fn name(card: &Map<String, Value>, kind: &str) -> Option<String> {
    let sort_as = card.get("name")?.get("sortAs").and_then(|sort| sort.get(kind)).and_then(Value::as_str);
    sort_as.map(str::to_owned).or_else(|| {
        let values: Vec<&str> = components(card, Some(kind)).collect();
        if values.is_empty() { None } else { Some(values.join(" ")) }
    })
}
