//! What happened, as typed events kept for a while.
//!
//! A session tells [`Journal::record`] and goes on: nothing here waits for the disk or delays a commit.
//! One [`Writer`] task keeps the events in batches, in an engine of its own, within an age and a size; a [`Reader`]
//! gives them back, newest first. Neighbours: `names`, `world`, `store` (for its engine, never for mail).
mod aggregate;
mod attempt;
mod cause;
mod class;
mod error;
mod event;
mod handle;
mod query;
pub mod scripted;
mod settings;
mod shelf;
mod text;
mod trace;
mod writer;
pub use attempt::{Attempt, Tried};
pub use cause::Cause;
pub use class::Class;
pub use error::Error;
pub use event::{Arrival, Counts, Entry, Event, Login, Peer, Refused};
pub use handle::Journal;
pub use query::{Cursor, NoCursor, Page, Query, Reader};
pub use settings::Settings;
pub use text::Text;
pub use trace::{DestinationCounts, Fate, Found, PolicyCounts, RecipientTrace, Search, Trace};
pub use writer::Writer;
