//! Logging in for a token, and out: what a browser, or a program that keeps no password, does instead of sending the
//! password each time. See `docs/jmap.md`, "Logging in".
use super::{Asked, Rooms, enter, is_json};
use crate::door::{COOKIE, Refused, came};
use crate::problem;
use crate::{gzip, origin};
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use directory::LoginError;
use names::Secret;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use transport::Peer;

/// The largest body of a login.
const MAX_BODY: usize = 16 * 1024;
/// How long a token lasts.
const LIFE: Duration = Duration::from_secs(30 * 24 * 3_600);

/// Where the token goes.
enum Keeper {
    /// Into a cookie that no script reads.
    Browser,
    /// Into the answer.
    Program,
}

struct LogIn {
    name: String,
    password: Secret<String>,
    keeper: Keeper,
    program: String,
}

pub(super) async fn log_in(State(rooms): State<Arc<Rooms>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Some(peer) = parts.extensions.get::<Arc<Peer>>().cloned() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    // A form of another site cannot send this type (J10).
    if !is_json(&parts) {
        return problem::problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, "a login is application/json");
    }
    if origin::is_cross_site(&parts) {
        return problem::problem(StatusCode::FORBIDDEN, "a page of another site made this request");
    }
    let body = match rooms.visitors.bodies.whole(body, MAX_BODY).await {
        Ok(body) => body,
        Err(broken) => return broken.answer("maxSizeRequest"),
    };
    let Some(asked) = read(&body.bytes) else {
        return problem::problem(StatusCode::BAD_REQUEST, "a login has `username`, `password` and `for`");
    };
    drop(body);
    let login = match rooms.visitors.door.log_in(&asked.name, asked.password, &peer).await {
        Ok(login) => login,
        Err(refused) => return refused.answer(&parts),
    };
    match rooms.visitors.door.directory().issue_token(&login, LIFE, &asked.program).await {
        Ok(token) => {
            let came = came(&parts, &peer, matches!(asked.keeper, Keeper::Browser));
            rooms.visitors.door.directory().token_is_used(&login, &token, &came);
            answer(&asked.keeper, token.text.reveal(), token.expires.secs()).await
        }
        // suspended, or with another password, since it was looked at
        Err(directory::Error::NoSuchAccount(_)) => Refused::Login(LoginError::Wrong).answer(&parts),
        Err(error) => {
            tracing::warn!(%error, "no token was made");
            problem::away()
        }
    }
}

pub(super) async fn log_out(State(rooms): State<Arc<Rooms>>, request: Request) -> Response {
    let Asked { parts, session, .. } = match enter(&rooms, request).await {
        Ok(asked) => asked,
        Err(answer) => return answer,
    };
    if let Err(error) = rooms.visitors.door.log_out(&parts, &session).await {
        tracing::warn!(%error, "a token was not ended");
        return problem::away();
    }
    let gone = format!("{COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0");
    // what an id of a blob stands for may be kept for a year (RFC 8620, 6.2): not on who leaves (W3C, Clear Site Data, 3.1)
    let cache = (HeaderName::from_static("clear-site-data"), "\"cache\"".to_owned());
    ([(header::SET_COOKIE, gone), cache], StatusCode::NO_CONTENT).into_response()
}

fn read(bytes: &[u8]) -> Option<LogIn> {
    let value: Value = serde_json::from_slice(bytes).ok()?;
    let text = |name: &str| value.get(name).and_then(Value::as_str);
    let keeper = match text("for")? {
        "browser" => Keeper::Browser,
        "program" => Keeper::Program,
        _ => return None,
    };
    let (name, password) = (text("username")?.to_owned(), Secret::new(text("password")?.to_owned()));
    Some(LogIn { name, password, keeper, program: text("program").unwrap_or_default().to_owned() })
}

async fn answer(keeper: &Keeper, token: &str, expires: u64) -> Response {
    let expires = jmap_wire::utc_date(i64::try_from(expires).unwrap_or(i64::MAX));
    let told = match keeper {
        Keeper::Program => json!({"token": token, "expires": expires}),
        Keeper::Browser => json!({"expires": expires}),
    };
    let mut answer = gzip::json(told.to_string().into_bytes(), false, ()).await;
    if matches!(keeper, Keeper::Browser) {
        let seconds = LIFE.as_secs();
        let cookie = format!("{COOKIE}={token}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={seconds}");
        match HeaderValue::try_from(cookie) {
            Ok(cookie) => answer.headers_mut().insert(header::SET_COOKIE, cookie),
            Err(_) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        };
    }
    answer
}
