//! The change log as far as emails go: of each place that was touched, what it was before.
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use store::{EmailId, LogEntry, MailboxId, ModSeq, SystemFlags, Touched, Uid};

/// What a place was, before it was touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    /// Nothing: the email came.
    Empty,
    /// The email was there; whether it was shown: not if it was `\Deleted` (RFC 8621, 4.1.1).
    There { shown: bool },
    /// It was there, and left.
    Left { shown: bool },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Touch {
    email: EmailId,
    mailbox: MailboxId,
    uid: Uid,
    before: Before,
}

/// Where an email is, and whether it is shown there.
pub(super) type Places = BTreeMap<(MailboxId, Uid), bool>;

/// An entry of the log.
pub(super) struct Entry {
    pub(super) modseq: ModSeq,
    pub(super) touches: Range<usize>,
    /// Each once, in the order of the entry.
    pub(super) emails: Vec<EmailId>,
}

/// A point in a stretch of the log: before an entry, or within it where some of its emails are known.
#[derive(Debug, Default)]
pub(super) struct Point {
    touches: Range<usize>,
    known: BTreeSet<EmailId>,
}

impl Entry {
    /// The point where a client knows the first `count` of its emails.
    pub(super) fn point(&self, count: usize) -> Point {
        Point { touches: self.touches.clone(), known: self.emails.iter().take(count).copied().collect() }
    }
}

/// What a stretch of the log touched.
#[derive(Debug, Default)]
pub(super) struct Touches {
    all: Vec<Touch>,
    /// The entries that touched any, each with the end of its touches.
    entries: Vec<(ModSeq, usize)>,
}

impl Touches {
    /// Takes the next entry.
    pub(super) fn take(&mut self, entry: &LogEntry) {
        let shown = |system: SystemFlags| !system.contains(SystemFlags::DELETED);
        let all = self.all.len();
        self.all.extend(entry.touched.iter().filter_map(|touched| {
            Some(match touched {
                Touched::Arrived { mailbox, uid, email, .. } => {
                    Touch { email: *email, mailbox: *mailbox, uid: *uid, before: Before::Empty }
                }
                Touched::Flags { mailbox, uid, email, before, .. } => {
                    let before = Before::There { shown: shown(before.system) };
                    Touch { email: *email, mailbox: *mailbox, uid: *uid, before }
                }
                Touched::Expunged { mailbox, uid, email, before, .. } => {
                    let before = Before::Left { shown: shown(before.system) };
                    Touch { email: *email, mailbox: *mailbox, uid: *uid, before }
                }
                _ => return None,
            })
        }));
        if self.all.len() > all {
            self.entries.push((entry.modseq, self.all.len()));
        }
    }

    /// The entries that touched emails.
    pub(super) fn entries(&self) -> impl Iterator<Item = Entry> {
        let starts = std::iter::once(0).chain(self.entries.iter().map(|(_, end)| *end));
        self.entries.iter().zip(starts).map(|((modseq, end), start)| {
            let mut seen = BTreeSet::new();
            let touches = self.all.get(start..*end).unwrap_or_default();
            let emails = touches.iter().map(|touch| touch.email).filter(|email| seen.insert(*email));
            Entry { modseq: *modseq, touches: start..*end, emails: emails.collect() }
        })
    }

    /// All emails that were touched.
    pub(super) fn emails(&self) -> BTreeSet<EmailId> {
        self.all.iter().map(|touch| touch.email).collect()
    }

    /// The emails that came to a place, left one, or were shown in one again.
    pub(super) fn moved(&self) -> BTreeSet<EmailId> {
        let moved = |touch: &&Touch| touch.before != Before::There { shown: true };
        self.all.iter().filter(moved).map(|touch| touch.email).collect()
    }

    /// Brings places back to what they were at a point. Of each place the first touch behind that decides: it does no harm
    /// that places are as of before some of the last ones, or that some were undone already.
    pub(super) fn undo(&self, places: &mut BTreeMap<EmailId, Places>, point: &Point) {
        for (at, touch) in self.all.iter().enumerate().skip(point.touches.start).rev() {
            if point.touches.contains(&at) && point.known.contains(&touch.email) {
                continue;
            }
            let Some(places) = places.get_mut(&touch.email) else { continue };
            match touch.before {
                Before::Empty => drop(places.remove(&(touch.mailbox, touch.uid))),
                Before::There { shown } | Before::Left { shown } => {
                    places.insert((touch.mailbox, touch.uid), shown);
                }
            }
        }
    }

    /// The point behind all of it.
    pub(super) fn end(&self) -> Point {
        Point { touches: self.all.len()..self.all.len(), known: BTreeSet::new() }
    }
}
