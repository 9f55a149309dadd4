//! A mailbox's messages at one modseq: what all sessions of that mailbox share, and never changes under them.
//!
//! 48 bytes a message, in chunks that are copied only where a commit touches them, so that one changed flag among
//! 100,000 messages copies one chunk. A sequence number is a rank. What a session must be told is the difference
//! between the view it has told and a newer one: [`View::changes_since`].
mod changes;
mod glimpse;
mod members;
mod sight;
pub use changes::ViewChanges;
pub use glimpse::Glimpse;
pub(crate) use members::Members;
pub(crate) use sight::Sight;

use crate::flags::{Keyword, SystemFlags};
use crate::id::{EmailId, MailboxId, ModSeq, ThreadId, Uid};
use crate::schema::MemberRecord;
use std::collections::HashMap;
use std::sync::Arc;

/// Messages a chunk, at most.
const CHUNK: usize = 256;
/// The bit beside the system flags that says: the email may have other memberships.
const SHARED: u32 = 0x20;
/// The bit that says: the email was in this mailbox already.
const TWIN: u32 = 0x40;

/// One message as it is kept in a chunk: all of its record but the keywords, which are a number of [`KeywordSets`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) email: u64,
    pub(crate) thread: u64,
    pub(crate) modseq: u64,
    pub(crate) uid: u32,
    size: u32,
    /// In two halves, so that an entry takes no more than 48 bytes.
    received: [u32; 2],
    saved: u32,
    /// System flags in the low 5 bits, `SHARED`, `TWIN`, and from bit 8 the number of the keyword set.
    marks: u32,
}

impl Entry {
    fn system(self) -> SystemFlags {
        SystemFlags::from_bits(self.marks.to_le_bytes()[0])
    }

    fn received(self) -> u64 {
        let [high, low] = self.received;
        u64::from(high) << 32 | u64::from(low)
    }

    fn set(self) -> u32 {
        self.marks >> 8
    }
}

fn narrow(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The distinct sets of keywords in a view, by number; number 0 is the empty set.
#[derive(Debug, Clone)]
pub(crate) struct KeywordSets {
    list: Vec<KeywordSet>,
    index: HashMap<Arc<[u16]>, u32>,
}

#[derive(Debug, Clone)]
struct KeywordSet {
    numbers: Arc<[u16]>,
    words: Arc<[Keyword]>,
}

impl Default for KeywordSets {
    fn default() -> Self {
        let numbers: Arc<[u16]> = Arc::new([]);
        let empty = KeywordSet { numbers: numbers.clone(), words: Arc::new([]) };
        Self { list: vec![empty], index: HashMap::from([(numbers, 0)]) }
    }
}

/// One message of a view.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    /// Its UID.
    pub uid: Uid,
    /// Its email.
    pub email: EmailId,
    /// The email's thread.
    pub thread: ThreadId,
    /// The modseq of its last change.
    pub modseq: ModSeq,
    /// Its size in bytes, Return-Path and Received included (4 GiB at most).
    pub size: u32,
    /// When it was received, in seconds of UTC. The offset with which it is shown is in the email's record.
    pub received: u64,
    /// When it came into this mailbox, in seconds of UTC (SAVEDATE, RFC 8514).
    pub saved: u32,
    /// System flags.
    pub system: SystemFlags,
    /// Whether the email may be in other places too.
    pub shared: bool,
    /// Whether the email was in this mailbox already when this message came. It stays, whatever becomes of the other.
    pub twin: bool,
    /// Keywords, in the order of their table.
    pub keywords: &'a [Keyword],
}

impl Message<'_> {
    /// Whether it has the keyword.
    pub fn has(&self, keyword: &Keyword) -> bool {
        self.keywords.contains(keyword)
    }
}

/// A mailbox's messages at one modseq.
#[derive(Debug, Clone)]
pub struct View {
    sight: Sight,
    uid_validity: u32,
    pub(crate) uid_next: u32,
    pub(crate) modseq: ModSeq,
    /// None of them empty; entries ascend by UID.
    chunks: Vec<Arc<Vec<Entry>>>,
    /// The rank of each chunk's first entry, and behind them the number of all.
    starts: Vec<u32>,
    sets: Arc<KeywordSets>,
}

impl View {
    pub(crate) fn empty(mailbox: MailboxId, uid_validity: u32, uid_next: u32, modseq: ModSeq) -> Self {
        let (sight, sets) = (Sight::owners(mailbox), Arc::default());
        Self { sight, uid_validity, uid_next, modseq, chunks: Vec::new(), starts: vec![0], sets }
    }

    /// Whose messages these are.
    pub fn mailbox(&self) -> MailboxId {
        self.sight.mailbox
    }

    /// The mailbox's UIDVALIDITY.
    pub fn uid_validity(&self) -> u32 {
        self.uid_validity
    }

    /// The UID that the next message gets (UIDNEXT); zero when all have been given.
    pub fn uid_next(&self) -> u32 {
        self.uid_next
    }

    /// The modseq of the mailbox's last change (HIGHESTMODSEQ).
    pub fn modseq(&self) -> ModSeq {
        self.modseq
    }

    /// How many messages there are (EXISTS).
    pub fn len(&self) -> u32 {
        self.starts.last().copied().unwrap_or(0)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The message with a sequence number, from 1.
    pub fn at(&self, sequence: u32) -> Option<Message<'_>> {
        let rank = sequence.checked_sub(1).filter(|rank| *rank < self.len())?;
        let chunk = self.starts.partition_point(|start| *start <= rank) - 1;
        let within = rank - self.starts.get(chunk)?;
        self.chunks.get(chunk)?.get(within as usize).map(|entry| self.message(entry))
    }

    /// The message with a UID.
    pub fn get(&self, uid: Uid) -> Option<Message<'_>> {
        self.entry(uid.get()).map(|entry| self.message(entry))
    }

    /// The sequence number of a UID.
    pub fn sequence(&self, uid: Uid) -> Option<u32> {
        let (chunk, at) = self.find(uid.get()).ok()?;
        self.starts.get(chunk).map(|start| start + rank(at) + 1)
    }

    /// How many messages have a UID below `uid`: the rank that it has or would have.
    pub fn count_below(&self, uid: Uid) -> u32 {
        let (Ok((chunk, at)) | Err((chunk, at))) = self.find(uid.get());
        self.starts.get(chunk).map_or(self.len(), |start| start + rank(at))
    }

    /// The highest UID that is there.
    pub fn last_uid(&self) -> Option<Uid> {
        self.chunks.last().and_then(|chunk| chunk.last()).and_then(|entry| Uid::new(entry.uid))
    }

    /// All messages, ascending.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Message<'_>> {
        self.entries().map(|entry| self.message(entry))
    }

    /// The messages with a UID from `first` to `last`, both included, ascending.
    pub fn between(&self, first: Uid, last: Uid) -> impl Iterator<Item = Message<'_>> {
        let (Ok((chunk, at)) | Err((chunk, at))) = self.find(first.get());
        let rest = self.chunks.get(chunk..).unwrap_or_default();
        let within = rest
            .iter()
            .enumerate()
            .flat_map(move |(nth, entries)| entries.get(if nth == 0 { at } else { 0 }..).unwrap_or_default());
        within.take_while(move |entry| entry.uid <= last.get()).map(|entry| self.message(entry))
    }

    /// The messages that changed after `since` (CHANGEDSINCE, RFC 7162, 3.1.4.1), ascending.
    pub fn changed_since(&self, since: ModSeq) -> impl Iterator<Item = Message<'_>> {
        self.iter().filter(move |message| message.modseq > since)
    }

    /// This view for who has heard of nothing since `older`: without the messages that have come, and no younger by its
    /// modseq.
    #[must_use]
    pub fn held_at(&self, older: &Self) -> Self {
        let mut held = self.clone();
        if let Some(next) = Uid::new(older.uid_next) {
            let arrived: Vec<u32> = self.between(next, Uid::MAX).map(|message| message.uid.get()).collect();
            held.remove(&arrived);
        }
        (held.uid_next, held.modseq) = (older.uid_next, older.modseq);
        held
    }

    fn message(&self, entry: &Entry) -> Message<'_> {
        Message {
            uid: Uid::new(entry.uid).unwrap_or(Uid::MIN),
            email: EmailId(entry.email),
            thread: ThreadId(entry.thread),
            modseq: ModSeq(entry.modseq),
            size: entry.size,
            received: entry.received(),
            saved: entry.saved,
            system: entry.system(),
            shared: entry.marks & SHARED != 0,
            twin: entry.marks & TWIN != 0,
            keywords: self.sets.list.get(entry.set() as usize).map_or(&[], |set| &*set.words),
        }
    }

    pub(crate) fn entries(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.chunks.iter().flat_map(|chunk| chunk.iter())
    }

    pub(crate) fn entry(&self, uid: u32) -> Option<&Entry> {
        let (chunk, at) = self.find(uid).ok()?;
        self.chunks.get(chunk)?.get(at)
    }

    /// The record of a message, as it is on disk.
    pub(crate) fn record(&self, uid: u32) -> Option<MemberRecord> {
        self.entry(uid).map(|entry| self.record_of(entry))
    }

    pub(crate) fn record_of(&self, entry: &Entry) -> MemberRecord {
        let numbers = self.sets.list.get(entry.set() as usize).map(|set| set.numbers.clone());
        MemberRecord {
            email: EmailId(entry.email),
            thread: ThreadId(entry.thread),
            modseq: entry.modseq,
            size: u64::from(entry.size),
            received: entry.received(),
            saved: u64::from(entry.saved),
            system: entry.system(),
            shared: entry.marks & SHARED != 0,
            twin: entry.marks & TWIN != 0,
            keywords: numbers.unwrap_or_else(|| Arc::from(&[][..])),
        }
    }

    fn entry_of(&mut self, uid: u32, record: &MemberRecord, words: impl Fn(u16) -> Option<Keyword>) -> Entry {
        let set = self.keyword_set(&record.keywords, words);
        Entry::new(uid, &record.fields(), set)
    }

    /// Puts a message behind all others.
    pub(crate) fn push(&mut self, uid: u32, record: &MemberRecord, words: impl Fn(u16) -> Option<Keyword>) {
        let entry = self.entry_of(uid, record, words);
        self.push_entry(self.seen_here(entry, None));
    }

    /// Changes a message, if it is there.
    pub(crate) fn change(&mut self, uid: u32, record: &MemberRecord, words: impl Fn(u16) -> Option<Keyword>) {
        let Ok((chunk, at)) = self.find(uid) else { return };
        let entry = self.entry_of(uid, record, words);
        let before = self.chunks.get(chunk).and_then(|chunk| chunk.get(at)).copied();
        let entry = self.seen_here(entry, before);
        if let Some(place) = self.chunks.get_mut(chunk).and_then(|chunk| Arc::make_mut(chunk).get_mut(at)) {
            *place = entry;
        }
    }

    /// The number of a set of keywords, new if need be.
    fn keyword_set(&mut self, numbers: &[u16], words: impl Fn(u16) -> Option<Keyword>) -> u32 {
        if let Some(number) = self.sets.index.get(numbers) {
            return *number;
        }
        let sets = Arc::make_mut(&mut self.sets);
        let number = u32::try_from(sets.list.len()).unwrap_or(0);
        let numbers: Arc<[u16]> = numbers.into();
        let words = numbers.iter().filter_map(|number| words(*number)).collect();
        sets.list.push(KeywordSet { numbers: numbers.clone(), words });
        sets.index.insert(numbers, number);
        number
    }

    /// Where a UID is, as chunk and place, or would be put.
    fn find(&self, uid: u32) -> Result<(usize, usize), (usize, usize)> {
        let chunk = self.chunks.partition_point(|chunk| chunk.last().is_some_and(|last| last.uid < uid));
        let Some(entries) = self.chunks.get(chunk) else { return Err((chunk, 0)) };
        match entries.binary_search_by_key(&uid, |entry| entry.uid) {
            Ok(at) => Ok((chunk, at)),
            Err(at) => Err((chunk, at)),
        }
    }

    fn push_entry(&mut self, entry: Entry) {
        match self.chunks.last_mut() {
            Some(last) if last.len() < CHUNK => match Arc::get_mut(last) {
                Some(own) => own.push(entry),
                None => {
                    let mut copy = Vec::with_capacity(CHUNK);
                    copy.extend_from_slice(last);
                    copy.push(entry);
                    *last = Arc::new(copy);
                }
            },
            _ => {
                let count = self.len();
                self.chunks.push(Arc::new(vec![entry]));
                self.starts.push(count);
            }
        }
        if let Some(count) = self.starts.last_mut() {
            *count += 1;
        }
    }

    /// Takes messages out; `uids` ascend.
    pub(crate) fn remove(&mut self, uids: &[u32]) {
        let mut left = uids;
        let mut at = self.find(uids.first().copied().unwrap_or(u32::MAX)).unwrap_or_else(|place| place).0;
        while let (Some(&first), Some(chunk)) = (left.first(), self.chunks.get_mut(at)) {
            let highest = chunk.last().map_or(0, |last| last.uid);
            let here = left.partition_point(|uid| *uid <= highest);
            let (ours, rest) = left.split_at_checked(here).unwrap_or((left, &[]));
            if first <= highest && chunk.iter().any(|entry| ours.binary_search(&entry.uid).is_ok()) {
                Arc::make_mut(chunk).retain(|entry| ours.binary_search(&entry.uid).is_err());
            }
            left = rest;
            at += 1;
        }
        self.chunks.retain(|chunk| !chunk.is_empty());
        self.starts.clear();
        let mut count = 0;
        for chunk in &self.chunks {
            self.starts.push(count);
            count += rank(chunk.len());
        }
        self.starts.push(count);
    }
}

fn rank(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
