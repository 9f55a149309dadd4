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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blocking {
    /// He is blocked.
    Done,
    /// He was blocked before.
    Nothing,
    /// The account blocks as many as it may.
    Full(u64),
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

    /// Blocks a sender in `account`.
    ///
    /// # Errors
    /// What the store says.
    pub async fn block(account: &Account, pattern: &BlockPattern, now: UnixTime) -> Result<Blocking, store::Error> {
        let most = ObjectKind::BlockedSender.most();
        for _ in 0..TRIES {
            let known = Self::of(account).await?;
            if known.named(pattern).is_some() {
                return Ok(Blocking::Nothing);
            }
            if known.senders.len() as u64 >= most {
                return Ok(Blocking::Full(most));
            }
            let kept = Kept { pattern: pattern.clone(), created: now.secs() };
            if known.change(account, ObjectChange::Create(kept.encode()?)).await? {
                return Ok(Blocking::Done);
            }
        }
        Err(store::Error::Conflict)
    }

    /// Blocks a sender in `account` no more; whether he was blocked.
    ///
    /// # Errors
    /// What the store says.
    pub async fn unblock(account: &Account, pattern: &BlockPattern) -> Result<bool, store::Error> {
        for _ in 0..TRIES {
            let known = Self::of(account).await?;
            let Some(id) = known.named(pattern).map(|sender| sender.id) else { return Ok(false) };
            if known.change(account, ObjectChange::Remove(id)).await? {
                return Ok(true);
            }
        }
        Err(store::Error::Conflict)
    }

    /// Makes a change, unless somebody else was first.
    async fn change(&self, account: &Account, change: ObjectChange) -> Result<bool, store::Error> {
        let outcome = account.change_objects(ObjectKind::BlockedSender, Some(self.state), &[change]).await?;
        Ok(matches!(outcome.value(), ObjectsChanged::Done(_)))
    }
}

impl Kept {
    fn encode(&self) -> Result<Bytes, store::Error> {
        let wrong = |error: serde_json::Error| store::Error::Corrupt(error.to_string());
        Ok(serde_json::to_vec(self).map_err(wrong)?.into())
    }
}
