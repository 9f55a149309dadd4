//! The one task that writes: batches, counts of what repeats, and an end to what is too old or too much.
use crate::aggregate::Aggregate;
use crate::handle::{Inbox, Journal, WAITING};
use crate::settings::Settings;
use crate::shelf::{Held, Place, Shelf};
use crate::{Class, Entry, Error, Event};
use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use store::Engine;
use tokio::time::Instant;
use world::{Clock, World};

/// The most events of one commit.
const BATCH: usize = 500;
/// How long the first event of a batch waits for others.
const GATHER: Duration = Duration::from_millis(200);
/// How often what is too old is looked for.
const PRUNE: Duration = Duration::from_secs(60);

/// Writes what is told to a [`Journal`]; run it on a task.
pub struct Writer {
    inbox: Inbox,
    shelf: Shelf,
    clock: Arc<dyn Clock>,
    settings: Settings,
    aggregate: Aggregate,
    held: BTreeMap<Class, Held>,
    number: u64,
}

impl Journal {
    /// A journal in `engine` (not the one of mail: its events may be lost in a crash, and must not share its syncs),
    /// and the task that writes it.
    pub fn open(engine: Arc<dyn Engine>, world: &World, settings: Settings) -> (Self, Writer) {
        let (journal, inbox) = Self::new(world, WAITING);
        let writer = Writer {
            inbox,
            shelf: Shelf::new(engine),
            clock: world.clock.clone(),
            settings,
            aggregate: Aggregate::default(),
            held: BTreeMap::new(),
            // numbers go up from a random place, so that two processes do not write the same one
            number: world.random.number() >> 1,
        };
        (journal, writer)
    }
}

impl Writer {
    /// Writes until `stop` is ready, then writes what still waits and returns.
    pub async fn run(mut self, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        let mut prune_at = Instant::now();
        loop {
            if prune_at <= Instant::now() {
                self.prune().await;
                prune_at = Instant::now() + PRUNE;
            }
            let mut batch = Vec::new();
            tokio::select! {
                () = &mut stop => break,
                received = self.inbox.receiver.recv_many(&mut batch, BATCH) => {
                    if received == 0 {
                        break;
                    }
                    tokio::time::sleep(GATHER).await;
                    self.drain(&mut batch);
                }
                () = tokio::time::sleep_until(prune_at) => {}
            }
            self.write(batch, false).await;
        }
        loop {
            let mut batch = Vec::new();
            self.drain(&mut batch);
            let last = batch.is_empty();
            self.write(batch, last).await;
            if last {
                break;
            }
        }
    }

    /// Takes what waits, without waiting.
    fn drain(&mut self, batch: &mut Vec<Entry>) {
        while batch.len() < BATCH {
            match self.inbox.receiver.try_recv() {
                Ok(entry) => batch.push(entry),
                Err(_) => break,
            }
        }
    }

    /// Writes a batch, and the counts of a minute that is over (all of them, the last time).
    pub(crate) async fn write(&mut self, batch: Vec<Entry>, last: bool) {
        let now = self.clock.now();
        let mut out = Vec::with_capacity(batch.len());
        for entry in batch {
            self.aggregate.take(entry, &mut out);
        }
        if last {
            self.aggregate.close(&mut out);
        } else if !self.aggregate.is_empty() {
            self.aggregate.tick(now, &mut out);
        }
        let dropped = self.inbox.dropped.swap(0, Ordering::Relaxed);
        if dropped > 0 {
            out.push(Entry { at: now, event: Event::Dropped { count: dropped } });
        }
        for class in Class::ALL {
            let events: Vec<&Entry> = out.iter().filter(|entry| entry.event.class() == class).collect();
            if events.is_empty() {
                continue;
            }
            if let Err(error) = self.add(class, &events).await {
                self.inbox.dropped.fetch_add(events.len() as u64, Ordering::Relaxed);
                tracing::warn!(%error, events = events.len(), "journal not written");
            }
        }
    }

    async fn add(&mut self, class: Class, events: &[&Entry]) -> Result<(), Error> {
        let held = self.held(class).await?;
        let mut placed = Vec::with_capacity(events.len());
        for entry in events {
            self.number = self.number.wrapping_add(1);
            placed.push((Place { at: entry.at, number: self.number }, *entry));
        }
        let held = self.shelf.add(class, held, &placed).await?;
        self.held.insert(class, held);
        if held.bytes > self.settings.share() {
            self.shorten(class).await?;
        }
        Ok(())
    }

    async fn held(&mut self, class: Class) -> Result<Held, Error> {
        if let Some(held) = self.held.get(&class) {
            return Ok(*held);
        }
        let held = self.shelf.held(class).await?;
        self.held.insert(class, held);
        Ok(held)
    }

    async fn prune(&mut self) {
        for class in Class::ALL {
            if let Err(error) = self.shorten(class).await {
                tracing::warn!(%error, "journal not shortened");
            }
        }
    }

    /// Removes what is too old, and the oldest of what is too much, a page at a time.
    async fn shorten(&mut self, class: Class) -> Result<(), Error> {
        let too_old = Place { at: self.clock.now().minus(self.settings.keep(class)), number: 0 };
        let end = Place { at: world::UnixTime::from_millis(u64::MAX), number: u64::MAX };
        loop {
            let held = self.held(class).await?;
            // a tenth at once, so that this is not done for each event
            let limit = self.settings.share();
            let mut surplus = if held.bytes > limit { held.bytes - limit / 10 * 9 } else { 0 };
            let to = if surplus > 0 { end } else { too_old };
            let events = self.shelf.scan(class, Place::FIRST, to, BATCH, false).await?;
            let mut gone = Vec::new();
            for (place, bytes, _) in events.items {
                if place >= too_old && surplus == 0 {
                    break;
                }
                surplus = surplus.saturating_sub(bytes);
                gone.push((place, bytes));
            }
            if gone.is_empty() {
                return Ok(());
            }
            let held = self.shelf.remove(class, held, &gone).await?;
            self.held.insert(class, held);
            if !events.more {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod bounds;
#[cfg(test)]
mod tests;
