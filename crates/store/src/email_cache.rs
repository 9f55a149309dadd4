//! Email records that are read again and again, bounded by bytes. What it holds is immutable, so nothing is ever stale.
use crate::email::Email;
use crate::id::EmailId;
use crate::lock::lock;
use message::Address;
use names::AccountId;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

type Name = (AccountId, EmailId);

/// Records by account and email; the one that nobody asked for since its last turn goes first.
pub(crate) struct EmailCache {
    limit: u64,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    records: HashMap<Name, Cached>,
    turns: VecDeque<Name>,
    bytes: u64,
}

struct Cached {
    email: Arc<Email>,
    bytes: u64,
    asked: bool,
}

/// What a record takes beside its parts, its addresses and its encoded bytes: itself, its place here, and the rounding of
/// some twenty allocations.
const OVERHEAD: u64 = size_of::<Email>() as u64 + 512;

/// What a record of so many encoded bytes takes in memory.
fn weight(email: &Email, encoded: usize) -> u64 {
    let envelope = &email.parsed.envelope;
    let lists = [&envelope.from, &envelope.sender, &envelope.reply_to, &envelope.to, &envelope.cc, &envelope.bcc];
    let addresses = lists.iter().map(|list| list.len()).sum::<usize>() * size_of::<Address>();
    let parts = size_of_val(email.parsed.structure.parts());
    OVERHEAD + (addresses + parts + 2 * encoded) as u64
}

impl EmailCache {
    pub(crate) fn new(limit: u64) -> Self {
        Self { limit, inner: Mutex::default() }
    }

    /// The records that are here, in the order asked.
    pub(crate) fn get(&self, account: AccountId, ids: &[EmailId]) -> Vec<Option<Arc<Email>>> {
        let mut inner = lock(&self.inner);
        let find = |id: &EmailId| {
            let cached = inner.records.get_mut(&(account, *id))?;
            cached.asked = true;
            Some(cached.email.clone())
        };
        ids.iter().map(find).collect()
    }

    /// Takes a record of so many encoded bytes.
    pub(crate) fn put(&self, account: AccountId, email: Arc<Email>, encoded: usize) {
        let bytes = weight(&email, encoded);
        let name = (account, email.id);
        let mut inner = lock(&self.inner);
        if inner.records.insert(name, Cached { email, bytes, asked: false }).is_none() {
            inner.bytes += bytes;
            inner.turns.push_back(name);
        }
        while inner.bytes > self.limit {
            let Some(oldest) = inner.turns.pop_front() else { return };
            let asked = inner.records.get_mut(&oldest).is_some_and(|cached| std::mem::take(&mut cached.asked));
            if asked {
                inner.turns.push_back(oldest);
                continue;
            }
            let gone = inner.records.remove(&oldest).map_or(0, |cached| cached.bytes);
            inner.bytes = inner.bytes.saturating_sub(gone);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blob::BlobHash;
    use crate::email::ReceivedAt;
    use crate::id::ThreadId;

    fn email(id: u64) -> Arc<Email> {
        Arc::new(Email {
            id: EmailId(id),
            thread: ThreadId(id),
            blob: BlobHash([0; 32]),
            size: 0,
            prefix_len: 0,
            received: ReceivedAt::default(),
            original_recipient: None,
            uidl: None,
            parsed: message::Parsed::default(),
        })
    }

    #[test]
    fn is_bounded_and_keeps_what_is_asked_for() {
        let cache = EmailCache::new(10 * (OVERHEAD + 200));
        let account = AccountId(1);
        for id in 0..100 {
            cache.put(account, email(id), 100);
            assert!(cache.get(account, &[EmailId(0)])[0].is_some(), "after {id}");
        }
        let kept = (0..100).filter(|id| cache.get(account, &[EmailId(*id)])[0].is_some()).count();
        assert_eq!(kept, 10);
        assert!(cache.get(AccountId(2), &[EmailId(0)])[0].is_none());
    }
}
