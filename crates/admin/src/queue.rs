//! The queue. Its acts are journalled by `delivery`, which does them.
use crate::{Admin, Caller, Error, Permission, QueueDestinationView, Response};
use delivery::{Act, Done, Filter, NextHop, QueueId};
use names::{Address, Domain};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Messages of one answer.
const PAGE: usize = 500;

/// An act on messages that wait to be sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum QueueAct {
    /// Lists messages in the queue, a page at a time.
    List {
        /// Which ones.
        #[serde(default)]
        filter: QueueFilter,
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
        /// The recipients' domain, or their address literal.
        #[serde(deserialize_with = "Domain::deserialize_of_address")]
        domain: Domain,
    },
    /// Does something to a message.
    Change {
        /// Which one.
        id: QueueId,
        /// What.
        change: QueueChange,
        /// Why; a message is not held, rerouted or removed without.
        #[serde(default)]
        reason: Option<String>,
    },
    /// Does something to many messages, some at a time.
    ChangeEach {
        /// Which ones.
        filter: QueueFilter,
        /// What.
        change: QueueChange,
        /// Why.
        reason: String,
        /// The `next` of the answer before.
        #[serde(default)]
        after: Option<QueueId>,
    },
    /// Does something to these messages, as far as they are still meant, and to no others.
    ChangeThese {
        /// Which ones; 500 at most.
        ids: Vec<QueueId>,
        /// How they were found.
        filter: QueueFilter,
        /// What.
        change: QueueChange,
        /// Why.
        reason: String,
    },
}

/// What is done to a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum QueueChange {
    /// Tries it now.
    Retry,
    /// Keeps it back.
    Hold,
    /// Lets it go on that was held.
    Release,
    /// Sends it to another host than where it would go.
    Reroute {
        /// Which one; left out: to where it would go by itself.
        #[serde(default)]
        to: Option<NextHop>,
    },
    /// Takes it out of the queue; its sender is not told.
    Remove,
}

/// Which messages are meant; what is left out does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct QueueFilter {
    /// Whose reverse-path contains this; an empty text means the null one.
    pub sender: Option<String>,
    /// A recipient of which contains this.
    pub recipient: Option<String>,
    /// A recipient of which is at this domain elsewhere, or at this address literal.
    #[serde(deserialize_with = "Domain::deserialize_any_of_address")]
    pub domain: Option<Domain>,
    /// On hold, or not.
    pub held: Option<bool>,
    /// Which the account of this address sent.
    pub account: Option<Address>,
    /// Seconds that they have been in the queue.
    pub older_than: Option<u64>,
    /// About which the other side said this last.
    pub cause: Option<String>,
}

impl QueueAct {
    pub(crate) const fn permission(&self) -> Permission {
        match self {
            Self::List { .. } | Self::Show { .. } | Self::Destination { .. } => Permission::Look,
            Self::Change { change: QueueChange::Retry | QueueChange::Hold | QueueChange::Release, .. } => {
                Permission::Help
            }
            Self::Change { change: QueueChange::Reroute { .. } | QueueChange::Remove, .. }
            | Self::ChangeEach { .. }
            | Self::ChangeThese { .. } => Permission::Operate,
        }
    }
}

impl Admin {
    pub(crate) async fn queue(&self, caller: &Caller, act: QueueAct) -> Result<Response, Error> {
        let by = caller.by.as_str();
        match act {
            QueueAct::Show { id } => Ok(Response::QueueEntry(self.queue.show(id).await?.into())),
            QueueAct::List { filter, after } => {
                let page = self.queue.list(&self.meant(filter).await?, after, PAGE).await?;
                let entries = page.entries.into_iter().map(Into::into).collect();
                Ok(Response::Queue { entries, next: page.next })
            }
            QueueAct::Change { id, change, reason } => {
                if change.needs_reason() && reason.as_ref().is_none_or(String::is_empty) {
                    return Err(Error::BadRequest("a reason is missing".to_owned()));
                }
                self.queue.act(id, &change.into(), reason.as_deref(), by).await?;
                Ok(Response::Done)
            }
            QueueAct::ChangeEach { filter, change, reason, after } => {
                if reason.is_empty() {
                    return Err(Error::BadRequest("a reason is missing".to_owned()));
                }
                let filter = self.meant(filter).await?;
                let Done { entries, next } = self.queue.each(&filter, &change.into(), Some(&reason), by, after).await?;
                Ok(Response::QueueChanged { messages: entries, next })
            }
            QueueAct::ChangeThese { ids, filter, change, reason } => {
                if reason.is_empty() {
                    return Err(Error::BadRequest("a reason is missing".to_owned()));
                }
                if ids.len() > PAGE {
                    return Err(Error::BadRequest(format!("at most {PAGE} messages")));
                }
                let filter = self.meant(filter).await?;
                let messages = self.queue.these(&ids, &filter, &change.into(), Some(&reason), by).await?;
                Ok(Response::QueueChanged { messages, next: None })
            }
            QueueAct::Destination { domain } => {
                let found = self.queue.at_destination(&domain).await?;
                Ok(Response::QueueDestination(Box::new(QueueDestinationView::of(domain, found))))
            }
        }
    }

    async fn meant(&self, filter: QueueFilter) -> Result<Filter, Error> {
        let QueueFilter { sender, recipient, domain, held, account, older_than, cause } = filter;
        let account = match account {
            Some(address) => Some(self.directory.account(&address).await?.id),
            None => None,
        };
        let now = self.world.clock.now();
        let before = older_than.map(|seconds| now.minus(Duration::from_secs(seconds)));
        Ok(Filter { sender, recipient, domain, held, account, before, cause })
    }
}

impl QueueChange {
    const fn needs_reason(&self) -> bool {
        match self {
            Self::Retry | Self::Release => false,
            Self::Hold | Self::Reroute { .. } | Self::Remove => true,
        }
    }
}

impl From<QueueChange> for Act {
    fn from(change: QueueChange) -> Self {
        match change {
            QueueChange::Retry => Self::Retry,
            QueueChange::Hold => Self::Hold,
            QueueChange::Release => Self::Release,
            QueueChange::Reroute { to } => Self::Reroute(to),
            QueueChange::Remove => Self::Remove,
        }
    }
}
