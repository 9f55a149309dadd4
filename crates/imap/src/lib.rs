//! IMAP sessions: what each command does, over the store's accounts and `imap-wire`'s words.
//!
//! A command is a file in `session/commands` and a row in its table; from the rows come dispatch, CAPABILITY and what
//! may be told beside a command. A selected mailbox is a shared, immutable view and what this session has been told of
//! it. No message stands in memory whole: FETCH streams from the store to an output that waits for its peer, APPEND
//! from the input to the store. Neighbours: `directory` (login), `store`, `journal`, `transport`; never `delivery`
//! or `policy`.
mod service;
mod session;
mod settings;
pub use service::{Imap, Rooms};
pub use settings::Settings;
