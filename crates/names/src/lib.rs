//! What is named everywhere: domains, addresses, accounts, sizes and secrets.
//!
//! Each type is valid once it exists: parsing is the only way in, and nobody checks again.
mod account;
mod address;
mod domain;
mod secret;
mod size;
pub use account::AccountId;
pub use address::{Address, AddressError, LocalPart};
pub use domain::{Domain, DomainError};
pub use secret::Secret;
pub use size::{ByteSize, ByteSizeError};
