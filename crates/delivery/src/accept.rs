//! Taking a message in: one target is one commit, several go by intake (MODEL.md, "Intake: one 250 for several
//! targets"). Whatever is answered is on disk.
use crate::aims::{self, Aim};
use crate::delivery::Inner;
use crate::envelope::{self, Envelope};
use crate::error::Error;
use crate::homes::{Held, Mail, Writer};
use crate::queue::ledger::{Kept, Turn};
use crate::queue::settle::{Verdict, Words, settle};
use crate::queue::{Entry, Pending, QueueId};
use crate::routing::{Recipient, Refused, Target};
use crate::vacation::Arrived;
use futures_util::future::join_all;
use names::{AccountId, Address};
use std::time::Duration;
use store::{DeliveryId, NewBlob, QuotaCheck, Receipt, ReceivedAt};

/// How long an intake belongs to its session; then the queue finishes it.
const LEASED: Duration = Duration::from_secs(60);
/// Accounts written to at once by one session.
const AT_ONCE: usize = 64;

/// A message that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The delivery's id, as it is printed.
    pub id: String,
    /// What came of each recipient, in the order in which they were given.
    pub outcomes: Vec<Outcome>,
}

/// What came of one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is in the mailbox.
    Stored(Receipt),
    /// It is in the queue: for another server, or for a mailbox here that could not be written just then.
    Queued(QueueId, Receipt),
    /// It was refused after all.
    Refused(Refused),
}

impl Inner {
    /// Takes a message in.
    ///
    /// # Errors
    /// Nothing was taken: nobody got it.
    pub(crate) async fn accept(
        &self,
        envelope: Envelope,
        blob: NewBlob,
        mut recipients: Vec<Recipient>,
    ) -> Result<Accepted, Refused> {
        let delivery = envelope.delivery.unwrap_or_else(|| self.fresh_id());
        let aims = aims::aims(&recipients, self.world.clock.now());
        // a report of success is committed beside the queue's entry, so such a message goes by intake
        let success = recipients.iter().any(|recipient| recipient.asked.notify.success);
        let report = success && envelope.sender.reverse_path.is_some();
        // RFC 4865, 1: what is to wait does so in the queue, also for people here
        let waits = envelope.wishes.waits_until().is_some();
        let mut outcomes = match aims.as_slice() {
            [] => return Err(Refused::Unknown),
            [Aim { pending: Pending { account: Some(account), .. }, .. }] if !report && !waits => {
                // the room that was held is this message's: the commit asks the quota itself
                recipients.iter_mut().for_each(|recipient| recipient.held.clear());
                let outcome = self.one_account(delivery, &envelope, &blob, *account, &recipients).await?;
                vec![outcome; recipients.len()]
            }
            _ => {
                recipients.iter_mut().for_each(|recipient| recipient.held.clear());
                let _room = self.room_for_all(&aims, blob.size).await?;
                self.intake(delivery, &envelope, &blob, &aims, &recipients).await?
            }
        };
        outcomes.truncate(recipients.len());
        let id = envelope::Delivery(delivery).to_string();
        tracing::info!(delivery = %id, recipients = recipients.len(), size = blob.size, "accepted");
        self.accepted(delivery, &envelope, &blob, &recipients);
        if aims.iter().any(|aim| aim.pending.account.is_some()) {
            self.look_for_report(delivery, &envelope.sender, &blob);
        }
        Ok(Accepted { id, outcomes })
    }

    /// Room for what has come, in each account: what was announced may have been less, and an intake's commits do not
    /// ask the quota. There is one answer for all, so somebody who is full by now must not cost the others the message:
    /// it is asked for again, and then he is refused at RCPT.
    async fn room_for_all(&self, aims: &[Aim], size: u64) -> Result<Vec<Held>, Refused> {
        let mut held = Vec::new();
        let mut refused = Vec::new();
        for account in aims.iter().filter_map(|aim| aim.pending.account) {
            match self.homes.promise(account, size).await {
                Ok(room) => held.push(room),
                Err(error) => {
                    tracing::debug!(%account, %error, "no room for it");
                    refused.push(Refused::from(&error));
                }
            }
        }
        match refused.pop() {
            None => Ok(held),
            Some(Refused::MailboxFull) if refused.len() + 1 < aims.len() => Err(Refused::FullForNow),
            Some(refused) => Err(refused),
        }
    }

    /// One account is one commit on that account.
    async fn one_account(
        &self,
        delivery: DeliveryId,
        envelope: &Envelope,
        blob: &NewBlob,
        account: AccountId,
        recipients: &[Recipient],
    ) -> Result<Outcome, Refused> {
        let original = recipients.first().map(|recipient| &recipient.asked.address);
        let mail = Mail {
            delivery,
            blob: blob.clone(),
            prefix_len: envelope.prefix_len,
            received: ReceivedAt::utc(self.world.clock.now()),
            original_recipient: original.map(ToString::to_string).unwrap_or_default(),
            quota: QuotaCheck::Asked,
            writer: Writer::Somebody(envelope.sender.reverse_path.clone()),
        };
        match self.homes.deliver(account, mail).await {
            Ok(Some(receipt)) => {
                for recipient in recipients {
                    self.stored(delivery, &recipient.asked.address, account, blob.size);
                }
                let own = recipients.iter().flat_map(Recipient::targets).find_map(|target| match target {
                    Target::Account(id, own) if *id == account => Some(own.clone()),
                    Target::Account(..) | Target::Taken(..) | Target::Remote(_) => None,
                });
                if let Some(own) = own {
                    let (sender, prefix_len) = (envelope.sender.reverse_path.clone(), envelope.prefix_len);
                    let (origin, tls) = (envelope.sender.origin, envelope.wishes.tls);
                    self.answer(Arrived { delivery, account, own, sender, origin, tls, blob: blob.hash, prefix_len });
                }
                Ok(Outcome::Stored(receipt))
            }
            // a new id that was taken before would be a fault of the random source: nothing was written
            Ok(None) => Err(Refused::Unavailable),
            Err(error) => {
                tracing::warn!(%account, %error, "not stored");
                // nobody else was to get it: it is no message
                Err(Refused::from(&error))
            }
        }
    }

    /// Several targets, or a report to be sent: all of them on disk first, then each account by itself.
    async fn intake(
        &self,
        delivery: DeliveryId,
        envelope: &Envelope,
        blob: &NewBlob,
        aims: &[Aim],
        recipients: &[Recipient],
    ) -> Result<Vec<Outcome>, Refused> {
        let waits = envelope.wishes.waits_until().is_some();
        let local = !waits && aims.iter().any(|aim| aim.pending.account.is_some());
        let entry = self.entry(delivery, envelope, blob, aims);
        let id = QueueId::of(delivery);
        let kept = Kept { id, version: 1, entry };
        let told = aims::expansions(recipients, kept.entry.created);
        let reports = self.reports(&kept, &told).await.map_err(|error| refusal(&error))?;
        let created = self.queue.ledger.create(id, &kept.entry, &reports.entries).await;
        let receipt = created.map_err(|error| refusal(&error))?;
        self.reported(reports);
        let mut outcomes = vec![Outcome::Queued(id, receipt); recipients.len()];
        if local {
            let stored = self.finish(&kept, blob, aims).await;
            for (at, outcome) in outcomes.iter_mut().enumerate() {
                let mut aims = aims.iter().zip(&stored).filter(|(aim, _)| aim.from.contains(&at)).peekable();
                let first = aims.peek().and_then(|(_, receipt)| **receipt);
                if let Some(receipt) = first.filter(|_| aims.all(|(_, receipt)| receipt.is_some())) {
                    *outcome = Outcome::Stored(receipt);
                }
            }
        } else {
            self.queue.offer(id, &kept.entry);
        }
        Ok(outcomes)
    }

    /// What the queue keeps of a message that several are to get.
    fn entry(&self, delivery: DeliveryId, envelope: &Envelope, blob: &NewBlob, aims: &[Aim]) -> Entry {
        let now = self.world.clock.now();
        let mut recipients: Vec<Pending> = aims.iter().flat_map(Aim::kept).cloned().collect();
        if let Some(at) = envelope.wishes.waits_until() {
            recipients.iter_mut().for_each(|pending| pending.due = at);
        } else if recipients.iter().any(|pending| pending.account.is_some()) {
            // the session's lease: nothing of it is due before, so that no owner of the partition touches it
            recipients.iter_mut().for_each(|pending| pending.due = now.plus(LEASED));
        }
        Entry {
            delivery,
            reverse_path: envelope.sender.reverse_path.clone(),
            origin: envelope.sender.origin,
            account: envelope.sender.account,
            listener: envelope.sender.peer.as_ref().map(|peer| peer.listener.to_string()),
            priority: envelope.priority,
            reroute: None,
            ret: envelope.ret,
            envid: envelope.envid.clone(),
            body: envelope.body,
            utf8: envelope.utf8,
            blob: blob.hash,
            size: blob.size,
            prefix_len: envelope.prefix_len,
            return_path_len: envelope.return_path_len,
            created: now,
            hold: None,
            submission: envelope.submission,
            wishes: envelope.wishes.clone(),
            recipients,
        }
    }

    /// Writes to the accounts of an intake, then takes those who have it out of the entry. Gives a receipt for each aim
    /// that is done; what is not done is in the queue.
    async fn finish(&self, kept: &Kept, blob: &NewBlob, aims: &[Aim]) -> Vec<Option<Receipt>> {
        let mut stored = Vec::with_capacity(aims.len());
        for aims in aims.chunks(AT_ONCE) {
            stored.extend(join_all(aims.iter().map(|aim| self.bring_one(kept, blob, &aim.pending))).await);
        }
        for (aim, _) in aims.iter().zip(&stored).filter(|(_, receipt)| receipt.is_some()) {
            if let Some(account) = aim.pending.account {
                aim.kept().for_each(|to| self.stored(kept.entry.delivery, &to.original, account, kept.entry.size));
            }
        }
        self.leave(kept, aims, &stored).await;
        stored
    }

    async fn bring_one(&self, kept: &Kept, blob: &NewBlob, pending: &Pending) -> Option<Receipt> {
        let account = pending.account?;
        let mail = Mail {
            delivery: kept.entry.delivery,
            blob: blob.clone(),
            prefix_len: kept.entry.prefix_len,
            received: ReceivedAt::utc(kept.entry.created),
            original_recipient: pending.original.to_string(),
            quota: QuotaCheck::Settled,
            writer: Writer::Somebody(kept.entry.reverse_path.clone()),
        };
        match self.homes.deliver(account, mail).await {
            Ok(receipt) => {
                self.answer(Arrived::of(&kept.entry, account, pending));
                receipt
            }
            Err(error) => {
                tracing::warn!(%account, %error, queue_id = %kept.id, "not stored, the queue repeats it");
                None
            }
        }
    }

    /// Ends the session's lease: who has it leaves the entry, the others are due.
    async fn leave(&self, kept: &Kept, aims: &[Aim], stored: &[Option<Receipt>]) {
        let now = self.world.clock.now();
        let verdicts: Vec<(Address, Verdict)> = aims
            .iter()
            .zip(stored)
            .filter(|(aim, _)| aim.pending.account.is_some())
            .map(|(aim, receipt)| match receipt {
                Some(_) => (aim.pending.address.clone(), Verdict::Done(Words::default())),
                None => (aim.pending.address.clone(), Verdict::Deferred(Words::own("4.3.0", "mailbox not writable"))),
            })
            .collect();
        let settled = settle(&kept.entry, &verdicts, now, &self.settings);
        let left = settled.entry.map(|mut entry| {
            entry.recipients.iter_mut().filter(|pending| pending.account.is_none()).for_each(|p| p.due = now);
            entry
        });
        let reports = match self.reports(kept, &settled.told).await {
            Ok(reports) => reports,
            // the lease runs out, each account is asked again and takes it once, and then the sender is told
            Err(error) => {
                tracing::warn!(%error, queue_id = %kept.id, "report left to the queue");
                self.queue.offer(kept.id, &kept.entry);
                return;
            }
        };
        let turn = Turn { old: kept, new: left.as_ref(), reports: &reports.entries, fence: None };
        match self.queue.ledger.turn(&turn).await {
            Ok(_) => {
                if let Some(entry) = &left {
                    self.queue.offer(kept.id, entry);
                }
                self.reported(reports);
            }
            // the message is safe: when the lease is over, the queue repeats, and each account takes it once
            Err(error) => {
                tracing::warn!(%error, queue_id = %kept.id, "intake left to the queue");
                self.queue.offer(kept.id, &kept.entry);
            }
        }
    }
}

fn refusal(error: &Error) -> Refused {
    match error {
        Error::Store(error) => Refused::from(error),
        Error::NoSuchEntry(_) | Error::Changed(_) | Error::LeaseLost(_) | Error::Report(_) | Error::Unreadable(_) => {
            Refused::Unavailable
        }
    }
}
