//! An email as JMAP changes it: keywords on all its memberships, mailboxes as a set, several at once when it is new; each
//! in one commit (RFC 8621, 4.6; RFC 8620, 5.3: all of a record or nothing).
use super::Account;
use super::append::{Prepared, append, want_keys};
use super::expunge::take_out;
use super::flags::store_flags;
use super::seen::Hand;
use super::transfer::copy;
use crate::acl::Rights;
use crate::email::{Appended, NewEmail};
use crate::engine::Growth;
use crate::error::Error;
use crate::flags::{FlagChange, Flags, SystemFlags};
use crate::head::{Plan, Stop, Tx};
use crate::id::{EmailId, MailboxId, Uid};
use crate::outcome::Outcome;
use std::collections::BTreeSet;

/// How an email is to be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Arrangement {
    /// Flags that each membership gets.
    pub add: Flags,
    /// Flags that each membership loses.
    pub remove: Flags,
    /// In which mailboxes it is then.
    pub mailboxes: Placing,
}

/// In which mailboxes an email is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Placing {
    /// In these, and in no other that is there; none at all: it goes.
    Only(BTreeSet<MailboxId>),
    /// Where it is, whoever put it there meanwhile, but for these.
    But {
        /// Where it comes to.
        enter: BTreeSet<MailboxId>,
        /// What it leaves.
        leave: BTreeSet<MailboxId>,
    },
}

impl Default for Placing {
    fn default() -> Self {
        Self::But { enter: BTreeSet::new(), leave: BTreeSet::new() }
    }
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arranged {
    /// The email is so.
    Done,
    /// Nothing was done: who acts may not put it into a mailbox ([`Rights::INSERT`]).
    MayNotEnter,
    /// Nothing was done: who acts may not take it out of one ([`Rights::DELETE_MESSAGES`] and [`Rights::EXPUNGE`]).
    MayNotLeave,
    /// Nothing was done: it would be nowhere, though it was not to go.
    Nowhere,
}

/// What who acts may do with a mailbox; `None`: it is not there for him, and what is in it stays as it is.
pub type MailboxRights<'r> = &'r (dyn Fn(MailboxId) -> Option<Rights> + Sync);

impl Account {
    /// Changes an email in one commit. What is marked as `\Deleted` is not there for JMAP, and stays as it is.
    ///
    /// # Errors
    /// [`Error::NoSuchEmail`] where it is in none of the mailboxes that are there; [`Error::NoSuchMailbox`];
    /// [`Error::Limit`] when there are too many keywords, or too many copies of the email.
    pub async fn arrange(
        &self,
        email: EmailId,
        arrangement: &Arrangement,
        rights: MailboxRights<'_>,
    ) -> Result<Outcome<Arranged>, Error> {
        self.head.write(&self.who, |tx| arrange(tx, email, arrangement, (self.hand, rights))).await
    }

    /// Puts a new message into several mailboxes, at least one, in one commit.
    ///
    /// # Errors
    /// As [`Self::append`].
    pub async fn append_to_all(
        &self,
        mailboxes: &BTreeSet<MailboxId>,
        email: NewEmail,
        rights: MailboxRights<'_>,
    ) -> Result<Outcome<Appended>, Error> {
        let prepared = [Prepared::new(email)];
        let plan = |tx: &mut Tx<'_>| {
            let mut mailboxes = mailboxes.iter().copied();
            let first = mailboxes.next().ok_or(Error::NoSuchMailbox)?;
            want_keys(tx, &prepared)?;
            tx.hand = hand(self.hand, rights, first)?;
            let (Plan::Commit(appended) | Plan::Nothing(appended)) = append(tx, first, &prepared)?;
            let appended = appended.first().copied().ok_or(Error::NoSuchEmail)?;
            for other in mailboxes {
                tx.hand = hand(self.hand, rights, other)?;
                copy(tx, first, &[appended.uid], other)?;
            }
            Ok(Plan::Commit(appended))
        };
        self.head.write(&self.who, plan).await
    }
}

/// Who acts, with what he may do in a mailbox.
fn hand(hand: Hand, rights: MailboxRights<'_>, mailbox: MailboxId) -> Result<Hand, Error> {
    Ok(Hand { rights: rights(mailbox).ok_or(Error::NoSuchMailbox)?, ..hand })
}

fn arrange(
    tx: &mut Tx<'_>,
    email: EmailId,
    arrangement: &Arrangement,
    (own, rights): (Hand, MailboxRights<'_>),
) -> Result<Plan<Arranged>, Stop> {
    let there = there(tx, email, rights)?;
    let (comes, goes) = match moves(&there, &arrangement.mailboxes, rights) {
        Ok(moves) => moves,
        Err(refused) => return Ok(Plan::Nothing(refused)),
    };
    let mut changed = false;
    for (mailbox, uid) in &there {
        tx.hand = hand(own, rights, *mailbox)?;
        for change in [FlagChange::Remove(arrangement.remove.clone()), FlagChange::Add(arrangement.add.clone())] {
            changed |= matches!(store_flags(tx, *mailbox, &[*uid], &change, None)?, Plan::Commit(_));
        }
    }
    // first where it comes to, so that it is never nowhere
    let first = there.first().copied().ok_or(Error::NoSuchEmail)?;
    for mailbox in comes {
        tx.hand = hand(own, rights, mailbox)?;
        tx.growth = Growth::Grows;
        changed |= matches!(copy(tx, first.0, &[first.1], mailbox)?, Plan::Commit(_));
    }
    for (mailbox, uid) in there.iter().filter(|(mailbox, _)| goes.contains(mailbox)) {
        take_out(tx, *mailbox, &[*uid])?;
        changed = true;
    }
    Ok(if changed { Plan::Commit(Arranged::Done) } else { Plan::Nothing(Arranged::Done) })
}

/// Which mailboxes an email comes to and leaves, as it is within the commit, if all of it is allowed.
fn moves(
    there: &[(MailboxId, Uid)],
    wanted: &Placing,
    rights: MailboxRights<'_>,
) -> Result<(BTreeSet<MailboxId>, BTreeSet<MailboxId>), Arranged> {
    let is_in: BTreeSet<MailboxId> = there.iter().map(|(mailbox, _)| *mailbox).collect();
    let (comes, goes): (BTreeSet<_>, BTreeSet<_>) = match wanted {
        Placing::Only(wanted) => (wanted - &is_in, &is_in - wanted),
        Placing::But { enter, leave } => (enter - &is_in, &is_in & leave),
    };
    if matches!(wanted, Placing::But { .. }) && comes.is_empty() && goes == is_in {
        return Err(Arranged::Nowhere);
    }
    let may = |mailbox: &MailboxId, wanted| rights(*mailbox).is_none_or(|rights| rights.contains(wanted));
    if !comes.iter().all(|mailbox| may(mailbox, Rights::INSERT)) {
        return Err(Arranged::MayNotEnter);
    }
    if !goes.iter().all(|mailbox| may(mailbox, Rights::DELETE_MESSAGES.with(Rights::EXPUNGE))) {
        return Err(Arranged::MayNotLeave);
    }
    Ok((comes, goes))
}

/// Where an email is for who acts.
fn there(tx: &Tx<'_>, email: EmailId, rights: MailboxRights<'_>) -> Result<Vec<(MailboxId, Uid)>, Stop> {
    let mut there = Vec::new();
    for place in tx.places(email)? {
        let Some(uid) = Uid::new(place.uid).filter(|_| rights(place.mailbox).is_some()) else { continue };
        let member = tx.view(place.mailbox)?.record(place.uid);
        if member.is_some_and(|member| !member.system.contains(SystemFlags::DELETED)) {
            there.push((place.mailbox, uid));
        }
    }
    if there.is_empty() { Err(Stop::Fail(Error::NoSuchEmail)) } else { Ok(there) }
}
