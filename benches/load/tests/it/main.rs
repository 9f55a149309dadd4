//! The program against servers that follow a script: what it counts, and how it says what went wrong.
#![expect(clippy::unwrap_used, clippy::panic, reason = "what a test prepares must be there")]
mod huge;
mod imap;
mod jmap;
mod peer;
mod pop3;
mod smtp;
