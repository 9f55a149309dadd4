//! What the engine counts about itself.
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Upper bounds of the histogram of syncs, in microseconds; the last bucket holds what is slower.
pub const SYNC_BOUNDS_US: [u64; 9] = [250, 500, 1_000, 2_500, 5_000, 10_000, 50_000, 250_000, 1_000_000];

/// Counts durations by the bounds of [`SYNC_BOUNDS_US`].
#[derive(Debug, Default)]
pub(crate) struct Histogram {
    buckets: [AtomicU64; 10],
    total_us: AtomicU64,
}

/// A moment's picture of a histogram.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Latencies {
    /// How many fell into each bucket of [`SYNC_BOUNDS_US`], and last how many were slower.
    pub buckets: [u64; 10],
    /// The sum of all, in microseconds.
    pub total_us: u64,
}

impl Histogram {
    pub(crate) fn record(&self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let bucket = SYNC_BOUNDS_US.partition_point(|bound| *bound < micros);
        if let Some(bucket) = self.buckets.get(bucket) {
            bucket.fetch_add(1, Ordering::Relaxed);
        }
        self.total_us.fetch_add(micros, Ordering::Relaxed);
    }

    fn picture(&self) -> Latencies {
        let buckets = std::array::from_fn(|n| self.buckets.get(n).map_or(0, |b| b.load(Ordering::Relaxed)));
        Latencies { buckets, total_us: self.total_us.load(Ordering::Relaxed) }
    }
}

/// Counters that only go up.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) pack_sync: Histogram,
    pub(crate) group_commit: Histogram,
    pub(crate) groups: AtomicU64,
    pub(crate) commits: AtomicU64,
    pub(crate) conflicts: AtomicU64,
    pub(crate) refused_no_space: AtomicU64,
    pub(crate) blobs_written: AtomicU64,
    pub(crate) blob_bytes_written: AtomicU64,
}

/// Adds to a counter.
pub(crate) fn add(counter: &AtomicU64, more: u64) {
    counter.fetch_add(more, Ordering::Relaxed);
}

/// What the engine has done since it was opened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Activity {
    /// Syncs of packs.
    pub pack_sync: Latencies,
    /// Groups of commits, each with its sync.
    pub group_commit: Latencies,
    /// Groups that were committed.
    pub groups: u64,
    /// Commits that were acknowledged.
    pub commits: u64,
    /// Commits that lost against another.
    pub conflicts: u64,
    /// Commits and blobs refused because little is free.
    pub refused_no_space: u64,
    /// Blobs that were written.
    pub blobs_written: u64,
    /// Bytes they took on disk.
    pub blob_bytes_written: u64,
}

impl Counters {
    pub(crate) fn picture(&self) -> Activity {
        let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Activity {
            pack_sync: self.pack_sync.picture(),
            group_commit: self.group_commit.picture(),
            groups: get(&self.groups),
            commits: get(&self.commits),
            conflicts: get(&self.conflicts),
            refused_no_space: get(&self.refused_no_space),
            blobs_written: get(&self.blobs_written),
            blob_bytes_written: get(&self.blob_bytes_written),
        }
    }
}
