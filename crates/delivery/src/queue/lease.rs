//! Who owns a partition of the queue. One owner at a time; a stale one finds its commits refused.
//!
//! `l` → the owner's number; its version counts owners and is the fence. `r` → until when (ms), written again and
//! again. They are two records, so that a renewal does not disturb commits that wait.
use super::ledger::place;
use crate::error::Error;
use std::time::Duration;
use store::{Change, Growth, Key, Precondition, Records};
use world::UnixTime;

/// How long a lease lasts without renewal.
pub(crate) const LASTS: Duration = Duration::from_secs(30);

fn owner_key() -> Key {
    vec![b'l']
}

fn until_key() -> Key {
    vec![b'r']
}

/// What an owner shows with each commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fence {
    partition: u8,
    version: u64,
}

impl Fence {
    pub(crate) fn precondition(&self) -> Precondition {
        Precondition::Version(owner_key(), self.version)
    }

    /// [`Error::LeaseLost`] when somebody else is the owner now.
    pub(crate) async fn check(&self, records: &Records) -> Result<(), Error> {
        let owner = records.get(place(self.partition), owner_key()).await?;
        let mine = owner.is_some_and(|owner| owner.version == self.version);
        if mine { Ok(()) } else { Err(Error::LeaseLost(self.partition)) }
    }
}

/// What came of asking for a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// It is ours.
    Ours(Fence),
    /// Somebody else has it until then.
    Taken(UnixTime),
}

/// Takes the partition for `owner` when nobody has it, when its lease has run out, or when `alone` says that no other
/// process can be there.
pub(crate) async fn acquire(
    records: &Records,
    partition: u8,
    owner: u64,
    now: UnixTime,
    alone: bool,
) -> Result<Asked, Error> {
    let values = records.get_many(place(partition), vec![owner_key(), until_key()]).await?;
    let [owner_is, until_is] = values.as_slice() else {
        return Err(Error::Unreadable(format!("lease of partition {partition}")));
    };
    let mut change = Change::new(Growth::Frees);
    let until = now.plus(LASTS).millis().to_be_bytes().to_vec();
    let version = match owner_is {
        None => {
            change.create(owner_key(), owner.to_be_bytes().to_vec());
            1
        }
        Some(value) => {
            let free_at = until_is.as_ref().and_then(|until| until.payload.as_ref().try_into().ok());
            let free_at = UnixTime::from_millis(free_at.map_or(0, u64::from_be_bytes));
            if free_at > now && !alone {
                return Ok(Asked::Taken(free_at));
            }
            change.replace(owner_key(), value.version, owner.to_be_bytes().to_vec());
            value.version.saturating_add(1)
        }
    };
    match until_is {
        None => change.create(until_key(), until),
        Some(value) => change.replace(until_key(), value.version, until),
    };
    match records.commit(place(partition), change).await {
        Ok(_) => Ok(Asked::Ours(Fence { partition, version })),
        // somebody renewed or took it just now
        Err(store::Error::Conflict) => Ok(Asked::Taken(now.plus(LASTS))),
        Err(error) => Err(error.into()),
    }
}

/// Makes the lease last from now on.
pub(crate) async fn renew(records: &Records, fence: Fence, now: UnixTime) -> Result<(), Error> {
    let until_is = records.get(place(fence.partition), until_key()).await?;
    let mut change = Change::new(Growth::Frees);
    change.preconditions.push(fence.precondition());
    change.put(
        until_key(),
        until_is.map_or(1, |value| value.version.saturating_add(1)),
        now.plus(LASTS).millis().to_be_bytes().to_vec(),
    );
    match records.commit(place(fence.partition), change).await {
        Err(store::Error::Conflict) => Err(Error::LeaseLost(fence.partition)),
        done => Ok(done.map(|_| ())?),
    }
}
