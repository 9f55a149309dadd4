//! The page `docs/errors.md` says what this file answers.
use super::super::body::Fault;
use super::*;
use directory::Error as DirectoryError;
use std::time::Duration;
use store::{EngineError, Error as StoreError};

const PAGE: &str = include_str!("../../../../../docs/errors.md");

/// The cells of one column under a heading, by the name in the first one.
fn column(heading: &str, column: usize) -> Vec<(&'static str, &'static str)> {
    let section = PAGE.split("\n## ").find_map(|section| section.strip_prefix(heading)).expect(heading);
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    let cells =
        |row: &'static str| row.trim_matches(['|', ' ']).split(" | ").map(|cell| cell.trim_matches('`')).collect();
    rows.map(|row| -> Vec<&str> { cells(row) }).map(|cells| (cells[0], cells[column])).collect()
}

fn store_errors() -> Vec<StoreError> {
    vec![
        StoreError::NoSuchAccount(names::AccountId(1)),
        StoreError::NoSuchMailbox,
        StoreError::NoSuchEmail,
        StoreError::MailboxExists,
        StoreError::BadName("it is empty"),
        StoreError::Inbox,
        StoreError::RoleTaken,
        StoreError::OverQuota { used: 1, limit: 1 },
        StoreError::Limit { what: "mailboxes", limit: 1_000 },
        StoreError::CannotCalculateChanges(store::ModSeq(1)),
        StoreError::NoSpace,
        StoreError::Closed,
        StoreError::Engine(EngineError::Io("secret".to_owned())),
        StoreError::Corrupt("secret".to_owned()),
        StoreError::Conflict,
        StoreError::NewerSchema { found: 2, known: 1 },
    ]
}

const fn store_name(error: &StoreError) -> &'static str {
    match error {
        StoreError::NoSuchAccount(_) => "NoSuchAccount",
        StoreError::NoSuchMailbox => "NoSuchMailbox",
        StoreError::NoSuchEmail => "NoSuchEmail",
        StoreError::MailboxExists => "MailboxExists",
        StoreError::BadName(_) => "BadName",
        StoreError::Inbox => "Inbox",
        StoreError::RoleTaken => "RoleTaken",
        StoreError::OverQuota { .. } => "OverQuota",
        StoreError::Limit { .. } => "Limit",
        StoreError::CannotCalculateChanges(_) => "CannotCalculateChanges",
        StoreError::NoSpace => "NoSpace",
        StoreError::Closed => "Closed",
        StoreError::Engine(_) => "Engine",
        StoreError::Corrupt(_) => "Corrupt",
        StoreError::Conflict => "Conflict",
        StoreError::NewerSchema { .. } => "NewerSchema",
    }
}

fn compare(heading: &str, at: usize, answers: &[(&str, String)]) {
    let answers: Vec<(&str, &str)> = answers.iter().map(|(name, answer)| (*name, answer.as_str())).collect();
    assert_eq!(answers, column(heading, at), "{heading}");
}

#[test]
fn the_store() {
    let door = Door::mx("mx.example.org".parse().unwrap());
    let answer = |error: StoreError| (store_name(&error), message(&Fault::Store(error), &door).to_string());
    compare("The store", 1, &store_errors().into_iter().map(answer).collect::<Vec<_>>());
}

#[test]
fn delivery_refuses() {
    let all = [
        Refused::Unknown,
        Refused::Suspended,
        Refused::MailboxFull,
        Refused::RelayingDenied,
        Refused::Loop,
        Refused::TooMany,
        Refused::Unavailable,
        Refused::NoSpace,
    ];
    let name = |refused: &Refused| match refused {
        Refused::Unknown => "Unknown",
        Refused::Suspended => "Suspended",
        Refused::MailboxFull => "MailboxFull",
        Refused::RelayingDenied => "RelayingDenied",
        Refused::Loop => "Loop",
        Refused::TooMany => "TooMany",
        Refused::Unavailable => "Unavailable",
        Refused::NoSpace => "NoSpace",
    };
    compare(
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
    compare(
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
    compare("A login", 1, &all.iter().map(|error| (name(error), login(error).to_string())).collect::<Vec<_>>());
}

#[test]
fn a_directory_that_is_away() {
    let away = directory(&DirectoryError::Unavailable("secret".to_owned())).to_string();
    compare("The directory", 1, &[("directory::Error", away)]);
}

#[test]
fn causes_stay_inside() {
    assert!(!PAGE.contains("secret"));
}
