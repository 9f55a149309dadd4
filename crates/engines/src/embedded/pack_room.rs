//! Room in a pack before it is needed: a thread writes zeros where the next blobs will lie, because a sync of bytes over
//! bytes leaves the file's map alone and takes half the time of one that makes the map longer.
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::fatal::Fatal;
use super::packs::Packs;
use super::stats::Counters;

/// What the thread waits for.
#[derive(Default)]
pub(super) struct Preparing {
    state: Mutex<State>,
    ready: Condvar,
}

#[derive(Default)]
struct State {
    wanted: bool,
    closed: bool,
}

impl Preparing {
    /// There is little room.
    pub(super) fn wake(&self) {
        let known = std::mem::replace(&mut self.state().wanted, true);
        if !known {
            self.ready.notify_one();
        }
    }

    /// Ends the thread.
    pub(super) fn close(&self) {
        self.state().closed = true;
        self.ready.notify_all();
    }

    fn wanted(&self) -> bool {
        let idle = |state: &mut State| !state.wanted && !state.closed;
        let state = self.ready.wait_while(self.state(), idle);
        !state.unwrap_or_else(PoisonError::into_inner).closed
    }

    fn done(&self) {
        self.state().wanted = false;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The thread that prepares room, until the packs are closed.
pub(crate) fn prepare_packs(packs: &Arc<Packs>, fatal: &Fatal, counters: &Counters) {
    while packs.preparing.wanted() {
        // a failure is raised; a piece at a time, so that no other sync waits for many
        while let Some(pack) = packs.prepare() {
            let _ = pack.settle(pack.wrote(), packs.disk(), fatal, counters);
        }
        packs.preparing.done();
    }
}
