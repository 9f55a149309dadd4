//! Senders whose mail a customer does not want: it goes to the mailbox for junk. It is never refused, so that they learn
//! nothing, and never answered.
mod landing;
mod pattern;
pub(crate) use landing::{is_blocked, landing};
use pattern::Meant;
pub use pattern::{BlockPattern, BlockPatternError};

use bytes::Bytes;
use names::Address;
use serde::{Deserialize, Serialize};
use store::{Account, ModSeq, ObjectChange, ObjectId, ObjectKind, ObjectsChanged};
use world::UnixTime;

/// How often a change is tried again when others were first.
const TRIES: usize = 100;

/// A sender whose mail goes to junk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockedSender {
    /// Its number in the account.
    pub id: ObjectId,
    /// Who is meant.
    pub pattern: BlockPattern,
    /// Since when, in seconds since 1970.
    pub created: u64,
}

/// As it is kept.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    pattern: BlockPattern,
    created: u64,
}

/// All of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockedSenders {
    /// The state of this kind of objects.
    pub state: ModSeq,
    /// In the order in which they were blocked.
    pub senders: Vec<BlockedSender>,
}

/// What came of blocking a sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Blocking {
    /// He is blocked.
    Done(BlockedSender),
    /// He was blocked before.
    Nothing(BlockedSender),
    /// The account blocks as many as it may.
    Full(u64),
    /// They have another state than the one in which he was to be blocked.
    Overtaken,
}

/// What came of blocking a sender no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unblocking {
    /// He is blocked no more.
    Done,
    /// He was not blocked.
    Nothing,
    /// They have another state than the one in which that was to be done.
    Overtaken,
}

impl BlockedSenders {
    /// Those of `account`. Costs no read where there never was one.
    ///
    /// # Errors
    /// What the store says.
    pub async fn of(account: &Account) -> Result<Self, store::Error> {
        let kept = account.objects(ObjectKind::BlockedSender).await?;
        let senders = kept.objects.into_iter().map(|object| {
            let wrong = |error: serde_json::Error| store::Error::Corrupt(format!("blocked sender: {error}"));
            let Kept { pattern, created } = serde_json::from_slice(&object.value).map_err(wrong)?;
            Ok(BlockedSender { id: object.id, pattern, created })
        });
        Ok(Self { state: kept.state, senders: senders.collect::<Result<_, store::Error>>()? })
    }

    /// Who is meant by each.
    pub fn into_patterns(self) -> Vec<BlockPattern> {
        self.senders.into_iter().map(|sender| sender.pattern).collect()
    }

    /// The one of this pattern.
    pub fn named(&self, pattern: &BlockPattern) -> Option<&BlockedSender> {
        self.senders.iter().find(|sender| sender.pattern == *pattern)
    }

    /// Whether mail of any of these is not wanted.
    pub fn mean<'a>(&self, mut writers: impl Iterator<Item = &'a Address>) -> bool {
        let meant: Meant<'_> = self.senders.iter().map(|sender| &sender.pattern).collect();
        writers.any(|writer| meant.has(writer))
    }

    /// Blocks a sender in `account`, in the state `only_in` alone where there is one.
    ///
    /// # Errors
    /// What the store says.
    pub async fn block(
        account: &Account,
        pattern: &BlockPattern,
        now: UnixTime,
        only_in: Option<ModSeq>,
    ) -> Result<Blocking, store::Error> {
        let most = ObjectKind::BlockedSender.most();
        for _ in 0..TRIES {
            let known = Self::of(account).await?;
            if !known.is_in(only_in) {
                return Ok(Blocking::Overtaken);
            }
            if let Some(sender) = known.named(pattern) {
                return Ok(Blocking::Nothing(sender.clone()));
            }
            if known.senders.len() as u64 >= most {
                return Ok(Blocking::Full(most));
            }
            let kept = Kept { pattern: pattern.clone(), created: now.secs() };
            if let Some(Some(id)) = known.change(account, ObjectChange::Create(kept.encode()?)).await? {
                return Ok(Blocking::Done(BlockedSender { id, pattern: kept.pattern, created: kept.created }));
            }
        }
        Err(store::Error::Conflict)
    }

    /// Blocks a sender in `account` no more, in the state `only_in` alone where there is one.
    ///
    /// # Errors
    /// What the store says.
    pub async fn unblock(
        account: &Account,
        pattern: &BlockPattern,
        only_in: Option<ModSeq>,
    ) -> Result<Unblocking, store::Error> {
        for _ in 0..TRIES {
            let known = Self::of(account).await?;
            if !known.is_in(only_in) {
                return Ok(Unblocking::Overtaken);
            }
            let Some(id) = known.named(pattern).map(|sender| sender.id) else { return Ok(Unblocking::Nothing) };
            if known.change(account, ObjectChange::Remove(id)).await?.is_some() {
                return Ok(Unblocking::Done);
            }
        }
        Err(store::Error::Conflict)
    }

    fn is_in(&self, only_in: Option<ModSeq>) -> bool {
        only_in.is_none_or(|state| state == self.state)
    }

    /// Makes a change, and gives the number of what it is about; `None`: somebody else was first.
    async fn change(&self, account: &Account, change: ObjectChange) -> Result<Option<Option<ObjectId>>, store::Error> {
        let outcome = account.change_objects(ObjectKind::BlockedSender, Some(self.state), &[change]).await?;
        Ok(match outcome.into_value() {
            ObjectsChanged::Done(done) => Some(done.into_iter().next().flatten()),
            ObjectsChanged::StateMismatch => None,
        })
    }
}

impl Kept {
    fn encode(&self) -> Result<Bytes, store::Error> {
        let wrong = |error: serde_json::Error| store::Error::Corrupt(error.to_string());
        Ok(serde_json::to_vec(self).map_err(wrong)?.into())
    }
}
