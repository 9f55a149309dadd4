//! What can be asked. Each room's acts stand with what they need and do, in a file of their own.
use crate::{AccountAct, AliasAct, DomainAct, Permission, QueueAct, SenderAct, ShareAct, StoreAct, TraceAct};
use names::Address;
use serde::{Deserialize, Serialize};

/// An act. On the wire: `{"account":{"resume":{"address":"anna@example.org"}}}`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Request {
    /// On domains.
    Domain(DomainAct),
    /// On accounts.
    Account(AccountAct),
    /// On aliases.
    Alias(AliasAct),
    /// On what accounts share.
    Share(ShareAct),
    /// On who may send as whom.
    Sender(SenderAct),
    /// On messages that wait to be sent.
    Queue(QueueAct),
    /// On what happened to messages.
    Trace(TraceAct),
    /// What customers set up, by the listeners that are open.
    Settings,
    /// On the store as a whole.
    Store(StoreAct),
}

impl Request {
    /// What it needs.
    pub const fn permission(&self) -> Permission {
        match self {
            Self::Domain(act) => act.permission(),
            Self::Account(act) => act.permission(),
            Self::Alias(act) => act.permission(),
            Self::Share(act) => act.permission(),
            Self::Sender(act) => act.permission(),
            Self::Queue(act) => act.permission(),
            Self::Trace(act) => act.permission(),
            Self::Settings => Permission::Anyone,
            Self::Store(act) => act.permission(),
        }
    }

    /// The account that it is about, where its customer may ask it himself.
    pub(crate) const fn account(&self) -> Option<&Address> {
        match self {
            Self::Account(act) => act.own_account(),
            Self::Domain(_)
            | Self::Alias(_)
            | Self::Share(_)
            | Self::Sender(_)
            | Self::Queue(_)
            | Self::Trace(_)
            | Self::Settings
            | Self::Store(_) => None,
        }
    }
}
