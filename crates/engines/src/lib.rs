//! What the store runs on: the embedded engine.
//!
//! [`Embedded`] keeps records in SQLite, used as an ordered key-value store by one committing thread, and blobs in
//! append-only pack files of its own. Nothing above [`store::Engine`] knows either. Its own files go through
//! [`Disk`], so that tests can take away what was not synced.
mod embedded;
pub use embedded::disk::{Disk, DiskFile, Entry, Lock, RealDisk, Space};
pub use embedded::open::Error;
pub use embedded::stats::{Activity, Latencies, SYNC_BOUNDS_US};
pub use embedded::{Embedded, Settings};
