//! What somebody hears who is not let in.
use crate::problem::{away, problem};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use directory::LoginError;
use journal::Cause;

/// What a program is told to come with (RFC 7617, 2.1; RFC 6750, 3).
const CHALLENGES: [&str; 2] = ["Basic realm=\"mail\", charset=\"UTF-8\"", "Bearer realm=\"mail\""];

/// Why somebody is not let in.
#[derive(Debug)]
pub(crate) enum Refused {
    /// The request does not say who makes it.
    Nobody,
    /// What it says cannot be read.
    Malformed,
    /// It came without TLS.
    Plain,
    /// It came with a cookie from a page of another site.
    OtherSite,
    /// The door says no.
    Login(LoginError),
}

impl Refused {
    /// The answer.
    pub(crate) fn answer(&self, parts: &Parts) -> Response {
        match self {
            Self::Nobody => challenged(parts, "log in first"),
            Self::Malformed => challenged(parts, "the Authorization field cannot be read"),
            Self::Plain => problem(StatusCode::FORBIDDEN, "log in by TLS only"),
            Self::OtherSite => problem(StatusCode::FORBIDDEN, "a page of another site made this request"),
            Self::Login(error) => login(error, parts),
        }
    }
}

fn login(error: &LoginError, parts: &Parts) -> Response {
    match error {
        LoginError::Wrong => challenged(parts, "wrong name or password"),
        LoginError::Suspended { .. } => problem(StatusCode::FORBIDDEN, "the account is suspended; ask your provider"),
        LoginError::TlsRequired => problem(StatusCode::FORBIDDEN, "this account logs in by TLS only"),
        LoginError::TooManySessions => problem(StatusCode::TOO_MANY_REQUESTS, "too many sessions of this account"),
        LoginError::Throttled { wait } => {
            let mut answer = problem(StatusCode::TOO_MANY_REQUESTS, &error.to_string());
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
            answer
        }
        LoginError::Unavailable(_) => away(),
    }
}

/// A page's script gets no challenge of Basic: its browser would ask for the password in a window of its own.
fn challenged(parts: &Parts, detail: &str) -> Response {
    let mut answer = problem(StatusCode::UNAUTHORIZED, detail);
    let is_script = parts.headers.contains_key("sec-fetch-mode");
    for challenge in CHALLENGES.into_iter().filter(|challenge| !is_script || challenge.starts_with("Bearer")) {
        answer.headers_mut().append(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    }
    answer
}

/// What the door said, for the journal.
pub(super) const fn cause(error: &LoginError) -> Cause {
    match error {
        LoginError::Wrong => Cause::WrongPassword,
        LoginError::Suspended { .. } => Cause::AccountSuspended,
        LoginError::TooManySessions => Cause::TooManySessions,
        LoginError::TlsRequired => Cause::LoginNeedsTls,
        LoginError::Throttled { .. } => Cause::TooManyWrongPasswords,
        LoginError::Unavailable(_) => Cause::StoreUnavailable,
    }
}
