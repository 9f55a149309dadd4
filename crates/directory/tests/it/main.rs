//! The directory on the engine in memory.
#![expect(clippy::unwrap_used, reason = "what a test prepares must be there")]
mod accounts;
mod door;
mod password_change;
mod place;
mod postmaster;
mod programs;
mod recipients;
mod tokens;
