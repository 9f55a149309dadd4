//! Records that plans have asked for, as of the last commit handed in.
//!
//! What a commit under way has written must stay, because the disk does not have it yet. The rest may be dropped at any
//! time; what is then read again is believed only if it was read no earlier than the last drop, since a commit between
//! the read and now would else be missed.
use crate::engine::Key;
use bytes::Bytes;
use std::collections::HashMap;

/// Records kept at most, but for those of commits under way. A thousand accounts that rest hold as many each, of about
/// 350 bytes: what seventy deliveries have written, and no mailbox.
const LIMIT: usize = 512;

#[derive(Default)]
pub(super) struct Cache {
    records: HashMap<Key, Cached>,
    /// What was read before this modseq is not believed.
    floor: u64,
}

struct Cached {
    payload: Option<Bytes>,
    /// The commit that wrote it; zero: it was read.
    written: u64,
}

impl Cache {
    /// The record, if it is known; `Some(None)`: known to be absent.
    pub(super) fn get(&self, key: &[u8]) -> Option<Option<Bytes>> {
        self.records.get(key).map(|cached| cached.payload.clone())
    }

    /// Takes what was read at `modseq`.
    pub(super) fn read(&mut self, key: Key, payload: Option<Bytes>, modseq: u64) {
        if modseq >= self.floor {
            self.records.entry(key).or_insert(Cached { payload, written: 0 });
        }
    }

    /// Takes what the commit `modseq` writes.
    pub(super) fn wrote(&mut self, key: Key, payload: Option<Bytes>, modseq: u64) {
        self.records.insert(key, Cached { payload, written: modseq });
    }

    /// Drops what commits after `told` wrote: they failed.
    pub(super) fn undo(&mut self, told: u64) {
        self.records.retain(|_, cached| cached.written <= told);
    }

    /// Drops everything that is on disk, if there is too much. `told` is the last commit there.
    pub(super) fn trim(&mut self, told: u64) {
        if self.records.len() > LIMIT {
            self.records.retain(|_, cached| cached.written > told);
            self.records.shrink_to(LIMIT / 4);
            self.floor = told;
        }
    }
}
