//! The emails among which a query finds, from the views of mailboxes: no record is read.
use super::question::{Question, Which};
use crate::opened::Opened;
use std::collections::HashMap;
use std::sync::Arc;
use store::{EmailId, Error, MailboxId, Message, SystemFlags, ThreadId, View};

/// An email as the views of its mailboxes know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) email: EmailId,
    pub(crate) thread: ThreadId,
    /// In seconds.
    pub(crate) received: u64,
    pub(crate) size: u32,
    /// What was asked of mailboxes and keywords, put together over all places.
    pub(crate) marks: u64,
}

/// What the emails of a thread have: all of them, and any of them.
#[derive(Debug, Clone, Copy)]
struct InThread {
    all: u64,
    any: u64,
}

/// Emails, each once.
#[derive(Default)]
pub(crate) struct Census {
    pub(crate) rows: Vec<Row>,
    threads: HashMap<ThreadId, InThread>,
}

impl Census {
    /// All that the caller sees; or what is in one mailbox, where all results are in that.
    ///
    /// # Errors
    /// What the store says.
    pub(crate) async fn take(opened: &Opened, question: &Question) -> Result<Self, Error> {
        let mut census = Self::default();
        match question.within {
            Some(mailbox) if !question.asks_threads() => {
                if opened.sees(mailbox) {
                    census.of_mailbox(opened, mailbox, question).await?;
                }
            }
            _ => census.of_account(opened, question).await?,
        }
        if question.asks_threads() {
            census.note_threads();
        }
        Ok(census)
    }

    async fn of_mailbox(&mut self, opened: &Opened, mailbox: MailboxId, question: &Question) -> Result<(), Error> {
        let Some(view) = opened.view(mailbox).await? else { return Ok(()) };
        let mut known = Known::default();
        known.take(&mut self.rows, question, &view);
        // what an email has elsewhere is its too
        if question.marks.ask_beyond(mailbox) && !known.shared.is_empty() {
            for other in others(opened, mailbox) {
                if let Some(view) = opened.view(other).await? {
                    known.add(&mut self.rows, question, &view);
                }
                tokio::task::yield_now().await;
            }
        }
        Ok(())
    }

    async fn of_account(&mut self, opened: &Opened, question: &Question) -> Result<(), Error> {
        let mut known = Known::default();
        let mailboxes = opened.mailboxes.iter().filter(|mailbox| opened.sees(mailbox.id));
        for mailbox in mailboxes {
            if let Some(view) = opened.view(mailbox.id).await? {
                known.take(&mut self.rows, question, &view);
            }
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    fn note_threads(&mut self) {
        for row in &self.rows {
            let thread = self.threads.entry(row.thread).or_insert(InThread { all: u64::MAX, any: 0 });
            thread.all &= row.marks;
            thread.any |= row.marks;
        }
    }

    /// Whether emails of a row's thread have a mark, or have it not.
    pub(crate) fn in_thread(&self, row: &Row, (mark, wanted): (u32, bool), which: Which) -> bool {
        let Some(thread) = self.threads.get(&row.thread) else { return false };
        let bit = |bits: u64| bits >> mark & 1 == 1;
        let (all, some) =
            if wanted { (bit(thread.all), bit(thread.any)) } else { (!bit(thread.any), !bit(thread.all)) };
        match which {
            Which::All => all,
            Which::Some => some,
            Which::None => !some,
        }
    }
}

impl Row {
    /// Whether it has a mark.
    pub(crate) const fn has(&self, mark: u32) -> bool {
        self.marks >> mark & 1 == 1
    }
}

fn others(opened: &Opened, mailbox: MailboxId) -> Vec<MailboxId> {
    let all = opened.mailboxes.iter().map(|mailbox| mailbox.id);
    all.filter(|other| *other != mailbox && opened.sees(*other)).collect()
}

/// Emails that may be in several places, by their rows.
#[derive(Default)]
struct Known {
    shared: HashMap<EmailId, usize>,
}

/// RFC 8621, 4.1.1: what is `\Deleted` is not there.
fn is_there(message: &Message<'_>) -> bool {
    !message.system.contains(SystemFlags::DELETED)
}

impl Known {
    /// Takes the messages of a mailbox, each email once.
    fn take(&mut self, rows: &mut Vec<Row>, question: &Question, view: &Arc<View>) {
        rows.reserve(view.len() as usize);
        let asks = !question.is_immutable();
        for message in view.iter().filter(is_there) {
            let marks = if asks { question.marks.of(view.mailbox(), &message) } else { 0 };
            if message.shared || message.twin {
                if let Some(row) = self.shared.get(&message.email).and_then(|at| rows.get_mut(*at)) {
                    row.marks |= marks;
                    continue;
                }
                self.shared.insert(message.email, rows.len());
            }
            let (email, thread) = (message.email, message.thread);
            rows.push(Row { email, thread, received: message.received, size: message.size, marks });
        }
    }

    /// Adds what is said of known emails elsewhere.
    fn add(&mut self, rows: &mut [Row], question: &Question, view: &Arc<View>) {
        for message in view.iter().filter(is_there).filter(|message| message.shared) {
            if let Some(row) = self.shared.get(&message.email).and_then(|at| rows.get_mut(*at)) {
                row.marks |= question.marks.of(view.mailbox(), &message);
            }
        }
    }
}
