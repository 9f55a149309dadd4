//! One act on many entries: all that a filter means, some hundred at a time, so that it can be watched and ended.
use super::{Filter, Operator, Queued};
use crate::error::Error;
use crate::next_hop::NextHop;
use crate::queue::QueueId;
use futures_util::TryFutureExt as _;
use futures_util::future::join_all;

/// Entries of one call. Each is journalled, and the journal takes so many more before it drops any.
const AT_A_CALL: usize = 500;
/// Entries that are changed at once: their commits share syncs.
const AT_ONCE: usize = 50;

/// An act on an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Tries it now.
    Retry,
    /// Keeps it back until it is released.
    Hold,
    /// Lets it go on, now.
    Release,
    /// Sends it to this host, or again to where it would go by itself; and tries it now.
    Reroute(Option<NextHop>),
    /// Takes it out of the queue; nobody is told but the journal.
    Remove,
}

/// What one call did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// On how many entries.
    pub entries: u64,
    /// Behind which entry to go on; `None` at the end of the queue.
    pub next: Option<QueueId>,
}

impl Act {
    /// Its name in the journal.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Retry => "queue retry",
            Self::Hold => "queue hold",
            Self::Release => "queue release",
            Self::Reroute(_) => "queue reroute",
            Self::Remove => "queue remove",
        }
    }

    /// Whether it is for entries that are held, or that are not; `None`: for either.
    const fn held(&self) -> Option<bool> {
        match self {
            Self::Retry | Self::Hold => Some(false),
            Self::Release => Some(true),
            Self::Reroute(_) | Self::Remove => None,
        }
    }
}

impl Operator {
    /// Does `act` to entries that `filter` means, behind `after`; call it again with [`Done::next`] until that is `None`.
    /// What is on hold is not tried, and not held again. An entry that leaves meanwhile does not count.
    ///
    /// # Errors
    /// When the store could not be read or written; what was done until then stays so.
    pub async fn each(
        &self,
        filter: &Filter,
        act: &Act,
        reason: Option<&str>,
        by: &str,
        after: Option<QueueId>,
    ) -> Result<Done, Error> {
        let filter = Filter { held: act.held().or(filter.held), ..filter.clone() };
        let page = self.list(&filter, after, AT_A_CALL).await?;
        let mut entries = 0;
        for some in page.entries.chunks(AT_ONCE) {
            let acts = some.iter().map(|Queued { id, .. }| self.act(*id, act, reason, by).map_ok(|()| true));
            entries += changed(join_all(acts).await)?;
        }
        Ok(Done { entries, next: page.next })
    }

    /// Does `act` to those of `ids` that `filter` means by now, and to no other: what came since they were counted is not
    /// among them. Says how many those were.
    ///
    /// # Errors
    /// As [`Self::each`].
    pub async fn these(
        &self,
        ids: &[QueueId],
        filter: &Filter,
        act: &Act,
        reason: Option<&str>,
        by: &str,
    ) -> Result<u64, Error> {
        let sought = self.sought(Filter { held: act.held().or(filter.held), ..filter.clone() });
        let one = async |id: QueueId| {
            let kept = self.0.queue.ledger.read(id).await?;
            let meant = kept.is_some_and(|kept| sought.lets(&kept.entry));
            if meant {
                self.act(id, act, reason, by).await?;
            }
            Ok(meant)
        };
        let mut entries = 0;
        for some in ids.chunks(AT_ONCE) {
            entries += changed(join_all(some.iter().map(|id| one(*id))).await)?;
        }
        Ok(entries)
    }
}

/// How many were changed; who has left meanwhile does not count.
fn changed(done: Vec<Result<bool, Error>>) -> Result<u64, Error> {
    done.into_iter().try_fold(0, |sum, one| match one {
        Ok(changed) => Ok(sum + u64::from(changed)),
        Err(Error::NoSuchEntry(_)) => Ok(sum),
        Err(error) => Err(error),
    })
}
