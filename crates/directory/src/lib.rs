//! Who lives here: domains, accounts, aliases, credentials, roles; and login.
//!
//! A [`Directory`] stands on an engine of `store`, beside the mail: it resolves recipients ([`Directory::resolve`]),
//! says who may send as what ([`Directory::may_send_as`]) and lets people in ([`Directory::login`]). `admin` changes
//! it. What it says is as of the last commit: its cache is never behind one of this process.
//!
//! The order of making an account: first its place in the store, then its address here. Either can be repeated.
mod accounts;
mod aliases;
mod bounded;
mod cache;
mod directory;
mod domains;
mod error;
mod forwards;
mod login;
mod name;
mod password_change;
mod postmaster;
mod resolve;
mod schema;
mod senders;
mod shelf;
mod tokens;
pub use accounts::{Account, AccountPage, NewAccount, NewPassword};
pub use aliases::{Alias, AliasPage};
pub use directory::{Directory, DirectorySettings};
pub use domains::{DomainOptions, LocalDomain};
pub use error::Error;
pub use forwards::Forward;
pub use login::sasl::{Credentials, MAX_SASL_RESPONSE, Mechanism, SaslError, SaslExchange, SaslStep};
pub use login::scheme::{HashCost, HashError, PasswordHash, PasswordOrHash};
pub use login::{
    Attempt, Came, Channel, Doorway, Leash, Leashed, Login, LoginError, LoginId, LoginNotice, LoginObserver, Network,
    NoLoginId, PasswordRules, Pepper, PepperError, ProgramLogin, Revocation, Revoked, Secured, Service, SessionPermit,
    ThrottleLimits, Use,
};
pub use password_change::{PasswordChange, PasswordChangeError};
pub use resolve::{AliasFault, Resolution, Target};
pub use schema::{Delegate, Role};
pub use tokens::NewToken;
