//! The page `docs/errors.md` says what this face answers.
use super::super::commands::authenticate;
use super::*;
use directory::LoginError;
use std::time::Duration;
use store::EngineError;

const PAGE: &str = include_str!("../../../../../docs/errors.md");

/// The cells of one column under a heading, by the name in the first one.
fn column(heading: &str, column: usize) -> Vec<(&'static str, &'static str)> {
    let section = PAGE.split("\n## ").find_map(|section| section.strip_prefix(heading)).expect(heading);
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    let cells =
        |row: &'static str| row.trim_matches(['|', ' ']).split(" | ").map(|cell| cell.trim_matches('`')).collect();
    rows.map(|row| -> Vec<&str> { cells(row) }).map(|cells| (cells[0], cells[column])).collect()
}

fn store_errors() -> Vec<Error> {
    vec![
        Error::NoSuchAccount(names::AccountId(1)),
        Error::NoSuchMailbox,
        Error::NoSuchEmail,
        Error::MailboxExists,
        Error::BadName("it is empty"),
        Error::Inbox,
        Error::RoleTaken,
        Error::OverQuota { used: 1, limit: 1 },
        Error::Limit { what: "mailboxes", limit: 1_000 },
        Error::CannotCalculateChanges(store::ModSeq(1)),
        Error::NoSpace,
        Error::Closed,
        Error::Engine(EngineError::Io("secret".to_owned())),
        Error::Corrupt("secret".to_owned()),
        Error::Conflict,
        Error::NewerSchema { found: 2, known: 1 },
    ]
}

const fn store_name(error: &Error) -> &'static str {
    match error {
        Error::NoSuchAccount(_) => "NoSuchAccount",
        Error::NoSuchMailbox => "NoSuchMailbox",
        Error::NoSuchEmail => "NoSuchEmail",
        Error::MailboxExists => "MailboxExists",
        Error::BadName(_) => "BadName",
        Error::Inbox => "Inbox",
        Error::RoleTaken => "RoleTaken",
        Error::OverQuota { .. } => "OverQuota",
        Error::Limit { .. } => "Limit",
        Error::CannotCalculateChanges(_) => "CannotCalculateChanges",
        Error::NoSpace => "NoSpace",
        Error::Closed => "Closed",
        Error::Engine(_) => "Engine",
        Error::Corrupt(_) => "Corrupt",
        Error::Conflict => "Conflict",
        Error::NewerSchema { .. } => "NewerSchema",
    }
}

fn compare(heading: &str, at: usize, answers: &[(&str, String)]) {
    let answers: Vec<(&str, &str)> = answers.iter().map(|(name, answer)| (*name, answer.as_str())).collect();
    assert_eq!(answers, column(heading, at), "{heading}");
}

#[test]
fn the_store() {
    let answer = |error: Error| (store_name(&error), said(&refusal(&error)));
    compare("The store", 2, &store_errors().into_iter().map(answer).collect::<Vec<_>>());
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
    compare("A login", 2, &all.iter().map(answer).collect::<Vec<_>>());
}

/// The reply without its tag.
fn said(completion: &Completion) -> String {
    let mut out = Vec::new();
    completion.print(&mut out, None);
    String::from_utf8(out).unwrap().trim_end().trim_start_matches("* ").to_owned()
}
