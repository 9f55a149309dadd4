//! What stands in a lane, as others see it.
use crate::queue::id::QueueId;
use std::sync::Arc;
use world::UnixTime;

/// What waits: the recipients of one entry at one destination.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Item {
    pub(crate) id: QueueId,
    /// The destination's text; many items share one.
    pub(crate) destination: Arc<str>,
}

/// How an item waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Waits {
    /// When somebody must hear of it at the latest.
    pub(crate) say_by: UnixTime,
    /// MT-PRIORITY: from -9 to 9, the larger the sooner.
    pub(crate) priority: i8,
}
