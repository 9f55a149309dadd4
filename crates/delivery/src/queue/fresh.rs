//! Ids of new deliveries: those of one moment lie beside each other on disk.
//!
//! A commit of many messages writes the pages that their entries lie on. Ids at random would put each entry, its due line
//! and its use of the blob on pages of its own, in 64 partitions; a run of ids in one partition, in the order of time,
//! puts them on the same few. The partitions take turns, so that they are equally full.
use super::id::{PARTITIONS, QueueId};
use std::sync::{Mutex, PoisonError};
use store::DeliveryId;
use world::{Random, UnixTime};

/// How many ids a run has: about as many messages as a commit takes together.
const RUN: u64 = 32;
/// Bits of a number below its milliseconds: 42 bits of those last until the year 2109.
const BELOW_MILLIS: u32 = 22;

/// Gives the ids of new deliveries.
#[derive(Debug, Default)]
pub(crate) struct FreshIds(Mutex<Run>);

/// What is left of a run.
#[derive(Debug, Default)]
struct Run {
    partition: u8,
    next: u64,
    left: u64,
}

impl FreshIds {
    /// An id that no other delivery has: the runs of one millisecond differ in their partition, and each begins at random within
    /// its millisecond, which tells apart those of other nodes and of a clock that was set back. An entry is only made where
    /// there is none, so that two of one id would be a message refused for now, and nothing worse.
    pub(crate) fn next(&self, now: UnixTime, random: &dyn Random) -> DeliveryId {
        let id = {
            let mut run = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if run.left == 0 {
                *run = run.following(now, random);
            }
            let id = QueueId { partition: run.partition, number: run.next };
            *run = Run { next: run.next.wrapping_add(1), left: run.left - 1, ..*run };
            id
        };
        id.delivery(random.number())
    }
}

impl Run {
    fn following(&self, now: UnixTime, random: &dyn Random) -> Self {
        let within = random.number() % (1 << BELOW_MILLIS) / RUN * RUN;
        Self { partition: (self.partition + 1) % PARTITIONS, next: now.millis() << BELOW_MILLIS | within, left: RUN }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use world::scripted::SeededRandom;

    #[test]
    fn ids_of_one_moment_lie_together_and_none_comes_twice() {
        let (ids, random) = (FreshIds::default(), SeededRandom::new(1));
        let now = UnixTime::from_secs(1_700_000_000);
        let taken: Vec<QueueId> = (0..2_048).map(|_| QueueId::of(ids.next(now, &random))).collect();
        for run in taken.chunks(32) {
            assert!(
                run.windows(2).all(|two| two[0].partition == two[1].partition && two[0].number + 1 == two[1].number)
            );
        }
        let partitions: BTreeSet<u8> = taken.iter().map(|id| id.partition).collect();
        assert_eq!(partitions.len(), usize::from(PARTITIONS), "each has its turn");
        assert_eq!(taken.iter().collect::<BTreeSet<_>>().len(), taken.len());
    }

    #[test]
    fn what_comes_later_has_a_higher_number() {
        let (ids, random) = (FreshIds::default(), SeededRandom::new(1));
        let mut last = 0;
        for run in 0..100 {
            let now = UnixTime::from_millis(1_700_000_000_000 + run);
            for _ in 0..32 {
                let number = QueueId::of(ids.next(now, &random)).number;
                assert!(number > last);
                last = number;
            }
        }
    }
}
