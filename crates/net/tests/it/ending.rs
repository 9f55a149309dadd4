//! Panics, and the end.
use crate::house::{Asks, Client, House, eventually, limits, spec, tls_on};
use net::Security;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::Instant;
use transport::Refusal;

#[tokio::test]
async fn x10_a_panic_stays_in_its_session_and_its_peer_hears_of_it() {
    let limits = net::Limits { connections: 3, at_once: Some(2), ..limits() };
    let house = House::open(vec![spec("imap", Security::Plain), spec("imaps", Security::Implicit)], limits);
    let mut other = house.connect("imap").await;
    other.line().await;
    for (round, (asked, heard)) in
        [("PANIC", "fault\r\n"), ("x\r\nPANIC", "got x\r\nfault\r\n"), ("SPLIT", "half a")].iter().enumerate()
    {
        let mut client = house.connect("imap").await;
        assert!(client.line().await.starts_with("hello"));
        client.say(&format!("{asked}\r\nmore that is not read\r\n")).await;
        let (rest, clean) = client.rest().await;
        assert_eq!((String::from_utf8(rest).unwrap().as_str(), clean), (*heard, true), "{asked}");
        drop(client);
        assert_eq!(house.refused(round + 1).await.last(), Some(&Refusal::SessionPanicked));
    }
    // inside TLS as well, where the line is the last of the stream's
    let stream = TcpStream::connect(house.address("imaps")).await.unwrap();
    let mut client = Client::new(tls_on(stream, "imap.new.example", Asks::default()).await.unwrap());
    assert!(client.line().await.starts_with("hello"));
    client.say("PANIC\r\n").await;
    assert_eq!(client.rest().await, (b"fault\r\n".to_vec(), true));
    drop(client);
    other.say("x\r\n").await;
    assert_eq!(other.line().await, "got x");
    eventually(|| house.listeners.counts().iter().map(|count| count.open).sum::<u64>() == 1).await;
    let panicked: u64 = house.listeners.counts().iter().map(|count| count.refused["session-panicked"]).sum();
    assert_eq!(panicked, 4);
}

#[tokio::test]
async fn a_stop_says_goodbye_and_waits() {
    let house = House::open(vec![spec("imap", Security::Plain)], limits());
    let address = house.address("imap");
    let mut client = house.connect("imap").await;
    client.line().await;
    let talking = async {
        assert_eq!(client.line().await, "bye");
        assert_eq!(client.rest().await, (Vec::new(), true));
        drop(client);
    };
    let (stopped, ()) = tokio::join!(house.listeners.stop(Duration::from_secs(10)), talking);
    assert_eq!(stopped.cut_off, 0);
    assert!(TcpStream::connect(address).await.is_err());
    assert_eq!(house.refusals(), []);
}

#[tokio::test]
async fn a_stop_cuts_off_who_hangs() {
    let house = House::open(vec![spec("imap", Security::Plain), spec("imaps", Security::Implicit)], limits());
    let mut hanging = house.connect("imap").await;
    hanging.line().await;
    hanging.say("HANG\r\n").await;
    assert_eq!(hanging.line().await, "hanging");
    let started = Instant::now();
    let stopped = house.listeners.stop(Duration::from_millis(200)).await;
    assert_eq!(stopped.cut_off, 1);
    assert!(started.elapsed() < Duration::from_secs(3));
    assert_eq!(house.refusals(), [Refusal::CutOffAtStop]);
    assert_eq!(hanging.rest().await.0, b"");
}

#[tokio::test]
async fn a_stop_does_not_wait_for_who_has_no_session() {
    let limits = net::Limits { silence: Duration::from_secs(60), handshake: Duration::from_secs(60), ..limits() };
    let house = House::open(vec![spec("imaps", Security::Implicit)], limits);
    let _silent = house.connect("imaps").await;
    let mut slow = house.connect("imaps").await;
    slow.say("\x16\x03\x01").await;
    eventually(|| house.listeners.counts()[0].accepted == 2).await;
    let started = Instant::now();
    assert_eq!(house.listeners.stop(Duration::from_secs(30)).await.cut_off, 0);
    assert!(started.elapsed() < Duration::from_secs(5));
}
