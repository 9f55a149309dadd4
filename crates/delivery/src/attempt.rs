//! One attempt: the recipients of one entry at one destination, and what is written down after it.
use crate::away::{Away, Going};
use crate::delivery::Inner;
use crate::error::Error;
use crate::homes::{Mail, Writer, read_again};
use crate::outbound::Courier;
use crate::outbound::hosts::is_circle;
use crate::queue::lanes::Item;
use crate::queue::ledger::{Kept, Turn};
use crate::queue::settle::{Action, Settled, Told, Verdict, Words, settle};
use crate::queue::way::Way;
use crate::queue::{Destination, Entry, Pending};
use crate::telling::Reports;
use crate::vacation::Arrived;
use names::{AccountId, Address};
use std::sync::Arc;
use std::time::Duration;
use store::{QuotaCheck, ReceivedAt};
use world::UnixTime;

/// When an item is tried again whose result could not be written down.
const AGAIN: Duration = Duration::from_secs(30);
/// How often a result is written onto an entry that others keep changing. Who is too late is so because another result
/// was written, and an entry has no more of them than recipients, so this ends; giving up would send a message again.
const TRIES: usize = 4_000;

impl Inner {
    /// A new courier, without a connection.
    pub(crate) fn courier(&self) -> Courier {
        let (connect, world, settings) = (self.connect.clone(), self.world.clone(), self.settings.clone());
        Courier::new(connect, world, settings, self.known.clone(), self.kept.clone())
    }

    /// Tries to bring an item to where it goes.
    pub(crate) async fn attempt(&self, lane: &Arc<str>, item: &Item, courier: &mut Courier) {
        if let Err(error) = self.attempt_or_error(lane, item, courier).await {
            tracing::warn!(queue_id = %item.id, destination = %item.destination, %error, "attempt not finished");
            if let Error::LeaseLost(partition) = error {
                self.queue.disown(partition);
            }
            self.queue.read_again(item.id.partition, self.world.clock.now().plus(AGAIN));
        }
    }

    async fn attempt_or_error(&self, lane: &Arc<str>, item: &Item, courier: &mut Courier) -> Result<(), Error> {
        let now = self.world.clock.now();
        let Some(kept) = self.queue.ledger.read(item.id).await? else { return Ok(()) };
        let due: Vec<&Pending> = self.due(&kept, item, now).collect();
        let (Some(first), None) = (due.first(), &kept.entry.hold) else { return Ok(()) };
        match first.destination() {
            Destination::Account(account) => {
                let mut verdict = self.bring_home(&kept, account, &due).await;
                verdict.words_mut().contact.began = Some(now);
                let verdicts = due.iter().map(|pending| (pending.address.clone(), verdict.clone())).collect();
                // an account is a lane of its own, and never tired
                self.queue.lives(lane);
                self.write_down(kept, verdicts).await
            }
            destination @ (Destination::Domain(_) | Destination::Taken(_)) => {
                let way = Way::of(&kept.entry);
                if self.queue.lane(&destination, &way) != *lane {
                    // the routes have changed since it came into this lane
                    self.queue.offer(item.id, &kept.entry);
                    return Ok(());
                }
                let course = self.settings.course(&destination, &way);
                if course.is_home() {
                    self.queue.lives(lane);
                    return self.give_back(&kept, &due, now).await;
                }
                let going = Going { entry: &kept.entry, due: &due, domain: first.address.domain(), course: &course };
                let (mut verdicts, mut rest, asked) = match self.bring_away(lane, item, courier, &going, now).await? {
                    Away::Decided(verdicts) => (verdicts, None, false),
                    Away::Asked(verdicts, rest) => (verdicts, rest, true),
                    Away::Crowded => return Ok(()),
                };
                let route = || course.name().map(ToOwned::to_owned);
                for (_, verdict) in &mut verdicts {
                    let contact = &mut verdict.words_mut().contact;
                    (contact.began, contact.route) = (Some(now), route());
                }
                rest.iter_mut().for_each(|(_, words)| words.contact.route = route());
                let (circles, verdicts): (Vec<_>, Vec<_>) =
                    verdicts.into_iter().partition(|(_, verdict)| is_circle(verdict));
                let id = kept.id;
                // those who rest are told, and free again, whatever becomes of this
                let written = self.write_down(kept, verdicts).await;
                match (rest, courier.asks_for_patience()) {
                    (Some((told, words)), _) => self.tell_of(told, &words).await,
                    (None, Some(words)) => self.tell_of(self.queue.patience(lane, &words.text), &words).await,
                    (None, None) if asked => self.queue.lives(lane),
                    (None, None) => {}
                }
                written?;
                if circles.is_empty() { Ok(()) } else { self.bring_back(id, circles, now).await }
            }
        }
    }

    /// A lane rests; those about whom somebody must hear something now have this as their attempt too.
    async fn tell_of(&self, items: Vec<Item>, words: &Words) {
        for item in items {
            let written = async {
                let Some(kept) = self.queue.ledger.read(item.id).await? else { return Ok(()) };
                if kept.entry.hold.is_some() {
                    return Ok(());
                }
                let now = self.world.clock.now();
                let verdicts = self
                    .due(&kept, &item, now)
                    .map(|pending| (pending.address.clone(), Verdict::Deferred(words.clone())))
                    .collect();
                self.write_down(kept, verdicts).await
            };
            if let Err::<(), Error>(error) = written.await {
                tracing::warn!(queue_id = %item.id, %error, "not written down");
                self.queue.read_again(item.id.partition, self.world.clock.now().plus(AGAIN));
            }
            self.queue.done(&item);
        }
    }

    /// Those of an entry that go to the item's destination and are due.
    fn due<'a>(&'a self, kept: &'a Kept, item: &'a Item, now: UnixTime) -> impl Iterator<Item = &'a Pending> {
        let due = move |pending: &&Pending| self.settings.is_due(pending.due, now);
        let goes_there = |pending: &&Pending| pending.destination().text() == *item.destination;
        kept.entry.recipients.iter().filter(due).filter(goes_there)
    }

    /// Brings a message to an account here. It is repeated without end and never bounced.
    async fn bring_home(&self, kept: &Kept, account: AccountId, due: &[&Pending]) -> Verdict {
        let entry = &kept.entry;
        let original = due.first().map(|pending| pending.original.to_string());
        let delivered = async {
            let mail = Mail {
                delivery: entry.delivery,
                blob: read_again(&self.store, entry.blob).await?,
                prefix_len: entry.prefix_len,
                received: ReceivedAt::utc(entry.begun()),
                original_recipient: original.unwrap_or_default(),
                quota: QuotaCheck::Settled,
                writer: Writer::Somebody(entry.reverse_path.clone()),
            };
            self.homes.deliver(account, mail).await
        };
        match delivered.await {
            Ok(_) => {
                due.iter().for_each(|to| self.stored(entry.delivery, &to.original, account, entry.size));
                // also where it was there before: whoever has had an answer gets no other one
                due.first().into_iter().for_each(|to| self.answer(Arrived::of(entry, account, to)));
                Verdict::Done(Words::own("2.0.0", "stored"))
            }
            // the account was removed meanwhile: there is nobody to keep it for
            Err(store::Error::NoSuchAccount(_)) => Verdict::Failed(Words::own("5.1.1", "the account was removed")),
            Err(error) => Verdict::Deferred(Words::own("4.3.0", error.to_string())),
        }
    }

    /// Writes down what came of an attempt, with the reports that it asks for, in one commit. Where a report cannot be
    /// made just then, those whom it is about stay as they are; the others are settled, so that nobody gets it twice.
    pub(crate) async fn write_down(&self, kept: Kept, verdicts: Vec<(Address, Verdict)>) -> Result<(), Error> {
        let id = kept.id;
        match self.write_with(kept, &verdicts, true).await {
            Err(Error::Report(_) | Error::Store(store::Error::NoSpace)) => {}
            written => return written,
        }
        let Some(kept) = self.queue.ledger.read(id).await? else { return Ok(()) };
        let settled = settle(&kept.entry, &verdicts, self.queue.moment(), &self.settings);
        // an account here takes it once; what went to another server would go there again, so that is written down
        let waits = |told: &Told| told.report && told.action != Action::Relayed;
        let waits: Vec<&Address> =
            settled.told.iter().filter(|told| waits(told)).map(|told| &told.pending.address).collect();
        let others: Vec<_> = verdicts.iter().filter(|(address, _)| !waits.contains(&address)).cloned().collect();
        self.write_with(kept, &others, false).await?;
        if waits.is_empty() { Ok(()) } else { Err(Error::Report("no report could be made".to_owned())) }
    }

    async fn write_with(&self, kept: Kept, verdicts: &[(Address, Verdict)], report: bool) -> Result<(), Error> {
        let begun_with = kept.entry.clone();
        let mut kept = kept;
        for _ in 0..TRIES {
            let mut settled = settle(&kept.entry, verdicts, self.queue.moment(), &self.settings);
            keep_wishes(&mut settled, &begun_with, &kept.entry);
            if !report {
                settled.owe(&kept.entry, self.world.clock.now().plus(self.settings.wait(1)));
            }
            if settled.told.is_empty() {
                return Ok(());
            }
            let reports = if report { self.reports(&kept, &settled.told).await? } else { Reports::default() };
            let fence = self.queue.fence(kept.id.partition).ok_or(Error::LeaseLost(kept.id.partition))?;
            // before the queue forgets them; should that fail, they are tried, and written down, again
            let blobs: Vec<_> = reports.entries.iter().map(|(_, report)| report.blob).collect();
            self.note(&kept.entry, &settled.told, &blobs).await;
            let turn = Turn { old: &kept, new: settled.entry.as_ref(), reports: &reports.entries, fence: Some(fence) };
            match self.queue.ledger.turn(&turn).await {
                Ok(_) => {
                    settled.told.iter().for_each(|told| self.tell(&kept, told));
                    if let Some(entry) = &settled.entry {
                        self.queue.offer(kept.id, entry);
                    }
                    self.reported(reports);
                    return Ok(());
                }
                Err(Error::Changed(id)) => match self.queue.ledger.read(id).await? {
                    Some(now) => kept = now,
                    None => return Ok(()),
                },
                Err(error) => return Err(error),
            }
        }
        Err(Error::Changed(kept.id))
    }
}

/// Who was made due by somebody since the attempt began stays due: what it found is older than that wish.
fn keep_wishes(settled: &mut Settled, begun_with: &Entry, now: &Entry) {
    let due = |entry: &Entry, address: &Address| {
        entry.recipients.iter().find(|pending| pending.address == *address).map(|pending| pending.due)
    };
    for pending in settled.entry.iter_mut().flat_map(|entry| &mut entry.recipients) {
        if let Some(wished) = due(now, &pending.address)
            && due(begun_with, &pending.address).is_some_and(|before| before != wished)
        {
            pending.due = pending.due.min(wished);
        }
    }
}
