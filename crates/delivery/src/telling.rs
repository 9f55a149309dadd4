//! What the journal is told of a message's way: that it was accepted, each attempt, each report.
use crate::delivery::Inner;
use crate::envelope::{self, Envelope};
use crate::queue::ledger::Kept;
use crate::queue::settle::{Action, Told};
use crate::queue::{Entry, QueueId};
use crate::routing::Recipient;
use journal::{Attempt, Event, Text};
use names::{AccountId, Address};
use store::{DeliveryId, NewBlob};

/// Reports that are made and not yet in the queue, with what the journal is to be told once they are.
#[derive(Default)]
pub(crate) struct Reports {
    pub(crate) entries: Vec<(QueueId, Entry)>,
    pub(crate) events: Vec<Event>,
}

impl Reports {
    /// Adds a report about `told`, all of which are of one kind.
    pub(crate) fn add(&mut self, kept: &Kept, told: &[&Told], id: QueueId, report: Entry) {
        let action = told.first().map_or(Action::Failed, |told| told.action);
        let recipients = named(told.iter().map(|told| &told.pending.original));
        self.events.push(Event::Reported {
            delivery: delivery_text(kept.entry.delivery),
            report: delivery_text(report.delivery),
            action: action.name().into(),
            recipients,
        });
        self.events.push(Event::Accepted {
            delivery: delivery_text(report.delivery),
            peer: None,
            account: None,
            sender: Text::default(),
            recipients: 1,
            to: named(kept.entry.reverse_path.iter()),
            message_id: None,
            arrival: None,
            size: report.size,
        });
        self.entries.push((id, report));
    }
}

impl Inner {
    /// Tells of a message that is on disk now.
    pub(crate) fn accepted(&self, delivery: DeliveryId, from: &Envelope, blob: &NewBlob, recipients: &[Recipient]) {
        let message_id = blob.parsed.envelope.message_id.as_deref();
        self.journal.record(Event::Accepted {
            delivery: delivery_text(delivery),
            peer: from.sender.peer.clone(),
            account: from.sender.account,
            sender: from.sender.reverse_path.as_ref().map(ToString::to_string).unwrap_or_default().into(),
            recipients: u32::try_from(recipients.len()).unwrap_or(u32::MAX),
            to: named(recipients.iter().map(Recipient::address)),
            message_id: message_id.map(|octets| Text::new(&String::from_utf8_lossy(octets))),
            arrival: from.arrival.clone(),
            size: blob.size,
        });
    }

    /// Tells of a message of our own making to one recipient that is on disk now, and no answer to another.
    pub(crate) fn made_here(&self, delivery: DeliveryId, to: &Address, blob: &NewBlob) {
        let message_id = blob.parsed.envelope.message_id.as_deref();
        self.journal.record(Event::Accepted {
            delivery: delivery_text(delivery),
            peer: None,
            account: None,
            sender: Text::default(),
            recipients: 1,
            to: named(std::iter::once(to)),
            message_id: message_id.map(|octets| Text::new(&String::from_utf8_lossy(octets))),
            arrival: None,
            size: blob.size,
        });
    }

    /// Tells that the time has come that the sender of a message had set for it.
    pub(crate) fn hold_ended(&self, id: QueueId, entry: &Entry) {
        self.journal.record(Event::HoldEnded { delivery: delivery_text(entry.delivery), queue: id.to_string().into() });
    }

    /// Tells of a message that is in a mailbox.
    pub(crate) fn stored(&self, delivery: DeliveryId, recipient: &Address, account: AccountId, size: u64) {
        self.journal.record(Event::Stored {
            delivery: delivery_text(delivery),
            recipient: recipient.to_string().into(),
            account,
            size,
        });
    }

    /// Tells of an answer to a message, which is in the queue now.
    pub(crate) fn answered(&self, delivery: DeliveryId, account: AccountId, to: &Address, answer: &Entry) {
        self.journal.record(Event::AutoReplied {
            delivery: delivery_text(delivery),
            reply: delivery_text(answer.delivery),
            account,
            to: to.to_string().into(),
        });
        self.journal.record(Event::Accepted {
            delivery: delivery_text(answer.delivery),
            peer: None,
            account: None,
            sender: Text::default(),
            recipients: 1,
            to: named([to].into_iter()),
            message_id: None,
            arrival: None,
            size: answer.size,
        });
    }

    /// Puts reports into their lanes that are on disk now, and tells of them.
    pub(crate) fn reported(&self, reports: Reports) {
        reports.entries.iter().for_each(|(id, report)| self.queue.offer(*id, report));
        reports.events.into_iter().for_each(|event| self.journal.record(event));
    }

    /// Tells of what an attempt came to for one recipient.
    pub(crate) fn tell(&self, kept: &Kept, told: &Told) {
        let attempt = self.attempt_event(kept, told);
        tracing::info!(
            queue_id = %kept.id,
            recipient = %told.pending.address,
            action = told.action.name(),
            status = %told.words.status,
            server = told.words.server.as_deref(),
            route = told.words.contact.route.as_deref(),
            policy = told.words.policy,
            tls = told.words.contact.tls.as_deref(),
            attempts = attempt.attempts,
            "attempt"
        );
        let event = match told.action {
            // `Stored` has told of it, and `Accepted`
            Action::Delivered | Action::Expanded => return,
            // it was told when it went
            Action::Relayed if told.pending.relayed.is_some() => return,
            Action::Relayed => Event::Relayed(attempt),
            Action::Delayed => Event::Deferred(attempt),
            Action::Failed => Event::Failed(attempt),
            Action::Discarded => Event::Discarded(attempt),
        };
        self.journal.record(event);
    }

    fn attempt_event(&self, kept: &Kept, told: &Told) -> Attempt {
        let (pending, words) = (&told.pending, &told.words);
        let text = |words: &Option<String>| words.as_deref().map(Text::from);
        let other = pending.original != pending.address;
        Attempt {
            delivery: delivery_text(kept.entry.delivery),
            queue: kept.id.to_string().into(),
            recipient: pending.address.to_string().into(),
            original: other.then(|| pending.original.to_string().into()),
            server: text(&words.server),
            remote: words.contact.remote,
            tls: text(&words.contact.tls),
            policy: words.policy.map(Text::from),
            route: text(&words.contact.route),
            secured: words.security.map(|security| security.to_string().into()),
            tried: words.contact.tried.clone(),
            status: (!words.status.is_empty()).then(|| words.status.as_str().into()),
            reply: words.text.as_str().into(),
            attempts: match told.action {
                // it counts the attempts that came to nothing
                Action::Relayed | Action::Failed | Action::Discarded => pending.attempts.saturating_add(1),
                Action::Delayed | Action::Delivered | Action::Expanded => pending.attempts.max(1),
            },
            took_ms: words.contact.began.map(|began| millis(self.world.clock.now().since(began))),
            next_ms: (told.action == Action::Delayed).then(|| pending.due.millis()),
            size: kept.entry.size,
        }
    }
}

fn millis(time: std::time::Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn delivery_text(delivery: DeliveryId) -> Text {
    envelope::Delivery(delivery).to_string().into()
}

/// The first of some addresses.
fn named<'a>(addresses: impl Iterator<Item = &'a Address>) -> Vec<Text> {
    addresses.take(Event::MOST_NAMED).map(|address| address.to_string().into()).collect()
}
