//! JMAP: what its methods do (RFC 8620, RFC 8621 and what builds on them).
//!
//! [`Jmap`] answers a request of a [`Caller`]: [`Jmap::answer`] takes its bytes and gives a response, [`Jmap::session`] says
//! what there is. A method is a row of a table, `methods::all`, and a file; a capability is advertised because a row has it.
//! Nothing here knows HTTP: `web` carries the bytes and says who calls.
//!
//! Invariants: every number of `limits` is published and kept; an account that the caller may not see is one that is not
//! there; no large message is held in memory.
mod account;
mod blob;
mod blob_id;
mod blobs;
mod budget;
mod caller;
mod capability;
mod commits;
mod contacts;
mod context;
mod core;
mod error;
mod exchange;
mod jmap;
mod limits;
mod mail;
mod method;
mod methods;
mod opened;
mod push;
mod quota;
mod refusal;
mod settings;
mod sharing;
mod state;
mod upload;
mod webpush;
pub use blobs::Blob;
pub use caller::Caller;
pub use error::Error;
pub use exchange::{Export, Import, ImportKind, PartsFile};
pub use jmap::{Jmap, Parts};
pub use limits::{CONCURRENT_REQUESTS, CONCURRENT_UPLOADS, SIZE_REQUEST};
pub use mail::email::{Embedded, Html};
pub use push::{Push, StateChange};
pub use settings::Settings;
pub use upload::Upload;
pub use webpush::Pushing;

#[cfg(test)]
mod bench;
