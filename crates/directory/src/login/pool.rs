//! Where passwords are hashed: beside the runtime, so many at once as there are cores, and with a bounded queue.
//!
//! Each hash takes its 19 MiB, so permits are what bounds the memory of a flood of logins (docs/security.md: A08); it is kept
//! for the next hash, since to get it anew costs a tenth of the hash, and given back once nobody has hashed for a while.
use super::Network;
use super::scheme::HashMemory;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::task::TaskTracker;

/// Places in the queue for each permit: at 30 ms a hash the last one waits about 4 s.
const PLACES_PER_PERMIT: usize = 128;

/// Memory of a hash that is kept for the next one. A hash from elsewhere may have needed more.
const KEPT_KIB: usize = 64 * 1024;

/// After so long without a hash it is given back.
const QUIET: Duration = Duration::from_secs(5);

/// The bounded pool.
#[derive(Debug)]
pub(crate) struct HashPool {
    permits: Arc<Semaphore>,
    places: Arc<Semaphore>,
    share: usize,
    waiting: Arc<Mutex<HashMap<Network, usize>>>,
    hashed: AtomicU64,
    spare: Arc<Spare>,
}

/// The memory of hashes that are over.
#[derive(Debug, Default)]
struct Spare(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    /// What is not hashed in just now: as many as there are permits, at most.
    memory: Vec<HashMemory>,
    /// How many hashes have ended.
    ended: u64,
    /// A task waits to give it back.
    watched: bool,
    tasks: TaskTracker,
}

/// The queue is full: try again later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Busy;

/// A place in the queue, and in the share of a network.
#[derive(Debug)]
struct Place {
    _place: OwnedSemaphorePermit,
    network: Network,
    waiting: Arc<Mutex<HashMap<Network, usize>>>,
}

impl HashPool {
    /// A pool that hashes `permits` passwords at once.
    pub(crate) fn new(permits: usize) -> Self {
        let permits = permits.max(1);
        let places = permits.saturating_mul(PLACES_PER_PERMIT);
        Self {
            permits: Arc::new(Semaphore::new(permits)),
            places: Arc::new(Semaphore::new(places)),
            share: places / 2,
            waiting: Arc::default(),
            hashed: AtomicU64::new(0),
            spare: Arc::default(),
        }
    }

    /// Runs `work` for a peer of `network`, which gets half of the places at most, so that a flood from one network
    /// leaves room for logins from elsewhere.
    ///
    /// # Cancel safety
    /// Dropped while it waits, nothing has run. Dropped later, the work ends by itself and keeps its permit till then.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        network: Network,
        work: impl FnOnce(&mut HashMemory) -> T + Send + 'static,
    ) -> Result<T, Busy> {
        let place = self.place(network)?;
        self.hash(place, work).await
    }

    /// Runs `work` of an operator, who waits as long as it takes.
    pub(crate) async fn run_patiently<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut HashMemory) -> T + Send + 'static,
    ) -> Result<T, Busy> {
        self.hash((), work).await
    }

    /// How many hashes were computed.
    pub(crate) fn hashed(&self) -> u64 {
        self.hashed.load(Ordering::Relaxed)
    }

    async fn hash<T: Send + 'static>(
        &self,
        place: impl Send + 'static,
        work: impl FnOnce(&mut HashMemory) -> T + Send + 'static,
    ) -> Result<T, Busy> {
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| Busy)?;
        self.hashed.fetch_add(1, Ordering::Relaxed);
        let spare = Arc::clone(&self.spare);
        let work = move || {
            let mut memory = spare.lock().memory.pop().unwrap_or_default();
            let result = work(&mut memory);
            spare.keep(memory);
            drop((permit, place));
            result
        };
        // It fails only where the runtime is going down or the work panicked: neither says anything of the password.
        tokio::task::spawn_blocking(work).await.map_err(|_| Busy)
    }

    fn place(&self, network: Network) -> Result<Place, Busy> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| Busy)?;
        {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            let count = waiting.entry(network).or_default();
            if *count >= self.share {
                return Err(Busy);
            }
            *count += 1;
        }
        Ok(Place { _place: place, network, waiting: Arc::clone(&self.waiting) })
    }
}

impl Spare {
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps the memory of a hash for the next one.
    fn keep(self: Arc<Self>, memory: HashMemory) {
        let mut kept = self.lock();
        kept.ended = kept.ended.wrapping_add(1);
        if memory.kib() <= KEPT_KIB {
            kept.memory.push(memory);
        }
        let watched = std::mem::replace(&mut kept.watched, true);
        let tasks = kept.tasks.clone();
        drop(kept);
        if !watched {
            tasks.spawn(self.rest());
        }
    }

    /// Waits until nobody has hashed for a while, and gives all back.
    async fn rest(self: Arc<Self>) {
        let mut ended = self.lock().ended;
        loop {
            tokio::time::sleep(QUIET).await;
            let mut kept = self.lock();
            if kept.ended == ended {
                kept.memory = Vec::new();
                kept.watched = false;
                return;
            }
            ended = kept.ended;
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = waiting.get_mut(&self.network) {
            *count -= 1;
            if *count == 0 {
                waiting.remove(&self.network);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;
    use futures_util::future::BoxFuture;
    use std::net::IpAddr;
    use std::sync::mpsc;

    fn network(third: u8) -> Network {
        Network::from(IpAddr::from([10, 0, third, 1]))
    }

    #[tokio::test(start_paused = true)]
    async fn memory_is_kept_for_the_next_hash_and_given_back_after_the_last() {
        let pool = HashPool::new(1);
        for _ in 0..3 {
            pool.run(network(1), |_| ()).await.unwrap();
            assert_eq!(pool.spare.lock().memory.len(), 1);
            tokio::time::sleep(QUIET * 2 / 3).await;
        }
        assert_eq!(pool.spare.lock().memory.len(), 1);
        tokio::time::sleep(QUIET * 2).await;
        assert_eq!(pool.spare.lock().memory.len(), 0);
        pool.run(network(1), |_| ()).await.unwrap();
        assert!(pool.spare.lock().watched);
    }

    #[tokio::test]
    async fn a_network_fills_its_half_and_no_more() {
        let pool = Arc::new(HashPool::new(1));
        let (release, held) = mpsc::sync_channel::<()>(1);
        let first = pool.run(network(1), move |_| held.recv());
        tokio::pin!(first);
        assert!(first.as_mut().now_or_never().is_none());
        let mut waiting: Vec<BoxFuture<'_, Result<(), Busy>>> = Vec::new();
        for _ in 1..64 {
            let mut next: BoxFuture<'_, _> = Box::pin(pool.run(network(1), |_| ()));
            assert!(next.as_mut().now_or_never().is_none());
            waiting.push(next);
        }
        assert_eq!(pool.run(network(1), |_| ()).await, Err(Busy));
        for _ in 0..64 {
            let mut next: BoxFuture<'_, _> = Box::pin(pool.run(network(2), |_| ()));
            assert!(next.as_mut().now_or_never().is_none());
            waiting.push(next);
        }
        assert_eq!(pool.run(network(3), |_| ()).await, Err(Busy));
        // Nobody but the first holds a permit, and whoever goes away gives its place back.
        assert_eq!(pool.hashed(), 1);
        waiting.clear();
        release.send(()).unwrap();
        first.await.unwrap().unwrap();
        assert_eq!(pool.run(network(1), |_| 7).await, Ok(7));
        assert!(pool.waiting.lock().unwrap().is_empty());
    }
}
