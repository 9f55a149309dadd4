//! An account in memory, as of one commit.
use crate::flags::Keyword;
use crate::id::MailboxId;
use crate::mailbox::Mailboxes;
use crate::schema::HeadRecord;
use crate::view::{Sight, View};
use std::collections::HashMap;
use std::sync::Arc;

/// Views that a head keeps loaded; sessions keep their own beyond that.
const VIEWS: usize = 64;

/// All that planning needs. Cloning costs a few counters.
#[derive(Clone)]
pub(crate) struct State {
    pub(crate) modseq: u64,
    pub(crate) record: HeadRecord,
    pub(crate) mailboxes: Arc<Mailboxes>,
    pub(crate) keywords: Arc<Keywords>,
    /// In the order in which they were loaded.
    pub(crate) views: Vec<Arc<View>>,
}

impl State {
    /// The owner's view of a mailbox.
    pub(crate) fn view(&self, mailbox: MailboxId) -> Option<&Arc<View>> {
        self.view_of(Sight::owners(mailbox))
    }

    pub(crate) fn view_of(&self, sight: Sight) -> Option<&Arc<View>> {
        self.views.iter().find(|view| view.sight() == sight)
    }

    /// An account that does not exist yet.
    pub(super) fn nothing() -> Self {
        Self {
            modseq: 0,
            record: HeadRecord { next_id: 1, ..HeadRecord::default() },
            mailboxes: Arc::default(),
            keywords: Arc::default(),
            views: Vec::new(),
        }
    }

    /// The same state with one more view.
    pub(crate) fn with_view(&self, view: Arc<View>) -> Self {
        let mut state = self.clone();
        if state.views.len() >= VIEWS {
            // Those with a `\Seen` of another go first, and the owner's from which this one may be made stays.
            let (views, mailbox) = (&state.views, view.sight().mailbox);
            let others = views.iter().position(|old| old.sight().reader.is_some());
            let at = others.or_else(|| views.iter().position(|old| old.sight().mailbox != mailbox));
            state.views.remove(at.unwrap_or(0));
        }
        state.views.push(view);
        state
    }
}

/// The account's table of keywords.
#[derive(Debug, Clone, Default)]
pub(crate) struct Keywords {
    words: Vec<Keyword>,
    numbers: HashMap<Keyword, u16>,
}

impl Keywords {
    /// Keywords an account may have.
    pub(crate) const LIMIT: usize = 1_000;

    pub(crate) fn word(&self, number: u16) -> Option<Keyword> {
        self.words.get(usize::from(number)).cloned()
    }

    pub(crate) fn number(&self, word: &Keyword) -> Option<u16> {
        self.numbers.get(word).copied()
    }

    /// Adds a word; `None` when the table is full.
    pub(crate) fn add(&mut self, word: Keyword) -> Option<u16> {
        let number = u16::try_from(self.words.len()).ok().filter(|number| usize::from(*number) < Self::LIMIT)?;
        self.numbers.insert(word.clone(), number);
        self.words.push(word);
        Some(number)
    }

    /// How many may still be added.
    pub(crate) fn left(&self) -> usize {
        Self::LIMIT.saturating_sub(self.words.len())
    }

    pub(crate) fn list(&self) -> &[Keyword] {
        &self.words
    }
}
