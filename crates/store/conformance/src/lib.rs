//! The suite that every engine passes: a function a property, over a [`Bench`] that makes engines.
//!
//! A property panics where an engine breaks its promise. `suite!` makes a test of each:
//!
//! ```ignore
//! store_conformance::suite!(MyBench::new());
//! ```
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "this crate is tests")]
mod bench;
mod blobs;
mod commits;
mod errors_page;
mod faults;
mod faulty;
mod history;
mod model;
mod nth;
mod reads;
pub use bench::{Bench, commit, get, key, put, records, submit};
pub use blobs::{
    blobs_are_one_for_the_same_bytes, blobs_give_ranges, blobs_keep_nothing_of_a_dropped_sink, blobs_open_several,
    blobs_page, blobs_survive, blobs_without_links_are_collected,
};
pub use commits::{
    a_commit_is_whole_or_not_at_all, commits_are_taken_in_order, commits_of_many_at_once, commits_survive,
    naming_an_unstored_blob_fails, one_of_two_commits_wins, preconditions_hold,
};
pub use errors_page::{store_errors, the_page_says};
pub use faults::{a_failed_sync_closes, growth_is_refused_below_the_reserve, shutdown_refuses_writes};
pub use faulty::{Failing, Faulty};
pub use history::histories_leave_a_clean_store;
pub use nth::any_nth_failure_leaves_the_state_whole;
pub use reads::{partitions_are_listed, reads_see_one_snapshot, scans_page_both_ways, what_is_shown_is_what_is_read};

/// Makes a test of each property; the argument is evaluated anew for each and gives a [`Bench`].
#[macro_export]
macro_rules! suite {
    ($bench:expr) => {
        $crate::suite!(@ $bench;
            commits_are_taken_in_order preconditions_hold one_of_two_commits_wins a_commit_is_whole_or_not_at_all
            commits_of_many_at_once commits_survive naming_an_unstored_blob_fails
            reads_see_one_snapshot scans_page_both_ways what_is_shown_is_what_is_read partitions_are_listed
            blobs_give_ranges blobs_are_one_for_the_same_bytes blobs_keep_nothing_of_a_dropped_sink blobs_open_several
            blobs_page
            blobs_survive blobs_without_links_are_collected
            growth_is_refused_below_the_reserve a_failed_sync_closes shutdown_refuses_writes
            histories_leave_a_clean_store);
    };
    (@ $bench:expr; $($property:ident)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $property() {
                let bench = $bench;
                $crate::$property(&bench).await;
            }
        )*
    };
}
