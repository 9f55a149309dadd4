//! What a client of HTTP gets.
#![expect(clippy::unwrap_used, reason = "what a test prepares must be there")]
mod house;
mod limits;
mod policy;
mod settings;
