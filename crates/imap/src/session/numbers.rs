//! The sequence numbers of a session: a shared view, and the messages that are gone from it without the client having
//! been told (RFC 3501, 7.4.1: an EXPUNGE may have to wait).
use imap_wire::SequenceSet;
use std::sync::Arc;
use store::{Message, Uid, View};

/// What the client believes is in the mailbox.
#[derive(Debug, Clone)]
pub(crate) struct Numbers {
    /// What is there.
    view: Arc<View>,
    /// What is gone and was not told: ascending, none of them in the view.
    ghosts: Vec<Uid>,
    /// The mailbox itself is gone: nothing of the view is there any more.
    lost: bool,
}

/// A message as the client knows it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Known<'a> {
    /// It is there.
    Here(Message<'a>),
    /// It is gone; the client will be told when it may be.
    Gone,
}

/// A set names a sequence number that no message has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OutOfRange;

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

impl Numbers {
    pub(crate) fn new(view: Arc<View>) -> Self {
        Self { view, ghosts: Vec::new(), lost: false }
    }

    pub(crate) fn view(&self) -> &Arc<View> {
        &self.view
    }

    /// What is there; nothing once the mailbox is gone.
    fn here(&self) -> Option<&View> {
        (!self.lost).then_some(&*self.view)
    }

    /// The message with a UID, if it is there.
    pub(crate) fn get(&self, uid: Uid) -> Option<Message<'_>> {
        self.here()?.get(uid)
    }

    /// How many messages that are there have a lower UID.
    fn below(&self, uid: Uid) -> u32 {
        self.here().map_or(0, |view| view.count_below(uid))
    }

    /// What EXISTS last said.
    pub(crate) fn exists(&self) -> u32 {
        self.here().map_or(0, View::len).saturating_add(count(self.ghosts.len()))
    }

    /// Whether the client has yet to be told of an expunge.
    pub(crate) fn has_ghosts(&self) -> bool {
        !self.ghosts.is_empty()
    }

    /// The sequence number of the ghost at `index`.
    fn ghost_sequence(&self, index: usize) -> u32 {
        self.ghosts.get(index).map_or(u32::MAX, |uid| count(index) + self.below(*uid) + 1)
    }

    /// The sequence number of a message that is in the view.
    pub(crate) fn sequence(&self, uid: Uid) -> Option<u32> {
        let before = count(self.ghosts.partition_point(|ghost| *ghost < uid));
        self.here()?.sequence(uid).map(|sequence| sequence + before)
    }

    /// The sequence number of a message that the client knows, also of one that is gone.
    pub(crate) fn known_sequence(&self, uid: Uid) -> Option<u32> {
        match self.ghosts.binary_search(&uid) {
            Ok(index) => Some(self.ghost_sequence(index)),
            Err(_) => self.sequence(uid),
        }
    }

    /// The message with a sequence number.
    pub(crate) fn at(&self, sequence: u32) -> Option<Known<'_>> {
        let (mut low, mut high) = (0, self.ghosts.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.ghost_sequence(middle) < sequence { low = middle + 1 } else { high = middle }
        }
        if low < self.ghosts.len() && self.ghost_sequence(low) == sequence {
            return Some(Known::Gone);
        }
        self.here()?.at(sequence.checked_sub(count(low))?).map(Known::Here)
    }

    /// The highest UID that the client knows.
    pub(crate) fn last_uid(&self) -> u32 {
        self.here().and_then(View::last_uid).max(self.ghosts.last().copied()).map_or(0, Uid::get)
    }

    /// The messages of a set of sequence numbers, ascending, and whether some of them are gone.
    ///
    /// RFC 3501, 9: a number above EXISTS is an error, except in an empty mailbox, where clients ask for `1:*`.
    pub(crate) fn by_sequence(&self, set: &SequenceSet) -> Result<(Vec<Uid>, bool), OutOfRange> {
        let exists = self.exists();
        if set.largest_named() > exists && !(exists == 0 && set.ranges(0).is_empty()) {
            return Err(OutOfRange);
        }
        let mut uids = Vec::new();
        let mut gone = false;
        for sequence in set.ranges(exists).into_iter().flatten() {
            match self.at(sequence) {
                Some(Known::Here(message)) => uids.push(message.uid),
                Some(Known::Gone) => gone = true,
                None => return Err(OutOfRange),
            }
        }
        Ok((uids, gone))
    }

    /// The messages of a set of UIDs, ascending; those that are not there are passed over (RFC 3501, 6.4.8).
    pub(crate) fn by_uid(&self, set: &SequenceSet) -> Vec<Uid> {
        let mut uids = Vec::new();
        for range in set.ranges(self.last_uid()) {
            if let (Some(view), Some(first), Some(last)) =
                (self.here(), Uid::new(*range.start()), Uid::new(*range.end()))
            {
                uids.extend(view.between(first, last).map(|message| message.uid));
            }
        }
        uids
    }

    /// Goes over to a newer view, keeping the numbers of what is gone.
    pub(crate) fn keep_numbers(&mut self, newer: Arc<View>, expunged: &[(u32, Uid)]) {
        self.ghosts.extend(expunged.iter().map(|(_, uid)| *uid));
        self.ghosts.sort_unstable();
        self.view = newer;
    }

    /// The mailbox itself is gone, and all that was in it.
    pub(crate) fn lose(&mut self) {
        self.ghosts.extend(self.view.iter().map(|message| message.uid));
        self.ghosts.sort_unstable();
        self.lost = true;
    }

    /// Forgets what is gone; gives the UIDs to tell, ascending.
    pub(crate) fn vanish(&mut self) -> Vec<Uid> {
        std::mem::take(&mut self.ghosts)
    }

    /// Forgets what is gone; gives the sequence numbers to tell, each as it is when the ones before it have been told.
    pub(crate) fn expunge(&mut self) -> Vec<u32> {
        // From the last to the first, so that no number moves before its turn.
        let told = (0..self.ghosts.len()).rev().map(|index| self.ghost_sequence(index)).collect();
        self.ghosts = Vec::new();
        told
    }
}
