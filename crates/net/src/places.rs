//! The places for connections, and how many of them are left.
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use transport::{Load, Patience};

/// The places of one kind of door.
pub(crate) struct Places {
    permits: Arc<Semaphore>,
    all: usize,
    /// From how many taken places on the doors are busy.
    busy_at: usize,
    load: watch::Sender<Load>,
}

/// A place that is taken; dropping it gives it back.
pub(crate) struct Place {
    places: Arc<Places>,
    permit: Option<OwnedSemaphorePermit>,
}

impl Places {
    /// As many as `all`; busy when `busy_at` hundredths of them are taken, never at 0.
    pub(crate) fn new(all: usize, busy_at: u8) -> Arc<Self> {
        let all = all.clamp(1, Semaphore::MAX_PERMITS);
        let busy_at = match busy_at {
            0 => usize::MAX,
            hundredths => (all.saturating_mul(usize::from(hundredths)) / 100).max(1),
        };
        Arc::new(Self { permits: Arc::new(Semaphore::new(all)), all, busy_at, load: watch::Sender::new(Load::Calm) })
    }

    /// Waits for a place.
    pub(crate) async fn take(self: &Arc<Self>) -> Option<Place> {
        let permit = Arc::clone(&self.permits).acquire_owned().await.ok()?;
        self.look();
        Some(Place { places: Arc::clone(self), permit: Some(permit) })
    }

    pub(crate) fn load(&self) -> Load {
        *self.load.borrow()
    }

    pub(crate) fn patience(&self, busy: Duration, full: Duration) -> Patience {
        Patience::new(self.load.subscribe(), busy, full)
    }

    /// Sees how many places are taken now, and tells those who wait.
    fn look(&self) {
        let mut before = Load::Calm;
        let changed = self.load.send_if_modified(|load| {
            before = *load;
            *load = self.after(before);
            *load != before
        });
        if !changed {
            return;
        }
        match (before, self.load()) {
            (Load::Calm, _) => tracing::warn!("most places are taken: strangers are waited for shortly"),
            (_, Load::Calm) => tracing::info!("there are places again"),
            (_, load) => tracing::debug!(?load, "the load"),
        }
    }

    /// A load ends a quarter below where it began, so that it does not come and go with each connection.
    fn after(&self, before: Load) -> Load {
        let left = self.permits.available_permits();
        let taken = self.all - left.min(self.all);
        let busy = taken >= self.busy_at || (before != Load::Calm && taken > self.busy_at / 4 * 3);
        match (busy, left) {
            (false, _) => Load::Calm,
            (true, 0) => Load::Full,
            (true, _) => Load::Busy,
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        drop(self.permit.take());
        self.places.look();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn s26_the_load_rises_with_the_places_taken_and_falls_by_itself() {
        let places = Places::new(10, 80);
        let mut taken = Vec::new();
        let mut loads = Vec::new();
        for _ in 0..10 {
            taken.push(places.take().await);
            loads.push(places.load());
        }
        assert_eq!(loads[6..], [Load::Calm, Load::Busy, Load::Busy, Load::Full]);
        loads.clear();
        while taken.pop().is_some() {
            loads.push(places.load());
        }
        assert_eq!(loads[..4], [Load::Busy, Load::Busy, Load::Busy, Load::Calm]);
        assert_eq!(places.load(), Load::Calm);
    }

    #[tokio::test]
    async fn a_share_of_zero_is_never_busy() {
        let places = Places::new(1, 0);
        let _place = places.take().await;
        assert_eq!(places.load(), Load::Calm);
    }
}
