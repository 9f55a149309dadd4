//! Connections that are kept for a short while after their last message: the next one to the same host goes by them,
//! without a new greeting and handshake, whatever its domain.
use super::line::{Ends, Line};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Those that are kept, by where they lead.
pub(crate) struct Kept {
    shelf: Mutex<Shelf>,
    most: usize,
    wait: Duration,
}

#[derive(Default)]
struct Shelf {
    lines: HashMap<Ends, Vec<(u64, Box<Line>)>>,
    count: usize,
    numbers: u64,
}

/// Where a connection is kept.
pub(crate) struct Place {
    ends: Ends,
    number: u64,
}

impl Kept {
    /// Keeps at most `most`, each for `wait`.
    pub(crate) fn new(most: usize, wait: Duration) -> Self {
        Self { shelf: Mutex::default(), most, wait }
    }

    /// How long one is kept.
    pub(crate) const fn wait(&self) -> Duration {
        self.wait
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a connection; gives it back where it is of no more use, or there is no room.
    pub(crate) fn put(&self, line: Box<Line>) -> Result<Place, Box<Line>> {
        let mut shelf = self.shelf();
        if self.wait.is_zero() || !line.is_open() || shelf.count >= self.most {
            return Err(line);
        }
        shelf.numbers += 1;
        shelf.count += 1;
        let (ends, number) = (line.ends.clone(), shelf.numbers);
        shelf.lines.entry(ends.clone()).or_default().push((number, line));
        Ok(Place { ends, number })
    }

    /// Takes the connection that was kept last of those that lead there, and that the other side has not ended.
    pub(crate) fn take(&self, ends: &Ends) -> Option<Box<Line>> {
        loop {
            let mut line = self.shelf().pop(ends)?;
            if line.is_quiet() {
                return Some(line);
            }
        }
    }

    /// Takes a connection away whose time is over, if it is still there.
    pub(crate) fn remove(&self, place: &Place) -> Option<Box<Line>> {
        let mut shelf = self.shelf();
        let lines = shelf.lines.get_mut(&place.ends)?;
        let at = lines.iter().position(|(number, _)| *number == place.number)?;
        let (_, line) = lines.remove(at);
        shelf.took(&place.ends);
        Some(line)
    }
}

impl Shelf {
    fn pop(&mut self, ends: &Ends) -> Option<Box<Line>> {
        let (_, line) = self.lines.get_mut(ends)?.pop()?;
        self.took(ends);
        Some(line)
    }

    fn took(&mut self, ends: &Ends) {
        self.count = self.count.saturating_sub(1);
        if self.lines.get(ends).is_some_and(Vec::is_empty) {
            self.lines.remove(ends);
        }
    }
}
