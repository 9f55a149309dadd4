//! A bounded queue from tasks to a thread: waiting for room is asynchronous, taking blocks without spinning.
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The queue is closed: its thread has gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct QueueClosed;

/// What the thread sees when it asks for more.
#[derive(Debug)]
pub(crate) enum Taken<T> {
    /// The next one.
    One(T),
    /// Nothing came within the time.
    Idle,
    /// Closed and empty.
    Closed,
}

/// A queue of at most as many `T` as it was made for.
pub(crate) struct Queue<T> {
    room: Arc<Semaphore>,
    state: Mutex<State<T>>,
    ready: Condvar,
}

struct State<T> {
    waiting: VecDeque<(T, OwnedSemaphorePermit)>,
    /// Threads that wait for more: a busy one needs no call of the system to hear of it.
    asleep: usize,
    closed: bool,
}

/// A place in the queue; dropping it gives the place back.
pub(crate) struct Place<T> {
    queue: Arc<Queue<T>>,
    permit: OwnedSemaphorePermit,
}

impl<T> Queue<T> {
    pub(crate) fn new(limit: usize) -> Arc<Self> {
        Self::sharing(Arc::new(Semaphore::new(limit)))
    }

    /// A queue that shares its room with another.
    pub(crate) fn beside(other: &Self) -> Arc<Self> {
        Self::sharing(Arc::clone(&other.room))
    }

    fn sharing(room: Arc<Semaphore>) -> Arc<Self> {
        Arc::new(Self {
            room,
            state: Mutex::new(State { waiting: VecDeque::new(), asleep: 0, closed: false }),
            ready: Condvar::new(),
        })
    }

    /// Waits for a place.
    ///
    /// # Cancel safety
    /// Dropping the future gives up the wait and loses nothing.
    pub(crate) async fn reserve(self: &Arc<Self>) -> Result<Place<T>, QueueClosed> {
        let permit = Arc::clone(&self.room).acquire_owned().await.map_err(|_| QueueClosed)?;
        Ok(Place { queue: Arc::clone(self), permit })
    }

    /// A place, where there is one now.
    pub(crate) fn try_reserve(self: &Arc<Self>) -> Option<Place<T>> {
        let permit = Arc::clone(&self.room).try_acquire_owned().ok()?;
        Some(Place { queue: Arc::clone(self), permit })
    }

    /// Takes the next one, waiting at most `wait`, or for ever.
    pub(crate) fn take(&self, wait: Option<Duration>) -> Taken<T> {
        let mut state = self.state();
        loop {
            if let Some((item, permit)) = state.waiting.pop_front() {
                drop(permit);
                return Taken::One(item);
            }
            if state.closed {
                return Taken::Closed;
            }
            state.asleep += 1;
            let timed_out;
            (state, timed_out) = match wait {
                None => (self.ready.wait(state).unwrap_or_else(PoisonError::into_inner), false),
                Some(wait) => {
                    let waited = self.ready.wait_timeout(state, wait).unwrap_or_else(PoisonError::into_inner);
                    (waited.0, waited.1.timed_out())
                }
            };
            state.asleep -= 1;
            if timed_out && state.waiting.is_empty() && !state.closed {
                return Taken::Idle;
            }
        }
    }

    /// Takes the next one if it is there and `fits`.
    pub(crate) fn take_if(&self, fits: impl FnOnce(&T) -> bool) -> Option<T> {
        let mut state = self.state();
        if !fits(&state.waiting.front()?.0) {
            return None;
        }
        state.waiting.pop_front().map(|(item, _)| item)
    }

    /// Refuses new places; what is queued is still taken.
    pub(crate) fn close(&self) {
        self.room.close();
        self.state().closed = true;
        self.ready.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Place<T> {
    /// The same place, in a queue that shares the room.
    pub(crate) fn divert(self, to: Arc<Queue<T>>) -> Self {
        Self { queue: to, permit: self.permit }
    }

    /// Puts `item` behind all that were handed in before; never waits. Gives it back if the queue is closed.
    pub(crate) fn send(self, item: T) -> Result<(), T> {
        let mut state = self.queue.state();
        if state.closed {
            return Err(item);
        }
        state.waiting.push_back((item, self.permit));
        let wake = state.asleep > 0;
        drop(state);
        if wake {
            self.queue.ready.notify_one();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn keeps_order_and_waits_when_full() {
        let queue = Queue::new(2);
        for n in 0..2 {
            queue.reserve().await.unwrap().send(n).unwrap();
        }
        assert_eq!(queue.room.available_permits(), 0, "a third must wait");
        assert!(matches!(queue.take(None), Taken::One(0)));
        assert_eq!(queue.room.available_permits(), 1);
        let beside = Queue::beside(&queue);
        queue.reserve().await.unwrap().divert(Arc::clone(&beside)).send(7).unwrap();
        assert!(matches!(beside.take(None), Taken::One(7)));
        assert_eq!(queue.take_if(|n| *n > 5), None);
        assert_eq!(queue.take_if(|n| *n == 1), Some(1));
        assert!(matches!(queue.take(Some(Duration::from_millis(1))), Taken::Idle));
    }

    #[tokio::test]
    async fn closing_lets_what_is_queued_out() {
        let queue = Queue::new(8);
        let place = queue.reserve().await.unwrap();
        queue.reserve().await.unwrap().send(1).unwrap();
        queue.close();
        assert_eq!(place.send(2), Err(2));
        assert_eq!(queue.reserve().await.err(), Some(QueueClosed));
        assert!(matches!(queue.take(None), Taken::One(1)));
        assert!(matches!(queue.take(None), Taken::Closed));
    }

    #[tokio::test]
    async fn who_does_not_wait_takes_no_place_from_those_who_do() {
        let queue = Queue::<u32>::new(1);
        let place = queue.try_reserve().unwrap();
        assert!(queue.try_reserve().is_none());
        let mut waiting = Box::pin(queue.reserve());
        assert!(futures_util::poll!(&mut waiting).is_pending());
        drop(place);
        assert!(queue.try_reserve().is_none(), "somebody waited for it");
        waiting.await.unwrap().send(1).unwrap();
        queue.close();
        assert!(queue.try_reserve().is_none());
    }
}
