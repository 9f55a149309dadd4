//! The embedded engine passes the suite. What a failed sync of its databases does is tested from outside, in `child`.
use crate::bench::EmbeddedBench;

store_conformance::suite!(EmbeddedBench::new());
