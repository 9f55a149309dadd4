//! The queue as its operator sees it. Every act is journalled with who did it and why.
use crate::delivery::Inner;
use crate::error::Error;
use crate::queue::ledger::{Kept, Turn};
use crate::queue::{Destination, Entry, Hold, LaneState, PARTITIONS, QueueId};
use futures_util::future::BoxFuture;
use journal::Event;
use names::Domain;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use store::{DeliveryId, Unfinished};

/// Entries read at a time.
const PAGE: usize = 500;
/// The most entries of one answer.
const MOST: usize = 1_000;
/// How often an act is tried on an entry that others keep changing. Each of those changes is a result for one of its
/// recipients, or another act, so this ends.
const TRIES: usize = 4_000;

/// Looks at the queue and changes it; works whether or not the queue runs in this process.
pub struct Operator(Arc<Inner>);

/// Which entries are meant; what is `None` does not matter.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// The reverse-path contains this, in any case; an empty text means the null one.
    pub sender: Option<String>,
    /// An open recipient's address contains this, in any case.
    pub recipient: Option<String>,
    /// It is on hold, or it is not.
    pub held: Option<bool>,
}

/// An entry with its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queued {
    /// Its id.
    pub id: QueueId,
    /// What it is.
    pub entry: Entry,
}

/// A part of the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuePage {
    /// Entries, in the order of their ids.
    pub entries: Vec<Queued>,
    /// The last id that was looked at; `None` at the end of the queue.
    pub next: Option<QueueId>,
}

/// What the queue is doing in this process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Load {
    /// Recipients' destinations that are due and wait or are worked on.
    pub due: usize,
    /// Connections and other attempts under way.
    pub active: usize,
    /// The lanes with the most that waits.
    pub lanes: Vec<LaneState>,
}

/// A delivery is over when its entry is gone: an account that has the message may be asked again until then.
impl Unfinished for Operator {
    fn among<'a>(&'a self, deliveries: &'a [DeliveryId]) -> BoxFuture<'a, Result<BTreeSet<DeliveryId>, store::Error>> {
        Box::pin(self.0.queue.ledger.unfinished(deliveries))
    }
}

impl Operator {
    pub(crate) fn new(inner: Arc<Inner>) -> Self {
        Self(inner)
    }

    /// The lane of a domain, where it has something to do.
    pub(crate) fn lane_of(&self, domain: &Domain) -> Option<LaneState> {
        let lane = self.0.queue.lane(&Destination::Domain(domain.clone()));
        self.0.queue.lanes(usize::MAX).into_iter().find(|state| *state.name == *lane)
    }

    /// At most `limit` entries that `filter` lets through, behind `after`.
    ///
    /// # Errors
    /// When the store could not be read.
    pub async fn list(&self, filter: &Filter, after: Option<QueueId>, limit: usize) -> Result<QueuePage, Error> {
        let limit = limit.clamp(1, MOST);
        let mut entries = Vec::new();
        let (mut partition, mut from) = match after {
            None => (0, Some(0)),
            Some(id) => (id.partition, id.number.checked_add(1)),
        };
        while partition < PARTITIONS {
            let Some(start) = from else {
                partition += 1;
                from = Some(0);
                continue;
            };
            let (page, more) = self.0.queue.ledger.page(partition, start, PAGE).await?;
            from = page.last().filter(|_| more).and_then(|last| last.id.number.checked_add(1));
            for kept in page {
                let id = kept.id;
                if filter.lets(&kept.entry) {
                    entries.push(Queued { id, entry: kept.entry });
                }
                if entries.len() == limit {
                    return Ok(QueuePage { entries, next: Some(id) });
                }
            }
        }
        Ok(QueuePage { entries, next: None })
    }

    /// How many entries there are. Reads the whole queue.
    ///
    /// # Errors
    /// When the store could not be read.
    pub async fn count(&self) -> Result<u64, Error> {
        let mut count = 0;
        for partition in 0..PARTITIONS {
            let mut from = Some(0);
            while let Some(start) = from {
                let (page, more) = self.0.queue.ledger.page(partition, start, MOST).await?;
                count += page.len() as u64;
                from = page.last().filter(|_| more).and_then(|last| last.id.number.checked_add(1));
            }
        }
        Ok(count)
    }

    /// One entry.
    ///
    /// # Errors
    /// [`Error::NoSuchEntry`].
    pub async fn show(&self, id: QueueId) -> Result<Queued, Error> {
        let kept = self.0.queue.ledger.read(id).await?.ok_or(Error::NoSuchEntry(id))?;
        Ok(Queued { id, entry: kept.entry })
    }

    /// Makes every recipient of an entry due now, and lets its destinations try.
    ///
    /// # Errors
    /// [`Error::NoSuchEntry`].
    pub async fn retry(&self, id: QueueId, by: &str) -> Result<(), Error> {
        let now = self.0.world.clock.now();
        let entry = self
            .change(id, |entry| {
                for pending in &mut entry.recipients {
                    // another time than before, so that an attempt under way sees that it is not the one that is meant
                    let same = pending.due == now;
                    pending.due = if same { now.minus(Duration::from_millis(1)) } else { now };
                }
                true
            })
            .await?;
        self.told(by, "queue retry", id, None);
        if let Some(entry) = entry {
            for pending in &entry.recipients {
                self.0.queue.try_now(&self.0.queue.lane(&pending.destination()));
            }
        }
        Ok(())
    }

    /// Keeps an entry back until it is released.
    ///
    /// # Errors
    /// [`Error::NoSuchEntry`].
    pub async fn hold(&self, id: QueueId, reason: &str, by: &str) -> Result<(), Error> {
        let since = self.0.world.clock.now();
        self.change(id, |entry| {
            entry.hold = Some(Hold { reason: reason.to_owned(), since });
            true
        })
        .await?;
        self.told(by, "queue hold", id, Some(reason));
        Ok(())
    }

    /// Lets an entry that was held go on, now.
    ///
    /// # Errors
    /// [`Error::NoSuchEntry`].
    pub async fn release(&self, id: QueueId, by: &str) -> Result<(), Error> {
        let now = self.0.world.clock.now();
        self.change(id, |entry| {
            if entry.hold.take().is_some() {
                entry.recipients.iter_mut().for_each(|pending| pending.due = now);
            }
            true
        })
        .await?;
        self.told(by, "queue release", id, None);
        Ok(())
    }

    /// Takes an entry out of the queue; nobody is told but the journal.
    ///
    /// # Errors
    /// [`Error::NoSuchEntry`].
    pub async fn remove(&self, id: QueueId, reason: &str, by: &str) -> Result<(), Error> {
        self.change(id, |_| false).await?;
        self.told(by, "queue remove", id, Some(reason));
        Ok(())
    }

    /// What the queue is doing in this process, with the busiest lanes.
    pub fn load(&self, lanes: usize) -> Load {
        let (due, active) = self.0.queue.load();
        Load { due, active, lanes: self.0.queue.lanes(lanes) }
    }

    /// Changes an entry, or takes it out where `change` says false.
    async fn change(&self, id: QueueId, change: impl Fn(&mut Entry) -> bool) -> Result<Option<Entry>, Error> {
        let queue = &self.0.queue;
        for _ in 0..TRIES {
            let old: Kept = queue.ledger.read(id).await?.ok_or(Error::NoSuchEntry(id))?;
            let mut entry = old.entry.clone();
            let new = change(&mut entry).then_some(entry);
            match queue.ledger.turn(&Turn { old: &old, new: new.as_ref(), reports: &[], fence: None }).await {
                Err(Error::Changed(_)) => {}
                Err(error) => return Err(error),
                Ok(_) => {
                    if let Some(entry) = &new {
                        queue.offer(id, entry);
                    }
                    return Ok(new);
                }
            }
        }
        Err(Error::Changed(id))
    }

    fn told(&self, by: &str, act: &str, id: QueueId, reason: Option<&str>) {
        self.0.journal.record(Event::Act {
            by: by.into(),
            act: act.into(),
            subject: id.to_string().into(),
            reason: reason.map(Into::into),
        });
    }
}

impl Filter {
    fn lets(&self, entry: &Entry) -> bool {
        let contains = |text: &str, part: &str| text.to_lowercase().contains(&part.to_lowercase());
        let sender = self.sender.as_ref().is_none_or(|part| match &entry.reverse_path {
            None => part.is_empty(),
            Some(address) => !part.is_empty() && contains(&address.to_string(), part),
        });
        let recipient = self.recipient.as_ref().is_none_or(|part| {
            entry.recipients.iter().any(|pending| {
                contains(&pending.address.to_string(), part) || contains(&pending.original.to_string(), part)
            })
        });
        sender && recipient && self.held.is_none_or(|held| held == entry.hold.is_some())
    }
}
