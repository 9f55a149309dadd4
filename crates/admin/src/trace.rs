//! What happened to messages, as the journal has it. A look is told to the journal too, so that a customer can be shown
//! who asked about him.
mod reported;
mod view;
pub use reported::{TlsFailureView, TlsReportView, TlsReportsView};
pub use view::{DestinationView, RefusedView, TraceEventView, TraceRecipientView, TraceRowView, TraceView};

use crate::{Admin, Caller, Error, Permission, Response};
use delivery::QueueId;
use journal::{Found, Search, Trace};
use names::Domain;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use world::UnixTime;

/// Messages of one answer, unless it is said.
const FEW: usize = 50;

/// A look at what happened to messages. Moments are seconds since 1970.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum TraceAct {
    /// Finds messages, the newest first.
    Find {
        /// Whose reverse-path contains this; empty for the null one.
        #[serde(default)]
        sender: Option<String>,
        /// A recipient of which contains this, as the sender wrote him or where he leads.
        #[serde(default)]
        recipient: Option<String>,
        /// Whose Message-ID contains this.
        #[serde(default)]
        message_id: Option<String>,
        /// That came from this address.
        #[serde(default)]
        address: Option<IpAddr>,
        /// To which something happened since then.
        #[serde(default)]
        since: Option<u64>,
        /// To which something happened before then.
        #[serde(default)]
        until: Option<u64>,
        /// At most so many; 500 at most, 50 unless it is said.
        #[serde(default)]
        limit: Option<usize>,
    },
    /// Shows what happened to a message, from the first byte of its session to the last reply.
    Show {
        /// The id that its sender was told, `d…`, or the one that it has in the queue, `q…`.
        id: String,
    },
    /// Counts what went where, by the recipients' domains.
    Destinations {
        /// Only this one.
        #[serde(default, deserialize_with = "Domain::deserialize_any_of_address")]
        domain: Option<Domain>,
        /// What happened since then.
        #[serde(default)]
        since: Option<u64>,
        /// What happened before then.
        #[serde(default)]
        until: Option<u64>,
    },
    /// Counts what others report of TLS with the servers here (RFC 8460), by whole days (UTC).
    Reported {
        /// Only about this domain.
        #[serde(default)]
        domain: Option<Domain>,
        /// What was counted on the day of this moment, or later.
        #[serde(default)]
        since: Option<u64>,
        /// What was counted before then.
        #[serde(default)]
        until: Option<u64>,
    },
}

impl TraceAct {
    pub(crate) const fn permission(&self) -> Permission {
        match self {
            Self::Find { .. } | Self::Show { .. } | Self::Destinations { .. } | Self::Reported { .. } => {
                Permission::Look
            }
        }
    }
}

impl Admin {
    pub(crate) async fn traces(&self, caller: &Caller, act: TraceAct) -> Result<Response, Error> {
        match act {
            TraceAct::Find { sender, recipient, message_id, address, since, until, limit } => {
                let subject = [&sender, &recipient, &message_id].into_iter().flatten().cloned().collect::<Vec<_>>();
                let limit = limit.unwrap_or(FEW);
                let search = Search { sender, recipient, message_id, from_address: address, limit };
                let (from, to) = self.range(since, until);
                let Found { traces, more_before } = self.history.traces(&search, from, to).await.map_err(away)?;
                let (refused, more_refused) = self.history.refusals(&search, from, to).await.map_err(away)?;
                self.told(caller, "trace find", &subject.join(" "), None);
                Ok(Response::Traces {
                    traces: traces.iter().map(TraceRowView::of).collect(),
                    refused: refused.iter().filter_map(RefusedView::of).collect(),
                    more_before: more_before.max(more_refused).map(UnixTime::secs),
                })
            }
            TraceAct::Show { id } => {
                let view = self.trace(&id).await?;
                self.told(caller, "trace show", &view.id, None);
                Ok(Response::Trace(Box::new(view)))
            }
            TraceAct::Destinations { domain, since, until } => {
                let (from, to) = self.range(since, until);
                let counts = self.history.destinations(from, to).await.map_err(away)?;
                let wanted = |name: &str| domain.as_ref().is_none_or(|domain| domain.as_str() == name);
                let destinations = counts.into_iter().filter(|counts| wanted(&counts.domain)).map(Into::into);
                Ok(Response::Destinations { destinations: destinations.collect() })
            }
            TraceAct::Reported { domain, since, until } => {
                let (since, until) = (since.map(UnixTime::from_secs), until.map(UnixTime::from_secs));
                let sum = self.delivery.received_reports(domain.as_ref(), since, until).await?;
                Ok(Response::TlsReports(sum.into()))
            }
        }
    }

    async fn trace(&self, id: &str) -> Result<TraceView, Error> {
        let prefix = match id.parse::<QueueId>() {
            Ok(queue) => queue.delivery_prefix(),
            Err(_) if is_delivery(id) => id.to_owned(),
            Err(_) => return Err(Error::BadRequest(format!("`{id}` is no id of a message: d… or q… is"))),
        };
        let trace: Option<Trace> = self.history.trace(&prefix).await.map_err(away)?;
        let trace =
            trace.ok_or_else(|| Error::NotFound(format!("the journal knows nothing of message {id} (any more)")))?;
        let queue = QueueId::of_delivery(&trace.delivery);
        let waits = match queue {
            Some(queue) => self.queue.show(queue).await.map(Some),
            None => Ok(None),
        };
        let waits = match waits {
            Ok(waits) => waits,
            Err(delivery::Error::NoSuchEntry(_)) => None,
            Err(error) => return Err(error.into()),
        };
        let acts = match queue {
            Some(queue) => self.history.acts_on(&queue.to_string(), trace.since()).await.map_err(away)?,
            None => Vec::new(),
        };
        Ok(TraceView::of(trace.with(acts), queue, waits))
    }

    fn range(&self, since: Option<u64>, until: Option<u64>) -> (UnixTime, UnixTime) {
        let to = until.map_or_else(|| UnixTime::from_millis(self.world.clock.now().millis() + 1), UnixTime::from_secs);
        (since.map_or(UnixTime::from_millis(0), UnixTime::from_secs), to)
    }
}

/// Whether `id` is one of a delivery: `d` and 32 digits.
fn is_delivery(id: &str) -> bool {
    let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    id.strip_prefix('d').is_some_and(|digits| digits.len() == 32 && digits.bytes().all(digit))
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
fn away(error: journal::Error) -> Error {
    Error::Unavailable(error.to_string())
}
