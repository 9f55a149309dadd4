//! More strangers than places: those who waste time give way, those who are known stay.
use crate::house::{House, eventually, limits, spec};
use net::{Limits, Security};
use std::time::Duration;
use tokio::time::Instant;
use transport::Load;

const PLACES: usize = 20;

fn pressed() -> Limits {
    let limits = Limits {
        connections: PLACES,
        busy: Duration::from_millis(1_000),
        full: Duration::from_millis(300),
        ..limits()
    };
    limits.without_limits_by_address()
}

#[tokio::test]
async fn s26_at_twice_the_places_a_newcomer_is_served_and_the_calm_comes_back() {
    let house = House::open(vec![spec("imap", Security::Plain)], pressed());
    let mut known = house.connect("imap").await;
    known.line().await;
    known.say("TRUST\r\n").await;
    assert_eq!(known.line().await, "trusted");
    let mut crowd = Vec::new();
    for number in 0..2 * PLACES {
        let mut idler = house.connect("imap").await;
        if number % 2 == 0 {
            // a line that never ends, too
            idler.say("x").await;
        }
        crowd.push(idler);
    }
    eventually(|| house.listeners.load() == Load::Full).await;
    let began = Instant::now();
    let mut newcomer = house.connect("imap").await;
    assert!(newcomer.line().await.starts_with("hello"));
    newcomer.say("x\r\n").await;
    assert_eq!(newcomer.line().await, "got x");
    // two rounds of the shorter wait, and what a busy machine adds
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    // who was too slow is told
    let first = &mut crowd[0];
    first.line().await;
    assert_eq!(first.line().await, "slow");
    drop(newcomer);
    drop(crowd);
    eventually(|| house.listeners.load() == Load::Calm).await;
    known.say("y\r\n").await;
    assert_eq!(known.line().await, "got y");
}

#[tokio::test]
async fn s26_a_door_without_limits_is_patient() {
    let inner = net::ListenerSpec { limited: false, ..spec("lmtp", Security::Plain) };
    let house = House::open(vec![inner], Limits { busy_at: 1, busy: Duration::from_millis(50), ..pressed() });
    let mut client = house.connect("lmtp").await;
    client.line().await;
    eventually(|| house.listeners.load() == Load::Busy).await;
    assert!(tokio::time::timeout(Duration::from_millis(300), client.line()).await.is_err());
    client.say("x\r\n").await;
    assert_eq!(client.line().await, "got x");
}
