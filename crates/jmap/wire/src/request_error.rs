//! Why a whole request is refused (RFC 8620, 3.6.1): an answer of HTTP with a problem (RFC 7807).
use serde_json::{Value, json};
use thiserror::Error;

/// Why a request was not begun.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RequestError {
    /// The body is no I-JSON.
    #[error("the request is no I-JSON: {0}")]
    NotJson(String),
    /// The JSON is no request.
    #[error("the JSON is no request: {0}")]
    NotRequest(&'static str),
    /// `using` names what this server has not.
    #[error("this server has no capability {0}")]
    UnknownCapability(String),
    /// It is more than the capability `urn:ietf:params:jmap:core` allows; the limit's name there.
    #[error("more than {0} allows")]
    Limit(&'static str),
}

impl RequestError {
    /// The body of the answer; its type is `application/problem+json` and its status 400.
    #[must_use]
    pub fn problem(&self) -> Value {
        let name = match self {
            Self::NotJson(_) => "notJSON",
            Self::NotRequest(_) => "notRequest",
            Self::UnknownCapability(_) => "unknownCapability",
            Self::Limit(_) => "limit",
        };
        let mut problem = json!({
            "type": format!("urn:ietf:params:jmap:error:{name}"),
            "status": 400,
            "detail": self.to_string(),
        });
        if let (Self::Limit(limit), Value::Object(members)) = (self, &mut problem) {
            members.insert("limit".to_owned(), (*limit).into());
        }
        problem
    }
}
