//! The arguments of a call, taken apart: each by its name and kind, and none left over.
use crate::{Id, MethodError};
use serde_json::{Map, Value};

/// The largest Int and UnsignedInt (RFC 8620, 1.3): what a double holds exactly.
const MAX_INT: u64 = (1 << 53) - 1;

/// Arguments that were not taken yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Arguments(Map<String, Value>);

/// An object as a client wrote it, or a patch of one.
pub type Object = Map<String, Value>;

type Taken<T> = Result<T, MethodError>;

fn wrong<T>(name: &str, what: &str) -> Taken<T> {
    Err(MethodError::InvalidArguments(format!("`{name}` is no {what}")))
}

impl Arguments {
    /// Those of a call, its references resolved.
    #[must_use]
    pub const fn new(arguments: Map<String, Value>) -> Self {
        Self(arguments)
    }

    /// One as it stands; `null` is the same as nothing.
    pub fn value(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name).filter(|value| !value.is_null())
    }

    /// A text, if it is there.
    ///
    /// # Errors
    /// `invalidArguments` where it is something else; the same holds for all below.
    pub fn text(&mut self, name: &str) -> Taken<Option<String>> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => wrong(name, "string"),
        }
    }

    /// An Id, if it is there.
    ///
    /// # Errors
    /// See [`Arguments::text`].
    pub fn id(&mut self, name: &str) -> Taken<Option<Id>> {
        match self.text(name)?.map(Id::try_from).transpose() {
            Ok(id) => Ok(id),
            Err(_) => wrong(name, "Id"),
        }
    }

    /// An Id that must be there, such as `accountId`.
    ///
    /// # Errors
    /// See [`Arguments::text`].
    pub fn required_id(&mut self, name: &str) -> Taken<Id> {
        self.id(name)?.ok_or_else(|| missing(name))
    }

    /// A text that must be there, such as `sinceState`.
    ///
    /// # Errors
    /// See [`Arguments::text`].
    pub fn required_text(&mut self, name: &str) -> Taken<String> {
        self.text(name)?.ok_or_else(|| missing(name))
    }

    /// A truth; `false` where it is not there.
    ///
    /// # Errors
    /// See [`Arguments::text`].
    pub fn truth(&mut self, name: &str) -> Taken<bool> {
        match self.value(name) {
            None => Ok(false),
            Some(Value::Bool(truth)) => Ok(truth),
            Some(_) => wrong(name, "Boolean"),
        }
    }

    /// An UnsignedInt, if it is there.
    ///
    /// # Errors
    /// See [`Arguments::text`].
    pub fn unsigned(&mut self, name: &str) -> Taken<Option<u64>> {
        let Some(value) = self.value(name) else { return Ok(None) };
        match value.as_u64().filter(|number| *number <= MAX_INT) {
            Some(number) => Ok(Some(number)),
            None => wrong(name, "UnsignedInt"),
        }
    }

    /// An Int, if it is there.
    ///
    /// # Errors
    /// See [`Arguments::text`].
    pub fn int(&mut self, name: &str) -> Taken<Option<i64>> {
        let Some(value) = self.value(name) else { return Ok(None) };
        match value.as_i64().filter(|number| number.unsigned_abs() <= MAX_INT) {
            Some(number) => Ok(Some(number)),
            None => wrong(name, "Int"),
        }
    }

    /// A list of texts, if it is there.
    ///
    /// # Errors
    /// See [`Arguments::text`].
    pub fn texts(&mut self, name: &str) -> Taken<Option<Vec<String>>> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let Value::Array(items) = value else { return wrong(name, "list") };
        let texts = items.into_iter().map(|item| match item {
            Value::String(text) => Ok(text),
            _ => wrong(name, "list of strings"),
        });
        texts.collect::<Result<_, _>>().map(Some)
    }

    /// A list of Ids, if it is there.
    ///
    /// # Errors
    /// See [`Arguments::text`].
    pub fn ids(&mut self, name: &str) -> Taken<Option<Vec<Id>>> {
        let Some(texts) = self.texts(name)? else { return Ok(None) };
        match texts.into_iter().map(Id::try_from).collect::<Result<_, _>>() {
            Ok(ids) => Ok(Some(ids)),
            Err(_) => wrong(name, "list of Ids"),
        }
    }

    /// A map from Ids to objects, if it is there, in the order of the Ids.
    ///
    /// # Errors
    /// See [`Arguments::text`].
    pub fn objects(&mut self, name: &str) -> Taken<Option<Vec<(Id, Object)>>> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let Value::Object(members) = value else { return wrong(name, "object") };
        let pairs = members.into_iter().map(|(id, value)| match (Id::try_from(id), value) {
            (Ok(id), Value::Object(object)) => Ok((id, object)),
            _ => wrong(name, "map from Ids to objects"),
        });
        pairs.collect::<Result<_, _>>().map(Some)
    }

    /// What is left, as it stands.
    #[must_use]
    pub fn into_members(self) -> Map<String, Value> {
        self.0
    }

    /// Ends the taking.
    ///
    /// # Errors
    /// `invalidArguments` where one is left that no method knows (RFC 8620, 3.6.2).
    pub fn none_left(self) -> Taken<()> {
        match self.0.keys().next() {
            Some(name) => Err(MethodError::InvalidArguments(format!("`{name}` is not known"))),
            None => Ok(()),
        }
    }
}

fn missing(name: &str) -> MethodError {
    MethodError::InvalidArguments(format!("`{name}` is missing"))
}

#[cfg(test)]
mod tests {
    use super::Arguments;
    use serde_json::{Value, json};

    fn arguments(value: Value) -> Arguments {
        match value {
            Value::Object(members) => Arguments::new(members),
            other => panic!("{other}"),
        }
    }

    #[test]
    fn each_is_of_its_kind() {
        let mut right = arguments(json!({
            "i": "a1", "t": "x", "b": true, "u": 9_007_199_254_740_991_u64, "n": -5, "l": ["a", "b"], "o": {"k": {"x": 1}}, "z": null
        }));
        assert_eq!(right.required_id("i").unwrap().as_str(), "a1");
        assert_eq!(right.required_text("t").unwrap(), "x");
        assert!(right.truth("b").unwrap() && !right.truth("absent").unwrap());
        assert_eq!((right.unsigned("u").unwrap(), right.int("n").unwrap()), (Some(9_007_199_254_740_991), Some(-5)));
        assert_eq!(right.ids("l").unwrap().unwrap().len(), 2);
        assert_eq!(right.objects("o").unwrap().unwrap()[0].1["x"], 1);
        assert_eq!(right.texts("z").unwrap(), None);
        right.none_left().unwrap();
    }

    #[test]
    fn what_is_of_another_kind_is_refused() {
        let wrong = json!({"i": "a b", "t": 1, "b": "true", "u": -1, "n": 1.5, "h": 9_007_199_254_740_992_u64, "l": [1], "o": {"k": 1}});
        let mut wrong = arguments(wrong);
        assert!(wrong.id("i").is_err() && wrong.text("t").is_err() && wrong.truth("b").is_err());
        assert!(wrong.unsigned("u").is_err() && wrong.int("n").is_err() && wrong.unsigned("h").is_err());
        assert!(wrong.texts("l").is_err() && wrong.objects("o").is_err());
        assert!(wrong.required_id("i").is_err() && wrong.required_text("t").is_err());
        assert!(arguments(json!({"more": 1})).none_left().is_err());
    }
}
