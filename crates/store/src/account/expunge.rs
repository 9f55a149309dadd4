//! Messages leave a mailbox: EXPUNGE, UID EXPUNGE, POP3's QUIT. An email whose last membership goes stays as a tombstone.
use super::{Account, SLICE};
use crate::engine::Growth;
use crate::error::Error;
use crate::flags::SystemFlags;
use crate::head::visible::{count_out, seats};
use crate::head::{Plan, Stop, Tx};
use crate::id::{MailboxId, Uid};
use crate::outcome::Outcome;
use crate::schema::{self, LogItem, Marks, MemberRecord, Place, places};

/// Which messages [`Account::expunge`] takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expunge<'a> {
    /// All that are `\Deleted` (EXPUNGE).
    Deleted,
    /// Those among these that are `\Deleted` (UID EXPUNGE, RFC 4315, 2.1).
    DeletedAmong(&'a [Uid]),
}

impl Account {
    /// Expunges `\Deleted` messages; gives their UIDs, ascending. Over 1,000 are cut into several commits.
    ///
    /// # Errors
    /// [`Error::NoSuchMailbox`]; else what the engine says.
    pub async fn expunge(&self, mailbox: MailboxId, which: Expunge<'_>) -> Result<Outcome<Vec<Uid>>, Error> {
        let view = self.view(mailbox).await?;
        let deleted = |uid: &Uid| view.get(*uid).is_some_and(|message| message.system.contains(SystemFlags::DELETED));
        let mut uids: Vec<Uid> = match which {
            Expunge::Deleted => view.iter().map(|message| message.uid).filter(deleted).collect(),
            Expunge::DeletedAmong(uids) => uids.iter().copied().filter(deleted).collect(),
        };
        uids.sort_unstable();
        uids.dedup();
        let mut all = Outcome::Unchanged(Vec::new());
        for slice in uids.chunks(SLICE) {
            // Asked again on the state that the commit stands on: another session may have undeleted one.
            let plan =
                |tx: &mut Tx<'_>| leave(tx, mailbox, slice, |member| member.system.contains(SystemFlags::DELETED));
            all = all.and(self.head.write(&self.who, plan).await?, joined);
        }
        Ok(all)
    }

    /// Removes those of the messages that are still there, whatever their flags, in one commit: all or none (QUIT,
    /// RFC 1939, 6). Gives their UIDs.
    ///
    /// # Errors
    /// [`Error::NoSuchMailbox`]; else what the engine says.
    pub async fn remove(&self, mailbox: MailboxId, uids: &[Uid]) -> Result<Outcome<Vec<Uid>>, Error> {
        let mut uids = uids.to_vec();
        uids.sort_unstable();
        uids.dedup();
        if uids.len() <= SLICE {
            return self.head.write(&self.who, |tx| leave(tx, mailbox, &uids, |_| true)).await;
        }
        // Many records to read before the plan stands: nobody else may be faster for ever.
        self.head.write_alone(&self.who, async || Ok(()), |tx, ()| leave(tx, mailbox, &uids, |_| true)).await
    }
}

fn joined(mut all: Vec<Uid>, more: Vec<Uid>) -> Vec<Uid> {
    all.extend(more);
    all
}

fn leave(
    tx: &mut Tx<'_>,
    mailbox: MailboxId,
    uids: &[Uid],
    wanted: impl Fn(&MemberRecord) -> bool,
) -> Result<Plan<Vec<Uid>>, Stop> {
    let view = tx.view(mailbox)?;
    let there = |uid: &&Uid| view.record(uid.get()).is_some_and(|member| wanted(&member));
    let uids: Vec<Uid> = uids.iter().filter(there).copied().collect();
    if uids.is_empty() {
        return Ok(Plan::Nothing(uids));
    }
    take_out(tx, mailbox, &uids)?;
    Ok(Plan::Commit(uids))
}

/// Takes messages that are there out of a mailbox; `uids` ascend.
pub(super) fn take_out(tx: &mut Tx<'_>, mailbox: MailboxId, uids: &[Uid]) -> Result<(), Stop> {
    let members = want_members(tx, mailbox, uids)?;
    tx.growth = Growth::Frees;
    for (uid, member) in &members {
        let place = Place { mailbox, uid: *uid };
        let before = tx.all_members(place, member)?;
        let after: Vec<_> = before.iter().filter(|(at, _)| *at != place).cloned().collect();
        tx.recount(member.thread, &seats(&before), &seats(&after))?;
        unplace(tx, place, member)?;
        let last = after.is_empty();
        if last {
            bury(tx, member);
        } else {
            let rest: Vec<Place> = after.iter().map(|(at, _)| *at).collect();
            tx.put(schema::by_email(member.email), places(&rest));
        }
        tx.touch(LogItem::Expunged {
            mailbox,
            uid: *uid,
            email: member.email,
            before: Marks { system: member.system, keywords: member.keywords.clone() },
            modseq: member.modseq,
            saved: member.saved,
            last,
        });
    }
    remove_from_view(tx, mailbox, &members);
    Ok(())
}

/// The records of messages, with all read that taking or moving them needs: by-email of shared emails, their other
/// memberships, threads.
pub(super) fn want_members(tx: &Tx<'_>, mailbox: MailboxId, uids: &[Uid]) -> Result<Vec<(u32, MemberRecord)>, Stop> {
    let view = tx.view(mailbox)?;
    let members: Vec<(u32, MemberRecord)> =
        uids.iter().filter_map(|uid| Some((uid.get(), view.record(uid.get())?))).collect();
    tx.want_counted(&members.iter().map(|(_, member)| member))?;
    Ok(members)
}

/// Removes a membership's own records and counts it out of IMAP's counters. The view is the caller's affair.
pub(super) fn unplace(tx: &mut Tx<'_>, place: Place, member: &MemberRecord) -> Result<(), Error> {
    count_out(tx.change_messages(place.mailbox)?, member);
    tx.delete(schema::member(place.mailbox, place.uid));
    Ok(())
}

pub(super) fn remove_from_view(tx: &mut Tx<'_>, mailbox: MailboxId, members: &[(u32, MemberRecord)]) {
    let uids: Vec<u32> = members.iter().map(|(uid, _)| *uid).collect();
    tx.change_view(mailbox, |view, _| view.remove(&uids));
}

/// An email without membership: outside quota, kept as long as the store keeps what was deleted.
fn bury(tx: &mut Tx<'_>, member: &MemberRecord) {
    let modseq = tx.modseq();
    tx.delete(schema::by_email(member.email));
    tx.put(schema::tomb(tx.now.secs(), member.email), Vec::new());
    let head = &mut tx.state.record;
    head.used = head.used.saturating_sub(member.size);
    head.emails = head.emails.saturating_sub(1);
    head.tombs += 1;
    head.quota_modseq = modseq;
}
