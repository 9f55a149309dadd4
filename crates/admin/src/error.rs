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
    /// Lines of a file are wrong; nothing of the file was applied.
    #[error("{}", lines(.0))]
    BadLines(Vec<BadLine>),
    /// Not now: the store is away, the disk is full, or others changed the same thing.
    #[error("{0}")]
    Unavailable(String),
    /// What is on the disk is damaged.
    #[error("{0}")]
    Corrupt(String),
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
            | E::BadPassword
            | E::PasswordTooShort(_)
            | E::PasswordBreached
            | E::BadHash(_) => Self::BadRequest(text),
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
