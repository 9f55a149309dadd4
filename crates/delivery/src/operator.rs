//! The queue as its operator sees it. Every act is journalled with who did it and why.
mod account;
mod bulk;
mod filter;
mod sift;
use crate::delivery::Inner;
use crate::error::Error;
use crate::queue::ledger::{Kept, Turn};
use crate::queue::survey;
use crate::queue::way::Way;
use crate::queue::{Destination, Entry, Hold, LaneState, PARTITIONS, QueueId};
use filter::Sought;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, StreamExt as _};
use journal::Event;
use names::Domain;
use sift::Sift;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use store::{DeliveryId, MAX_SHOWN, Unfinished};
use world::UnixTime;

pub use bulk::{Act, Done};
pub use filter::Filter;

/// Partitions that are read at once.
const AT_ONCE: usize = 4;
/// The most entries of one answer.
const MOST: usize = 1_000;
/// How often an act is tried on an entry that others keep changing. Each of those changes is a result for one of its
/// recipients, or another act, so this ends.
const TRIES: usize = 4_000;

/// Looks at the queue and changes it; works whether or not the queue runs in this process.
pub struct Operator(Arc<Inner>);

/// An entry with its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queued {
    /// Its id.
    pub id: QueueId,
    /// What it is.
    pub entry: Entry,
    /// By which route it goes to each of its recipients, as the routes are now; `None`: to the domain's own servers, or
    /// to a mailbox here.
    pub routes: Vec<Option<String>>,
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
        let lane = self.0.queue.lane(&Destination::Domain(domain.clone()), &Way::default());
        self.0.queue.lanes(usize::MAX).into_iter().find(|state| *state.name == *lane)
    }

    /// At most `limit` entries that `filter` lets through, behind `after`.
    ///
    /// # Errors
    /// When the store could not be read.
    pub async fn list(&self, filter: &Filter, after: Option<QueueId>, limit: usize) -> Result<QueuePage, Error> {
        let limit = limit.clamp(1, MOST);
        let sought = Arc::new(self.sought(filter.clone()));
        let (first, from) = match after {
            None => (0, Some(0)),
            Some(id) => (id.partition, id.number.checked_add(1)),
        };
        let places = (first..PARTITIONS).map(|partition| (partition, if partition == first { from } else { Some(0) }));
        // several partitions are read at once, and come in their order
        let mut found = stream::iter(places)
            .map(|(partition, from)| self.found(partition, from, limit, sought.clone()))
            .buffered(AT_ONCE);
        let mut entries = Vec::new();
        while let Some(some) = found.next().await {
            entries.extend(some?.into_iter().map(|Kept { id, entry, .. }| (id, entry)));
            if entries.len() >= limit {
                break;
            }
        }
        let more = entries.len() >= limit;
        entries.truncate(limit);
        let next = entries.last().filter(|_| more).map(|(id, _)| *id);
        let entries = entries.into_iter().map(|(id, entry)| sought.explained(id, entry)).collect();
        Ok(QueuePage { entries, next })
    }

    /// The first `limit` entries of a partition that are meant, from a number on.
    async fn found(
        &self,
        partition: u8,
        from: Option<u64>,
        limit: usize,
        sought: Arc<Sought>,
    ) -> Result<Vec<Kept>, Error> {
        let sift = Arc::new(Sift::new(&sought));
        let among = if sought.filter == Filter::default() { limit } else { MAX_SHOWN };
        let (mut found, mut next) = (Vec::new(), from);
        while let (Some(from), Some(room)) = (next, limit.checked_sub(found.len()).filter(|room| *room > 0)) {
            let (sift, sought) = (sift.clone(), sought.clone());
            let (glance, look) = (move |json: &[u8]| sift.lets(json), move |entry: &Entry| sought.lets(entry));
            let sought = survey::Sought { most: room, among, glance, look };
            let survey = self.0.queue.ledger.survey(partition, from, sought).await?;
            found.extend(survey.found);
            next = survey.next;
        }
        Ok(found)
    }

    fn sought(&self, filter: Filter) -> Sought {
        Sought { filter, settings: self.0.settings.clone(), words: self.0.queue.last_words() }
    }

    /// How many entries there are. Reads the whole queue.
    ///
    /// # Errors
    /// When the store could not be read.
    pub async fn count(&self) -> Result<u64, Error> {
        let partitions = (0..PARTITIONS).map(|partition| self.0.queue.ledger.count(partition));
        let mut counts = stream::iter(partitions).buffered(AT_ONCE);
        let mut sum = 0;
        while let Some(count) = counts.next().await {
            sum += count?;
        }
        Ok(sum)
    }

    /// One entry.
    ///
    /// # Errors
    /// [`Error::NoSuchEntry`].
    pub async fn show(&self, id: QueueId) -> Result<Queued, Error> {
        let kept = self.0.queue.ledger.read(id).await?.ok_or(Error::NoSuchEntry(id))?;
        Ok(self.sought(Filter::default()).explained(id, kept.entry))
    }

    /// Does `act` to an entry; `reason` is for the journal, and for who looks at what is held.
    ///
    /// # Errors
    /// [`Error::NoSuchEntry`].
    pub async fn act(&self, id: QueueId, act: &Act, reason: Option<&str>, by: &str) -> Result<(), Error> {
        let now = self.0.world.clock.now();
        let changed = match act {
            Act::Retry => self.change(id, |entry| make_due(entry, now)).await?,
            Act::Hold => {
                let hold = Hold { reason: reason.unwrap_or_default().to_owned(), since: now };
                self.change(id, |entry| entry.hold = Some(hold.clone())).await?
            }
            Act::Release => {
                self.change(id, |entry| {
                    // what an operator holds is let go first, then what waits for a time of its sender's
                    if entry.hold.take().is_some() {
                        entry.recipients.iter_mut().for_each(|pending| pending.due = now);
                    } else {
                        account::begin(entry, now);
                    }
                })
                .await?
            }
            Act::Reroute(hop) => {
                self.change(id, |entry| {
                    entry.reroute.clone_from(hop);
                    make_due(entry, now);
                })
                .await?
            }
            Act::Remove => return self.remove(id, reason, by).await,
        };
        self.told(by, act, id, reason);
        if matches!(act, Act::Release) && changed.wishes.waits_until().is_none() {
            self.0.note_let_go(&changed).await;
        }
        if matches!(act, Act::Retry | Act::Reroute(_)) && changed.hold.is_none() {
            let way = Way::of(&changed);
            let lanes = changed.recipients.iter().map(|pending| self.0.queue.lane(&pending.destination(), &way));
            lanes.for_each(|lane| self.0.queue.try_now(&lane));
        }
        Ok(())
    }

    /// What the queue is doing in this process, with the busiest lanes.
    pub fn load(&self, lanes: usize) -> Load {
        let (due, active) = self.0.queue.load();
        Load { due, active, lanes: self.0.queue.lanes(lanes) }
    }

    /// Changes an entry, and gives what it is then.
    async fn change(&self, id: QueueId, change: impl Fn(&mut Entry)) -> Result<Entry, Error> {
        let queue = &self.0.queue;
        for _ in 0..TRIES {
            let old: Kept = queue.ledger.read(id).await?.ok_or(Error::NoSuchEntry(id))?;
            let mut new = old.entry.clone();
            change(&mut new);
            match queue.ledger.turn(&Turn { old: &old, new: Some(&new), reports: &[], fence: None }).await {
                Err(Error::Changed(_)) => {}
                Err(error) => return Err(error),
                Ok(_) => {
                    queue.offer(id, &new);
                    return Ok(new);
                }
            }
        }
        Err(Error::Changed(id))
    }

    async fn remove(&self, id: QueueId, reason: Option<&str>, by: &str) -> Result<(), Error> {
        let ledger = &self.0.queue.ledger;
        for _ in 0..TRIES {
            let old: Kept = ledger.read(id).await?.ok_or(Error::NoSuchEntry(id))?;
            match ledger.turn(&Turn { old: &old, new: None, reports: &[], fence: None }).await {
                Err(Error::Changed(_)) => {}
                Err(error) => return Err(error),
                Ok(_) => {
                    self.told(by, &Act::Remove, id, reason);
                    return Ok(());
                }
            }
        }
        Err(Error::Changed(id))
    }

    fn told(&self, by: &str, act: &Act, id: QueueId, reason: Option<&str>) {
        self.0.journal.record(Event::Act {
            by: by.into(),
            act: act.name().into(),
            subject: id.to_string().into(),
            reason: reason.map(Into::into),
        });
    }
}

/// Makes every recipient due now.
fn make_due(entry: &mut Entry, now: UnixTime) {
    for pending in &mut entry.recipients {
        // another time than before, so that an attempt under way sees that it is not the one that is meant
        let same = pending.due == now;
        pending.due = if same { now.minus(Duration::from_millis(1)) } else { now };
    }
}
