//! A request (RFC 8620, 3.3).
use crate::json;
use crate::{Id, RequestError};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A request as it came. No reference is resolved yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The capabilities that its calls use.
    pub using: Vec<String>,
    /// Its calls, in order.
    pub calls: Vec<Call>,
    /// Ids of earlier requests by their creation ids; where a client gives them, it wants them back.
    pub created_ids: Option<BTreeMap<Id, Id>>,
}

/// One call of a method.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The method, such as `Email/get`.
    pub name: String,
    /// What it is asked.
    pub arguments: Map<String, Value>,
    /// What the client calls it; the answer bears the same.
    pub id: String,
}

impl Request {
    /// Reads a request of at most `max_calls` calls.
    ///
    /// # Errors
    /// Why it is none. Members that the RFC does not name are ignored, as I-JSON asks (RFC 7493, 4.2).
    pub fn parse(bytes: &[u8], max_calls: usize) -> Result<Self, RequestError> {
        let value = json::read(bytes).map_err(|error| RequestError::NotJson(error.to_string()))?;
        let Value::Object(mut members) = value else { return Err(RequestError::NotRequest("it is no object")) };
        let using = match members.remove("using") {
            Some(Value::Array(names)) => names.into_iter().map(text).collect::<Option<_>>(),
            _ => None,
        };
        let using = using.ok_or(RequestError::NotRequest("`using` is no list of strings"))?;
        let Some(Value::Array(calls)) = members.remove("methodCalls") else {
            return Err(RequestError::NotRequest("`methodCalls` is no list"));
        };
        if calls.len() > max_calls {
            return Err(RequestError::Limit("maxCallsInRequest"));
        }
        let calls = calls.into_iter().map(call).collect::<Option<_>>();
        let calls = calls.ok_or(RequestError::NotRequest("a call is a name, an object and an id"))?;
        let created_ids = members.remove("createdIds").map(created).transpose()?;
        Ok(Self { using, calls, created_ids })
    }
}

fn text(value: Value) -> Option<String> {
    if let Value::String(text) = value { Some(text) } else { None }
}

fn call(value: Value) -> Option<Call> {
    let Value::Array(parts) = value else { return None };
    let [name, arguments, id]: [Value; 3] = parts.try_into().ok()?;
    let Value::Object(arguments) = arguments else { return None };
    Some(Call { name: text(name)?, arguments, id: text(id)? })
}

fn created(value: Value) -> Result<BTreeMap<Id, Id>, RequestError> {
    let wrong = RequestError::NotRequest("`createdIds` maps ids to ids");
    let Value::Object(members) = value else { return Err(wrong) };
    let pair = |(from, to): (String, Value)| Some((Id::try_from(from).ok()?, Id::try_from(text(to)?).ok()?));
    members.into_iter().map(pair).collect::<Option<_>>().ok_or(wrong)
}

#[cfg(test)]
mod tests {
    use super::Request;
    use crate::RequestError;

    #[test]
    fn the_example_of_the_rfc_is_read() {
        // RFC 8620, 3.3.1
        let text = br#"{
            "using": [ "urn:ietf:params:jmap:core", "urn:ietf:params:jmap:mail" ],
            "methodCalls": [
                [ "method1", { "arg1": "arg1data", "arg2": "arg2data" }, "c1" ],
                [ "method2", { "arg1": "arg1data" }, "c2" ],
                [ "method3", {}, "c3" ]
            ]
        }"#;
        let request = Request::parse(text, 16).unwrap();
        assert_eq!(request.using, ["urn:ietf:params:jmap:core", "urn:ietf:params:jmap:mail"]);
        let named: Vec<_> = request.calls.iter().map(|call| (call.name.as_str(), call.id.as_str())).collect();
        assert_eq!(named, [("method1", "c1"), ("method2", "c2"), ("method3", "c3")]);
        assert_eq!(request.calls[0].arguments["arg2"], "arg2data");
        assert_eq!(request.created_ids, None);
    }

    #[test]
    fn what_is_no_request_is_told_so() {
        for (text, name) in [
            ("{", "notJSON"),
            ("[]", "notRequest"),
            ("{}", "notRequest"),
            (r#"{"using": "x", "methodCalls": []}"#, "notRequest"),
            (r#"{"using": [1], "methodCalls": []}"#, "notRequest"),
            (r#"{"using": [], "methodCalls": {}}"#, "notRequest"),
            (r#"{"using": [], "methodCalls": [["a", {}]]}"#, "notRequest"),
            (r#"{"using": [], "methodCalls": [["a", {}, "b", 1]]}"#, "notRequest"),
            (r#"{"using": [], "methodCalls": [["a", [], "b"]]}"#, "notRequest"),
            (r##"{"using": [], "methodCalls": [], "createdIds": {"a": "#"}}"##, "notRequest"),
        ] {
            let problem = Request::parse(text.as_bytes(), 16).unwrap_err().problem();
            assert_eq!(problem["type"], format!("urn:ietf:params:jmap:error:{name}"), "{text}");
            assert_eq!(problem["status"], 400);
        }
    }

    #[test]
    fn j01_too_many_calls_name_the_limit() {
        let text = br#"{"using": [], "methodCalls": [["a", {}, "1"], ["a", {}, "2"]]}"#;
        assert!(Request::parse(text, 2).is_ok());
        let error = Request::parse(text, 1).unwrap_err();
        assert_eq!(error, RequestError::Limit("maxCallsInRequest"));
        assert_eq!(error.problem()["limit"], "maxCallsInRequest");
    }
}
