//! What a client writes of a mailbox, read.
use crate::mail::mailbox::object::{MAX_ORDER, role_named};
use jmap_wire::SetError;
use serde_json::{Map, Value};
use store::{Role, SEPARATOR};

/// What the client may say of a mailbox; the rest is the server's.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Wishes {
    pub(super) name: Option<String>,
    /// The id of the mailbox above it, or that it has none.
    pub(super) parent: Option<Option<String>>,
    pub(super) role: Option<Option<Role>>,
    pub(super) sort_order: Option<u32>,
    pub(super) subscribed: Option<bool>,
}

impl Wishes {
    /// Reads the properties of an object; those that are wrong, unknown or the server's are told all at once.
    pub(super) fn read(object: &Map<String, Value>) -> Result<Self, SetError> {
        let mut wishes = Self::default();
        let mut wrong = Vec::new();
        for (property, value) in object {
            let read = match property.as_str() {
                "name" => value.as_str().filter(|name| is_name(name)).map(|name| wishes.name = Some(name.to_owned())),
                "parentId" => text(value).map(|parent| wishes.parent = Some(parent.map(str::to_owned))),
                "role" => role(value).map(|role| wishes.role = Some(role)),
                "sortOrder" => order(value).map(|order| wishes.sort_order = Some(order)),
                "isSubscribed" => value.as_bool().map(|subscribed| wishes.subscribed = Some(subscribed)),
                _ => None,
            };
            if read.is_none() {
                wrong.push(property.as_str());
            }
        }
        if wrong.is_empty() { Ok(wishes) } else { Err(SetError::invalid(&wrong)) }
    }
}

/// The separator of IMAP's names cannot be in one.
fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(SEPARATOR)
}

/// A text, or `null`.
fn text(value: &Value) -> Option<Option<&str>> {
    match value {
        Value::Null => Some(None),
        Value::String(text) => Some(Some(text)),
        _ => None,
    }
}

fn role(value: &Value) -> Option<Option<Role>> {
    match text(value)? {
        None => Some(None),
        Some(name) => role_named(name).map(Some),
    }
}

fn order(value: &Value) -> Option<u32> {
    value.as_u64().filter(|order| *order <= MAX_ORDER).and_then(|order| u32::try_from(order).ok())
}

#[cfg(test)]
mod tests {
    use super::Wishes;
    use serde_json::{Value, json};
    use store::Role;

    fn read(value: &Value) -> Result<Wishes, Vec<String>> {
        Wishes::read(value.as_object().unwrap()).map_err(|error| error.properties)
    }

    #[test]
    fn what_is_wrong_is_told_all_at_once() {
        let right =
            json!({"name": "a", "parentId": null, "role": "archive", "sortOrder": 2_147_483_647, "isSubscribed": true});
        let right = read(&right).unwrap();
        assert_eq!((right.parent, right.role), (Some(None), Some(Some(Role::Archive))));
        assert_eq!(read(&json!({"role": null})).unwrap().role, Some(None));
        for (wrong, properties) in [
            (json!({"name": ""}), vec!["name"]),
            (json!({"name": "a/b", "role": "attic"}), vec!["name", "role"]),
            (json!({"name": null, "sortOrder": -1}), vec!["name", "sortOrder"]),
            (json!({"sortOrder": 2_147_483_648_u64, "isSubscribed": 1}), vec!["isSubscribed", "sortOrder"]),
            (json!({"totalEmails": 3, "myRights": {}, "x": 1}), vec!["myRights", "totalEmails", "x"]),
        ] {
            let mut told = read(&wrong).unwrap_err();
            told.sort();
            assert_eq!(told, properties, "{wrong}");
        }
    }
}
