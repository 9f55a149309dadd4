//! The page `docs/errors.md` says what this file answers.
use super::super::body::Fault;
use super::*;
use directory::Error as DirectoryError;
use std::time::Duration;
use store_conformance::{store_errors, the_page_says};

#[test]
fn the_store() {
    let door = Door::mx("mx.example.org".parse().unwrap());
    let answer = |(name, error): (&'static str, store::Error)| (name, message(&Fault::Store(error), &door).to_string());
    the_page_says("The store", 1, &store_errors().into_iter().map(answer).collect::<Vec<_>>());
}

#[test]
fn delivery_refuses() {
    let all = [
        Refused::Unknown,
        Refused::Suspended,
        Refused::MailboxFull,
        Refused::FullForNow,
        Refused::RelayingDenied,
        Refused::ByRoute("TEXT".to_owned()),
        Refused::Loop,
        Refused::TooMany,
        Refused::NoPostmaster,
        Refused::Unavailable,
        Refused::NoSpace,
    ];
    let name = |refused: &Refused| match refused {
        Refused::Unknown => "Unknown",
        Refused::Suspended => "Suspended",
        Refused::MailboxFull => "MailboxFull",
        Refused::FullForNow => "FullForNow",
        Refused::RelayingDenied => "RelayingDenied",
        Refused::ByRoute(_) => "ByRoute",
        Refused::Loop => "Loop",
        Refused::TooMany => "TooMany",
        Refused::NoPostmaster => "NoPostmaster",
        Refused::Unavailable => "Unavailable",
        Refused::NoSpace => "NoSpace",
    };
    the_page_says(
        "Delivery",
        1,
        &all.iter().map(|refused| (name(refused), delivery(refused).to_string())).collect::<Vec<_>>(),
    );
}

#[test]
fn a_message_is_refused() {
    let door = Door::mx("mx.example.org".parse().unwrap());
    let all = [Fault::TooLarge, Fault::HeaderTooLarge, Fault::Loop, Fault::BareLineEnd];
    let name = |fault: &Fault| match fault {
        Fault::TooLarge => "TooLarge",
        Fault::HeaderTooLarge => "HeaderTooLarge",
        Fault::Loop => "Loop",
        Fault::BareLineEnd => "BareLineEnd",
        Fault::Store(_) => "Store",
    };
    the_page_says(
        "A message",
        1,
        &all.iter().map(|fault| (name(fault), message(fault, &door).to_string())).collect::<Vec<_>>(),
    );
}

#[test]
fn a_login_is_refused() {
    let all = [
        LoginError::Wrong,
        LoginError::Suspended { reason: "secret".to_owned() },
        LoginError::TooManySessions,
        LoginError::TlsRequired,
        LoginError::Throttled { wait: Duration::from_secs(60) },
        LoginError::Unavailable(DirectoryError::Unavailable("secret".to_owned())),
    ];
    let name = |error: &LoginError| match error {
        LoginError::Wrong => "Wrong",
        LoginError::Suspended { .. } => "Suspended",
        LoginError::TooManySessions => "TooManySessions",
        LoginError::TlsRequired => "TlsRequired",
        LoginError::Throttled { .. } => "Throttled",
        LoginError::Unavailable(_) => "Unavailable",
    };
    the_page_says("A login", 1, &all.iter().map(|error| (name(error), login(error).to_string())).collect::<Vec<_>>());
}

#[test]
fn a_directory_that_is_away() {
    let away = directory(&DirectoryError::Unavailable("secret".to_owned())).to_string();
    the_page_says("The directory", 1, &[("directory::Error", away)]);
}
