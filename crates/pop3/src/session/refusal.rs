//! The one place where errors become answers (RFC 2449, 8; RFC 3206).
use super::words::Words;
use ::journal::Cause;
use directory::LoginError;
use store::Error;

/// What a refused login hears. `[AUTH]` makes a program ask for the password: only a wrong one may do that.
pub(super) const fn login(words: &'static Words, error: &LoginError) -> &'static str {
    match error {
        LoginError::Wrong => words.wrong_password,
        LoginError::Suspended { .. } => words.suspended,
        LoginError::TooManySessions => words.too_many_sessions,
        LoginError::TlsRequired => words.tls_first,
        LoginError::Throttled { .. } => words.throttled,
        LoginError::Unavailable(_) => words.store_unavailable,
    }
}

/// Why, for the journal.
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

/// What a client hears when the store did not do it.
pub(super) const fn store(words: &'static Words, error: &Error) -> &'static str {
    match error {
        Error::NoSuchEmail => words.message_gone,
        Error::NoSpace => words.no_space,
        Error::Corrupt(_) => words.message_damaged,
        Error::NoSuchAccount(_)
        | Error::NoSuchMailbox
        | Error::MailboxExists
        | Error::BadName(_)
        | Error::Inbox
        | Error::RoleTaken
        | Error::OverQuota { .. }
        | Error::Limit { .. }
        | Error::CannotCalculateChanges(_)
        | Error::Closed
        | Error::Engine(_)
        | Error::Conflict
        | Error::NewerSchema { .. } => words.store_unavailable,
    }
}

#[cfg(test)]
mod page;
