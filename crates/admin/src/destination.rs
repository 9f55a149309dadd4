//! What waits for one destination, as it is answered. Moments are seconds since 1970.
use delivery::{AtDestination, CauseCount};
use names::Domain;
use serde::{Deserialize, Serialize};

/// What waits for a destination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueDestinationView {
    /// The recipients' domain, or their address literal.
    #[serde(deserialize_with = "Domain::deserialize_of_address")]
    pub domain: Domain,
    /// Messages with a recipient there.
    pub messages: u64,
    /// Their recipients there.
    pub recipients: u64,
    /// Recipients of messages that are on hold.
    pub held: u64,
    /// Since when the oldest waits.
    pub oldest: Option<u64>,
    /// When the next attempt is due.
    pub next: Option<u64>,
    /// Connections there now, where a server runs.
    pub connections: u64,
    /// Until when nothing is tried there, because nothing could be reached.
    pub rests_until: Option<u64>,
    /// Why they wait, the commonest first.
    pub causes: Vec<CauseView>,
}

/// Recipients that wait for one cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CauseView {
    /// The last reply, without what names one message.
    pub cause: String,
    /// How many recipients wait for it.
    pub recipients: u64,
    /// One such reply as it was said.
    pub example: Option<String>,
}

impl QueueDestinationView {
    pub(crate) fn of(domain: Domain, found: AtDestination) -> Self {
        let AtDestination { messages, recipients, held, oldest, next, causes, lane } = found;
        let view = |CauseCount { cause, recipients, example }| CauseView { cause, recipients, example };
        Self {
            domain,
            messages,
            recipients,
            held,
            oldest: oldest.map(|at| at.secs()),
            next: next.map(|at| at.secs()),
            connections: lane.as_ref().map_or(0, |lane| lane.connections as u64),
            rests_until: lane.and_then(|lane| lane.rests_until).map(|at| at.secs()),
            causes: causes.into_iter().map(view).collect(),
        }
    }
}
