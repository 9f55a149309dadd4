//! The one place where what went wrong in the store becomes a reply (RFC 5530). What the peer reads has no path and no
//! cause in it; that is for the log.
use super::completion::Completion;
use imap_wire::reply::Code;
use store::Error;

/// The reply to an error of the store.
pub(crate) fn refusal(error: &Error) -> Completion {
    match error {
        Error::NoSuchMailbox => Completion::no(Code::NonExistent, "no such mailbox"),
        Error::NoSuchEmail => Completion::no(Code::ExpungeIssued, "some of the messages are gone"),
        Error::MailboxExists => Completion::no(Code::AlreadyExists, "a mailbox of that name exists"),
        Error::RoleTaken => Completion::no(Code::AlreadyExists, "another mailbox has that special use"),
        Error::BadName(reason) => Completion::no(Code::Cannot, format!("not a mailbox name: {reason}")),
        Error::Inbox => Completion::no(Code::Cannot, "not possible with INBOX"),
        Error::OverQuota { .. } => Completion::no(Code::OverQuota, "the account is full"),
        Error::Limit { what, limit } => Completion::no(Code::Limit, format!("the limit of {limit} {what} is reached")),
        Error::Conflict => Completion::no(Code::InUse, "others keep changing it, please try again"),
        Error::NoSpace => told(error, Code::Unavailable, "no space for mail just now, please try again later"),
        Error::Closed | Error::Engine(_) => {
            told(error, Code::Unavailable, "not possible just now, please try again later")
        }
        Error::Corrupt(_) => told(error, Code::Corruption, "something stored cannot be read; the provider knows"),
        Error::NoSuchAccount(_) => told(error, Code::ContactAdmin, "this account is gone"),
        Error::CannotCalculateChanges(_) | Error::NewerSchema { .. } => {
            told(error, Code::ServerBug, "the server made a mistake; the provider knows")
        }
    }
}

/// A refusal whose cause the operator must see.
fn told(error: &Error, code: Code, text: &'static str) -> Completion {
    tracing::warn!(%error, "the store refused");
    Completion::no(code, text)
}

#[cfg(test)]
mod page;
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_stay_inside() {
        for (error, code) in [
            (Error::NoSuchMailbox, Code::NonExistent),
            (Error::OverQuota { used: 1, limit: 1 }, Code::OverQuota),
            (Error::Limit { what: "keywords", limit: 1_000 }, Code::Limit),
            (Error::Corrupt("/srv/mail/secret".to_owned()), Code::Corruption),
            (Error::Engine(store::EngineError::Io("/srv/mail/secret".to_owned())), Code::Unavailable),
        ] {
            let refused = refusal(&error);
            assert_eq!(refused.code, Some(code));
            assert!(!refused.text.contains("secret"));
        }
    }
}
