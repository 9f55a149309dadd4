//! A journal that a test can read: nothing is written anywhere.
use crate::handle::Inbox;
use crate::{Entry, Event, Journal};
use std::sync::{Mutex, PoisonError};
use world::World;

/// What was told to a scripted journal.
pub struct Told(Mutex<Inbox>);

impl Told {
    /// Takes what was told since the last call, oldest first.
    pub fn take(&self) -> Vec<Event> {
        self.entries().into_iter().map(|entry| entry.event).collect()
    }

    /// The same, with times.
    pub fn entries(&self) -> Vec<Entry> {
        let mut inbox = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::iter::from_fn(|| inbox.receiver.try_recv().ok()).collect()
    }
}

/// A journal that keeps up to a million events until they are taken.
pub fn journal(world: &World) -> (Journal, Told) {
    let (journal, inbox) = Journal::new(world, 1_000_000);
    (journal, Told(Mutex::new(inbox)))
}
