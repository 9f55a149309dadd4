//! Where errors of the rooms become those of JMAP (RFC 8620, 3.6.2 and 5.3). What a client reads names no path and no record.
use jmap_wire::{MethodError, SetError};
use store::Error;

/// Why a call is refused.
pub(crate) fn method(error: &Error) -> MethodError {
    match error {
        Error::NoSuchAccount(_) => MethodError::AccountNotFound,
        Error::CannotCalculateChanges(_) => MethodError::CannotCalculateChanges,
        Error::Limit { .. } | Error::OverQuota { .. } => MethodError::RequestTooLarge,
        Error::NoSpace | Error::Closed | Error::Conflict | Error::Engine(_) => {
            tracing::warn!(%error, "a call was not answered");
            MethodError::ServerUnavailable
        }
        Error::NoSuchMailbox
        | Error::NoSuchEmail
        | Error::MailboxExists
        | Error::BadName(_)
        | Error::Inbox
        | Error::RoleTaken
        | Error::Corrupt(_)
        | Error::NewerSchema { .. } => {
            tracing::error!(%error, "a call was not answered");
            MethodError::ServerFail("a fault of this server; it has been noted".to_owned())
        }
    }
}

/// Why a call that has an act done is refused.
pub(crate) fn of_admin(error: &admin::Error) -> MethodError {
    match error {
        admin::Error::NotPermitted(_) => MethodError::Forbidden,
        // the account went meanwhile
        admin::Error::NotFound(_) => MethodError::AccountNotFound,
        admin::Error::TooOften { wait } => MethodError::RateLimit(*wait),
        admin::Error::Overtaken => MethodError::StateMismatch,
        admin::Error::Exists(why) | admin::Error::BadRequest(why) => MethodError::InvalidArguments(why.clone()),
        admin::Error::TooMany(_) => MethodError::RequestTooLarge,
        admin::Error::WrongPassword => MethodError::WrongPassword,
        admin::Error::WeakPassword { text, .. } => MethodError::InvalidArguments(text.clone()),
        admin::Error::Unavailable(cause) => {
            tracing::warn!(cause, "an act was not done");
            MethodError::ServerUnavailable
        }
        admin::Error::BadLines(_) | admin::Error::Corrupt(_) => {
            tracing::error!(%error, "an act was not done");
            MethodError::ServerFail("a fault of this server; it has been noted".to_owned())
        }
    }
}

/// Why one object is not changed by an act.
pub(crate) fn set_of_admin(error: &admin::Error) -> SetError {
    match error {
        admin::Error::NotPermitted(_) => SetError::new("forbidden"),
        admin::Error::NotFound(_) => SetError::new("notFound"),
        admin::Error::TooOften { wait } => SetError::new("rateLimit").with("retryAfter", *wait),
        admin::Error::Exists(why) | admin::Error::BadRequest(why) | admin::Error::WeakPassword { text: why, .. } => {
            SetError::new("forbidden").because(why)
        }
        admin::Error::TooMany(why) => SetError::new("overQuota").because(why),
        admin::Error::WrongPassword => SetError::new("forbidden"),
        // who acts in one state alone tells so of the call as a whole
        admin::Error::Overtaken => SetError::new("serverFail").because("others write; please try again"),
        admin::Error::Unavailable(_) | admin::Error::BadLines(_) | admin::Error::Corrupt(_) => {
            tracing::warn!(%error, "an act was not done");
            SetError::new("serverFail").because("not possible just now; please try again later")
        }
    }
}

/// Why one object is not created, changed or destroyed.
pub(crate) fn set(error: &Error) -> SetError {
    match error {
        Error::NoSuchAccount(_) | Error::NoSuchMailbox | Error::NoSuchEmail => SetError::new("notFound"),
        Error::MailboxExists => SetError::invalid(&["name"]).because("a mailbox of that name exists"),
        Error::BadName(why) => SetError::invalid(&["name"]).because(*why),
        Error::Inbox => SetError::new("forbidden").because("the inbox stays what and where it is"),
        Error::RoleTaken => SetError::invalid(&["role"]).because("another mailbox has this role"),
        Error::OverQuota { .. } => SetError::new("overQuota"),
        // RFC 8621, 4.6 has names of its own for these two
        Error::Limit { what: "keywords", .. } => SetError::new("tooManyKeywords"),
        Error::Limit { what: "copies of an email", .. } => SetError::new("tooManyMailboxes"),
        // RFC 8620, 5.3: "a limit ... on the number of objects of this type"
        Error::Limit { .. } => SetError::new("overQuota").because(error.to_string()),
        // the client's own: another state than it said; the call as a whole is told so
        Error::Conflict => SetError::new("serverFail").because("others write; please try again"),
        Error::CannotCalculateChanges(_)
        | Error::NoSpace
        | Error::Closed
        | Error::Engine(_)
        | Error::Corrupt(_)
        | Error::NewerSchema { .. } => {
            tracing::warn!(%error, "an object was not written");
            SetError::new("serverFail").because("not possible just now; please try again later")
        }
    }
}
