//! What one account has in the queue, held and let go together; and what waits for a time of its sender's.
use super::{Act, Filter, Operator, Queued};
use crate::error::Error;
use crate::queue::{Entry, QueueId};
use crate::vacation::forget_answered;
use crate::wishes::Release;
use names::AccountId;
use world::UnixTime;

/// Entries that are read at a time.
const PAGE: usize = 500;

impl Operator {
    /// Lets an entry go whose time has come. One that an operator holds stays on hold.
    pub(crate) async fn let_go(&self, id: QueueId) -> Result<(), Error> {
        let now = self.0.world.clock.now();
        let entry = self.change(id, |entry| begin(entry, now)).await?;
        self.0.hold_ended(id, &entry);
        self.0.note_let_go(&entry).await;
        tracing::info!(queue_id = %id, "its sender's time has come");
        Ok(())
    }

    /// Keeps back everything that `account` has in the queue, and says how much is on hold then. What is on hold already keeps
    /// its reason, unless that is `before`, the one that the account was held for until now: `reason` takes its place.
    ///
    /// # Errors
    /// When the store could not be read or written; what was held until then stays so.
    pub async fn hold_all_of(
        &self,
        account: AccountId,
        reason: &str,
        before: Option<&str>,
        by: &str,
    ) -> Result<u64, Error> {
        let before = before.filter(|before| *before != reason);
        let held = |queued: &Queued| queued.entry.hold.as_ref().is_some_and(|hold| before != Some(&*hold.reason));
        self.to_all_of(account, &Act::Hold, Some(reason), by, held).await
    }

    /// Lets go on what `account` has in the queue on hold for this reason.
    ///
    /// # Errors
    /// When the store could not be read or written; what was released until then goes on.
    pub async fn release_all_of(&self, account: AccountId, reason: &str, by: &str) -> Result<(), Error> {
        let other = |queued: &Queued| queued.entry.hold.as_ref().is_none_or(|hold| hold.reason != reason);
        self.to_all_of(account, &Act::Release, None, by, other).await.map(|_| ())
    }

    /// Does `act` to each entry of an account that is not as it should be already; counts both.
    async fn to_all_of(
        &self,
        account: AccountId,
        act: &Act,
        reason: Option<&str>,
        by: &str,
        is_so: impl Fn(&Queued) -> bool,
    ) -> Result<u64, Error> {
        let filter = Filter { account: Some(account), ..Filter::default() };
        let (mut count, mut after) = (0, None);
        loop {
            let page = self.list(&filter, after, PAGE).await?;
            for queued in &page.entries {
                let done = if is_so(queued) { Ok(()) } else { self.act(queued.id, act, reason, by).await };
                match done {
                    Ok(()) => count += 1,
                    Err(Error::NoSuchEntry(_)) => {}
                    Err(error) => return Err(error),
                }
            }
            after = page.next;
            if after.is_none() {
                return Ok(count);
            }
        }
    }

    /// Forgets what an account has sent that is no more.
    pub async fn forget_sender(&self, account: AccountId) {
        self.0.senders.forget(account).await;
        forget_answered(&self.0, account).await;
    }
}

/// Ends the wait for a time of the sender's.
pub(super) fn begin(entry: &mut Entry, now: UnixTime) {
    if let Some(release) = entry.wishes.release.as_mut().filter(|release| !release.over) {
        *release = Release { at: now, over: true, ..*release };
        entry.recipients.iter_mut().for_each(|pending| pending.due = now);
    }
}
