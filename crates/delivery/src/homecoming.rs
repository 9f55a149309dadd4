//! Mail that was to leave and belongs here after all: its domain has come here since, or the route is gone that took it to
//! another server. Its own servers are this one; it goes to the mailbox.
use crate::away::Verdicts;
use crate::delivery::Inner;
use crate::error::Error;
use crate::outbound::hosts::is_circle;
use crate::queue::ledger::{Kept, Turn};
use crate::routing::{Resolved, Target};
use names::{AccountId, Address};
use std::collections::HashMap;
use world::UnixTime;

/// How often an entry is changed that others keep changing; as many as it has other results, so this ends.
const TRIES: usize = 4_000;

impl Inner {
    /// The verdicts of those who have no account here. The others, whose mail would have come back to this server, get it as
    /// people here do, and nothing is said of this attempt.
    ///
    /// # Errors
    /// When the directory or the store is away: then the attempt is made again.
    pub(crate) async fn without_homecomers(
        &self,
        kept: &Kept,
        verdicts: Verdicts,
        now: UnixTime,
    ) -> Result<Verdicts, Error> {
        let mut homes = HashMap::new();
        for (address, _) in verdicts.iter().filter(|(_, verdict)| is_circle(verdict)) {
            if let Some(account) = self.account_of(address).await? {
                homes.insert(address.clone(), account);
            }
        }
        if !homes.is_empty() {
            self.take_home(kept, &homes, now).await?;
        }
        Ok(verdicts.into_iter().filter(|(address, _)| !homes.contains_key(address)).collect())
    }

    async fn account_of(&self, address: &Address) -> Result<Option<AccountId>, Error> {
        let resolved = self.residents.resolve(address).await.map_err(|error| Error::Unreadable(error.to_string()))?;
        Ok(match resolved {
            Resolved::Targets(targets) => match targets.as_slice() {
                [Target::Account(account, _)] => Some(*account),
                _ => None,
            },
            Resolved::Unknown | Resolved::Suspended | Resolved::Elsewhere | Resolved::Loop | Resolved::TooMany => None,
        })
    }

    async fn take_home(&self, kept: &Kept, homes: &HashMap<Address, AccountId>, now: UnixTime) -> Result<(), Error> {
        let fence = self.queue.fence(kept.id.partition).ok_or(Error::LeaseLost(kept.id.partition))?;
        for _ in 0..TRIES {
            let Some(old) = self.queue.ledger.read(kept.id).await? else { return Ok(()) };
            let mut new = old.entry.clone();
            for pending in new.recipients.iter_mut().filter(|pending| pending.account.is_none()) {
                if let Some(account) = homes.get(&pending.address) {
                    (pending.account, pending.due) = (Some(*account), now);
                }
            }
            match self.queue.ledger.turn(&Turn { old: &old, new: Some(&new), reports: &[], fence: Some(fence) }).await {
                Err(Error::Changed(_)) => {}
                Err(error) => return Err(error),
                Ok(_) => {
                    tracing::info!(queue_id = %kept.id, "its recipient is here");
                    self.queue.offer(kept.id, &new);
                    return Ok(());
                }
            }
        }
        Err(Error::Changed(kept.id))
    }
}
