//! The page `docs/errors.md` says what this face answers.
use super::super::commands::authenticate;
use super::*;
use directory::LoginError;
use imap_wire::reply::condition;
use std::time::Duration;
use store_conformance::{store_errors, the_page_says};

#[test]
fn the_store() {
    let answer = |(name, error): (&'static str, Error)| (name, said(&refusal(&error)));
    the_page_says("The store", 2, &store_errors().into_iter().map(answer).collect::<Vec<_>>());
}

#[test]
fn a_login_is_refused() {
    let all = [
        LoginError::Wrong,
        LoginError::Suspended { reason: "secret".to_owned() },
        LoginError::TooManySessions,
        LoginError::TlsRequired,
        LoginError::Throttled { wait: Duration::from_secs(60) },
        LoginError::Unavailable(directory::Error::Unavailable("secret".to_owned())),
    ];
    let name = |error: &LoginError| match error {
        LoginError::Wrong => "Wrong",
        LoginError::Suspended { .. } => "Suspended",
        LoginError::TooManySessions => "TooManySessions",
        LoginError::TlsRequired => "TlsRequired",
        LoginError::Throttled { .. } => "Throttled",
        LoginError::Unavailable(_) => "Unavailable",
    };
    let answer = |error: &LoginError| (name(error), said(&authenticate::refused(error).1));
    the_page_says("A login", 2, &all.iter().map(answer).collect::<Vec<_>>());
}

/// The reply without its tag.
fn said(completion: &Completion) -> String {
    let mut out = Vec::new();
    condition(&mut out, None, completion.status, completion.code.as_ref(), &completion.text);
    String::from_utf8(out).unwrap().trim_end().trim_start_matches("* ").to_owned()
}
