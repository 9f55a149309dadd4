//! What goes back (RFC 8620, 3.4).
use crate::{Id, MethodError};
use serde::ser::{Serialize, SerializeTuple, Serializer};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The answer to a call, or one of several.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The method, or `error`.
    pub name: String,
    /// What it says.
    pub arguments: Map<String, Value>,
    /// The call's id.
    pub id: String,
}

impl Answer {
    /// The answer that tells of an error (RFC 8620, 3.6.2).
    #[must_use]
    pub fn error(error: &MethodError, id: &str) -> Self {
        Self { name: "error".to_owned(), arguments: error.arguments(), id: id.to_owned() }
    }
}

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut parts = serializer.serialize_tuple(3)?;
        parts.serialize_element(&self.name)?;
        parts.serialize_element(&self.arguments)?;
        parts.serialize_element(&self.id)?;
        parts.end()
    }
}

/// The answer to a request.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Response {
    /// The answers, in the order of the calls.
    pub method_responses: Vec<Answer>,
    /// What was created, by creation id, where the client gave its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_ids: Option<BTreeMap<Id, Id>>,
    /// The state of the session object.
    pub session_state: String,
}

#[cfg(test)]
mod tests {
    use super::{Answer, Response};
    use crate::MethodError;
    use serde_json::{Map, json};

    #[test]
    fn the_shape_is_that_of_the_rfc() {
        let answers = vec![
            Answer { name: "Core/echo".to_owned(), arguments: Map::new(), id: "a".to_owned() },
            Answer::error(&MethodError::UnknownMethod, "b"),
        ];
        let response = Response { method_responses: answers, created_ids: None, session_state: "s".to_owned() };
        assert_eq!(
            serde_json::to_value(response).unwrap(),
            json!({
                "methodResponses": [["Core/echo", {}, "a"], ["error", {"type": "unknownMethod"}, "b"]],
                "sessionState": "s"
            })
        );
    }
}
