//! Acts on a provider in memory: run here, and asked over a control connection.
#![expect(clippy::unwrap_used, clippy::panic, reason = "what a test prepares must be there")]
mod accounts;
mod contacts;
mod control;
mod own;
mod place;
mod plain_logins;
mod reported;
mod senders;
mod settings;
mod shares;
mod tables;
mod vacations;
