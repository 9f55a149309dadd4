//! Taking a std lock. Blocks under it are short, never await, and leave the value whole, so that a panic elsewhere
//! while it was held is no reason to refuse it.
use std::sync::{Mutex, MutexGuard, PoisonError};

pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
