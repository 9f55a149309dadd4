//! The queue. Its acts are journalled by `delivery`, which does them.
use crate::{Admin, Caller, Error, Permission, QueueDestinationView, Response};
use delivery::{Filter, QueueId};
use names::Domain;
use serde::{Deserialize, Serialize};

/// Messages of one answer.
const PAGE: usize = 500;

/// An act on messages that wait to be sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum QueueAct {
    /// Lists messages in the queue, a page at a time.
    List {
        /// Whose reverse-path contains this.
        #[serde(default)]
        sender: Option<String>,
        /// A recipient of which contains this.
        #[serde(default)]
        recipient: Option<String>,
        /// On hold, or not.
        #[serde(default)]
        held: Option<bool>,
        /// The `next` of the page before.
        #[serde(default)]
        after: Option<QueueId>,
    },
    /// Shows a message in the queue.
    Show {
        /// Which one.
        id: QueueId,
    },
    /// Shows what waits for a destination, and why.
    Destination {
        /// The recipients' domain.
        domain: Domain,
    },
    /// Tries a message now.
    Retry {
        /// Which one.
        id: QueueId,
    },
    /// Keeps a message back.
    Hold {
        /// Which one.
        id: QueueId,
        /// Why.
        reason: String,
    },
    /// Lets a message go on that was held.
    Release {
        /// Which one.
        id: QueueId,
    },
    /// Takes a message out of the queue; its sender is not told.
    Remove {
        /// Which one.
        id: QueueId,
        /// Why.
        reason: String,
    },
}

impl QueueAct {
    pub(crate) const fn permission(&self) -> Permission {
        match self {
            Self::List { .. } | Self::Show { .. } | Self::Destination { .. } => Permission::Look,
            Self::Retry { .. } | Self::Hold { .. } | Self::Release { .. } => Permission::Help,
            Self::Remove { .. } => Permission::Operate,
        }
    }
}

impl Admin {
    pub(crate) async fn queue(&self, caller: &Caller, act: QueueAct) -> Result<Response, Error> {
        let by = caller.by.as_str();
        match act {
            QueueAct::Show { id } => return Ok(Response::QueueEntry(self.queue.show(id).await?.into())),
            QueueAct::List { sender, recipient, held, after } => {
                let page = self.queue.list(&Filter { sender, recipient, held }, after, PAGE).await?;
                let entries = page.entries.into_iter().map(Into::into).collect();
                return Ok(Response::Queue { entries, next: page.next });
            }
            QueueAct::Destination { domain } => {
                let found = self.queue.at_destination(&domain).await?;
                return Ok(Response::QueueDestination(Box::new(QueueDestinationView::of(domain, found))));
            }
            QueueAct::Retry { id } => self.queue.retry(id, by).await?,
            QueueAct::Hold { id, reason } => self.queue.hold(id, &reason, by).await?,
            QueueAct::Release { id } => self.queue.release(id, by).await?,
            QueueAct::Remove { id, reason } => self.queue.remove(id, &reason, by).await?,
        }
        Ok(Response::Done)
    }
}
