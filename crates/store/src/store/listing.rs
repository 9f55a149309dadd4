//! Lists partitions, also past what cannot be read: a damaged page must not hide all that comes behind it.
use super::Store;
use crate::engine::{EngineError, Partition, PartitionKind};
use crate::error::Error;

/// Some partitions of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    /// Their numbers, ascending.
    pub(crate) ids: Vec<u64>,
    /// Go on behind this.
    pub(crate) until: u64,
    /// What could not be read before `until`, and between which numbers.
    pub(crate) hidden: Option<Error>,
}

impl Store {
    /// The partitions of `kind` above `after`, at most `limit`; nothing at the end.
    ///
    /// # Errors
    /// What the engine says, but for damage.
    pub(crate) async fn listed(
        &self,
        kind: PartitionKind,
        after: Option<u64>,
        limit: usize,
    ) -> Result<Option<Listed>, Error> {
        match self.engine().partitions(kind, after, limit).await {
            Ok(ids) => Ok(ids.last().copied().map(|until| Listed { ids, until, hidden: None })),
            Err(EngineError::Corrupt(what)) => self.listed_to_damage(kind, after, limit, &what).await.map(Some),
            Err(error) => Err(error.into()),
        }
    }

    /// One by one up to the damage; or, where nothing stands before it, to its end.
    async fn listed_to_damage(
        &self,
        kind: PartitionKind,
        after: Option<u64>,
        limit: usize,
        what: &str,
    ) -> Result<Listed, Error> {
        let mut ids: Vec<u64> = Vec::new();
        while ids.len() < limit {
            let from = ids.last().copied().or(after).map_or(0, |id| u128::from(id) + 1);
            match self.first(kind, from).await? {
                Some(Some(id)) => ids.push(id),
                Some(None) | None => break,
            }
        }
        if let Some(until) = ids.last().copied() {
            return Ok(Listed { ids, until, hidden: None });
        }
        let from = after.map_or(0, |id| u128::from(id) + 1);
        let until = self.end_of_damage(kind, from).await?;
        let place = |id: u128| Partition::new(kind, u64::try_from(id).unwrap_or(u64::MAX));
        let hidden = Error::Corrupt(format!("between {} and {}: {what}", place(from), place(until)));
        Ok(Listed { ids, until: place(until).id, hidden: Some(hidden) })
    }

    /// The last number from which on nothing can be read, when nothing can from `from`: it doubles its steps until
    /// something can, and then halves them.
    async fn end_of_damage(&self, kind: PartitionKind, from: u128) -> Result<u128, Error> {
        const BEYOND: u128 = 1 << u64::BITS;
        let (mut bad, mut step) = (from, 1);
        let mut good = loop {
            let next = from.saturating_add(step).min(BEYOND);
            if next == BEYOND || self.first(kind, next).await?.is_some() {
                break next;
            }
            (bad, step) = (next, step * 2);
        };
        while good - bad > 1 {
            let middle = bad.midpoint(good);
            if self.first(kind, middle).await?.is_some() {
                good = middle;
            } else {
                bad = middle;
            }
        }
        Ok(bad)
    }

    /// The first partition at `from` or above, if there is any; `None` where that cannot be read.
    async fn first(&self, kind: PartitionKind, from: u128) -> Result<Option<Option<u64>>, Error> {
        let after = from.checked_sub(1).map(|before| u64::try_from(before).unwrap_or(u64::MAX));
        match self.engine().partitions(kind, after, 1).await {
            Ok(ids) => Ok(Some(ids.first().copied())),
            Err(EngineError::Corrupt(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}
