//! What comes by WebSocket (RFC 8887, 4.3): objects with a type, and perhaps an id of the client's.
use crate::RequestError;
use crate::json;
use serde_json::{Map, Value};

/// The outer members of a message.
#[derive(Debug, Clone, PartialEq)]
pub struct Envelope {
    /// `@type`.
    pub kind: Option<String>,
    /// `id`, which the answer bears as `requestId`.
    pub id: Option<String>,
    /// All members.
    pub members: Map<String, Value>,
}

impl Envelope {
    /// Reads them.
    ///
    /// # Errors
    /// `notJSON`; `notRequest` for what is no object.
    pub fn read(bytes: &[u8]) -> Result<Self, RequestError> {
        let value = json::read(bytes).map_err(|error| RequestError::NotJson(error.to_string()))?;
        let Value::Object(members) = value else { return Err(RequestError::NotRequest("it is no object")) };
        let text = |name: &str| members.get(name).and_then(Value::as_str).map(str::to_owned);
        Ok(Self { kind: text("@type"), id: text("id"), members })
    }
}

#[cfg(test)]
mod tests {
    use super::Envelope;
    use crate::RequestError;

    #[test]
    fn the_type_and_the_id_are_read() {
        // RFC 8887, 4.3.5.2
        let told = Envelope::read(br#"{"@type": "WebSocketPushEnable", "dataTypes": ["Mailbox", "Email"]}"#).unwrap();
        assert_eq!((told.kind.as_deref(), told.id), (Some("WebSocketPushEnable"), None));
        assert_eq!(Envelope::read(br#"{"id": "R1"}"#).unwrap().id.as_deref(), Some("R1"));
        assert!(matches!(Envelope::read(b"{"), Err(RequestError::NotJson(_))));
        assert!(matches!(Envelope::read(b"[]"), Err(RequestError::NotRequest(_))));
    }
}
