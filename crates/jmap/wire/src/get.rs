//! `/get` (RFC 8620, 5.1).
use crate::{Arguments, Id, MethodError};

/// What every `/get` is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Get {
    /// In which account.
    pub account: Id,
    /// Which objects, each once; all for `None`.
    pub ids: Option<Vec<Id>>,
    /// Which of their properties; all for `None`.
    pub properties: Option<Vec<String>>,
}

impl Get {
    /// Takes them, and leaves what the type has beside them.
    ///
    /// # Errors
    /// `invalidArguments`; `requestTooLarge` beyond `max` objects.
    pub fn take(arguments: &mut Arguments, max: usize) -> Result<Self, MethodError> {
        let account = arguments.required_id("accountId")?;
        let mut ids = arguments.ids("ids")?;
        if let Some(ids) = &mut ids {
            // "identical ids MUST only be returned once"
            let mut seen = std::collections::HashSet::new();
            ids.retain(|id| seen.insert(id.clone()));
            if ids.len() > max {
                return Err(MethodError::RequestTooLarge);
            }
        }
        Ok(Self { account, ids, properties: arguments.texts("properties")? })
    }
}

#[cfg(test)]
mod tests {
    use super::Get;
    use crate::{Arguments, MethodError};
    use serde_json::{Value, json};

    fn get(value: Value, max: usize) -> Result<Get, MethodError> {
        match value {
            Value::Object(members) => Get::take(&mut Arguments::new(members), max),
            other => panic!("{other}"),
        }
    }

    #[test]
    fn an_id_that_stands_twice_counts_once() {
        let told = get(json!({"accountId": "a", "ids": ["1", "2", "1"], "properties": ["name"]}), 2).unwrap();
        assert_eq!(told.ids.unwrap().iter().map(|id| id.as_str()).collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(told.properties.unwrap(), ["name"]);
        assert_eq!(get(json!({"accountId": "a", "ids": null}), 2).unwrap().ids, None);
        assert_eq!(get(json!({"accountId": "a", "ids": ["1", "2", "3"]}), 2), Err(MethodError::RequestTooLarge));
        assert!(get(json!({"ids": []}), 2).is_err());
    }
}
