//! The difference between two views: what a session must be told.
use super::{Entry, View, rank};
use crate::id::Uid;
use std::sync::Arc;

/// What a newer view has that an older one had not.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ViewChanges {
    /// Messages that are gone: sequence number in the older view and UID, ascending.
    pub expunged: Vec<(u32, Uid)>,
    /// Messages of both whose flags changed, ascending.
    pub changed: Vec<Uid>,
    /// Messages that only the newer view has, ascending.
    pub arrived: Vec<Uid>,
}

impl ViewChanges {
    /// Whether there is nothing to tell.
    pub fn is_empty(&self) -> bool {
        self.expunged.is_empty() && self.changed.is_empty() && self.arrived.is_empty()
    }
}

impl View {
    /// What this view has that `older`, an earlier view of the same mailbox, had not. Costs the chunks that differ.
    pub fn changes_since(&self, older: &Self) -> ViewChanges {
        let mut changes = ViewChanges::default();
        let (mut old, mut new) = (Cursor::new(older), Cursor::new(self));
        loop {
            if old.at == 0 && new.at == 0 && old.same_chunk(&new) {
                old.skip_chunk();
                new.skip_chunk();
                continue;
            }
            match (old.entry(), new.entry()) {
                (None, None) => return changes,
                (Some(was), Some(is)) if was.uid == is.uid => {
                    if was.modseq != is.modseq {
                        changes.changed.extend(Uid::new(is.uid));
                    }
                    old.step();
                    new.step();
                }
                (Some(was), is) if is.is_none_or(|is| was.uid < is.uid) => {
                    changes.expunged.extend(Uid::new(was.uid).map(|uid| (old.sequence(), uid)));
                    old.step();
                }
                (_, Some(is)) => {
                    changes.arrived.extend(Uid::new(is.uid));
                    new.step();
                }
                (Some(_), None) => old.step(), // taken above
            }
        }
    }
}

/// A place in a view, for walking two of them side by side.
struct Cursor<'a> {
    view: &'a View,
    chunk: usize,
    at: usize,
}

impl<'a> Cursor<'a> {
    fn new(view: &'a View) -> Self {
        Self { view, chunk: 0, at: 0 }
    }

    fn entry(&self) -> Option<&'a Entry> {
        self.view.chunks.get(self.chunk)?.get(self.at)
    }

    fn same_chunk(&self, other: &Self) -> bool {
        match (self.view.chunks.get(self.chunk), other.view.chunks.get(other.chunk)) {
            (Some(one), Some(two)) => Arc::ptr_eq(one, two),
            _ => false,
        }
    }

    fn skip_chunk(&mut self) {
        self.chunk += 1;
        self.at = 0;
    }

    fn step(&mut self) {
        self.at += 1;
        if self.view.chunks.get(self.chunk).is_none_or(|chunk| self.at >= chunk.len()) {
            self.skip_chunk();
        }
    }

    fn sequence(&self) -> u32 {
        self.view.starts.get(self.chunk).map_or(0, |start| start + rank(self.at) + 1)
    }
}
