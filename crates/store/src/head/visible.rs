//! Counters, in the view of IMAP (memberships) and in that of JMAP (emails, threads).
//!
//! For JMAP an email is in a mailbox if it has a membership there without `\Deleted` (RFC 8621, 4.1.1); it is unread
//! unless all of those memberships are `\Seen`, or any is a `\Draft` (RFC 8621, 2: neither `$seen` nor `$draft`). A thread
//! is unread in all its mailboxes, as the emails that are shown with it are; the trash is counted as if it were apart.
use super::{Stop, Tx};
use crate::error::Error;
use crate::flags::SystemFlags;
use crate::id::{EmailId, MailboxId, ThreadId};
use crate::mailbox::{Mailbox, Role};
use crate::schema::{self, MemberRecord, Place, ThreadRecord, read_places};
use std::collections::BTreeSet;

/// One membership, as far as counting goes.
pub(crate) type Seat = (MailboxId, SystemFlags);

/// Copies of one email that an account may hold.
pub(crate) const MAX_PLACES: usize = 1_000;

/// The mailboxes that show an email to JMAP, ascending, and whether it is unread.
pub(crate) fn shown(seats: &[Seat]) -> (Vec<MailboxId>, bool) {
    let visible = || seats.iter().filter(|(_, system)| !system.contains(SystemFlags::DELETED));
    let mut mailboxes: Vec<MailboxId> = visible().map(|(mailbox, _)| *mailbox).collect();
    mailboxes.sort_unstable();
    mailboxes.dedup();
    let seen = visible().all(|(_, system)| system.contains(SystemFlags::SEEN));
    let draft = visible().any(|(_, system)| system.contains(SystemFlags::DRAFT));
    let unread = !mailboxes.is_empty() && !seen && !draft;
    (mailboxes, unread)
}

/// Counts a membership in.
pub(crate) fn count_in(mailbox: &mut Mailbox, member: &MemberRecord) {
    let counters = &mut mailbox.counters;
    counters.messages += 1;
    counters.bytes += member.size;
    counters.unseen += u64::from(!member.system.contains(SystemFlags::SEEN));
    counters.deleted += u64::from(member.system.contains(SystemFlags::DELETED));
}

/// Counts a membership out.
pub(crate) fn count_out(mailbox: &mut Mailbox, member: &MemberRecord) {
    let counters = &mut mailbox.counters;
    counters.messages = counters.messages.saturating_sub(1);
    counters.bytes = counters.bytes.saturating_sub(member.size);
    counters.unseen = counters.unseen.saturating_sub(u64::from(!member.system.contains(SystemFlags::SEEN)));
    counters.deleted = counters.deleted.saturating_sub(u64::from(member.system.contains(SystemFlags::DELETED)));
}

/// `count` with one more, one less, or as it was.
fn shifted(count: u64, before: bool, after: bool) -> u64 {
    match (before, after) {
        (false, true) => count + 1,
        (true, false) => count.saturating_sub(1),
        _ => count,
    }
}

impl Tx<'_> {
    /// Brings JMAP's counters from one list of an email's seats to another.
    pub(crate) fn recount(&mut self, thread: ThreadId, before: &[Seat], after: &[Seat]) -> Result<(), Stop> {
        let ((was_in, was_unread), (is_in, is_unread)) = (shown(before), shown(after));
        if (&was_in, was_unread) == (&is_in, is_unread) {
            return Ok(());
        }
        let mut record = self.thread(thread)?;
        let old = record.clone();
        let mut mailboxes: Vec<MailboxId> = was_in.iter().chain(&is_in).copied().collect();
        mailboxes.sort_unstable();
        mailboxes.dedup();
        for id in mailboxes {
            let (was, is) = (was_in.contains(&id), is_in.contains(&id));
            let (emails, unread) = record.of(id);
            let now = (shifted(emails, was, is), shifted(unread, was && was_unread, is && is_unread));
            record.set(id, now);
            let counters = &mut self.mailbox_mut(id)?.counters;
            counters.emails = shifted(counters.emails, was, is);
            counters.unread_emails = shifted(counters.unread_emails, was && was_unread, is && is_unread);
            counters.threads = shifted(counters.threads, emails > 0, now.0 > 0);
        }
        self.recount_unread((&old, self.trash()), (&record, self.trash()))?;
        if was_in.is_empty() != is_in.is_empty() {
            self.state.record.thread_modseq = self.modseq();
        }
        self.state.record.mailbox_modseq = self.modseq();
        self.put(schema::thread(thread), record.encode());
        Ok(())
    }

    /// The mailbox that is the trash.
    pub(crate) fn trash(&self) -> Option<MailboxId> {
        self.state.mailboxes.role(Role::Trash).map(|mailbox| mailbox.id)
    }

    /// Brings the counts of unread threads from one record of a thread to another, and from one trash to another.
    fn recount_unread(
        &mut self,
        (before, old_trash): (&ThreadRecord, Option<MailboxId>),
        (after, trash): (&ThreadRecord, Option<MailboxId>),
    ) -> Result<(), Error> {
        let mut mailboxes: Vec<MailboxId> = before.mailboxes.iter().chain(&after.mailboxes).map(|of| of.0).collect();
        mailboxes.sort_unstable();
        mailboxes.dedup();
        for id in mailboxes {
            let (was, is) = (before.is_unread(id, old_trash), after.is_unread(id, trash));
            if was != is {
                let counters = &mut self.mailbox_mut(id)?.counters;
                counters.unread_threads = shifted(counters.unread_threads, was, is);
            }
        }
        Ok(())
    }

    /// Counts unread threads anew after the trash has become another mailbox: those with an email in the one or the other.
    pub(crate) fn trash_changed(&mut self, before: Option<MailboxId>) -> Result<(), Stop> {
        let trash = self.trash();
        if before == trash {
            return Ok(());
        }
        let mut threads = BTreeSet::new();
        for mailbox in before.into_iter().chain(trash) {
            threads.extend(self.view(mailbox)?.iter().map(|message| message.thread));
        }
        self.want(threads.iter().map(|thread| schema::thread(*thread)))?;
        for thread in threads {
            let record = self.thread(thread)?;
            self.recount_unread((&record, before), (&record, trash))?;
        }
        self.state.record.mailbox_modseq = self.modseq();
        Ok(())
    }

    /// The record of a thread; an empty one if there is none.
    pub(crate) fn thread(&self, thread: ThreadId) -> Result<ThreadRecord, Stop> {
        match self.get(&schema::thread(thread))? {
            Some(record) => Ok(ThreadRecord::decode(&record)?),
            None => Ok(ThreadRecord::default()),
        }
    }

    /// The places where an email is.
    pub(crate) fn places(&self, email: EmailId) -> Result<Vec<Place>, Stop> {
        match self.get(&schema::by_email(email))? {
            Some(record) => Ok(read_places(&record)?),
            None => Ok(Vec::new()),
        }
    }

    /// A message's record, from a loaded view or from disk.
    pub(crate) fn member(&self, place: Place) -> Result<MemberRecord, Stop> {
        if let Some(view) = self.state.view(place.mailbox) {
            if let Some(record) = view.record(place.uid) {
                return Ok(record);
            }
        } else if let Some(record) = self.get(&schema::member(place.mailbox, place.uid))? {
            return Ok(MemberRecord::decode(&record)?);
        }
        Err(Stop::Fail(Error::Corrupt(format!("by-email names {}/{}, which is not there", place.mailbox, place.uid))))
    }

    /// All memberships of an email whose record at `place` is `member`: that one alone, if it was never shared.
    pub(crate) fn all_members(&self, place: Place, member: &MemberRecord) -> Result<Vec<(Place, MemberRecord)>, Stop> {
        if !member.shared {
            return Ok(vec![(place, member.clone())]);
        }
        let places = self.places(member.email)?;
        let unloaded = places.iter().filter(|place| self.state.view(place.mailbox).is_none());
        self.want(unloaded.map(|place| schema::member(place.mailbox, place.uid)))?;
        places.into_iter().map(|place| Ok((place, self.member(place)?))).collect()
    }

    /// Reads what counting these anew needs, in two rounds however many they are: by-email of those that are shared and
    /// threads, then memberships elsewhere.
    pub(crate) fn want_counted<'m>(
        &self,
        members: &(impl Iterator<Item = &'m MemberRecord> + Clone),
    ) -> Result<(), Stop> {
        let shared = || members.clone().filter(|member| member.shared);
        let threads = members.clone().map(|member| schema::thread(member.thread));
        self.want(shared().map(|member| schema::by_email(member.email)).chain(threads))?;
        let mut elsewhere = Vec::new();
        for member in shared() {
            let places = self.places(member.email)?.into_iter();
            elsewhere.extend(places.filter(|place| self.state.view(place.mailbox).is_none()));
        }
        self.want(elsewhere.into_iter().map(|place| schema::member(place.mailbox, place.uid)))
    }
}

/// The seats of memberships.
pub(crate) fn seats(members: &[(Place, MemberRecord)]) -> Vec<Seat> {
    members.iter().map(|(place, member)| (place.mailbox, member.system)).collect()
}
