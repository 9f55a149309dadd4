//! The first results of a mailbox by date, in one look at each message: what every client asks for when it opens one.
//!
//! Messages come almost in the order of their dates, so all but the first ones are passed over after a comparison.
use super::Found;
use super::question::{Question, Test};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use store::{EmailId, Glimpse, MailboxId, Message, SystemFlags, ThreadId, View};

/// Results that are found so, at most.
const MAX_COUNT: usize = 1_000;

/// What is asked for, where it can be found so.
pub(super) struct Newest {
    pub(super) mailbox: MailboxId,
    count: usize,
    ascending: bool,
    collapse: bool,
}

impl Newest {
    /// Nothing for a question that needs more than one mailbox and dates.
    pub(super) fn of(question: &Question, collapse: bool, enough: Option<usize>) -> Option<Self> {
        let mailbox = question.within?;
        let count = enough.filter(|count| *count <= MAX_COUNT)?;
        let ascending = question.by_date()?;
        let plain = question.is_plain() && !question.asks_threads();
        plain.then_some(Self { mailbox, count, ascending, collapse })
    }

    /// The first results; nothing where an email in question is in other mailboxes too, and what it has there matters.
    pub(super) fn find(&self, question: &Question, view: &Arc<View>) -> Option<Vec<Found>> {
        let mut best = Best { first: BTreeSet::new(), known: HashMap::new(), count: self.count };
        if self.count == 0 {
            return Some(Vec::new());
        }
        let beyond = question.marks.ask_beyond(self.mailbox);
        let mut look = |glimpse: Glimpse<'_>| {
            let received = if self.ascending { glimpse.received() } else { !glimpse.received() };
            if best.is_late(received) {
                return Some(());
            }
            let message = glimpse.message();
            if message.system.contains(SystemFlags::DELETED) {
                return Some(());
            }
            if message.shared && beyond {
                return None;
            }
            if question.tests.iter().all(|test| is_so(question, self.mailbox, &message, test)) {
                let email = if self.ascending { message.email.0 } else { !message.email.0 };
                let one = if self.collapse { message.thread.0 } else { message.email.0 };
                best.take(Key { received, email, thread: message.thread, one });
            }
            Some(())
        };
        // the first results are looked at first
        if self.ascending {
            view.glimpses().try_for_each(&mut look)
        } else {
            view.glimpses().rev().try_for_each(&mut look)
        }?;
        let email = |number: u64| EmailId(if self.ascending { number } else { !number });
        Some(best.first.iter().map(|key| Found { email: email(key.email), thread: key.thread }).collect())
    }
}

fn is_so(question: &Question, mailbox: MailboxId, message: &Message<'_>, test: &Test) -> bool {
    let received = i64::try_from(message.received).unwrap_or(i64::MAX);
    match test {
        Test::Mark { mark, wanted } => (question.marks.of(mailbox, message) >> mark & 1 == 1) == *wanted,
        Test::Before(moment) => received < *moment,
        Test::After(moment) => received >= *moment,
        Test::MinSize(size) => u64::from(message.size) >= *size,
        Test::MaxSize(size) => u64::from(message.size) < *size,
        _ => false,
    }
}

/// A result on its way: what it is sorted by, its date before its number, and of what there is one only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    received: u64,
    email: u64,
    thread: ThreadId,
    /// The email, or its thread.
    one: u64,
}

/// The first results so far.
struct Best {
    first: BTreeSet<Key>,
    known: HashMap<u64, Key>,
    count: usize,
}

impl Best {
    /// Whether what was received then comes behind all that is wanted.
    fn is_late(&self, received: u64) -> bool {
        self.first.len() >= self.count && self.first.last().is_some_and(|last| received > last.received)
    }

    fn take(&mut self, key: Key) {
        if let Some(known) = self.known.get(&key.one) {
            if *known <= key {
                return;
            }
            self.first.remove(known);
        }
        self.first.insert(key);
        self.known.insert(key.one, key);
        if self.first.len() > self.count
            && let Some(last) = self.first.pop_last()
        {
            self.known.remove(&last.one);
        }
    }
}
