//! What happened, as typed events kept for a while.
//!
//! A session tells [`Journal::record`] and goes on: nothing here waits for the disk or delays a commit.
//! One writer task keeps the events in batches, in an engine of its own, within an age and a size.
//! Neighbours: `names`, `world`, `store` (for its records, never for mail).
mod cause;
mod event;
mod handle;
pub mod scripted;
mod text;
pub use cause::Cause;
pub use event::{Attempt, Class, Counts, Entry, Event, Login, Peer, Refused};
pub use handle::Journal;
pub use text::Text;
