//! Mail that was to leave and belongs here after all: its domain has come here since, or the route is gone that took it to
//! another server. Its own servers are this one; it goes to whom its address leads to now.
use crate::away::Verdicts;
use crate::delivery::Inner;
use crate::error::Error;
use crate::queue::ledger::{Kept, Turn};
use crate::queue::settle::{Verdict, Words};
use crate::queue::way::Way;
use crate::queue::{Entry, Pending, QueueId};
use crate::routing::{Resolved, Target};
use names::Address;
use std::collections::HashMap;
use world::UnixTime;

/// How often an entry is changed that others keep changing; as many as it has other results, so this ends.
const TRIES: usize = 4_000;

/// Where mail goes that came back, by the address that it had.
type Homes = HashMap<Address, Vec<Target>>;

/// What becomes of one whose mail would come back.
enum Belongs {
    /// To these.
    Here(Vec<Target>),
    /// To nobody yet, or never.
    Not(Verdict),
}

impl Inner {
    /// Gives mail of people here to them: the route is gone that took it.
    ///
    /// # Errors
    /// When the store is away: then the attempt is made again.
    pub(crate) async fn give_back(&self, kept: &Kept, due: &[&Pending], now: UnixTime) -> Result<(), Error> {
        let own = |pending: &&Pending| Some((pending.address.clone(), vec![own(pending)?]));
        self.take_home(kept.id, &due.iter().filter_map(own).collect(), now).await
    }

    /// Brings mail back that would have come back to this server: to those to whom its addresses lead. What leads to nobody
    /// has its verdict.
    ///
    /// # Errors
    /// When the directory or the store is away: then the attempt is made again.
    pub(crate) async fn bring_back(&self, id: QueueId, circles: Verdicts, now: UnixTime) -> Result<(), Error> {
        let Some(kept) = self.queue.ledger.read(id).await? else { return Ok(()) };
        let (mut homes, mut verdicts) = (Homes::new(), Verdicts::new());
        for (address, verdict) in circles {
            match self.belongs(&kept.entry, &address, verdict).await? {
                Belongs::Here(targets) => drop(homes.insert(address, targets)),
                Belongs::Not(verdict) => verdicts.push((address, verdict)),
            }
        }
        self.write_down(kept, verdicts).await?;
        self.take_home(id, &homes, now).await
    }

    async fn belongs(&self, entry: &Entry, address: &Address, mut circle: Verdict) -> Result<Belongs, Error> {
        if let Some(own) = entry.recipients.iter().find(|pending| pending.address == *address).and_then(own) {
            return Ok(Belongs::Here(vec![own]));
        }
        let resolved = self.residents.resolve(address).await.map_err(|error| Error::Unreadable(error.to_string()))?;
        let words = |status: &str, text: &str, circle: &mut Verdict| Words {
            contact: circle.words_mut().contact.clone(),
            ..Words::own(status, text)
        };
        // what may be mended here is no fault of the sender's: it was accepted, and waits
        Ok(match resolved {
            Resolved::Targets(targets) if targets.len() <= self.settings.max_expansions => {
                Belongs::Here(self.by_routes(&Way::of(entry), targets).0)
            }
            Resolved::Targets(_) | Resolved::TooMany => {
                Belongs::Not(Verdict::Deferred(words("4.4.6", "the address leads to too many", &mut circle)))
            }
            Resolved::Suspended => {
                Belongs::Not(Verdict::Deferred(words("4.2.1", "the account is suspended", &mut circle)))
            }
            Resolved::Loop => {
                Belongs::Not(Verdict::Deferred(words("4.4.6", "the address leads back to itself", &mut circle)))
            }
            Resolved::NoPostmaster => {
                Belongs::Not(Verdict::Deferred(words("4.2.1", "nobody reads mail to postmaster", &mut circle)))
            }
            Resolved::Unknown => {
                Belongs::Not(Verdict::Failed(words("5.1.1", "nobody here has this address", &mut circle)))
            }
            Resolved::Elsewhere => Belongs::Not(circle),
        })
    }

    /// Puts those to whom mail belongs in the place of those to whom it was to go, and says nothing of this attempt.
    async fn take_home(&self, id: QueueId, homes: &Homes, now: UnixTime) -> Result<(), Error> {
        if homes.is_empty() {
            return Ok(());
        }
        let fence = self.queue.fence(id.partition).ok_or(Error::LeaseLost(id.partition))?;
        for _ in 0..TRIES {
            let Some(old) = self.queue.ledger.read(id).await? else { return Ok(()) };
            let stranger = self.is_stranger(old.entry.reverse_path.as_ref()).await;
            let stranger = stranger.map_err(|refused| Error::Unreadable(refused.to_string()))?;
            let mut new = old.entry.clone();
            new.recipients = old.entry.recipients.iter().flat_map(|one| led(one, homes, stranger, now)).collect();
            match self.queue.ledger.turn(&Turn { old: &old, new: Some(&new), reports: &[], fence: Some(fence) }).await {
                Err(Error::Changed(_)) => {}
                Err(error) => return Err(error),
                Ok(_) => {
                    tracing::info!(queue_id = %id, "its recipient is here");
                    self.queue.offer(id, &new);
                    return Ok(());
                }
            }
        }
        Err(Error::Changed(id))
    }
}

/// The account from which a route has taken it.
fn own(pending: &Pending) -> Option<Target> {
    pending.taken_from.map(|account| Target::Account(account, pending.address.clone()))
}

/// A recipient as those to whom he leads; as he is, where he is none of those who come home.
fn led(pending: &Pending, homes: &Homes, stranger: bool, now: UnixTime) -> Vec<Pending> {
    let targets = homes.get(&pending.address).filter(|_| pending.account.is_none() && pending.relayed.is_none());
    let Some(targets) = targets else { return vec![pending.clone()] };
    let one = |target: &Target| {
        let (account, taken_from, address) = target.parts();
        let mut trail = pending.trail.clone();
        if pending.address != *address {
            trail.push(pending.address.clone());
        }
        Pending {
            address: address.clone(),
            account,
            taken_from,
            trail,
            attempts: 0,
            due: now,
            reply: None,
            // as of what is sent on at RCPT
            rewrite: stranger && matches!(target, Target::Remote(_)),
            ..pending.clone()
        }
    };
    targets.iter().map(one).collect()
}
