//! What can go wrong in the directory, by who must act.
use crate::HashError;
use names::{Address, Domain};
use thiserror::Error;

/// Why the directory did not do what was asked. Nothing of it is done.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Error {
    /// Mail for this domain is not taken here.
    #[error("no domain {0}")]
    NoSuchDomain(Domain),
    /// The domain is there already.
    #[error("the domain {0} exists")]
    DomainExists(Domain),
    /// The domain has accounts or aliases.
    #[error("the domain {domain} has {accounts} accounts and {aliases} aliases: remove them first")]
    DomainNotEmpty {
        /// Which one.
        domain: Domain,
        /// Its accounts.
        accounts: u64,
        /// Its aliases.
        aliases: u64,
    },
    /// The domain is another's alias, and has no addresses of its own.
    #[error("the domain {domain} is an alias of {of}: what is meant for it belongs there")]
    DomainIsAlias {
        /// Which one.
        domain: Domain,
        /// Of which one.
        of: Domain,
    },
    /// Another domain is an alias of this one.
    #[error("the domain {alias} is an alias of {domain}: remove it first")]
    DomainHasAlias {
        /// Which one.
        domain: Domain,
        /// Its alias.
        alias: Domain,
    },
    /// A separator that could not be told from a local part.
    #[error("the separator must be one ASCII character that is no letter, digit, dot, quote or @")]
    BadSeparator,
    /// No account has this address.
    #[error("no account {0}")]
    NoSuchAccount(Address),
    /// No alias has this address.
    #[error("no alias {0}")]
    NoSuchAlias(Address),
    /// An account or an alias has this address.
    #[error("the address {0} is taken")]
    AddressTaken(Address),
    /// The local part has white space, control characters or symbols that no address here may have.
    #[error("the part of {0} before the @ has characters that an account here may not have")]
    BadAddress(Address),
    /// An alias has no target, or more than 1,000.
    #[error("an alias has 1 to 1000 targets")]
    BadTargets,
    /// An address has as many delegates as it may have.
    #[error("an address has at most {0} delegates")]
    TooManyDelegates(usize),
    /// A name or a reason is longer than 1,000 bytes or has control characters.
    #[error("a name or a reason is at most 1000 bytes of text on one line")]
    BadText,
    /// The password is empty, or longer than a kibibyte.
    #[error("a password is 1 to 1024 bytes")]
    BadPassword,
    /// A new password is shorter than the operator wants.
    #[error("a new password has at least {0} characters ([passwords] min-length)")]
    PasswordTooShort(usize),
    /// A new password is the one that it was to replace.
    #[error("a new password is another one than before")]
    PasswordAsBefore,
    /// A new password has the name in it under which everybody knows the account.
    #[error("a new password does not have the account's name in it")]
    PasswordHasName,
    /// A new password is known to thieves.
    #[error("this password is on the list of those that thieves know ([passwords] breached): choose another one")]
    PasswordBreached,
    /// The hash is none that can be verified.
    #[error(transparent)]
    BadHash(#[from] HashError),
    /// Others kept changing the record first.
    #[error("the record was changed by others, repeatedly: try again")]
    Conflict,
    /// A record on the disk cannot be read.
    #[error("{0} cannot be read: run `glaspost store check`")]
    Corrupt(String),
    /// More passwords wait to be checked than there is room for.
    #[error("too many logins at once")]
    Busy,
    /// The disk is full or down to its reserve.
    #[error("no space on the disk")]
    NoSpace,
    /// The store is away: closed, or its machine fails. The cause is for the log.
    #[error("the store is away: {0}")]
    Unavailable(String),
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Conflict => Self::Conflict,
            store::Error::NoSpace => Self::NoSpace,
            store::Error::Corrupt(what) => Self::Corrupt(what),
            other => Self::Unavailable(other.to_string()),
        }
    }
}
