//! Where mail lives: the model, the change log, the traits, an in-memory engine.
//!
//! An engine keeps ordered keys in partitions ([`Engine`]) and bytes by their hash ([`Blobs`]); the model above
//! gives them meaning. Nothing is acknowledged without a [`Receipt`].
mod blob;
mod engine;
mod seal;
pub use blob::{BlobEntry, BlobHash, BlobHashError, BlobSink, BlobSource, Blobs, Collected, StoredBlob};
pub use engine::{
    Answer, Commit, CommitError, Engine, EngineError, EngineStats, Found, Growth, Key, MAX_KEY, MAX_PAGE, Partition,
    PartitionKind, Pending, Precondition, Read, Receipt, Slot, Value, Write,
};
pub use seal::{seal, unseal};
