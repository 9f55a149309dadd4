//! The built program, run as people and scripts run it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "what a test prepares must be there")]
mod directory;
mod help;
mod journal;
mod message;
mod program;
mod provider;
mod running;
