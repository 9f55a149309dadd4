//! What threads a message, from a glance at it: numbers in the place of Message-IDs and subjects.
use super::table::Row;
use crate::session::glances::Found;
use crate::session::sorting::sent;
use message::Glance;
use search::casemap;
use std::hash::{BuildHasher, RandomState};
use std::num::NonZeroU64;
use std::ops::Range;

/// Messages that are looked at together.
#[derive(Default)]
pub(crate) struct Batch {
    /// With where their references are.
    seen: Vec<(Found, Row, Range<usize>)>,
    /// Of all of them.
    references: Vec<u64>,
    /// A subject on its way.
    mapped: String,
}

impl Batch {
    /// Puts them in the order of the mailbox: they come by their emails.
    pub(crate) fn sort(&mut self) {
        self.seen.sort_unstable_by_key(|(found, ..)| found.sequence);
    }

    /// One after the other, with what each refers to.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Found, &Row, &[u64])> {
        let references = |range: &Range<usize>| self.references.get(range.clone()).unwrap_or_default();
        self.seen.iter().map(move |(found, row, range)| (*found, row, references(range)))
    }
}

/// Makes rows of messages.
pub(crate) struct Reader {
    hashes: RandomState,
}

impl Reader {
    /// By a key that nobody knows (docs/security.md, I26).
    pub(crate) fn new(hashes: RandomState) -> Self {
        Self { hashes }
    }

    /// Looks at a message.
    pub(crate) fn see(&self, batch: &mut Batch, found: Found, glance: &Glance<'_>) {
        let begin = batch.references.len();
        batch.references.extend(glance.references.map(|id| self.id(id)));
        if batch.references.len() == begin {
            // Without References, the first Message-ID of In-Reply-To.
            let mut in_reply_to = glance.in_reply_to;
            batch.references.extend(in_reply_to.next().map(|id| self.id(id)));
        }
        let subject = match glance.base_subject {
            "" => None,
            base => NonZeroU64::new(self.subject(base, &mut batch.mapped)),
        };
        let row = Row {
            uid: found.uid,
            sent: sent(found, glance.sent_at.map(|sent| sent.seconds)),
            id: glance.message_id.and_then(|id| NonZeroU64::new(self.id(id))),
            subject,
            is_reply: glance.subject().ok().flatten().is_some_and(message::is_reply_or_forward),
        };
        batch.seen.push((found, row, begin..batch.references.len()));
    }

    /// RFC 5256, BASE.6.4.THREAD: a Message-ID is the same with and without its quoting.
    fn id(&self, id: &[u8]) -> u64 {
        let quotes = |octet: &u8| matches!(octet, b'"' | b'\\');
        if !id.iter().any(quotes) {
            return self.hashes.hash_one(id);
        }
        let plain: Vec<u8> = id.iter().copied().filter(|octet| !quotes(octet)).collect();
        self.hashes.hash_one(plain.as_slice())
    }

    fn subject(&self, subject: &str, mapped: &mut String) -> u64 {
        mapped.clear();
        casemap(subject, mapped);
        self.hashes.hash_one(mapped.as_str())
    }
}
