//! Blobs that are written and that no commit has named yet.
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use store::BlobHash;

use super::location::Location;
use super::packs::Reserved;

/// How long a finished blob waits for the commit that names it, in seconds.
pub(crate) const PATIENCE: u64 = 3600;

/// A finished blob: where it lies, and its place in a pack, which is not collected meanwhile. A large one has none.
struct Finished {
    location: Location,
    held: Option<Arc<Reserved>>,
}

/// All finished blobs without a name, and the large files that are on their way.
#[derive(Default)]
pub(crate) struct PendingBlobs(Mutex<State>);

#[derive(Default)]
struct State {
    finished: HashMap<BlobHash, Finished>,
    /// Large files between their rename and their end.
    renaming: HashMap<BlobHash, usize>,
}

/// A large file is being put in its place; nobody takes it away meanwhile.
pub(crate) struct Claim {
    pending: Arc<PendingBlobs>,
    hash: BlobHash,
}

impl PendingBlobs {
    /// Where the blob lies, if it is finished and not named.
    pub(crate) fn find(&self, hash: BlobHash) -> Option<Location> {
        self.state().finished.get(&hash).map(|finished| finished.location)
    }

    /// As [`Self::find`], with the place whose sync a commit must wait for.
    pub(crate) fn find_held(&self, hash: BlobHash) -> Option<(Location, Option<Arc<Reserved>>)> {
        self.state().finished.get(&hash).map(|finished| (finished.location, finished.held.clone()))
    }

    /// Adds a written blob. The first copy stays, a second one is dead bytes.
    pub(crate) fn add(&self, hash: BlobHash, location: Location, held: Option<Arc<Reserved>>) {
        // `held` is dropped outside the lock: it takes that of the packs
        let _second = {
            let mut state = self.state();
            match state.finished.entry(hash) {
                std::collections::hash_map::Entry::Vacant(entry) => {
                    entry.insert(Finished { location, held });
                    None
                }
                std::collections::hash_map::Entry::Occupied(_) => held,
            }
        };
    }

    /// Takes blobs out whose commit is on disk.
    pub(crate) fn named(&self, hashes: impl Iterator<Item = BlobHash>) {
        let _freed: Vec<Finished> = {
            let mut state = self.state();
            hashes.filter_map(|hash| state.finished.remove(&hash)).collect()
        };
    }

    /// Forgets all: nothing more will be named.
    pub(crate) fn clear(&self) {
        let _freed = std::mem::take(&mut self.state().finished);
    }

    /// Takes out what was finished before a moment, in seconds.
    pub(crate) fn expire(&self, before: u64) -> Vec<(BlobHash, Location)> {
        let mut expired = Vec::new();
        let _freed: Vec<(BlobHash, Finished)> = {
            let mut state = self.state();
            state
                .finished
                .extract_if(|_, finished| finished.location.written < before)
                .inspect(|(hash, finished)| expired.push((*hash, finished.location)))
                .collect()
        };
        expired
    }

    /// Puts a large file in its place by `rename`, and keeps it there until the claim is dropped.
    pub(crate) fn claim<E>(
        self: &Arc<Self>,
        hash: BlobHash,
        rename: impl FnOnce() -> Result<(), E>,
    ) -> Result<Claim, E> {
        let mut state = self.state();
        rename()?;
        *state.renaming.entry(hash).or_default() += 1;
        drop(state);
        Ok(Claim { pending: Arc::clone(self), hash })
    }

    /// Runs `unlink` unless the large file is wanted by somebody who has not named it yet.
    pub(crate) fn unless_wanted(&self, hash: BlobHash, unlink: impl FnOnce()) -> bool {
        let state = self.state();
        let free = !state.renaming.contains_key(&hash) && !state.finished.contains_key(&hash);
        if free {
            unlink();
        }
        drop(state);
        free
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let mut state = self.pending.state();
        if let Some(claims) = state.renaming.get_mut(&self.hash) {
            *claims -= 1;
            if *claims == 0 {
                state.renaming.remove(&self.hash);
            }
        }
    }
}
