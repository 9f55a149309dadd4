//! Why one object was not created, changed or destroyed (RFC 8620, 5.3).
use serde::Serialize;
use serde_json::{Map, Value};

/// A SetError.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SetError {
    /// Its type, such as `invalidProperties`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// For a developer who reads a log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Which properties are wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub properties: Vec<String>,
    /// What the type has beside these, such as `existingId`.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

impl SetError {
    /// An error of this type alone.
    #[must_use]
    pub fn new(kind: &'static str) -> Self {
        Self { kind, description: None, properties: Vec::new(), more: Map::new() }
    }

    /// `invalidProperties`, with their names.
    #[must_use]
    pub fn invalid(properties: &[&str]) -> Self {
        let properties = properties.iter().map(|name| (*name).to_owned()).collect();
        Self { properties, ..Self::new("invalidProperties") }
    }

    /// The same with a description.
    #[must_use]
    pub fn because(self, description: impl Into<String>) -> Self {
        Self { description: Some(description.into()), ..self }
    }

    /// The same with one member more.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.more.insert(name.to_owned(), value.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::SetError;
    use serde_json::json;

    #[test]
    fn members_that_are_empty_are_not_told() {
        let told = |error| serde_json::to_value::<SetError>(error).unwrap();
        assert_eq!(told(SetError::new("notFound")), json!({"type": "notFound"}));
        assert_eq!(
            told(SetError::invalid(&["role"]).because("taken")),
            json!({"type": "invalidProperties", "properties": ["role"], "description": "taken"})
        );
        assert_eq!(
            told(SetError::new("alreadyExists").with("existingId", "m1")),
            json!({"type": "alreadyExists", "existingId": "m1"})
        );
    }
}
