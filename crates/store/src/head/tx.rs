//! A write being planned: a state of its own, the records it writes, the entry it leaves in the change log.
use super::cache::Cache;
use super::{Ground, Keywords, State, Stop};
use crate::account::Hand;
use crate::blob::BlobHash;
use crate::engine::{Commit, Growth, Key, Partition, Precondition, Write};
use crate::error::Error;
use crate::flags::{Flags, Keyword};
use crate::id::{MailboxId, ModSeq};
use crate::mailbox::{Mailbox, Mailboxes};
use crate::metadata::MetadataLimits;
use crate::schema::{self, LogItem, MemberRecord};
use crate::view::{Sight, View};
use bytes::Bytes;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use world::UnixTime;

/// What a plan works on.
pub(crate) struct Tx<'a> {
    pub(crate) state: State,
    pub(crate) now: UnixTime,
    pub(crate) growth: Growth,
    pub(crate) max_mailboxes: u64,
    pub(crate) metadata: MetadataLimits,
    pub(crate) max_emails: Option<u64>,
    /// Bytes of messages that will be written whatever the quota says.
    pub(crate) promised: u64,
    /// On whose behalf the account is used.
    pub(crate) hand: Hand,
    who: &'a str,
    cache: &'a Cache,
    recent: &'a HashMap<MailboxId, u32>,
    before: u64,
    writes: HashMap<Key, Option<Vec<u8>>>,
    dirty: BTreeSet<MailboxId>,
    log: Vec<LogItem>,
    names: Vec<BlobHash>,
    drops: Vec<BlobHash>,
    /// Records taken for absent unread.
    assumed: HashSet<Key>,
}

/// A plan ready to be handed in.
pub(super) struct Ready {
    pub(super) commit: Commit,
    pub(super) state: State,
    /// What the cache must know.
    pub(super) cached: Vec<(Key, Option<Bytes>)>,
}

impl<'a> Tx<'a> {
    pub(super) fn new(
        state: &State,
        who: &'a str,
        now: UnixTime,
        ground: &Ground,
        (cache, recent): (&'a Cache, &'a HashMap<MailboxId, u32>),
    ) -> Self {
        let before = state.modseq;
        let mut state = state.clone();
        state.modseq += 1;
        Self {
            state,
            now,
            growth: Growth::Grows,
            metadata: MetadataLimits::default(),
            max_mailboxes: ground.max_mailboxes,
            max_emails: ground.max_emails,
            promised: 0,
            hand: Hand::default(),
            who,
            cache,
            recent,
            before,
            writes: HashMap::new(),
            dirty: BTreeSet::new(),
            log: Vec::new(),
            names: Vec::new(),
            drops: Vec::new(),
            assumed: HashSet::new(),
        }
    }

    /// The modseq of this commit.
    pub(crate) fn modseq(&self) -> u64 {
        self.state.modseq
    }

    /// Makes sure that records are known before the plan goes on, all with one read.
    pub(crate) fn want(&self, keys: impl IntoIterator<Item = Key>) -> Result<(), Stop> {
        let unknown = |key: &Key| !self.writes.contains_key(key) && self.cache.get(key).is_none();
        let missing: Vec<Key> = keys.into_iter().filter(unknown).collect();
        if missing.is_empty() { Ok(()) } else { Err(Stop::Read(missing)) }
    }

    /// Takes records for absent where nothing is known of them: nothing is read, and the commit is refused if one is
    /// there after all.
    pub(crate) fn assume_absent(&mut self, keys: impl IntoIterator<Item = Key>) {
        let unknown = |key: &Key| !self.writes.contains_key(key) && self.cache.get(key).is_none();
        self.assumed.extend(keys.into_iter().filter(unknown));
    }

    /// A record as this commit finds or leaves it. Only for kinds that [`is_cached`] knows.
    pub(crate) fn get(&self, key: &Key) -> Result<Option<Bytes>, Stop> {
        if let Some(written) = self.writes.get(key) {
            return Ok(written.as_deref().map(Bytes::copy_from_slice));
        }
        if self.assumed.contains(key) {
            return Ok(None);
        }
        self.cache.get(key).ok_or_else(|| Stop::Read(vec![key.clone()]))
    }

    pub(crate) fn put(&mut self, key: Key, payload: Vec<u8>) {
        self.writes.insert(key, Some(payload));
    }

    pub(crate) fn delete(&mut self, key: Key) {
        self.writes.insert(key, None);
    }

    pub(crate) fn touch(&mut self, item: LogItem) {
        self.log.push(item);
    }

    pub(crate) fn names_blob(&mut self, hash: BlobHash) {
        self.names.push(hash);
    }

    pub(crate) fn drops_blob(&mut self, hash: BlobHash) {
        self.drops.push(hash);
    }

    /// A new id of a mailbox or email.
    pub(crate) fn new_id(&mut self) -> u64 {
        let id = self.state.record.next_id;
        self.state.record.next_id += 1;
        id
    }

    /// UIDVALIDITY = max(now in seconds, last given in this account + 1).
    pub(crate) fn new_uid_validity(&mut self) -> u32 {
        let now = u32::try_from(self.now.secs()).unwrap_or(u32::MAX);
        let validity = now.max(self.state.record.uid_validity.saturating_add(1)).max(1);
        self.state.record.uid_validity = validity;
        validity
    }

    pub(crate) fn mailbox(&self, id: MailboxId) -> Result<&Mailbox, Error> {
        self.state.mailboxes.get(id).ok_or(Error::NoSuchMailbox)
    }

    pub(crate) fn mailboxes_mut(&mut self) -> &mut Mailboxes {
        Arc::make_mut(&mut self.state.mailboxes)
    }

    /// A mailbox to be changed; it is written with the commit.
    pub(crate) fn mailbox_mut(&mut self, id: MailboxId) -> Result<&mut Mailbox, Error> {
        self.dirty.insert(id);
        let mailboxes = Arc::make_mut(&mut self.state.mailboxes);
        let at = mailboxes.list.binary_search_by_key(&id, |mailbox| mailbox.id).map_err(|_| Error::NoSuchMailbox)?;
        mailboxes.list.get_mut(at).map(Arc::make_mut).ok_or(Error::NoSuchMailbox)
    }

    /// A mailbox whose messages change: its modseq, and JMAP's of mailboxes and emails, become this commit's.
    pub(crate) fn change_messages(&mut self, id: MailboxId) -> Result<&mut Mailbox, Error> {
        let modseq = self.modseq();
        self.state.record.mailbox_modseq = modseq;
        self.state.record.email_modseq = modseq;
        let mailbox = self.mailbox_mut(id)?;
        mailbox.modseq = ModSeq(modseq);
        Ok(mailbox)
    }

    /// A mailbox that is gone: it is not written any more.
    pub(crate) fn forget_mailbox(&mut self, id: MailboxId) {
        self.dirty.remove(&id);
        self.state.views.retain(|view| view.mailbox() != id);
    }

    /// The view of a mailbox, loaded.
    pub(crate) fn view(&self, mailbox: MailboxId) -> Result<Arc<View>, Stop> {
        self.view_of(Sight::owners(mailbox))
    }

    /// A view of a mailbox, loaded.
    pub(crate) fn view_of(&self, sight: Sight) -> Result<Arc<View>, Stop> {
        self.mailbox(sight.mailbox)?;
        self.state.view_of(sight).cloned().ok_or(Stop::Load(sight))
    }

    /// Changes every view of a mailbox that is loaded.
    pub(crate) fn change_view(&mut self, mailbox: MailboxId, change: impl Fn(&mut View, &Keywords)) {
        let keywords = self.state.keywords.clone();
        for view in self.state.views.iter_mut().filter(|view| view.mailbox() == mailbox) {
            change(Arc::make_mut(view), &keywords);
        }
    }

    /// Changes one view of a mailbox, if it is loaded.
    pub(crate) fn change_view_of(&mut self, sight: Sight, change: impl FnOnce(&mut View)) {
        if let Some(view) = self.state.views.iter_mut().find(|view| view.sight() == sight) {
            change(Arc::make_mut(view));
        }
    }

    /// Writes a message's record.
    pub(crate) fn put_member(&mut self, mailbox: MailboxId, uid: u32, member: &MemberRecord) {
        self.put(schema::member(mailbox, uid), member.encode());
    }

    /// The numbers of keywords, ascending; new ones enter the table.
    pub(crate) fn keyword_numbers(&mut self, flags: &Flags) -> Result<Vec<u16>, Error> {
        let mut numbers = Vec::with_capacity(flags.keywords.len());
        for word in &flags.keywords {
            numbers.push(self.keyword_number(word)?);
        }
        numbers.sort_unstable();
        numbers.dedup();
        Ok(numbers)
    }

    fn keyword_number(&mut self, word: &Keyword) -> Result<u16, Error> {
        if let Some(number) = self.state.keywords.number(word) {
            return Ok(number);
        }
        let full = Error::Limit { what: "keywords", limit: Keywords::LIMIT as u64 };
        let number = Arc::make_mut(&mut self.state.keywords).add(word.clone()).ok_or(full)?;
        let mut record = crate::codec::Encoder::new(1);
        record.text(word.as_str());
        self.put(schema::keyword(number), record.finish());
        Ok(number)
    }

    /// Puts the commit together.
    pub(super) fn finish(mut self, partition: Partition, id: u128) -> Ready {
        let modseq = self.modseq();
        self.save_mailboxes();
        self.put(schema::head(), self.state.record.encode());
        self.put(schema::log(modseq), schema::log_record(self.now, self.who, &self.log));
        let mut cached = Vec::new();
        let mut writes = Vec::with_capacity(self.writes.len());
        for (key, payload) in self.writes {
            if is_cached(&key, payload.as_deref()) {
                cached.push((key.clone(), payload.as_deref().map(Bytes::copy_from_slice)));
            }
            writes.push(match payload {
                Some(payload) => Write::Put { key, version: modseq, payload },
                None => Write::Delete { key },
            });
        }
        let fence = match self.before {
            0 => Precondition::Absent(schema::head()),
            before => Precondition::Version(schema::head(), before),
        };
        let mut preconditions = vec![fence];
        preconditions.extend(self.assumed.into_iter().map(Precondition::Absent));
        let commit = Commit {
            partition,
            id,
            preconditions,
            writes,
            names_blobs: self.names,
            drops_blobs: self.drops,
            growth: self.growth,
        };
        Ready { commit, state: self.state, cached }
    }

    /// Writes the mailboxes that changed, and brings their views to the same numbers.
    fn save_mailboxes(&mut self) {
        let modseq = self.modseq();
        let dirty = std::mem::take(&mut self.dirty);
        let mailboxes = Arc::make_mut(&mut self.state.mailboxes);
        mailboxes.modseq = ModSeq(modseq);
        mailboxes.list_modseq = ModSeq(self.state.record.list_modseq);
        for id in dirty {
            let Ok(at) = mailboxes.list.binary_search_by_key(&id, |mailbox| mailbox.id) else { continue };
            let Some(mailbox) = mailboxes.list.get_mut(at).map(Arc::make_mut) else { continue };
            // what was told as \Recent is saved with the mailbox's next commit
            mailbox.recent = mailbox.recent.max(self.recent.get(&id).copied().unwrap_or(0));
            self.writes.insert(schema::mailbox(id), Some(schema::mailbox_record(mailbox)));
            for view in self.state.views.iter_mut().filter(|view| view.mailbox() == id) {
                let view = Arc::make_mut(view);
                (view.modseq, view.uid_next) = (mailbox.modseq, mailbox.uid_next);
            }
        }
    }
}

/// Whether plans ask for this record by [`Tx::get`], so that the cache must know what is written to it: by-email,
/// thread, thread-key, once, metadata, seen, object; and members of emails that have, or had, several.
fn is_cached(key: &[u8], payload: Option<&[u8]>) -> bool {
    use schema::kind::{BY_EMAIL, METADATA, OBJECT, ONCE, SEEN, THREAD_KEY};
    match key.first() {
        Some(&(BY_EMAIL | THREAD_KEY | ONCE | METADATA | SEEN | OBJECT)) => true,
        Some(&schema::kind::THREAD) => key.len() == 9,
        Some(&schema::kind::MEMBER) => {
            payload.is_none_or(|payload| MemberRecord::decode(payload).is_ok_and(|member| member.shared))
        }
        _ => false,
    }
}
