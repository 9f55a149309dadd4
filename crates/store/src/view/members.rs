//! Messages on their way from records into a view: decoded where they are read, without an allocation for each.
use super::{CHUNK, Entry, SHARED, TWIN, View, narrow, rank};
use crate::error::Error;
use crate::flags::Keyword;
use crate::schema::MemberFields;
use std::collections::HashMap;
use std::sync::Arc;

/// Messages with UIDs that ascend.
#[derive(Default)]
pub(crate) struct Members {
    /// The number of an entry's keyword set is one of `sets`.
    entries: Vec<Entry>,
    sets: Sets,
    /// What was read last.
    keywords: Vec<u16>,
}

/// The distinct sets of keywords that were met, numbered from 1; number 0 is the empty set.
#[derive(Default)]
struct Sets {
    list: Vec<Arc<[u16]>>,
    index: HashMap<Arc<[u16]>, u32>,
}

impl Sets {
    fn number(&mut self, keywords: &[u16]) -> u32 {
        if keywords.is_empty() {
            return 0;
        }
        if let Some(number) = self.index.get(keywords) {
            return *number;
        }
        let keywords: Arc<[u16]> = keywords.into();
        self.list.push(keywords.clone());
        let number = rank(self.list.len());
        self.index.insert(keywords, number);
        number
    }
}

impl Entry {
    pub(super) fn new(uid: u32, fields: &MemberFields, set: u32) -> Self {
        let shared = if fields.shared { SHARED } else { 0 };
        let twin = if fields.twin { TWIN } else { 0 };
        Self {
            email: fields.email.0,
            thread: fields.thread.0,
            modseq: fields.modseq,
            uid,
            size: narrow(fields.size),
            received: [narrow(fields.received >> 32), narrow(fields.received & u64::from(u32::MAX))],
            saved: narrow(fields.saved),
            marks: u32::from(fields.system.bits()) | shared | twin | set << 8,
        }
    }

    fn with_set(self, set: u32) -> Self {
        Self { marks: self.marks & 0xff | set << 8, ..self }
    }
}

impl Members {
    /// Takes the record of a message.
    pub(crate) fn push(&mut self, uid: u32, record: &[u8]) -> Result<(), Error> {
        let fields = MemberFields::decode(record, &mut self.keywords)?;
        let set = self.sets.number(&self.keywords);
        self.entries.push(Entry::new(uid, &fields, set));
        Ok(())
    }
}

impl View {
    /// Puts messages behind all others, as their owner has them.
    pub(crate) fn extend(&mut self, members: Members, words: impl Fn(u16) -> Option<Keyword>) {
        let Members { mut entries, sets, .. } = members;
        let numbers: Vec<u32> = sets.list.iter().map(|keywords| self.keyword_set(keywords, &words)).collect();
        if !numbers.is_empty() {
            for entry in &mut entries {
                let number = entry.set().checked_sub(1).and_then(|at| numbers.get(at as usize));
                *entry = entry.with_set(number.copied().unwrap_or(0));
            }
        }
        let mut rest = entries.as_slice();
        while !rest.is_empty() {
            let last = self.chunks.last_mut().filter(|last| last.len() < CHUNK).and_then(Arc::get_mut);
            let room = last.as_ref().map_or(CHUNK, |last| CHUNK - last.len());
            let (now, later) = rest.split_at(room.min(rest.len()));
            match last {
                Some(last) => last.extend_from_slice(now),
                None => {
                    let count = self.len();
                    self.chunks.push(Arc::new(now.to_vec()));
                    self.starts.push(count);
                }
            }
            if let Some(count) = self.starts.last_mut() {
                *count += rank(now.len());
            }
            rest = later;
        }
    }
}
