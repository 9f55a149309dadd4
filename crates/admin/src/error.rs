//! Why an act was not done; it crosses the control socket too.
use serde::{Deserialize, Serialize};
use std::fmt;
use thiserror::Error as ThisError;

/// Why an act was not done. Nothing of it is, unless the text says otherwise.
#[derive(Debug, Clone, PartialEq, Eq, ThisError, Serialize, Deserialize)]
#[serde(tag = "kind", content = "what", rename_all = "kebab-case")]
pub enum Error {
    /// Who asks may not.
    #[error("this needs another role than {0}")]
    NotPermitted(String),
    /// What is named is not there: a domain, an account, an alias, a message.
    #[error("{0}")]
    NotFound(String),
    /// What is to be made is there already.
    #[error("{0}")]
    Exists(String),
    /// What is asked makes no sense: the caller must change it.
    #[error("{0}")]
    BadRequest(String),
    /// The password that was to be cannot be.
    #[error("{text}")]
    WeakPassword {
        /// What is wrong with it.
        why: Weakness,
        /// The same for people.
        text: String,
    },
    /// The password that was to be proved is wrong.
    #[error("the password is wrong")]
    WrongPassword,
    /// Lines of a file are wrong; nothing of the file was applied.
    #[error("{}", lines(.0))]
    BadLines(Vec<BadLine>),
    /// There is room for no more of these.
    #[error("{0}")]
    TooMany(String),
    /// What is to be changed is no longer what the caller has seen.
    #[error("others have changed it meanwhile")]
    Overtaken,
    /// It was asked too often.
    #[error("that was asked too often; try again in {wait} seconds")]
    TooOften {
        /// For so many seconds it is not done.
        wait: u64,
    },
    /// Not now: the store is away, the disk is full, or others changed the same thing.
    #[error("{0}")]
    Unavailable(String),
    /// What is on the disk is damaged.
    #[error("{0}")]
    Corrupt(String),
}

/// What is wrong with a new password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Weakness {
    /// It has too few characters, or none.
    TooShort,
    /// It has too many.
    TooLong,
    /// Thieves know it.
    Breached,
    /// It is the one that it was to replace.
    SameAsBefore,
    /// It has the account's name in it.
    ContainsName,
}

/// A wrong line of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BadLine {
    /// Its number, from 1.
    pub line: u64,
    /// What is wrong; never a password.
    pub what: String,
}

impl fmt::Display for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

fn lines(lines: &[BadLine]) -> String {
    lines.iter().map(BadLine::to_string).collect::<Vec<_>>().join("\n")
}

impl From<directory::Error> for Error {
    fn from(error: directory::Error) -> Self {
        use directory::Error as E;
        let text = error.to_string();
        match error {
            E::NoSuchDomain(_) | E::NoSuchAccount(_) | E::NoSuchAlias(_) => Self::NotFound(text),
            E::DomainExists(_) | E::AddressTaken(_) => Self::Exists(text),
            E::DomainNotEmpty { .. }
            | E::DomainIsAlias { .. }
            | E::DomainHasAlias { .. }
            | E::BadSeparator
            | E::BadAddress(_)
            | E::BadTargets
            | E::BadText
            | E::TooManyDelegates(_)
            | E::BadHash(_) => Self::BadRequest(text),
            E::BadPassword => Self::WeakPassword { why: Weakness::TooLong, text },
            E::PasswordTooShort(_) => Self::WeakPassword { why: Weakness::TooShort, text },
            E::PasswordBreached => Self::WeakPassword { why: Weakness::Breached, text },
            E::PasswordAsBefore => Self::WeakPassword { why: Weakness::SameAsBefore, text },
            E::PasswordHasName => Self::WeakPassword { why: Weakness::ContainsName, text },
            E::Conflict | E::Busy | E::NoSpace | E::Unavailable(_) => Self::Unavailable(text),
            E::Corrupt(_) => Self::Corrupt(text),
        }
    }
}

impl From<directory::HashError> for Error {
    fn from(error: directory::HashError) -> Self {
        directory::Error::BadHash(error).into()
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::NoSuchAccount(_) => Self::NotFound(error.to_string()),
            store::Error::Corrupt(_) | store::Error::NewerSchema { .. } => Self::Corrupt(error.to_string()),
            other => Self::Unavailable(other.to_string()),
        }
    }
}

impl From<store::EngineError> for Error {
    fn from(error: store::EngineError) -> Self {
        store::Error::from(error).into()
    }
}

impl From<delivery::Error> for Error {
    fn from(error: delivery::Error) -> Self {
        let text = error.to_string();
        match error {
            delivery::Error::NoSuchEntry(_) => Self::NotFound(text),
            delivery::Error::Store(error) => error.into(),
            delivery::Error::Changed(_) | delivery::Error::LeaseLost(_) | delivery::Error::Report(_) => {
                Self::Unavailable(text)
            }
            delivery::Error::Unreadable(_) => Self::Corrupt(text),
        }
    }
}
