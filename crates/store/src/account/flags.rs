//! STORE (RFC 3501, 6.4.6), with UNCHANGEDSINCE (RFC 7162, 3.1.3).
use super::{Account, SLICE};
use crate::engine::Growth;
use crate::error::Error;
use crate::flags::{FlagChange, SystemFlags};
use crate::head::visible::seats;
use crate::head::{Plan, Stop, Tx};
use crate::id::{MailboxId, ModSeq, Uid};
use crate::outcome::Outcome;
use crate::schema::{LogItem, Marks, MemberRecord, Place};
use std::sync::Arc;

/// What STORE did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StoredFlags {
    /// Whose flags are what was asked and were not before.
    pub changed: Vec<Uid>,
    /// Who had changed after `unchanged_since`, and were left alone (MODIFIED).
    pub modified: Vec<Uid>,
}

impl Account {
    /// Changes flags. Over 1,000 messages are cut into several commits. UIDs that are not there are skipped.
    ///
    /// # Errors
    /// [`Error::NoSuchMailbox`]; [`Error::Limit`] when there are too many keywords; else what the engine says.
    pub async fn store_flags(
        &self,
        mailbox: MailboxId,
        uids: &[Uid],
        change: &FlagChange,
        unchanged_since: Option<ModSeq>,
    ) -> Result<Outcome<StoredFlags>, Error> {
        let mut all = Outcome::Unchanged(StoredFlags::default());
        for slice in uids.chunks(SLICE) {
            // What an earlier slice of this command wrote is no change by others: UIDs are distinct.
            let plan = |tx: &mut Tx<'_>| {
                tx.hand = self.hand;
                store_flags(tx, mailbox, slice, change, unchanged_since)
            };
            all = all.and(self.head.write(&self.who, plan).await?, |mut all, slice| {
                all.changed.extend(slice.changed);
                all.modified.extend(slice.modified);
                all
            });
        }
        Ok(all)
    }
}

pub(super) fn store_flags(
    tx: &mut Tx<'_>,
    mailbox: MailboxId,
    uids: &[Uid],
    change: &FlagChange,
    unchanged_since: Option<ModSeq>,
) -> Result<Plan<StoredFlags>, Stop> {
    let view = tx.view(mailbox)?;
    let numbers = change_numbers(tx, change)?;
    let mut stored = StoredFlags::default();
    let mut changes: Vec<(u32, MemberRecord, MemberRecord)> = Vec::new();
    let mut seen: Vec<(u32, bool)> = Vec::new();
    for uid in uids {
        let Some(before) = view.record(uid.get()) else { continue };
        if unchanged_since.is_some_and(|since| before.modseq > since.0) {
            stored.modified.push(*uid);
            continue;
        }
        let (after, own_seen) = tx.flagged((mailbox, *uid), &before, |member| applied(change, &numbers, member))?;
        if after != before || own_seen.is_some() {
            seen.extend(own_seen.map(|seen| (uid.get(), seen)));
            changes.push((uid.get(), before, MemberRecord { modseq: tx.modseq(), ..after }));
            stored.changed.push(*uid);
        }
    }
    if changes.is_empty() {
        return Ok(Plan::Nothing(stored));
    }
    let counted = changes.iter().filter(|(_, before, after)| counts(before, after));
    tx.want_counted(&counted.map(|(_, before, _)| before))?;
    tx.want_seen(mailbox, seen.iter().map(|(uid, _)| *uid))?;
    // \Deleted must go on when the disk is down to its reserve, or nothing could be expunged.
    tx.growth = Growth::Frees;
    for (uid, before, after) in changes {
        change_one(tx, mailbox, uid, &before, &after)?;
    }
    tx.put_seen(mailbox, &seen)?;
    Ok(Plan::Commit(stored))
}

/// The numbers of the keywords that the change names. Those that are only taken away need not be in the table.
fn change_numbers(tx: &mut Tx<'_>, change: &FlagChange) -> Result<Vec<u16>, Error> {
    match change {
        FlagChange::Replace(flags) | FlagChange::Add(flags) => tx.keyword_numbers(flags),
        FlagChange::Remove(flags) => {
            let mut numbers: Vec<u16> =
                flags.keywords.iter().filter_map(|word| tx.state.keywords.number(word)).collect();
            numbers.sort_unstable();
            Ok(numbers)
        }
    }
}

fn applied(change: &FlagChange, numbers: &[u16], before: &MemberRecord) -> (SystemFlags, Arc<[u16]>) {
    match change {
        FlagChange::Replace(flags) if *numbers == *before.keywords => (flags.system, before.keywords.clone()),
        FlagChange::Replace(flags) => (flags.system, numbers.into()),
        FlagChange::Add(flags) => {
            let system = before.system.with(flags.system);
            if numbers.iter().all(|number| before.keywords.contains(number)) {
                return (system, before.keywords.clone());
            }
            let mut keywords: Vec<u16> = before.keywords.iter().chain(numbers).copied().collect();
            keywords.sort_unstable();
            keywords.dedup();
            (system, keywords.into())
        }
        FlagChange::Remove(flags) => {
            let system = before.system.without(flags.system);
            if !numbers.iter().any(|number| before.keywords.contains(number)) {
                return (system, before.keywords.clone());
            }
            (system, before.keywords.iter().copied().filter(|number| !numbers.contains(number)).collect())
        }
    }
}

/// Flags that JMAP's counters depend on.
const COUNTED: SystemFlags = SystemFlags::SEEN.with(SystemFlags::DELETED).with(SystemFlags::DRAFT);

fn counts(before: &MemberRecord, after: &MemberRecord) -> bool {
    let counted = |member: &MemberRecord| COUNTED.without(COUNTED.without(member.system));
    counted(before) != counted(after)
}

fn change_one(
    tx: &mut Tx<'_>,
    mailbox: MailboxId,
    uid: u32,
    before: &MemberRecord,
    after: &MemberRecord,
) -> Result<(), Stop> {
    let place = Place { mailbox, uid };
    if counts(before, after) {
        let mut members = tx.all_members(place, before)?;
        let was = seats(&members);
        if let Some((_, member)) = members.iter_mut().find(|(at, _)| *at == place) {
            *member = after.clone();
        }
        tx.recount(before.thread, &was, &seats(&members))?;
    }
    let counters = &mut tx.change_messages(mailbox)?.counters;
    let shift = |count: &mut u64, was: bool, is: bool| {
        *count = count.saturating_add(u64::from(is)).saturating_sub(u64::from(was));
    };
    let (was, is) = (before.system, after.system);
    shift(&mut counters.unseen, !was.contains(SystemFlags::SEEN), !is.contains(SystemFlags::SEEN));
    shift(&mut counters.deleted, was.contains(SystemFlags::DELETED), is.contains(SystemFlags::DELETED));
    tx.put_member(mailbox, uid, after);
    tx.change_view(mailbox, |view, keywords| view.change(uid, after, |number| keywords.word(number)));
    tx.touch(LogItem::Flags {
        mailbox,
        uid,
        email: before.email,
        before: Marks { system: before.system, keywords: before.keywords.clone() },
        modseq: before.modseq,
    });
    Ok(())
}
