//! The embedded engine from outside: records, blobs, collection, faults.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "this is a test")]
mod blobs;
mod faults;
mod records;
mod simulated;
mod stage;
