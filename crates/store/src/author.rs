//! Who writes, and what must hold when he begins: the state that a client says a type has (RFC 8620, 5.3: `ifInState`).
use crate::error::Error;
use crate::id::ModSeq;
use crate::lock::lock;
use crate::object::ObjectKind;
use crate::schema::HeadRecord;
use std::sync::{Arc, Mutex};

/// Of what a state is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StateOf {
    /// Mailboxes: names, roles, subscriptions or counters.
    Mailboxes,
    /// Emails, for whom all of them are.
    Emails,
    /// Emails, for who sees a part of the account: lists of rights change what there is.
    EmailsInSight,
    /// Objects of a kind.
    Objects(ObjectKind),
}

impl StateOf {
    fn now(self, record: &HeadRecord) -> u64 {
        match self {
            Self::Mailboxes => record.mailbox_modseq.max(record.list_modseq),
            Self::Emails => record.email_modseq,
            Self::EmailsInSight => record.email_modseq.max(record.list_modseq),
            Self::Objects(of) => record.objects.of(of).modseq,
        }
    }
}

/// A state that must be there when the first commit of a handle is made. Nobody writes between the look and that commit.
#[derive(Debug)]
pub struct Provided {
    of: StateOf,
    state: ModSeq,
    course: Mutex<Course>,
}

#[derive(Debug, Default)]
struct Course {
    /// Commits that are handed in and not answered.
    flying: u32,
    has_landed: bool,
    is_broken: bool,
}

impl Provided {
    pub(crate) fn new(of: StateOf, state: ModSeq) -> Self {
        Self { of, state, course: Mutex::default() }
    }

    /// Whether something was not written because there was another state. Then nothing was written at all.
    pub fn is_broken(&self) -> bool {
        lock(&self.course).is_broken
    }
}

/// Who writes.
#[derive(Debug, Clone)]
pub(crate) struct Author {
    /// The word for it, for the change log.
    pub(crate) word: Arc<str>,
    pub(crate) provided: Option<Arc<Provided>>,
}

impl Author {
    pub(crate) fn named(word: &str) -> Self {
        Self { word: word.into(), provided: None }
    }

    /// Whether a commit may be made on this record.
    pub(crate) fn may_write(&self, record: &HeadRecord) -> Result<(), Error> {
        let Some(provided) = &self.provided else { return Ok(()) };
        let mut course = lock(&provided.course);
        let has_begun = course.has_landed || course.flying > 0;
        if has_begun || provided.of.now(record) == provided.state.0 {
            return Ok(());
        }
        course.is_broken = true;
        Err(Error::Conflict)
    }

    pub(crate) fn hands_in(&self) {
        if let Some(provided) = &self.provided {
            lock(&provided.course).flying += 1;
        }
    }

    /// A commit that was handed in is answered.
    pub(crate) fn is_answered(&self, has_landed: bool) {
        if let Some(provided) = &self.provided {
            let mut course = lock(&provided.course);
            course.flying = course.flying.saturating_sub(1);
            course.has_landed |= has_landed;
        }
    }
}
