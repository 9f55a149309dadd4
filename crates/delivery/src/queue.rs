//! The queue: what could not be finished at once, on disk, with one owner for each of its 64 partitions.
mod age;
pub(crate) mod board;
pub(crate) mod due;
mod entry;
pub(crate) mod future;
mod id;
pub(crate) mod lanes;
pub(crate) mod lease;
pub(crate) mod ledger;
pub(crate) mod runner;
pub(crate) mod settle;
pub(crate) mod stored;
pub(crate) mod survey;
pub(crate) mod way;
pub(crate) use entry::Terms;
pub use entry::{Destination, Entry, Hold, Pending};
pub use id::{PARTITIONS, QueueId, QueueIdError};
pub use lanes::LaneState;
