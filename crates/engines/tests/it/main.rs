//! The embedded engine from outside: records, blobs, collection, faults.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "this is a test")]
#![expect(clippy::disallowed_methods, reason = "the tasks of a test are awaited where they are spawned")]
mod bench;
mod blobs;
mod child;
mod damaged;
mod earlier;
mod faults;
mod full;
mod history;
mod killed;
mod listed;
mod log;
mod model;
mod power;
mod rate;
mod records;
mod simulated;
mod stage;
mod suite;
mod trees;
mod views;
