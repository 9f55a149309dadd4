//! The store on the engine in memory.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod account;
mod arrange;
mod check;
mod failures;
mod glances;
mod letters;
mod limits;
mod mailbox_edit;
mod many;
mod nth;
mod objects;
mod place;
mod provided;
mod share_notices;
mod sharing;
mod suite;
mod unread_threads;
mod uploads;
