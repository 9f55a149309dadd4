//! The page `docs/errors.md`, and every error of the store, for the faces whose answers the page lists.
use store::{EngineError, Error};

const PAGE: &str = include_str!("../../../../docs/errors.md");

/// Compares what a face answers with a column of the table under a heading. No answer may give a cause away: the
/// errors that carry one carry the word `secret`.
///
/// # Panics
/// Where a cell is not what the face says.
pub fn the_page_says(heading: &str, column: usize, answers: &[(&str, String)]) {
    let section = PAGE.split("\n## ").find_map(|section| section.strip_prefix(heading)).expect(heading);
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    let cells = |row: &'static str| -> Vec<&'static str> {
        row.trim_matches(['|', ' ']).split(" | ").map(|cell| cell.trim_matches('`')).collect()
    };
    let said: Vec<(&str, &str)> = rows.map(cells).map(|cells| (cells[0], cells[column])).collect();
    let answers: Vec<(&str, &str)> = answers.iter().map(|(name, answer)| (*name, answer.as_str())).collect();
    assert_eq!(answers, said, "{heading}");
    assert!(!PAGE.contains("secret"));
}

/// One of each error of the store, with its name, in the order of the page.
pub fn store_errors() -> Vec<(&'static str, Error)> {
    let all = [
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
    ];
    all.into_iter().map(|error| (name(&error), error)).collect()
}

/// A new error does not compile until the page has it.
const fn name(error: &Error) -> &'static str {
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
