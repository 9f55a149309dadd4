//! Fairness, restart, owners, and the operator.
use super::bench::{Bench, HOUR, MINUTE, account, lock};
use crate::queue::QueueId;
use crate::queue::lease::{self, Asked};
use crate::queue::ledger::Turn;
use crate::{Act, Error, Filter, Origin};
use futures_util::future::join_all;
use journal::Event;
use std::time::Duration;
use store::Store;

const TEXT: &str = "Subject: a\r\n\r\nb\r\n";

async fn send(bench: &Bench, to: &str) {
    bench.send(Origin::Submission, "anna@here.example", &[to], TEXT).await;
}

#[tokio::test(start_paused = true)]
async fn q10_a_dead_domain_with_thousands_does_not_delay_a_living_one() {
    let bench = Bench::new().await;
    let dead = bench.domain("dead.example", "192.0.2.1");
    dead.change(|manners| manners.silent = true);
    let alive = bench.domain("alive.example", "192.0.2.2");
    for n in 0..3_000 {
        send(&bench, &format!("x{n}@dead.example")).await;
    }
    bench.run().rest().await;
    let sent_at = tokio::time::Instant::now();
    send(&bench, "y@alive.example").await;
    while alive.took().is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert!(sent_at.elapsed() < Duration::from_secs(5));
    // the dead one costs a few connections an hour, not thousands
    for _ in 0..60 {
        bench.advance(MINUTE).await;
    }
    assert!(dead.connections() < 20, "{}", dead.connections());
    assert_eq!(bench.queued().await, 3_000);
    dead.change(|manners| manners.silent = false);
    for _ in 0..10 {
        bench.advance(HOUR).await;
    }
    assert_eq!((dead.took().len(), bench.queued().await), (3_000, 0));
}

#[tokio::test(start_paused = true)]
async fn q10_a_connection_that_hangs_delays_its_own_message_alone() {
    let bench = Bench::new().await;
    let server = bench.domain("far.example", "192.0.2.1");
    server.change(|manners| manners.after_dot = vec![super::server::HANG; 8]);
    bench.run().rest().await;
    for n in 0..50 {
        send(&bench, &format!("x{n}@far.example")).await;
    }
    for _ in 0..15 {
        bench.advance(Duration::from_secs(10)).await;
    }
    assert_eq!((server.took().len(), bench.queued().await), (42, 8), "{} connections", server.connections());
    assert!(server.connections() <= bench.settings.max_connections_per_destination);
    // what hung is tried again
    for _ in 0..4 {
        bench.advance(HOUR / 2).await;
    }
    assert_eq!((server.took().len(), bench.queued().await), (50, 0));
}

#[tokio::test(start_paused = true)]
async fn it_is_given_up_after_five_days_and_not_before() {
    let bench = Bench::new().await;
    let server = bench.domain("far.example", "192.0.2.1");
    server.change(|manners| manners.unreachable = true);
    bench.run().rest().await;
    send(&bench, "x@far.example").await;
    for _ in 0..119 {
        bench.advance(HOUR).await;
    }
    assert_eq!(bench.queued().await, 1);
    let reports = super::report::reports(&bench, "anna").await;
    assert_eq!(reports.len(), 1, "one warning");
    assert!(reports[0].contains("Action: delayed"));
    let attempts = server.connections();
    assert!((25..60).contains(&attempts), "{attempts}");
    bench.advance(HOUR * 2).await;
    assert_eq!(bench.queued().await, 0);
    let reports = super::report::reports(&bench, "anna").await;
    assert!(reports[1].contains("Action: failed") && reports[1].contains("Status: 4.4.7"), "{}", reports[1]);
}

#[tokio::test(start_paused = true)]
async fn r22_a_clock_that_jumps_neither_gives_up_nor_forgets() {
    let bench = Bench::new().await;
    let server = bench.domain("far.example", "192.0.2.1");
    server.change(|manners| manners.unreachable = true);
    bench.run().rest().await;
    bench.advance(HOUR * 5).await;
    let right = bench.world.clock.now();
    bench.clock.set(right.plus(HOUR * 24 * 3_650));
    send(&bench, "x@far.example").await;
    bench.clock.set(right.plus(HOUR * 24 * 3_650 * 2));
    let before = server.connections();
    for _ in 0..3 {
        bench.advance(HOUR).await;
    }
    assert!((1..20).contains(&(server.connections() - before)), "{}", server.connections());
    assert_eq!(bench.queued().await, 1, "ten years older, and tried a few times more first");
    assert_eq!(super::report::reports(&bench, "anna").await.len(), 0, "nobody is told that it is late");
    bench.clock.set(right);
    server.change(|manners| manners.unreachable = false);
    bench.advance(HOUR).await;
    assert_eq!((server.took().len(), bench.queued().await), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_restart_goes_on_where_it_was() {
    let bench = Bench::new().await;
    let server = bench.domain("far.example", "192.0.2.1");
    server.change(|manners| manners.unreachable = true);
    bench.run().rest().await;
    for n in 0..50 {
        send(&bench, &format!("x{n}@far.example")).await;
    }
    bench.rest().await;
    let bench = bench.restart().await;
    server.change(|manners| manners.unreachable = false);
    bench.run().rest().await;
    for _ in 0..4 {
        bench.advance(HOUR).await;
    }
    assert_eq!((server.took().len(), bench.queued().await), (50, 0));
    assert!(bench.told.take().iter().filter(|event| matches!(event, Event::Relayed(_))).count() >= 49);
}

#[tokio::test(start_paused = true)]
async fn q12_a_restart_reads_only_what_is_due() {
    let bench = Bench::new().await;
    bench.domain("far.example", "192.0.2.1").change(|manners| manners.unreachable = true);
    bench.run().rest().await;
    send(&bench, "x@far.example").await;
    bench.rest().await;
    let bench = bench.restart().await;
    let before = bench.engine.counts();
    bench.run().rest().await;
    let after = bench.engine.counts();
    // a lease, a page of the due index and the next due of each partition
    assert!(after.reads - before.reads <= 4 * 64, "{before:?} {after:?}");
}

#[tokio::test(start_paused = true)]
async fn the_stale_one_of_two_owners_is_refused() {
    let bench = Bench::new().await;
    bench.domain("far.example", "192.0.2.1");
    send(&bench, "x@far.example").await;
    let operator = bench.delivery.operator();
    let id = operator.list(&Filter::default(), None, 1).await.unwrap().entries[0].id;
    let store = Store::open(std::sync::Arc::new(bench.engine.clone()), bench.world.clone(), store::Settings::default());
    let records = store.await.unwrap().records();
    let now = bench.world.clock.now();
    let partition = id.partition;
    let Asked::Ours(first) = lease::acquire(&records, partition, 1, now, false).await.unwrap() else { panic!() };
    let taken = lease::acquire(&records, partition, 2, now.plus(MINUTE / 4), false).await.unwrap();
    assert_eq!(taken, Asked::Taken(now.plus(lease::LASTS)));
    lease::renew(&records, first, now.plus(MINUTE / 4)).await.unwrap();
    let taken = lease::acquire(&records, partition, 2, now.plus(MINUTE * 2 / 3), false).await.unwrap();
    assert_eq!(taken, Asked::Taken(now.plus(MINUTE / 4 + lease::LASTS)));
    let Asked::Ours(second) = lease::acquire(&records, partition, 2, now.plus(MINUTE), false).await.unwrap() else {
        panic!()
    };
    let ledger = &bench.delivery.0.queue.ledger;
    let old = ledger.read(id).await.unwrap().unwrap();
    let turn = |fence| Turn { old: &old, new: None, reports: &[], fence: Some(fence) };
    assert_eq!(ledger.turn(&turn(first)).await, Err(Error::LeaseLost(partition)));
    assert_eq!(lease::renew(&records, first, now).await, Err(Error::LeaseLost(partition)));
    assert!(ledger.read(id).await.unwrap().is_some());
    ledger.turn(&turn(second)).await.unwrap();
    assert_eq!(ledger.turn(&turn(second)).await, Err(Error::Changed(id)));
    assert!(bench.engine.links().values().all(Vec::is_empty), "the blob's last use is gone");
}

#[tokio::test(start_paused = true)]
async fn a_blob_is_linked_as_long_as_one_entry_uses_it() {
    let bench = Bench::new().await;
    let operator = bench.delivery.operator();
    for _ in 0..200 {
        send(&bench, "x@far.example").await;
    }
    assert_eq!(bench.engine.links().len(), 1);
    let page = operator.list(&Filter::default(), None, 1_000).await.unwrap();
    assert_eq!(page.entries.len(), 200);
    let (last, others) = page.entries.split_last().unwrap();
    for queued in others {
        operator.act(queued.id, &Act::Remove, Some("test"), "test").await.unwrap();
    }
    assert_eq!(bench.engine.links().values().flatten().count(), 1);
    operator.act(last.id, &Act::Remove, Some("test"), "test").await.unwrap();
    assert_eq!(bench.engine.links().values().flatten().count(), 0);
}

#[tokio::test(start_paused = true)]
async fn the_operator_holds_releases_retries_and_removes() {
    let bench = Bench::new().await;
    let server = bench.domain("far.example", "192.0.2.1");
    server.change(|manners| manners.unreachable = true);
    bench.run().rest().await;
    send(&bench, "x@far.example").await;
    bench.rest().await;
    let operator = bench.delivery.operator();
    let id = operator.list(&Filter::default(), None, 10).await.unwrap().entries[0].id;
    operator.act(id, &Act::Hold, Some("spam?"), "desk").await.unwrap();
    server.change(|manners| manners.unreachable = false);
    bench.advance(HOUR * 200).await;
    assert_eq!(server.took().len(), 0);
    assert_eq!(operator.show(id).await.unwrap().entry.hold.unwrap().reason, "spam?");
    let held = Filter { held: Some(true), sender: Some("ANNA@".to_owned()), ..Filter::default() };
    assert_eq!(operator.list(&held, None, 10).await.unwrap().entries.len(), 1);
    let others = Filter { recipient: Some("@else.example".to_owned()), ..Filter::default() };
    assert_eq!(operator.list(&others, None, 10).await.unwrap().entries.len(), 0);
    operator.act(id, &Act::Release, None, "desk").await.unwrap();
    bench.advance(MINUTE * 20).await;
    assert_eq!((server.took().len(), bench.queued().await), (1, 0));
    assert_eq!(operator.show(id).await, Err(Error::NoSuchEntry(id)));
    server.change(|manners| manners.unreachable = true);
    send(&bench, "x@far.example").await;
    bench.rest().await;
    server.change(|manners| manners.unreachable = false);
    let id = operator.list(&Filter::default(), None, 10).await.unwrap().entries[0].id;
    operator.act(id, &Act::Retry, None, "desk").await.unwrap();
    bench.rest().await;
    assert_eq!((server.took().len(), bench.queued().await), (2, 0));
    let acts: Vec<String> = bench
        .told
        .take()
        .iter()
        .filter_map(|event| match event {
            Event::Act { act, .. } => Some(act.to_string()),
            _ => None,
        })
        .collect();
    assert_eq!(acts, ["queue hold", "queue release", "queue retry"]);
}

#[tokio::test(start_paused = true)]
async fn a_retry_during_an_attempt_is_made_right_after_it() {
    let bench = Bench::new().await;
    let server = bench.domain("far.example", "192.0.2.1");
    server.change(|manners| manners.silent = true);
    bench.run().rest().await;
    send(&bench, "x@far.example").await;
    while server.connections() == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    // the attempt under way finds nobody; who asks for a retry means the server as it is now
    server.change(|manners| manners.silent = false);
    let operator = bench.delivery.operator();
    let id = operator.list(&Filter::default(), None, 10).await.unwrap().entries[0].id;
    operator.act(id, &Act::Retry, None, "desk").await.unwrap();
    let mut waited = 0;
    while server.connections() < 2 {
        bench.advance(Duration::from_secs(1)).await;
        waited += 1;
        assert!(waited < 3_600, "the retry was forgotten");
    }
    bench.rest().await;
    assert_eq!((server.took().len(), bench.queued().await), (1, 0));
    assert!(waited <= 301, "{waited} s: as long as a silent server is waited for, and no rest");
}

#[tokio::test(start_paused = true)]
async fn two_hundred_at_once_on_one_blob_all_come_through() {
    let bench = Bench::new().await;
    send(&bench, "x@far.example").await;
    let operator = bench.delivery.operator();
    let first = operator.list(&Filter::default(), None, 1).await.unwrap().entries.remove(0);
    let ledger = &bench.delivery.0.queue.ledger;
    let ids: Vec<_> = (1..=200).map(|n| QueueId { number: first.id.number.wrapping_add(n), ..first.id }).collect();
    let made = join_all(ids.iter().map(|id| ledger.create(*id, &first.entry, &[]))).await;
    assert!(made.iter().all(Result::is_ok), "{:?}", made.iter().find(|made| made.is_err()));
    let gone = join_all(ids.iter().map(|id| operator.act(*id, &Act::Remove, Some("test"), "test"))).await;
    assert!(gone.iter().all(Result::is_ok), "{:?}", gone.iter().find(|gone| gone.is_err()));
    assert_eq!(bench.queued().await, 1);
}

#[tokio::test(start_paused = true)]
async fn an_engine_that_refuses_a_result_costs_a_repetition_at_most() {
    let bench = Bench::new().await;
    let server = bench.domain("far.example", "192.0.2.1");
    bench.run().rest().await;
    send(&bench, "x@far.example").await;
    bench.engine.fail_next(Some(store::CommitError::Io("scripted".to_owned())));
    bench.rest().await;
    assert_eq!((server.took().len(), bench.queued().await), (1, 1));
    bench.advance(MINUTE).await;
    assert_eq!((server.took().len(), bench.queued().await), (2, 0));
    assert_eq!(lock(&bench.homes.mail).get(&account("anna")).map(Vec::len), None);
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_set_back_hides_nothing() {
    let bench = Bench::new().await;
    let server = bench.domain("far.example", "192.0.2.1");
    server.change(|manners| manners.after_dot = vec!["451 4.3.0 later"]);
    bench.run().rest().await;
    bench.advance(HOUR).await;
    send(&bench, "y@far.example").await;
    bench.clock.set(bench.world.clock.now().minus(HOUR / 2));
    bench.rest().await;
    assert_eq!(bench.queued().await, 1);
    for _ in 0..8 {
        bench.advance(MINUTE * 5).await;
    }
    assert_eq!((server.took().len(), bench.queued().await), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_full_disk_delays_reports_and_nothing_is_sent_twice() {
    let bench = Bench::new().await;
    let server = bench.domain("far.example", "192.0.2.1");
    bench.run().rest().await;
    let to = ["no@far.example", "yes@far.example"];
    bench.send(Origin::Submission, "anna@here.example", &to, TEXT).await;
    bench.engine.below_reserve(true);
    for _ in 0..10 {
        bench.advance(MINUTE).await;
    }
    assert_eq!((server.took().len(), bench.queued().await, bench.homes.count(account("anna"))), (1, 1, 0));
    bench.engine.below_reserve(false);
    bench.advance(HOUR).await;
    assert_eq!((server.took().len(), bench.queued().await, bench.homes.count(account("anna"))), (1, 0, 1));
}
