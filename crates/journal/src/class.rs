//! What is kept together, and for as long.
use crate::Event;

/// How long an event may be kept, and which partition it is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Sessions that went well.
    Sessions,
    /// What was refused.
    Refusals,
    /// The way of each message.
    Deliveries,
    /// What operators did.
    Acts,
}

impl Class {
    /// Every class.
    pub const ALL: [Self; 4] = [Self::Sessions, Self::Refusals, Self::Deliveries, Self::Acts];
}

impl Event {
    /// Which class it belongs to.
    pub const fn class(&self) -> Class {
        match self {
            Self::SessionOpened { .. } | Self::SessionClosed { .. } | Self::LoginAccepted { .. } => Class::Sessions,
            Self::LoginRefused { .. }
            | Self::Refused { .. }
            | Self::AllowanceUsedUp { .. }
            | Self::Repeated { .. }
            | Self::Dropped { .. } => Class::Refusals,
            Self::Accepted { .. }
            | Self::Stored { .. }
            | Self::Deferred(_)
            | Self::Failed(_)
            | Self::Relayed(_)
            | Self::Discarded(_)
            | Self::HoldEnded { .. }
            | Self::Reported { .. }
            | Self::AutoReplied { .. }
            | Self::TlsReportReceived { .. } => Class::Deliveries,
            Self::Act { .. } => Class::Acts,
        }
    }
}
