//! Several nodes on one store: each partition has one owner, and what a node leaves behind another takes.
use super::bench::{Bench, MINUTE};
use crate::Origin;
use std::time::Duration;

const TEXT: &str = "Subject: a\r\n\r\nb\r\n";

async fn send(bench: &Bench, to: &str) {
    bench.send(Origin::Submission, "anna@here.example", &[to], TEXT).await;
}

#[tokio::test(start_paused = true)]
async fn what_one_node_takes_another_brings() {
    let one = Bench::with(|settings| settings.alone = false).await;
    let server = one.domain("far.example", "192.0.2.1");
    one.run().rest().await;
    // a second node, that finds every partition taken
    let other = one.beside().await;
    other.run().rest().await;
    for n in 0..200 {
        send(&other, &format!("x{n}@far.example")).await;
    }
    for _ in 0..30 {
        one.advance(Duration::from_secs(1)).await;
    }
    assert_eq!((server.took().len(), one.queued().await), (200, 0));
}

#[tokio::test(start_paused = true)]
async fn what_a_dead_node_had_another_brings_once_its_leases_are_over() {
    let one = Bench::with(|settings| settings.alone = false).await;
    let server = one.domain("far.example", "192.0.2.1");
    server.change(|manners| manners.unreachable = true);
    one.run().rest().await;
    for n in 0..200 {
        send(&one, &format!("x{n}@far.example")).await;
    }
    one.rest().await;
    let other = one.beside().await;
    other.run().rest().await;
    server.change(|manners| manners.unreachable = false);
    one.kill().await;
    for _ in 0..20 {
        other.advance(MINUTE).await;
    }
    assert_eq!((server.took().len(), other.queued().await), (200, 0));
}
