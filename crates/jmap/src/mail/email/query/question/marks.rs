//! What is asked of an email's mailboxes and keywords: a bit each, put together over the places where it is.
use jmap_wire::MethodError;
use std::collections::BTreeSet;
use store::{Keyword, MailboxId, Message, SystemFlags};

/// Different mailboxes and keywords that one query asks for.
const MAX_MARKS: usize = 64;

/// What one bit says of a place where an email is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Mark {
    /// It is not seen there: an email is `$seen` if this is nowhere so.
    Unseen,
    /// It has a system flag.
    System(SystemFlags),
    /// It has a keyword.
    Keyword(Keyword),
    /// It is this mailbox.
    In(MailboxId),
    /// It is none of these mailboxes.
    OtherThan(BTreeSet<MailboxId>),
}

/// All that is asked, by bits.
#[derive(Debug, Clone, Default)]
pub(crate) struct Marks(Vec<Mark>);

impl Marks {
    /// The bit of a mark.
    ///
    /// # Errors
    /// `unsupportedFilter` where there are too many.
    pub(super) fn bit(&mut self, mark: Mark) -> Result<u32, MethodError> {
        let at = match self.0.iter().position(|known| *known == mark) {
            Some(at) => at,
            None if self.0.len() >= MAX_MARKS => {
                return Err(MethodError::UnsupportedFilter("too many mailboxes and keywords".to_owned()));
            }
            None => {
                self.0.push(mark);
                self.0.len() - 1
            }
        };
        u32::try_from(at).map_err(|_| MethodError::UnsupportedFilter("too many mailboxes and keywords".to_owned()))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a keyword, also a system flag, is asked for.
    pub(crate) fn ask_keywords(&self) -> bool {
        self.0.iter().any(|mark| matches!(mark, Mark::Unseen | Mark::System(_) | Mark::Keyword(_)))
    }

    /// Whether places outside of one mailbox matter to who looks at what is in it.
    pub(crate) fn ask_beyond(&self, mailbox: MailboxId) -> bool {
        self.0.iter().any(|mark| *mark != Mark::In(mailbox))
    }

    /// The bits of one place.
    pub(crate) fn of(&self, mailbox: MailboxId, message: &Message<'_>) -> u64 {
        let has = |mark: &Mark| match mark {
            Mark::Unseen => !message.system.contains(SystemFlags::SEEN),
            Mark::System(flag) => message.system.contains(*flag),
            Mark::Keyword(keyword) => message.has(keyword),
            Mark::In(of) => *of == mailbox,
            Mark::OtherThan(others) => !others.contains(&mailbox),
        };
        self.0.iter().rev().fold(0, |bits, mark| bits << 1 | u64::from(has(mark)))
    }
}
