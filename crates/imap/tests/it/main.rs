//! IMAP sessions over the store in memory: transcripts, and several sessions at once against a model.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "what a test prepares must be there")]
mod compress;
mod contexts;
mod interleaving;
mod limits;
mod mirror;
mod notify;
mod refused_logins;
mod resync;
mod rights;
mod shared;
mod slow;
mod sorted;
mod stage;
mod transcripts;
