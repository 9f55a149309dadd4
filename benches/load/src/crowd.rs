//! Sessions side by side, a thread each: all are made ready, then all begin at once, and share what is to be done.
use crate::clock;
use crate::error::Error;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// What the sessions did together.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// Operations that the server acknowledged.
    pub(crate) operations: u64,
    /// Sessions that ended with a fault.
    pub(crate) errors: u64,
    /// From the first beginning to the last end.
    pub(crate) seconds: f64,
    /// What this process used meanwhile.
    pub(crate) processor_seconds: f64,
    /// Nanoseconds that each command took.
    pub(crate) latencies: Vec<u64>,
    /// Bytes that went over, where the work counts them.
    pub(crate) bytes: u64,
    /// The first fault.
    pub(crate) first_error: Option<Error>,
}

/// What one session takes of the whole, and what it did.
pub(crate) struct Share<'a> {
    next: &'a AtomicU64,
    count: u64,
    operations: u64,
    latencies: Vec<u64>,
    /// Bytes that went over.
    pub(crate) bytes: u64,
}

impl Share<'_> {
    /// The number of the next thing to do; none when all is done, or a session has failed.
    pub(crate) fn next(&mut self) -> Option<u64> {
        Some(self.next.fetch_add(1, Ordering::Relaxed)).filter(|&number| number < self.count)
    }

    /// Counts `operations` that were acknowledged by what began at `since`.
    pub(crate) fn done(&mut self, operations: u64, since: Instant) {
        self.operations += operations;
        self.latencies.push(u64::try_from(since.elapsed().as_nanos()).unwrap_or(u64::MAX));
    }
}

/// A point far beyond every count: who looks for work after it finds none.
const STOPPED: u64 = u64::MAX / 2;

/// Runs `sessions`: `prepare` outside the timed part, then `work` until `count` things are done.
pub(crate) fn run<S>(
    sessions: usize,
    count: u64,
    prepare: impl Fn(usize) -> Result<S, Error> + Sync,
    work: impl Fn(usize, S, &mut Share<'_>) -> Result<(), Error> + Sync,
) -> Outcome {
    let next = AtomicU64::new(0);
    let ready = Barrier::new(sessions + 1);
    let session = |at: usize| {
        let mut share = Share { next: &next, count, operations: 0, latencies: Vec::new(), bytes: 0 };
        let prepared = prepare(at);
        ready.wait();
        let begin = clock::now();
        let result = prepared.and_then(|session| work(at, session, &mut share));
        if result.is_err() {
            next.store(STOPPED, Ordering::Relaxed);
        }
        (share, begin, clock::now(), result.err())
    };
    std::thread::scope(|scope| {
        let session = &session;
        let threads: Vec<_> = (0..sessions).map(|at| scope.spawn(move || session(at))).collect();
        ready.wait();
        let used = clock::processor_seconds();
        let ended: Vec<_> = threads.into_iter().map(std::thread::ScopedJoinHandle::join).collect();
        let mut outcome = Outcome { processor_seconds: clock::processor_seconds() - used, ..Outcome::default() };
        let (mut first, mut last) = (None::<Instant>, None::<Instant>);
        for (share, begin, end, error) in ended.into_iter().flatten() {
            outcome.operations += share.operations;
            outcome.bytes += share.bytes;
            outcome.latencies.extend(share.latencies);
            outcome.errors += u64::from(error.is_some());
            outcome.first_error = outcome.first_error.take().or(error);
            first = Some(first.map_or(begin, |first| first.min(begin)));
            last = Some(last.map_or(end, |last| last.max(end)));
        }
        if let (Some(first), Some(last)) = (first, last) {
            outcome.seconds = last.duration_since(first).as_secs_f64();
        }
        outcome
    })
}
