//! Sessions from outside: transcripts, and the order of commands against a small model.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod house;
mod order;
mod post;
mod transcripts;
