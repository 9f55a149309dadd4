//! Looking at many entries where they lie: most are passed over after a glance at their bytes.
use super::entry::Entry;
use super::id::QueueId;
use super::ledger::{Kept, Ledger, entries_from, form, number_of, place, read_entry};
use crate::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use store::MAX_SHOWN;

/// What was found of a partition, as far as it was looked at.
pub(crate) struct Survey {
    pub(crate) found: Vec<Kept>,
    /// The number from which on to go on; `None`: the partition is done.
    pub(crate) next: Option<u64>,
}

/// What is to be found.
pub(crate) struct Sought<G, L> {
    /// At most so many.
    pub(crate) most: usize,
    /// Among so many.
    pub(crate) among: usize,
    /// Whether the JSON of an entry may be one that is meant.
    pub(crate) glance: G,
    /// Whether an entry is meant.
    pub(crate) look: L,
}

#[derive(Default)]
struct Seen {
    found: Vec<Kept>,
    /// An entry that cannot be read.
    fault: Option<Error>,
}

impl Ledger {
    /// Finds entries of a partition, in the order of their numbers, from `from` on.
    pub(crate) async fn survey<G, L>(&self, partition: u8, from: u64, sought: Sought<G, L>) -> Result<Survey, Error>
    where
        G: Fn(&[u8]) -> bool + Send + 'static,
        L: Fn(&Entry) -> bool + Send + 'static,
    {
        let seen = Arc::new(Mutex::new(Seen::default()));
        let (seeing, most, among) = (seen.clone(), sought.most, sought.among);
        let see = move |key: &[u8], version: u64, payload: &[u8]| {
            let mut seen = seeing.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(number) = number_of(key).filter(|_| seen.found.len() < most && seen.fault.is_none()) else {
                return;
            };
            // what has an unknown form is for who reads it to say
            if !form(payload).is_none_or(|json| (sought.glance)(json)) {
                return;
            }
            match read_entry(QueueId { partition, number }, version, payload) {
                Ok(kept) if (sought.look)(&kept.entry) => seen.found.push(kept),
                Ok(_) => {}
                Err(error) => seen.fault = Some(error),
            }
        };
        let shown = self.records().show(place(partition), entries_from(from), among, Box::new(see)).await?;
        let Seen { found, fault } = std::mem::take(&mut *seen.lock().unwrap_or_else(PoisonError::into_inner));
        if let Some(fault) = fault {
            return Err(fault);
        }
        let last = match found.last() {
            Some(last) if found.len() == most => Some(last.id.number),
            _ => shown.last.filter(|_| shown.more).and_then(|key| number_of(&key)),
        };
        Ok(Survey { found, next: last.and_then(|last| last.checked_add(1)) })
    }

    /// How many entries a partition has.
    pub(crate) async fn count(&self, partition: u8) -> Result<u64, Error> {
        let (mut count, mut next) = (0, Some(0));
        while let Some(from) = next {
            let seen = Arc::new(Mutex::new(0));
            let seeing = seen.clone();
            let see = move |_: &[u8], _: u64, _: &[u8]| *seeing.lock().unwrap_or_else(PoisonError::into_inner) += 1;
            let shown = self.records().show(place(partition), entries_from(from), MAX_SHOWN, Box::new(see)).await?;
            count += *seen.lock().unwrap_or_else(PoisonError::into_inner);
            let last = shown.last.filter(|_| shown.more).and_then(|key| number_of(&key));
            next = last.and_then(|last| last.checked_add(1));
        }
        Ok(count)
    }
}
