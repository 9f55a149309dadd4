//! J13: nobody keeps a connection for long by doing little.
use crate::house::{House, policy, rest};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::Instant;

const REQUEST: &[u8] = b"GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: mta-sts.example.org\r\n\r\n";
/// The preface of HTTP/2, and empty settings (RFC 9113, 3.4 and 6.5).
const HTTP2: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

#[tokio::test(start_paused = true)]
async fn a_header_that_comes_in_drops_is_not_waited_for() {
    let house = House::new(Some(policy())).await;
    let (mut client, _stop) = house.open();
    let begun = Instant::now();
    client.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
    let mut dropped = 0;
    while client.write_all(b"X: y\r\n").await.is_ok() {
        dropped += 1;
        assert!(dropped < 100, "it is still read after {:?}", begun.elapsed());
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_header_without_end_is_refused() {
    let house = House::new(Some(policy())).await;
    let (mut client, _stop) = house.open();
    let long = format!("GET / HTTP/1.1\r\nX: {}\r\n", "y".repeat(64 * 1024));
    // the server may hang up in the middle
    let _ = client.write_all(long.as_bytes()).await;
    let answer = rest(&mut client).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431 "), "{answer}");
}

#[tokio::test(start_paused = true)]
async fn a_connection_without_requests_ends() {
    let house = House::new(Some(policy())).await;
    for words in [&b""[..], REQUEST, HTTP2] {
        let (mut client, _stop) = house.open();
        client.write_all(words).await.unwrap();
        let begun = Instant::now();
        let mut read = Vec::new();
        tokio::time::timeout(Duration::from_secs(600), client.read_to_end(&mut read)).await.unwrap().unwrap();
        assert_eq!(read.is_empty(), words.is_empty());
        assert!(begun.elapsed() <= Duration::from_secs(22), "{words:?}: {:?}", begun.elapsed());
    }
}

/// The server begins answers that the client never takes: thousands of questions, and no reading.
#[tokio::test(start_paused = true)]
async fn answers_that_nobody_reads_end_the_connection() {
    let house = House::new(Some(policy())).await;
    let (mut client, _stop) = house.open();
    let begun = Instant::now();
    while client.write_all(REQUEST).await.is_ok() {
        assert!(begun.elapsed() < Duration::from_secs(300), "it still takes more");
    }
    assert!(begun.elapsed() <= Duration::from_secs(90), "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_stop_ends_connections_between_requests() {
    let house = House::new(Some(policy())).await;
    let (mut client, stop) = house.open();
    client.write_all(REQUEST).await.unwrap();
    let mut some = [0; 512];
    assert!(client.read(&mut some).await.unwrap() > 0);
    let begun = Instant::now();
    stop.cancel();
    rest(&mut client).await;
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
}
