//! Answers that say what is wrong (RFC 7807).
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jmap_wire::RequestError;
use serde_json::{Value, json};

/// A problem that has no type of its own: its title is that of the status (RFC 7807, 4.2).
pub(crate) fn problem(status: StatusCode, detail: &str) -> Response {
    let title = status.canonical_reason().unwrap_or_default();
    body(status, &json!({"type": "about:blank", "status": status.as_u16(), "title": title, "detail": detail}))
}

/// Why a request of JMAP was not begun (RFC 8620, 3.6.1).
pub(crate) fn refused(error: &RequestError) -> Response {
    body(StatusCode::BAD_REQUEST, &error.problem())
}

/// Why a call of JMAP that is no request got no answer.
pub(crate) fn error(error: &jmap::Error) -> Response {
    match error {
        jmap::Error::Request(error) => refused(error),
        jmap::Error::NotFound => problem(StatusCode::NOT_FOUND, "there is no such account"),
        jmap::Error::Store(store::Error::OverQuota { .. } | store::Error::Limit { .. }) => {
            problem(StatusCode::INSUFFICIENT_STORAGE, "there is no room for it in this account")
        }
        jmap::Error::Store(error) => {
            tracing::warn!(%error, "a request was not answered");
            away()
        }
    }
}

/// Nothing can be said just now.
pub(crate) fn away() -> Response {
    let mut answer = problem(StatusCode::SERVICE_UNAVAILABLE, "not possible just now; please try again later");
    answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("10"));
    answer
}

fn body(status: StatusCode, problem: &Value) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/problem+json"), (header::CACHE_CONTROL, "no-store")];
    (status, headers, problem.to_string()).into_response()
}
