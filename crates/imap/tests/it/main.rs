//! IMAP sessions over the store in memory: transcripts, and several sessions at once against a model.
#![expect(clippy::unwrap_used, reason = "what a test prepares must be there")]
mod stage;
mod transcripts;
