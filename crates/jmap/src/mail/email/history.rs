//! What happened to emails since a state, from the change log: each was there or not, and is there or not.
//!
//! What was is found backwards: from where an email is now, each entry of the log says what it was before. The log is read
//! after the places are, so that no commit falls between the two; what came after the mailboxes that the caller is shown
//! is taken back first, and told to who asks next.
use super::touches::{Places, Point, Touches};
use crate::mail::log::each;
use crate::mail::sight::Sight;
use crate::opened::Opened;
use crate::refusal;
use jmap_wire::MethodError;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use store::{EmailId, MailboxId, ModSeq, SystemFlags};

/// Emails that one answer looks at: of more, those that were touched first are told, and there is more behind them.
const MAX_EMAILS: usize = 50_000;
/// Things touched that one answer looks at; a client that is further behind asks anew for what it has.
const MAX_TOUCHED: usize = 100_000;
/// How long a commit that is on disk may take until it is told.
const COMMIT_TIME: Duration = Duration::from_secs(10);

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
    /// Whether he sees it at the state to which this leads.
    pub(crate) is: bool,
    /// Whether it is in other mailboxes, or was in between.
    pub(crate) moved: bool,
}

/// What was touched since a state.
pub(crate) struct History<'o> {
    opened: &'o Opened,
    touches: Touches,
    /// What the client knows.
    begin: Point,
    /// What he will know with this.
    end: Point,
    sight: Sight<'o>,
    /// The emails that are told, in the order in which they were touched first.
    pub(crate) emails: Vec<EmailId>,
    /// The state that they lead to.
    pub(crate) state: String,
    /// There is more behind it.
    pub(crate) more: bool,
}

/// Reads the history since a state, at most `max` emails of it; `newest` is the state of the type now.
///
/// # Errors
/// `cannotCalculateChanges` where it is not known any more, or where what is there came into sight or went out of it by
/// rights.
pub(crate) async fn history(
    opened: &Opened,
    since: Since,
    max: usize,
    newest: ModSeq,
) -> Result<History<'_>, MethodError> {
    let from = if since.known.is_some() { ModSeq(since.modseq.0.saturating_sub(1)) } else { since.modseq };
    // to know what was, also what changed nothing of the type is taken back
    let until = if from < newest { opened.mailboxes.modseq() } else { newest };
    let (mut touches, mut sight) = (Touches::default(), Sight::new(opened));
    let take = |entry: store::LogEntry| {
        touches.take(&entry);
        sight.read(&entry);
    };
    each(opened, (from, until), MAX_TOUCHED, take).await?;
    if sight.changed_by_rights() {
        return Err(MethodError::CannotCalculateChanges);
    }
    let known = since.known.unwrap_or(0);
    let begin = touches.entries().next().map(|first| first.point(known)).unwrap_or_default();
    let page = page(&touches, known, max.min(MAX_EMAILS));
    let (end, next) = page.next.map_or_else(|| (touches.end(), None), |(end, next)| (end, Some(next)));
    let last = Since { modseq: newest.max(since.modseq), known: None };
    let state = next.unwrap_or(last).told(opened);
    Ok(History { opened, touches, begin, end, sight, emails: page.emails, state, more: next.is_some() })
}

struct Page {
    emails: Vec<EmailId>,
    /// Where it ends, if that is before the end.
    next: Option<(Point, Since)>,
}

/// The first `max` emails of the log, without those of its first entry that the client knows.
fn page(touches: &Touches, known: usize, max: usize) -> Page {
    let (mut taken, mut emails) = (BTreeSet::new(), Vec::new());
    let mut before = None;
    for (nth, entry) in touches.entries().enumerate() {
        let passed = if nth == 0 { known } else { 0 };
        for (at, email) in entry.emails.iter().enumerate().skip(passed) {
            if taken.contains(email) {
                continue;
            }
            if emails.len() == max {
                let here = Since { modseq: entry.modseq, known: Some(at) };
                let next = if at == 0 { before.unwrap_or(here) } else { here };
                return Page { emails, next: Some((entry.point(at), next)) };
            }
            taken.insert(*email);
            emails.push(*email);
        }
        before = Some(Since { modseq: entry.modseq, known: None });
    }
    Page { emails, next: None }
}

impl History<'_> {
    /// What became of emails, also of those that were not touched.
    ///
    /// # Errors
    /// What the store says.
    pub(crate) async fn fates(&self, emails: &[EmailId]) -> Result<Vec<Fate>, MethodError> {
        let shown = |system: SystemFlags| !system.contains(SystemFlags::DELETED);
        let now = self.opened.account.memberships_of(emails).await.map_err(|error| refusal::method(&error))?;
        let newest = now.iter().flatten().map(|place| place.modseq).max().unwrap_or_default();
        self.told(newest).await?;
        let there = |place: store::Membership| ((place.mailbox, place.uid), shown(place.flags.system));
        let there = now.into_iter().map(|places| places.into_iter().map(there).collect());
        let mut places: BTreeMap<EmailId, Places> = emails.iter().copied().zip(there).collect();
        self.late().await?.undo(&mut places, &Point::default());
        // a client that takes a part knows what was there then (RFC 8620, 5.2)
        self.touches.undo(&mut places, &self.end);
        // what is in a mailbox that is gone by now was there then, for its owner to see
        let went = |mailbox| self.opened.own && self.opened.mailboxes.get(mailbox).is_none();
        let is = |mailbox| self.opened.sees(mailbox) || went(mailbox);
        let is: Vec<BTreeSet<MailboxId>> = emails.iter().map(|email| shown_in(&places, *email, is)).collect();
        self.touches.undo(&mut places, &self.begin);
        let moved = self.touches.moved();
        let fate = |(email, is): (&EmailId, BTreeSet<MailboxId>)| {
            let was = shown_in(&places, *email, |mailbox| self.sight.saw(mailbox));
            let moved = was != is || moved.contains(email);
            Fate { email: *email, was: !was.is_empty(), is: !is.is_empty(), moved }
        };
        Ok(emails.iter().zip(is).map(fate).collect())
    }

    /// What was touched after the state to which this leads, until now: what is read of it may be as of before or after.
    ///
    /// # Errors
    /// What the store says.
    pub(crate) async fn touched_late(&self) -> Result<BTreeSet<EmailId>, MethodError> {
        Ok(self.late().await?.emails())
    }

    /// Waits until the account says that it is as far as what was read of it: a commit is on disk a moment before.
    async fn told(&self, modseq: ModSeq) -> Result<(), MethodError> {
        let mut told = self.opened.account.watch();
        if self.opened.account.modseq().await.map_err(|error| refusal::method(&error))? >= modseq {
            return Ok(());
        }
        match tokio::time::timeout(COMMIT_TIME, told.wait_for(|told| *told >= modseq)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(MethodError::ServerUnavailable),
        }
    }

    async fn late(&self) -> Result<Touches, MethodError> {
        let newest = self.opened.account.modseq().await.map_err(|error| refusal::method(&error))?;
        let mut late = Touches::default();
        each(self.opened, (self.opened.mailboxes.modseq(), newest), MAX_TOUCHED, |entry| late.take(&entry)).await?;
        Ok(late)
    }
}

/// The mailboxes that show an email to who sees those.
fn shown_in(
    places: &BTreeMap<EmailId, Places>,
    email: EmailId,
    sees: impl Fn(MailboxId) -> bool,
) -> BTreeSet<MailboxId> {
    let places = places.get(&email).into_iter().flatten();
    let shown = places.filter(|((mailbox, _), shown)| **shown && sees(*mailbox));
    shown.map(|((mailbox, _), _)| *mailbox).collect()
}
