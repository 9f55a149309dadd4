//! Where the threads of touched emails are: whether a thread is unread is one thing in all its mailboxes (RFC 8621, 2).
use super::fates::{Fate, Fates, Step, emails};
use crate::mail::thread::MAX_LOOKED_AT;
use crate::opened::Opened;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use store::{EmailId, Error, LogEntry, MailboxId, ThreadId};

/// Emails of which it is asked where their threads are; of more, any mailbox may have other counts.
const MAX_ASKED: usize = 1_000;
/// Threads whose emails are looked for at a time.
const AT_ONCE: usize = 50;

/// The mailboxes of threads, by their touched emails.
pub(super) enum Elsewhere {
    Known(HashMap<EmailId, Arc<[MailboxId]>>),
    Anywhere,
}

/// How many entries at the beginning of a log touch no more emails than are asked for, but at least one.
pub(super) fn asked(log: &[LogEntry]) -> usize {
    let mut touched = BTreeSet::new();
    let fits = |entry: &&LogEntry| {
        touched.extend(emails(entry));
        touched.len() <= MAX_ASKED
    };
    log.iter().take_while(fits).count().max(1).min(log.len())
}

impl Elsewhere {
    /// Asks where the threads are now.
    pub(super) async fn of(opened: &Opened, log: &[LogEntry]) -> Result<Self, Error> {
        let touched: BTreeSet<EmailId> = log.iter().flat_map(emails).collect();
        let touched: Vec<EmailId> = touched.into_iter().collect();
        if touched.len() > MAX_ASKED {
            return Ok(Self::Anywhere);
        }
        let found = opened.account.emails(&touched).await?;
        let threads: BTreeSet<ThreadId> = found.iter().flatten().map(|email| email.thread).collect();
        let threads: Vec<ThreadId> = threads.into_iter().collect();
        let mut mailboxes: HashMap<ThreadId, Arc<[MailboxId]>> = HashMap::new();
        for some in threads.chunks(AT_ONCE) {
            let inside = opened.account.thread_emails(some, MAX_LOOKED_AT).await?;
            let all: Vec<EmailId> = inside.iter().flatten().copied().collect();
            let mut places = opened.account.memberships_of(&all).await?.into_iter();
            for (thread, emails) in some.iter().zip(inside) {
                let those: BTreeSet<MailboxId> =
                    places.by_ref().take(emails.len()).flatten().map(|place| place.mailbox).collect();
                mailboxes.insert(*thread, those.into_iter().filter(|mailbox| opened.sees(*mailbox)).collect());
            }
        }
        let of = |email: &Arc<store::Email>| Some((email.id, mailboxes.get(&email.thread)?.clone()));
        Ok(Self::Known(found.iter().flatten().filter_map(of).collect()))
    }

    /// Adds to a step what its entry does in other mailboxes.
    pub(super) fn add(&self, fates: &Fates<'_>, step: &mut Step, entry: &LogEntry) {
        let Self::Known(known) = self else { return };
        for mailbox in emails(entry).filter_map(|email| known.get(&email)).flat_map(|mailboxes| mailboxes.iter()) {
            fates.put(step, *mailbox, Fate::Counted);
        }
    }
}
