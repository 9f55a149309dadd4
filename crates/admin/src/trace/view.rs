//! What is answered about messages' ways. Moments are milliseconds since 1970.
use delivery::{QueueId, Queued};
use journal::{DestinationCounts, Entry, Event, Fate, RecipientTrace, Trace};
use serde::{Deserialize, Serialize};

/// A message in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceRowView {
    /// Its delivery's id.
    pub id: String,
    /// When it was accepted, or the first that is known of it.
    pub at_ms: u64,
    /// The reverse-path; empty for the null one, nothing where it is not known any more.
    pub sender: Option<String>,
    /// Its size in bytes.
    pub size: u64,
    /// Who was to get it, and what has become of it.
    pub recipients: Vec<TraceRecipientView>,
    /// There are older events of it, which were left out: some recipients may be missing.
    #[serde(default)]
    pub cut: bool,
}

/// What has become of a message for one recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceRecipientView {
    /// Where it goes.
    pub recipient: String,
    /// What the sender wrote, where that is something else.
    pub original: Option<String>,
    /// What has become of it.
    pub fate: Fate,
    /// Since when.
    pub at_ms: u64,
    /// The server that was asked last, name and address.
    pub server: Option<String>,
    /// What it said last, or why it said nothing.
    pub reply: Option<String>,
    /// How many attempts there were.
    pub attempts: u32,
    /// When the next one is due.
    pub next_ms: Option<u64>,
}

/// Somebody who was refused in the session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedView {
    /// When.
    pub at_ms: u64,
    /// In which session.
    pub session: String,
    /// From which address.
    pub address: String,
    /// By which listener.
    pub listener: String,
    /// The address or command in question.
    pub subject: String,
    /// Why.
    pub cause: String,
}

/// A message from the first byte to the last reply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceView {
    /// Its delivery's id.
    pub id: String,
    /// Its id in the queue, whether or not it was ever there.
    pub queue: Option<QueueId>,
    /// Whether it is in the queue now.
    pub waits: bool,
    /// Why it is on hold, where it is.
    pub held: Option<String>,
    /// The reverse-path; empty for the null one, nothing where it is not known any more.
    pub sender: Option<String>,
    /// Its size in bytes.
    pub size: u64,
    /// Its Message-ID.
    pub message_id: Option<String>,
    /// Who was to get it, and what has become of it.
    pub recipients: Vec<TraceRecipientView>,
    /// What happened, oldest first.
    pub events: Vec<TraceEventView>,
    /// There are older ones, which were left out.
    #[serde(default)]
    pub cut: bool,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceEventView {
    /// When.
    pub at_ms: u64,
    /// What.
    #[serde(flatten)]
    pub event: Event,
}

/// What happened at one destination. Numbers are of recipients.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DestinationView {
    /// The domain; `*` for those beyond ten thousand.
    pub domain: String,
    /// Taken over by another server.
    pub relayed: u64,
    /// Attempts after which a recipient has to wait.
    pub deferred: u64,
    /// Given up.
    pub failed: u64,
    /// Thrown away, as a route asks.
    pub discarded: u64,
    /// Reports to senders that something failed.
    pub reports_failed: u64,
    /// Reports to senders that something is late.
    pub reports_delayed: u64,
    /// Reports to senders that something went well.
    pub reports_success: u64,
    /// Of what was taken over: without TLS.
    pub clear: u64,
    /// With TLS, whatever the certificate says.
    pub opportunistic: u64,
    /// By DANE.
    pub dane: u64,
    /// By MTA-STS.
    pub mta_sts: u64,
    /// The last words of this destination.
    pub last_reply: Option<String>,
    /// When they were said.
    pub last_ms: u64,
}

/// What was said of a message when it was accepted.
struct Accepted {
    sender: Option<String>,
    message_id: Option<String>,
    size: u64,
}

fn accepted(trace: &Trace) -> Accepted {
    let found = trace.events.iter().find_map(|entry| match &entry.event {
        Event::Accepted { sender, message_id, size, .. } => Some(Accepted {
            sender: Some(sender.to_string()),
            message_id: message_id.as_ref().map(ToString::to_string),
            size: *size,
        }),
        _ => None,
    });
    let size = |entry: &Entry| match &entry.event {
        Event::Stored { size, .. } => Some(*size),
        Event::Deferred(attempt) | Event::Failed(attempt) | Event::Relayed(attempt) | Event::Discarded(attempt) => {
            Some(attempt.size)
        }
        _ => None,
    };
    found.unwrap_or_else(|| Accepted {
        sender: None,
        message_id: None,
        size: trace.events.iter().find_map(size).unwrap_or_default(),
    })
}

impl TraceRowView {
    pub(crate) fn of(trace: &Trace) -> Self {
        let Accepted { sender, size, .. } = accepted(trace);
        Self {
            id: trace.delivery.clone(),
            at_ms: trace.events.first().map_or(0, |entry| entry.at.millis()),
            sender,
            size,
            recipients: trace.recipients().into_iter().map(Into::into).collect(),
            cut: trace.cut,
        }
    }
}

impl RefusedView {
    pub(crate) fn of(entry: &Entry) -> Option<Self> {
        let Event::Refused { peer, subject, cause, .. } = &entry.event else { return None };
        Some(Self {
            at_ms: entry.at.millis(),
            session: peer.session.to_string(),
            address: peer.remote.ip().to_string(),
            listener: peer.listener.to_string(),
            subject: subject.to_string(),
            cause: cause.to_string(),
        })
    }
}

impl TraceView {
    pub(crate) fn of(trace: Trace, queue: Option<QueueId>, waits: Option<Queued>) -> Self {
        let Accepted { sender, size, message_id } = accepted(&trace);
        let mut recipients: Vec<TraceRecipientView> = trace.recipients().into_iter().map(Into::into).collect();
        let entry = waits.map(|queued| queued.entry);
        for pending in entry.iter().flat_map(|entry| &entry.recipients) {
            let (address, original) = (pending.address.to_string(), pending.original.to_string());
            let same = |view: &&mut TraceRecipientView| {
                view.recipient == address && view.original.as_ref().is_none_or(|known| *known == original)
            };
            // an operator may have changed it since the last attempt
            if let Some(view) = recipients.iter_mut().find(same).filter(|view| view.fate == Fate::Deferred) {
                view.next_ms = Some(pending.due.millis());
            }
        }
        Self {
            id: trace.delivery,
            queue,
            waits: entry.is_some(),
            held: entry.and_then(|entry| entry.hold).map(|hold| hold.reason),
            sender,
            size,
            message_id,
            recipients,
            cut: trace.cut,
            events: trace
                .events
                .into_iter()
                .map(|Entry { at, event }| TraceEventView { at_ms: at.millis(), event })
                .collect(),
        }
    }
}

impl From<RecipientTrace> for TraceRecipientView {
    fn from(trace: RecipientTrace) -> Self {
        let last = trace.last.as_ref();
        Self {
            recipient: trace.recipient,
            original: trace.original,
            fate: trace.fate,
            at_ms: trace.at.millis(),
            server: last.and_then(|attempt| attempt.server.as_ref()).map(ToString::to_string),
            reply: last.map(|attempt| attempt.reply.to_string()),
            attempts: last.map_or(0, |attempt| attempt.attempts),
            next_ms: last.and_then(|attempt| attempt.next_ms),
        }
    }
}

impl From<DestinationCounts> for DestinationView {
    fn from(counts: DestinationCounts) -> Self {
        Self {
            domain: counts.domain,
            relayed: counts.relayed,
            deferred: counts.deferred,
            failed: counts.failed,
            discarded: counts.discarded,
            reports_failed: counts.reports_failed,
            reports_delayed: counts.reports_delayed,
            reports_success: counts.reports_success,
            clear: counts.policies.clear,
            opportunistic: counts.policies.opportunistic,
            dane: counts.policies.dane,
            mta_sts: counts.policies.mta_sts,
            last_reply: counts.last_reply,
            last_ms: counts.last_at.millis(),
        }
    }
}
