//! What the webmail asks first, answered with the session object before it asks: while its script comes, so does its first
//! list. The questions stand in a file that is built with the webmail, as its script asks them; it takes an answer where
//! the question is its own, and asks by itself where it is not. No standard: `docs/jmap.md`, "The start of a page".
use super::{Asked, Rooms, enter};
use crate::places::Kind;
use crate::{gzip, origin, problem};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use jmap::{Caller, Error};
use serde_json::{Value, json};
use std::sync::Arc;

/// The file of the webmail that has the questions: requests (RFC 8620, 3.3), in order.
const FILE: &str = "start.json";
/// What stands in them for the account of whoever asks, and for the mailbox in which its mail arrives.
const ACCOUNT: &str = "{account}";
const INBOX: &str = "{inbox}";

/// The questions.
pub(crate) struct Start(Vec<Value>);

impl Start {
    /// Those of a webmail; none where it was not built.
    pub(crate) fn of(webmail: &[(&str, &[u8])]) -> Self {
        let file = webmail.iter().find(|(path, _)| *path == FILE).map_or(&[][..], |(_, content)| *content);
        Self(serde_json::from_slice(file).unwrap_or_default())
    }
}

pub(super) async fn start(State(rooms): State<Arc<Rooms>>, request: Request) -> Response {
    let Asked { parts, session, .. } = match enter(&rooms, request).await {
        Ok(asked) => asked,
        Err(answer) => return answer,
    };
    let Some(base) = origin::base(&parts) else {
        return problem::problem(StatusCode::BAD_REQUEST, "the request names no host");
    };
    let object = match rooms.jmap.session(&session.caller, &base).await {
        Ok(object) => object,
        Err(error) => return problem::error(&error),
    };
    // who asks for too much at once is told who he is, and asks the rest when he has places again
    let place = rooms.visitors.places.take(session.caller.account, Kind::Request, jmap::CONCURRENT_REQUESTS);
    let answers = match &place {
        Some(_) => match answers(&rooms, &session.caller).await {
            Ok(answers) => answers,
            Err(error) => return problem::error(&error),
        },
        None => Vec::new(),
    };
    let told = json!({"session": object, "answers": answers});
    gzip::json(told.to_string().into_bytes(), gzip::takes(&parts), place).await
}

/// Each request with its response.
async fn answers(rooms: &Rooms, caller: &Caller) -> Result<Vec<Value>, Error> {
    let account = caller.account.to_string();
    let mut answers = Vec::new();
    let mut inbox: Option<String> = None;
    for question in &rooms.start.0 {
        let Some(asked) = filled(question, &account, inbox.as_deref()) else { break };
        let response = rooms.jmap.answer(caller, asked.to_string().as_bytes()).await?;
        let Ok(response) = serde_json::to_value(&response) else { break };
        inbox = inbox.or_else(|| inbox_in(&response));
        answers.push(json!({"request": asked, "response": response}));
    }
    Ok(answers)
}

/// A question of this account; nothing where it is about an inbox that nobody knows.
fn filled(question: &Value, account: &str, inbox: Option<&str>) -> Option<Value> {
    Some(match question {
        Value::String(text) if text == ACCOUNT => account.into(),
        Value::String(text) if text == INBOX => inbox?.into(),
        Value::Array(items) => {
            items.iter().map(|item| filled(item, account, inbox)).collect::<Option<Vec<_>>>()?.into()
        }
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| Some((name.clone(), filled(value, account, inbox)?)));
            Value::Object(fields.collect::<Option<_>>()?)
        }
        other => other.clone(),
    })
}

/// The mailbox with that role among those that a response tells of (RFC 8621, 2).
fn inbox_in(response: &Value) -> Option<String> {
    let responses = response.get("methodResponses")?.as_array()?;
    let mailboxes = responses.iter().filter(|one| one.get(0).and_then(Value::as_str) == Some("Mailbox/get"));
    let mut all = mailboxes.filter_map(|one| one.get(1)?.get("list")?.as_array()).flatten();
    let inbox = all.find(|mailbox| mailbox.get("role").and_then(Value::as_str) == Some("inbox"))?;
    Some(inbox.get("id")?.as_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Start, filled, inbox_in};
    use serde_json::json;

    #[test]
    fn a_question_is_filled_with_what_is_known() {
        let question = json!({"using": ["x"], "methodCalls": [["A/get", {"accountId": "{account}", "n": 1}, "c0"]]});
        let asked = filled(&question, "a1", None).unwrap();
        assert_eq!(asked["methodCalls"][0], json!(["A/get", {"accountId": "a1", "n": 1}, "c0"]));
        let about = json!({"filter": {"inMailbox": "{inbox}"}});
        assert_eq!(filled(&about, "a1", None), None);
        assert_eq!(filled(&about, "a1", Some("m7")), Some(json!({"filter": {"inMailbox": "m7"}})));
    }

    #[test]
    fn the_inbox_is_found_among_the_mailboxes() {
        let list = json!([{"id": "m1", "role": null}, {"id": "m2", "role": "inbox"}]);
        let told = json!({"methodResponses": [["Quota/get", {}, "c0"], ["Mailbox/get", {"list": list}, "c1"]]});
        assert_eq!(inbox_in(&told).as_deref(), Some("m2"));
        assert_eq!(inbox_in(&json!({"methodResponses": [["error", {"type": "x"}, "c0"]]})), None);
    }

    #[test]
    fn without_a_webmail_there_are_no_questions() {
        assert!(Start::of(&[]).0.is_empty());
        assert_eq!(Start::of(&[("start.json", br#"[{"using":[]}]"#)]).0.len(), 1);
    }
}
