//! What happened to emails since a state, from the change log: each was there or not, and is there or not.
//!
//! What was is found backwards: from where an email is now, each entry of the log says what it was before.
use crate::mail::log::entries;
use crate::opened::Opened;
use crate::refusal;
use jmap_wire::MethodError;
use std::collections::{BTreeMap, BTreeSet};
use store::{EmailId, LogEntry, MailboxId, ModSeq, SystemFlags, Touched, Uid};

/// A place in the history: a modseq; and of the commit that made it only so many emails, where a client took no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Since {
    modseq: ModSeq,
    /// Emails of that commit that the client knows; all for `None`.
    known: Option<usize>,
}

impl Since {
    /// Reads a state.
    ///
    /// # Errors
    /// `cannotCalculateChanges` for what was never told.
    pub(crate) fn read(opened: &Opened, told: &str) -> Result<Self, MethodError> {
        let Some((state, known)) = told.split_once('.') else {
            return Ok(Self { modseq: opened.since(told)?, known: None });
        };
        let known = known.parse().map_err(|_| MethodError::CannotCalculateChanges)?;
        let read = Self { modseq: opened.since(state)?, known: Some(known) };
        if read.told(opened) == told { Ok(read) } else { Err(MethodError::CannotCalculateChanges) }
    }

    fn told(self, opened: &Opened) -> String {
        let state = opened.state(self.modseq);
        self.known.map_or_else(|| state.clone(), |known| format!("{state}.{known}"))
    }
}

/// What became of an email.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fate {
    pub(crate) email: EmailId,
    /// Whether the caller saw it then.
    pub(crate) was: bool,
    /// Whether he sees it now.
    pub(crate) is: bool,
    /// Whether it is in other mailboxes.
    pub(crate) moved: bool,
}

/// The emails that were touched since a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct History {
    /// In the order in which they were touched first.
    pub(crate) fates: Vec<Fate>,
    /// The state that they lead to.
    pub(crate) state: String,
    /// There is more behind it.
    pub(crate) more: bool,
}

/// Reads the history since a state, at most `max` emails of it; `newest` is the state of the type now.
///
/// # Errors
/// `cannotCalculateChanges` where it is not known any more, or rights changed since.
pub(crate) async fn history(opened: &Opened, since: Since, max: usize, newest: ModSeq) -> Result<History, MethodError> {
    let until = opened.mailboxes.modseq();
    let from = if since.known.is_some() { ModSeq(since.modseq.0.saturating_sub(1)) } else { since.modseq };
    let log = entries(opened, from, until).await?;
    let rights = |touched: &Touched| matches!(touched, Touched::Acl { account, .. } if *account == opened.caller);
    if log.iter().flat_map(|entry| &entry.touched).any(rights) {
        return Err(MethodError::CannotCalculateChanges);
    }
    let first_known: Vec<EmailId> = match (since.known, log.first()) {
        (Some(known), Some(entry)) => touched_emails(entry).into_iter().take(known).collect(),
        _ => Vec::new(),
    };
    let page = page(&log, &first_known, max);
    let states = opened.mailboxes.modseq().min(newest).max(since.modseq);
    let state = page.next.unwrap_or(Since { modseq: states, known: None }).told(opened);
    let fates = fates(opened, &log, &first_known, &page.emails).await?;
    Ok(History { fates, state, more: page.next.is_some() })
}

/// The emails of an entry, each once, in the order of the entry.
fn touched_emails(entry: &LogEntry) -> Vec<EmailId> {
    let mut seen = BTreeSet::new();
    let emails = entry.touched.iter().filter_map(|touched| match touched {
        Touched::Arrived { email, .. } | Touched::Flags { email, .. } | Touched::Expunged { email, .. } => Some(*email),
        _ => None,
    });
    emails.filter(|email| seen.insert(*email)).collect()
}

struct Page {
    emails: Vec<EmailId>,
    /// Where it ends, if that is before the end.
    next: Option<Since>,
}

/// The first `max` emails of the log, without those of its first entry that the client knows.
fn page(log: &[LogEntry], first_known: &[EmailId], max: usize) -> Page {
    let (mut taken, mut emails) = (BTreeSet::new(), Vec::new());
    let mut before = None;
    for (nth, entry) in log.iter().enumerate() {
        let passed = if nth == 0 { first_known.len() } else { 0 };
        for (at, email) in touched_emails(entry).into_iter().enumerate().skip(passed) {
            if taken.contains(&email) {
                continue;
            }
            if emails.len() == max {
                let here = Since { modseq: entry.modseq, known: Some(at) };
                let next = if at == 0 { before.unwrap_or(here) } else { here };
                return Page { emails, next: Some(next) };
            }
            taken.insert(email);
            emails.push(email);
        }
        before = Some(Since { modseq: entry.modseq, known: None });
    }
    Page { emails, next: None }
}

/// Where an email is, and whether it is shown there: not if it is `\Deleted` (RFC 8621, 4.1.1).
type Places = BTreeMap<(MailboxId, Uid), bool>;

async fn fates(
    opened: &Opened,
    log: &[LogEntry],
    first_known: &[EmailId],
    emails: &[EmailId],
) -> Result<Vec<Fate>, MethodError> {
    let shown = |system: SystemFlags| !system.contains(SystemFlags::DELETED);
    let now = opened.account.memberships_of(emails).await.map_err(|error| refusal::method(&error))?;
    let mut places: BTreeMap<EmailId, Places> = BTreeMap::new();
    let mut is: BTreeMap<EmailId, BTreeSet<MailboxId>> = BTreeMap::new();
    for (email, memberships) in emails.iter().zip(now) {
        let there = |place: &store::Membership| ((place.mailbox, place.uid), shown(place.flags.system));
        let there: Places = memberships.iter().map(there).collect();
        is.insert(*email, shown_in(opened, &there));
        places.insert(*email, there);
    }
    for (nth, entry) in log.iter().enumerate().rev() {
        for touched in entry.touched.iter().rev() {
            let (Touched::Arrived { email, .. } | Touched::Flags { email, .. } | Touched::Expunged { email, .. }) =
                touched
            else {
                continue;
            };
            // what the client knows of this commit is part of what was
            if nth == 0 && first_known.contains(email) {
                continue;
            }
            let Some(places) = places.get_mut(email) else { continue };
            match touched {
                Touched::Arrived { mailbox, uid, .. } => drop(places.remove(&(*mailbox, *uid))),
                Touched::Flags { mailbox, uid, before, .. } => {
                    places.entry((*mailbox, *uid)).and_modify(|place| *place = shown(before.system));
                }
                Touched::Expunged { mailbox, uid, before, .. } => {
                    places.insert((*mailbox, *uid), shown(before.system));
                }
                _ => {}
            }
        }
    }
    let nowhere = BTreeSet::new();
    let fate = |email: &EmailId| {
        let was = places.get(email).map(|places| shown_in(opened, places)).unwrap_or_default();
        let is = is.get(email).unwrap_or(&nowhere);
        Fate { email: *email, was: !was.is_empty(), is: !is.is_empty(), moved: was != *is }
    };
    Ok(emails.iter().map(fate).collect())
}

/// The mailboxes that show an email. One that is gone was seen, as far as anybody can tell now.
fn shown_in(opened: &Opened, places: &Places) -> BTreeSet<MailboxId> {
    let sees = |mailbox: MailboxId| opened.mailboxes.get(mailbox).is_none() || opened.sees(mailbox);
    let shown = places.iter().filter(|((mailbox, _), shown)| **shown && sees(*mailbox));
    shown.map(|((mailbox, _), _)| *mailbox).collect()
}
