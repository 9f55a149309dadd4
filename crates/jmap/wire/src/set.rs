//! `/set` (RFC 8620, 5.3).
use crate::{Arguments, Id, MethodError, Object};
use serde_json::Value;
use std::collections::BTreeSet;

/// What every `/set` is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Set {
    /// In which account.
    pub account: Id,
    /// Only while the type has this state.
    pub if_in_state: Option<String>,
    /// New objects by creation id.
    pub create: Vec<(Id, Object)>,
    /// Patches by id; an id may be `#` and a creation id, which is why it is a text.
    pub update: Vec<(String, Object)>,
    /// What goes; the same holds.
    pub destroy: Vec<String>,
}

impl Set {
    /// Takes them, and leaves what the type has beside them.
    ///
    /// # Errors
    /// `invalidArguments`; `requestTooLarge` beyond `max` objects in all.
    pub fn take(arguments: &mut Arguments, max: usize) -> Result<Self, MethodError> {
        let mut destroy = arguments.texts("destroy")?.unwrap_or_default();
        // what is named twice goes once
        let mut named = BTreeSet::new();
        destroy.retain(|id| named.insert(id.clone()));
        let set = Self {
            account: arguments.required_id("accountId")?,
            if_in_state: arguments.text("ifInState")?,
            create: arguments.objects("create")?.unwrap_or_default(),
            update: updates(arguments)?,
            destroy,
        };
        if set.create.len() + set.update.len() + set.destroy.len() > max {
            return Err(MethodError::RequestTooLarge);
        }
        Ok(set)
    }
}

/// Patches by id, or by `#` and a creation id.
///
/// # Errors
/// `invalidArguments`.
pub fn updates(arguments: &mut Arguments) -> Result<Vec<(String, Object)>, MethodError> {
    let wrong = || MethodError::InvalidArguments("`update` is no map from Ids to patches".to_owned());
    let Some(value) = arguments.value("update") else { return Ok(Vec::new()) };
    let Value::Object(members) = value else { return Err(wrong()) };
    let pairs = members.into_iter().map(|(id, patch)| match patch {
        Value::Object(patch) if Id::try_from(id.strip_prefix('#').unwrap_or(&id)).is_ok() => Ok((id, patch)),
        _ => Err(wrong()),
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use super::Set;
    use crate::{Arguments, MethodError};
    use serde_json::{Value, json};

    fn set(value: Value, max: usize) -> Result<Set, MethodError> {
        match value {
            Value::Object(members) => Set::take(&mut Arguments::new(members), max),
            other => panic!("{other}"),
        }
    }

    #[test]
    fn all_three_are_counted_together() {
        let told = json!({"accountId": "a", "ifInState": "s", "create": {"k": {}}, "update": {"m1": {}, "#k": {}}, "destroy": ["m2", "m2"]});
        let right = set(told.clone(), 4).unwrap();
        assert_eq!((right.create.len(), right.update.len(), right.destroy.len()), (1, 2, 1));
        assert_eq!(right.if_in_state.as_deref(), Some("s"));
        assert_eq!(set(told, 3), Err(MethodError::RequestTooLarge));
        for wrong in [
            json!({"update": {"m1": 1}}),
            json!({"update": {"m 1": {}}}),
            json!({"create": []}),
            json!({"destroy": "m1"}),
        ] {
            let mut wrong = wrong;
            wrong["accountId"] = "a".into();
            assert!(set(wrong.clone(), 4).is_err(), "{wrong}");
        }
    }
}
