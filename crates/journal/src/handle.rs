//! The handle that sessions hold: telling the journal costs a place in a bounded queue and never waits.
use crate::{Entry, Event, Text};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::mpsc;
use world::{Clock, World};

/// Events that wait to be written; what comes beyond is counted, not kept.
pub(crate) const WAITING: usize = 8_192;

/// Tells the journal what happened; cheap to clone.
#[derive(Clone)]
pub struct Journal(Arc<Shared>);

struct Shared {
    sender: mpsc::Sender<Entry>,
    dropped: Arc<AtomicU64>,
    clock: Arc<dyn Clock>,
    key: [u8; 32],
}

/// The other end of the queue.
pub(crate) struct Inbox {
    pub(crate) receiver: mpsc::Receiver<Entry>,
    pub(crate) dropped: Arc<AtomicU64>,
}

impl Journal {
    pub(crate) fn new(world: &World, waiting: usize) -> (Self, Inbox) {
        let (sender, receiver) = mpsc::channel(waiting.max(1));
        let dropped = Arc::new(AtomicU64::new(0));
        let mut key = [0; 32];
        world.random.fill(&mut key);
        let shared = Shared { sender, dropped: dropped.clone(), clock: world.clock.clone(), key };
        (Self(Arc::new(shared)), Inbox { receiver, dropped })
    }

    /// Tells what just happened. Never waits: when the writer is behind, the event is counted and dropped.
    pub fn record(&self, event: Event) {
        let entry = Entry { at: self.0.clock.now(), event };
        if self.0.sender.try_send(entry).is_err() {
            self.0.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// What is kept of a login name that nobody has: a hash under a key that lives as long as this
    /// process, so that repetition shows and the name (perhaps a password in the wrong field) does not.
    pub fn stranger(&self, name: &str) -> Text {
        let hash = blake3::keyed_hash(&self.0.key, name.as_bytes()).to_hex();
        Text::new(hash.get(..16).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn act(subject: &str) -> Event {
        Event::Act { by: "test".into(), act: "act".into(), subject: subject.into(), reason: None }
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        let (world, ..) = world::scripted::world();
        let (journal, mut inbox) = Journal::new(&world, 2);
        for n in 0..5 {
            journal.record(act(&n.to_string()));
        }
        assert_eq!(inbox.dropped.load(Ordering::Relaxed), 3);
        assert_eq!(inbox.receiver.try_recv().unwrap().event, act("0"));
    }

    #[test]
    fn strangers_are_told_apart_and_not_named() {
        let (world, ..) = world::scripted::world();
        let (journal, _inbox) = Journal::new(&world, 2);
        assert_eq!(journal.stranger("jan"), journal.stranger("jan"));
        assert_ne!(journal.stranger("jan"), journal.stranger("piet"));
        assert!(!journal.stranger("jan").as_str().contains("jan"));
    }
}
