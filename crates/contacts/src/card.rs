//! What a card is: JSContact (RFC 9553), and what RFC 9610 adds to it. The tables say what of it has which shape; what
//! they do not name is kept as it is.
mod media;
mod person;
mod shape;
mod tables;

use serde_json::{Map, Value};
use std::fmt;
use thiserror::Error;

/// The most octets of a card as JSON.
pub const MAX_CARD: usize = 64 * 1024;
/// The most objects and lists within one another.
pub const MAX_CARD_DEPTH: usize = 16;
/// The most values of a card.
const MAX_CARD_VALUES: usize = 4_000;

/// Why an object is no card.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Invalid {
    /// What stands there has another shape, or is missing. The path is a JSON pointer without its first slash.
    #[error("`{0}`")]
    Property(Path),
    /// It is larger than cards may be.
    #[error("too large")]
    TooLarge,
}

/// Where something is in a card.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Path(Vec<String>);

impl Path {
    fn below(&self, name: &str) -> Self {
        let mut path = self.0.clone();
        path.push(name.replace('~', "~0").replace('/', "~1"));
        Self(path)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("/"))
    }
}

/// Checks a card.
///
/// # Errors
/// The first thing in it that is not as it should be.
pub fn check(card: &Map<String, Value>) -> Result<(), Invalid> {
    let top = Path::default();
    for (name, value) in card {
        bounds(value).map_err(|()| Invalid::Property(top.below(name)))?;
    }
    if serde_json::to_vec(card).map_or(usize::MAX, |bytes| bytes.len()) > MAX_CARD {
        return Err(Invalid::TooLarge);
    }
    shape::object(card, &tables::CARD, &top).map_err(Invalid::Property)?;
    // RFC 9553, 2.1.6: "only ... set if the value of the kind property is group"
    if card.contains_key("members") && card.get("kind").and_then(Value::as_str) != Some("group") {
        return Err(Invalid::Property(top.below("members")));
    }
    Ok(())
}

/// Whether a value is within what may be walked through later.
fn bounds(value: &Value) -> Result<(), ()> {
    let (mut waiting, mut seen) = (vec![(value, 1_usize)], 0_usize);
    while let Some((value, depth)) = waiting.pop() {
        seen += 1;
        if depth > MAX_CARD_DEPTH || seen > MAX_CARD_VALUES {
            return Err(());
        }
        match value {
            Value::Array(items) => waiting.extend(items.iter().map(|item| (item, depth + 1))),
            Value::Object(members) => waiting.extend(members.values().map(|value| (value, depth + 1))),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
