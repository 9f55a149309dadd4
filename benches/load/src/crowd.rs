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
        let end = clock::now();
        if result.is_err() {
            next.store(STOPPED, Ordering::Relaxed);
        }
        (share, begin, end, result.err())
    };
    std::thread::scope(|scope| {
        let session = &session;
        let threads: Vec<_> = (0..sessions).map(|at| scope.spawn(move || session(at))).collect();
        ready.wait();
        let used = clock::processor_seconds();
        let mut ended: Vec<_> = threads.into_iter().flat_map(std::thread::ScopedJoinHandle::join).collect();
        let broken = sessions - ended.len();
        ended.sort_by_key(|(_, _, end, _)| *end);
        let mut outcome = Outcome { processor_seconds: clock::processor_seconds() - used, ..Outcome::default() };
        let (mut first, mut last) = (None::<Instant>, None::<Instant>);
        for (share, begin, end, error) in ended {
            outcome.operations += share.operations;
            outcome.bytes += share.bytes;
            outcome.latencies.extend(share.latencies);
            outcome.errors += u64::from(error.is_some());
            outcome.first_error = outcome.first_error.take().or(error);
            first = Some(first.map_or(begin, |first| first.min(begin)));
            last = Some(last.map_or(end, |last| last.max(end)));
        }
        if broken > 0 {
            outcome.errors += u64::try_from(broken).unwrap_or_default();
            outcome.first_error = Some(Error::Broken);
        }
        if let (Some(first), Some(last)) = (first, last) {
            outcome.seconds = last.duration_since(first).as_secs_f64();
        }
        outcome
    })
}

#[cfg(test)]
mod tests {
    use super::{Error, run};
    use crate::clock;
    use std::sync::Barrier;

    #[test]
    fn each_thing_is_done_once_by_someone() {
        let done = std::sync::Mutex::new(Vec::new());
        let outcome = run(
            4,
            1000,
            |_| Ok(()),
            |_, (), share| {
                while let Some(number) = share.next() {
                    done.lock().unwrap().push(number);
                    share.done(2, clock::now());
                    share.bytes += 3;
                }
                Ok(())
            },
        );
        let mut done = done.into_inner().unwrap();
        done.sort_unstable();
        assert!(done.into_iter().eq(0..1000));
        assert_eq!((outcome.operations, outcome.bytes, outcome.errors), (2000, 3000, 0));
        assert_eq!(outcome.latencies.len(), 1000);
    }

    #[test]
    fn the_others_stop_when_one_fails_and_the_first_fault_is_told() {
        let (begun, failed) = (Barrier::new(3), Barrier::new(2));
        let outcome = run(
            3,
            u64::MAX / 4,
            |_| Ok(()),
            |at, (), share| {
                begun.wait();
                match at {
                    // the last of the threads fails first, the first of them after it
                    2 => {
                        failed.wait();
                        Err(Error::Closed)
                    }
                    0 => {
                        failed.wait();
                        while share.next().is_some() {}
                        Err(Error::Silent)
                    }
                    _ => {
                        while share.next().is_some() {}
                        Ok(())
                    }
                }
            },
        );
        assert_eq!(outcome.errors, 2);
        assert!(matches!(outcome.first_error, Some(Error::Closed)));
    }

    #[test]
    fn a_session_that_breaks_is_a_fault() {
        let outcome = run(2, 10, |_| Ok(()), |at, (), _| if at == 0 { panic!("on purpose") } else { Ok(()) });
        assert_eq!(outcome.errors, 1);
        assert!(matches!(outcome.first_error, Some(Error::Broken)));
    }

    #[test]
    fn a_session_that_cannot_begin_keeps_none_waiting() {
        let outcome = run(3, 10, |at| if at == 1 { Err(Error::Closed) } else { Ok(()) }, |_, (), _| Ok(()));
        assert_eq!((outcome.operations, outcome.errors), (0, 1));
    }
}
