//! The embedded engine from outside: records, blobs, collection, faults.
mod blobs;
mod records;
mod stage;
