//! What stays of hostile HTML.
#![expect(clippy::unwrap_used, clippy::panic, reason = "what a test prepares must be there")]
mod corpus;
mod costs;
mod harmless;
mod properties;
