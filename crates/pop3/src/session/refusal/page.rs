//! The page `docs/errors.md` says what this face answers.
use super::super::words::Words;
use super::{login, store as refusal};
use directory::LoginError;
use std::time::Duration;
use store_conformance::{store_errors, the_page_says};
use texts::Language;

#[test]
fn the_store() {
    let words = Words::of(Language::English);
    let answer = |(name, error): (&'static str, store::Error)| (name, format!("-ERR {}", refusal(words, &error)));
    the_page_says("The store", 3, &store_errors().into_iter().map(answer).collect::<Vec<_>>());
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
    let words = Words::of(Language::English);
    let answer = |error: &LoginError| (name(error), format!("-ERR {}", login(words, error)));
    the_page_says("A login", 3, &all.iter().map(answer).collect::<Vec<_>>());
}
