//! How far a long command is (RFC 9585).
use imap_wire::reply::Code;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// How often it is told; RFC 9585, 5 speaks of some ten seconds.
pub(crate) const TOLD_EVERY: Duration = Duration::from_secs(10);

/// What is done of what is to be done, where that is known.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    done: AtomicU32,
    /// Zero where it is not known.
    goal: u32,
}

impl Progress {
    /// Nothing is done of `goal`; a goal of nothing is not told (RFC 9585, 4: `nz-number`).
    pub(crate) const fn towards(goal: u32) -> Self {
        Self { done: AtomicU32::new(0), goal }
    }

    /// So much is done; it never becomes less.
    pub(crate) fn reached(&self, done: u32) {
        self.done.fetch_max(done.min(self.goal), Ordering::Relaxed);
    }

    /// What there is to tell of the command with that tag.
    pub(crate) fn code(&self, tag: &str) -> Code {
        let known = (self.goal > 0).then(|| (self.done.load(Ordering::Relaxed), self.goal));
        Code::InProgress(tag.to_owned(), known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_only_grows() {
        let progress = Progress::towards(10);
        for (done, told) in [(3, 3), (2, 3), (12, 10)] {
            progress.reached(done);
            assert_eq!(progress.code("a"), Code::InProgress("a".to_owned(), Some((told, 10))));
        }
        assert_eq!(Progress::default().code("a"), Code::InProgress("a".to_owned(), None));
    }
}
