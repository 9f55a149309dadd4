//! Sharing mailboxes: access control lists, and the note in the other account that something is shared with it.
//!
//! A list in the owner's partition is the truth. The note is written before it and goes long after it, so that whoever
//! is granted something finds it without looking through all accounts, wherever a power cut falls.
use super::Account;
use super::mailboxes::list_changed;
use super::metadata::drop_private;
use crate::acl::{Acl, AclChange, AclEntry, Rights, Sign};
use crate::engine::Growth;
use crate::error::Error;
use crate::head::{Plan, Stop, Tx};
use crate::id::MailboxId;
use crate::mailbox::{MailboxName, Sharer};
use crate::metadata::Annotated;
use crate::outcome::Outcome;
use crate::schema::{self, LogItem, SharerRecord, acl_record};
use names::{AccountId, Address};
use std::sync::Arc;

/// Entries of all lists of an account.
const MAX_ENTRIES: usize = 10_000;
/// Accounts that share with one.
const MAX_SHARERS: usize = 1_000;
/// How old a note may get before it is written anew, in seconds; and how old it must be to go.
const REFRESHED: u64 = 1_800;
const KEPT: u64 = 3_600;

/// What a change of a list did to the rights of whom it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RightsChanged {
    /// What the mailbox is called.
    pub(crate) name: MailboxName,
    pub(crate) old: Rights,
    pub(crate) new: Rights,
}

/// An account that stands in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grantee {
    /// Its number.
    pub account: AccountId,
    /// Its address, to be shown.
    pub address: Address,
}

impl Account {
    /// Changes what a list says of an account. What it is granted it finds only if [`Self::note_sharer`] came before:
    /// [`Store::change_acl`](crate::Store::change_acl) does both.
    pub(crate) async fn change_acl(
        &self,
        mailbox: MailboxId,
        (grantee, sign): (&Grantee, Sign),
        change: AclChange,
    ) -> Result<Outcome<RightsChanged>, Error> {
        let owner = self.id();
        let plan = |tx: &mut Tx<'_>| {
            let name = tx.mailbox(mailbox)?.name.clone();
            let before = tx.state.mailboxes.acl(mailbox).clone();
            let after = before.changed((grantee.account, &grantee.address), owner, sign, change);
            let rights = |acl: &Acl| acl.rights(grantee.account, owner);
            let changed = RightsChanged { name, old: rights(&before), new: rights(&after) };
            if after == before {
                return Ok(Plan::Nothing(changed));
            }
            limits(tx, &before, &after)?;
            if grantee.account != owner && after.entry(grantee.account).is_none() {
                drop_private(tx, mailbox, grantee.account)?;
            }
            put_acl(tx, mailbox, after);
            touch(tx, mailbox, &before, grantee);
            if grantee.account == owner {
                owner_sees_other(tx);
            }
            Ok(Plan::Commit(changed))
        };
        self.head.write(&self.who, plan).await
    }

    /// Takes an account out of every list.
    pub(crate) async fn forget_grantee(&self, account: AccountId) -> Result<Outcome<()>, Error> {
        let plan = |tx: &mut Tx<'_>| {
            let lists = tx.state.mailboxes.acls.clone();
            let mut found = false;
            let noted = lists.iter().filter(|(_, acl)| acl.entry(account).is_some());
            let noted = noted.map(|(mailbox, _)| schema::metadata(Annotated::Mailbox(*mailbox)));
            tx.want(noted.chain([schema::metadata_sum()]))?;
            for (mailbox, acl) in lists.iter() {
                let Some(entry) = acl.entry(account) else { continue };
                let grantee = Grantee { account, address: entry.address.clone() };
                drop_private(tx, *mailbox, account)?;
                put_acl(tx, *mailbox, acl.without(account));
                touch(tx, *mailbox, acl, &grantee);
                found = true;
            }
            tx.growth = Growth::Frees;
            Ok(if found { Plan::Commit(()) } else { Plan::Nothing(()) })
        };
        self.head.write(&self.who, plan).await
    }

    /// Notes that another account is about to share something with this one.
    pub(crate) async fn note_sharer(&self, owner: &Grantee) -> Result<Outcome<()>, Error> {
        let plan = |tx: &mut Tx<'_>| {
            let known = tx.state.mailboxes.sharers.get(&owner.account);
            let now = tx.now.secs();
            if known.is_some_and(|known| known.address == owner.address && known.asserted + REFRESHED > now) {
                return Ok(Plan::Nothing(()));
            }
            let limit = MAX_SHARERS as u64;
            if known.is_none() && tx.state.mailboxes.sharers.len() >= MAX_SHARERS {
                return Err(Stop::Fail(Error::Limit { what: "accounts that share with one", limit }));
            }
            let record = SharerRecord { asserted: now, address: owner.address.clone() };
            tx.put(schema::sharer(owner.account), record.encode());
            let sharer = Sharer { asserted: now, address: owner.address.clone() };
            Arc::make_mut(&mut tx.mailboxes_mut().sharers).insert(owner.account, sharer);
            tx.touch(LogItem::Sharer { owner: owner.account });
            Ok(Plan::Commit(()))
        };
        self.head.write(&self.who, plan).await
    }

    /// Forgets that another account shared something, unless that has just been noted: what is being shared then is
    /// not in a list yet.
    pub(crate) async fn forget_sharer(&self, owner: AccountId) -> Result<Outcome<()>, Error> {
        let plan = |tx: &mut Tx<'_>| {
            let now = tx.now.secs();
            let old = |sharer: &Sharer| sharer.asserted + KEPT <= now;
            if !tx.state.mailboxes.sharers.get(&owner).is_some_and(old) {
                return Ok(Plan::Nothing(()));
            }
            Arc::make_mut(&mut tx.mailboxes_mut().sharers).remove(&owner);
            tx.delete(schema::sharer(owner));
            tx.growth = Growth::Frees;
            tx.touch(LogItem::Sharer { owner });
            Ok(Plan::Commit(()))
        };
        self.head.write(&self.who, plan).await
    }
}

fn limits(tx: &Tx<'_>, before: &Acl, after: &Acl) -> Result<(), Error> {
    let (was, is) = (before.entries().len(), after.entries().len());
    if is > was && is > Acl::LIMIT {
        return Err(Error::Limit { what: "entries of an access list", limit: Acl::LIMIT as u64 });
    }
    if is > was { room(tx, is - was) } else { Ok(()) }
}

/// Whether the account may have so many more entries.
fn room(tx: &Tx<'_>, more: usize) -> Result<(), Error> {
    let all: usize = tx.state.mailboxes.acls.values().map(|acl| acl.entries().len()).sum();
    if all + more > MAX_ENTRIES {
        return Err(Error::Limit { what: "entries of access lists", limit: MAX_ENTRIES as u64 });
    }
    Ok(())
}

/// Writes a list; an empty one has no record.
fn put_acl(tx: &mut Tx<'_>, mailbox: MailboxId, acl: Acl) {
    let key = schema::acl(mailbox);
    let empty = acl.entries().is_empty();
    if empty {
        tx.delete(key);
    } else {
        tx.put(key, acl_record(&acl));
    }
    let acls = Arc::make_mut(&mut tx.mailboxes_mut().acls);
    if empty {
        acls.remove(&mailbox);
    } else {
        acls.insert(mailbox, Arc::new(acl));
    }
    list_changed(tx);
}

fn touch(tx: &mut Tx<'_>, mailbox: MailboxId, before: &Acl, grantee: &Grantee) {
    let entry = before.entry(grantee.account);
    tx.touch(LogItem::Acl {
        mailbox,
        account: grantee.account,
        address: grantee.address.clone(),
        granted: entry.and_then(|entry| entry.granted),
        denied: entry.and_then(|entry| entry.denied),
    });
}

/// A new mailbox has the list of the one above it (RFC 4314, 4: CREATE).
pub(super) fn inherit(tx: &mut Tx<'_>, mailbox: MailboxId) -> Result<(), Error> {
    let parent = tx.mailbox(mailbox)?.name.parent();
    let parent = parent.and_then(|parent| tx.state.mailboxes.named(&parent)).map(|parent| parent.id);
    let Some(acl) = parent.map(|parent| tx.state.mailboxes.acl(parent).clone()) else { return Ok(()) };
    if acl.entries().is_empty() {
        return Ok(());
    }
    room(tx, acl.entries().len())?;
    put_acl(tx, mailbox, acl);
    Ok(())
}

/// The list of a mailbox goes with it (RFC 4314, 4: DELETE). The log keeps what it said: whoever saw the mailbox is to
/// hear that it is gone, and nobody else.
pub(super) fn drop_acl(tx: &mut Tx<'_>, mailbox: MailboxId) {
    let before = tx.state.mailboxes.acl(mailbox).clone();
    if before.entries().is_empty() {
        return;
    }
    put_acl(tx, mailbox, Acl::default());
    for AclEntry { account, address, .. } in before.entries() {
        touch(tx, mailbox, &before, &Grantee { account: *account, address: address.clone() });
    }
}

/// An owner who grants himself more or less sees other emails, and none of them has changed.
fn owner_sees_other(tx: &mut Tx<'_>) {
    let modseq = tx.modseq();
    tx.state.record.email_modseq = modseq;
    tx.state.record.thread_modseq = modseq;
}

/// Whether any list names the account: something may be shared with it.
pub(crate) fn grants_anything(lists: &crate::mailbox::Mailboxes, account: AccountId) -> bool {
    let granted =
        |acl: &Arc<Acl>| acl.entry(account).is_some_and(|entry| entry.granted.is_some_and(|it| it != Rights::NONE));
    lists.acls.values().any(granted)
}
