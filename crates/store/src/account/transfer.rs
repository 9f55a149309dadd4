//! COPY (RFC 3501, 6.4.7) and MOVE (RFC 6851) within the account. The email stays what it is; memberships come and go.
use super::append::place;
use super::expunge::{remove_from_view, unplace, want_members};
use super::{Account, SLICE};
use crate::email::Appended;
use crate::engine::Growth;
use crate::error::Error;
use crate::head::visible::{MAX_PLACES, seats};
use crate::head::{Plan, Stop, Tx};
use crate::id::{MailboxId, Uid};
use crate::outcome::Outcome;
use crate::schema::{self, LogItem, Marks, MemberRecord, Place, SEEN_SPAN, places};

/// One message that was copied or moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Copied {
    /// Its UID in the first mailbox.
    pub from: Uid,
    /// Where it is now.
    pub to: Appended,
}

impl Account {
    /// Copies messages into a mailbox, in one commit: all or none. Flags go along. UIDs that are not there are skipped.
    ///
    /// # Errors
    /// [`Error::NoSuchMailbox`]; [`Error::Limit`] when there are too many copies of one email; else what the engine says.
    pub async fn copy(&self, from: MailboxId, uids: &[Uid], to: MailboxId) -> Result<Outcome<Vec<Copied>>, Error> {
        let plan = |tx: &mut Tx<'_>| {
            tx.hand = self.hand;
            copy(tx, from, uids, to)
        };
        if uids.len() <= SLICE {
            return self.head.write(&self.who, plan).await;
        }
        // Many records to read before the plan stands: nobody else may be faster for ever.
        self.head.write_alone(&self.who, async || Ok(()), |tx, ()| plan(tx)).await
    }

    /// Moves messages into a mailbox. Over 1,000 are cut into several commits; each message is always in one place.
    /// UIDs that are not there are skipped.
    ///
    /// # Errors
    /// [`Error::NoSuchMailbox`]; else what the engine says.
    pub async fn move_to(&self, from: MailboxId, uids: &[Uid], to: MailboxId) -> Result<Outcome<Vec<Copied>>, Error> {
        let mut all = Outcome::Unchanged(Vec::new());
        for slice in uids.chunks(SLICE) {
            let plan = |tx: &mut Tx<'_>| {
                tx.hand = self.hand;
                move_all(tx, from, slice, to)
            };
            let moved = self.head.write(&self.who, plan).await?;
            all = all.and(moved, |mut all: Vec<Copied>, more| {
                all.extend(more);
                all
            });
        }
        Ok(all)
    }
}

pub(super) fn copy(tx: &mut Tx<'_>, from: MailboxId, uids: &[Uid], to: MailboxId) -> Result<Plan<Vec<Copied>>, Stop> {
    tx.mailbox(to)?;
    let members = want_members(tx, from, uids)?;
    tx.want(members.iter().map(|(_, member)| schema::by_email(member.email)))?;
    want_own_seen(tx, from, to, members.len())?;
    let mut copied = Vec::with_capacity(members.len());
    for (uid, _) in members {
        let at = Place { mailbox: from, uid };
        let member = tx.member(at)?; // an earlier one of this command may have made it shared
        let before = tx.all_members(at, &member)?;
        if before.len() >= MAX_PLACES {
            return Err(Stop::Fail(Error::Limit { what: "copies of an email", limit: MAX_PLACES as u64 }));
        }
        if !member.shared {
            share(tx, at, &member);
        }
        let twin = before.iter().any(|(place, _)| place.mailbox == to);
        let copy = MemberRecord { modseq: tx.modseq(), saved: tx.now.secs(), shared: true, twin, ..member.clone() };
        let (copy, seen) = tx.entering(copy, own_seen(tx, at)?);
        let new = place(tx, to, &copy)?;
        note_seen(tx, to, new, seen)?;
        let seat = Place { mailbox: to, uid: new.get() };
        let mut all: Vec<Place> = before.iter().map(|(place, _)| *place).collect();
        all.push(seat);
        tx.put(schema::by_email(member.email), places(&all));
        let mut after = before.clone();
        after.push((seat, copy));
        tx.recount(member.thread, &seats(&before), &seats(&after))?;
        tx.touch(LogItem::Arrived { mailbox: to, uid: new.get(), email: member.email, new: false });
        copied.push(done(tx, uid, to, new, &member)?);
    }
    Ok(if copied.is_empty() { Plan::Nothing(copied) } else { Plan::Commit(copied) })
}

/// Notes on a membership that it is not its email's only one. No client sees that: its modseq stays.
fn share(tx: &mut Tx<'_>, at: Place, member: &MemberRecord) {
    let shared = MemberRecord { shared: true, ..member.clone() };
    tx.put_member(at.mailbox, at.uid, &shared);
    tx.change_view(at.mailbox, |view, keywords| view.change(at.uid, &shared, |number| keywords.word(number)));
}

pub(super) fn move_all(
    tx: &mut Tx<'_>,
    from: MailboxId,
    uids: &[Uid],
    to: MailboxId,
) -> Result<Plan<Vec<Copied>>, Stop> {
    tx.mailbox(to)?;
    let mut uids = uids.to_vec();
    uids.sort_unstable();
    uids.dedup();
    let members = want_members(tx, from, &uids)?;
    want_own_seen(tx, from, to, members.len())?;
    tx.growth = Growth::Frees;
    let mut moved = Vec::with_capacity(members.len());
    for (uid, member) in &members {
        let at = Place { mailbox: from, uid: *uid };
        let before = tx.all_members(at, member)?;
        let twin = before.iter().any(|(place, _)| place.mailbox == to && *place != at);
        let member_there = MemberRecord { modseq: tx.modseq(), saved: tx.now.secs(), twin, ..member.clone() };
        let (member_there, seen) = tx.entering(member_there, own_seen(tx, at)?);
        unplace(tx, at, member)?;
        let new = place(tx, to, &member_there)?;
        note_seen(tx, to, new, seen)?;
        let seat = Place { mailbox: to, uid: new.get() };
        let mut after: Vec<_> = before.iter().filter(|(place, _)| *place != at).cloned().collect();
        after.push((seat, member_there));
        tx.recount(member.thread, &seats(&before), &seats(&after))?;
        let all: Vec<Place> = after.iter().map(|(place, _)| *place).collect();
        tx.put(schema::by_email(member.email), places(&all));
        tx.touch(LogItem::Expunged {
            mailbox: from,
            uid: *uid,
            email: member.email,
            before: Marks { system: member.system, keywords: member.keywords.clone() },
            modseq: member.modseq,
            saved: member.saved,
            last: false,
        });
        tx.touch(LogItem::Arrived { mailbox: to, uid: new.get(), email: member.email, new: false });
        moved.push(done(tx, *uid, to, new, member)?);
    }
    remove_from_view(tx, from, &members);
    Ok(if moved.is_empty() { Plan::Nothing(moved) } else { Plan::Commit(moved) })
}

/// Reads what the hand's account has seen, there and where `count` messages come to stand.
fn want_own_seen(tx: &Tx<'_>, from: MailboxId, to: MailboxId, count: usize) -> Result<(), Stop> {
    own_seen(tx, Place { mailbox: from, uid: Uid::MIN.get() })?;
    let next = tx.mailbox(to)?.uid_next;
    let last = next.saturating_add(u32::try_from(count).unwrap_or(u32::MAX));
    tx.want_seen(to, (next..last).step_by(SEEN_SPAN as usize).chain([last]))
}

fn own_seen(tx: &Tx<'_>, at: Place) -> Result<Option<bool>, Stop> {
    tx.own_seen(at.mailbox, Uid::new(at.uid).unwrap_or(Uid::MIN))
}

fn note_seen(tx: &mut Tx<'_>, to: MailboxId, uid: Uid, seen: bool) -> Result<(), Stop> {
    if seen { tx.put_seen(to, &[(uid.get(), true)]) } else { Ok(()) }
}

fn done(tx: &Tx<'_>, from: u32, to: MailboxId, uid: Uid, member: &MemberRecord) -> Result<Copied, Error> {
    let uid_validity = tx.mailbox(to)?.uid_validity;
    let from = Uid::new(from).unwrap_or(Uid::MIN);
    Ok(Copied { from, to: Appended { mailbox: to, uid_validity, uid, email: member.email, thread: member.thread } })
}
