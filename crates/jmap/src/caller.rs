//! Who calls.
use directory::{LoginId, Role};
use journal::Peer;
use names::{AccountId, Address};

/// An account that has logged in, whichever way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Its number.
    pub account: AccountId,
    /// Its address, which is its login.
    pub address: Address,
    /// What it may do beside its own mail.
    pub role: Role,
    /// By what it is in: a token, or a program that has the password.
    pub login: Option<LoginId>,
    /// The session that it calls in, as in the log and the journal.
    pub peer: Peer,
}
