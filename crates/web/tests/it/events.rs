//! Changes as they happen (RFC 8620, 7.3).
use crate::house::{House, anna};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

/// A listener, and what stops the server.
async fn listen(house: &House, query: &str) -> (DuplexStream, CancellationToken) {
    let (mut client, stop) = house.open();
    let request = format!("GET /jmap/events?{query} HTTP/1.1\r\nHost: x\r\n{}\r\n", anna());
    client.write_all(request.as_bytes()).await.unwrap();
    (client, stop)
}

/// What comes until `word` does, or nothing more.
async fn until(client: &mut DuplexStream, word: &str) -> String {
    let mut heard = String::new();
    let mut some = [0; 4096];
    while !heard.contains(word) {
        match timeout(Duration::from_secs(3_600), client.read(&mut some)).await {
            Ok(Ok(0)) | Err(_) => break,
            read => heard.push_str(std::str::from_utf8(&some[..read.unwrap().unwrap()]).unwrap()),
        }
    }
    heard
}

#[tokio::test(start_paused = true)]
async fn pings_come_as_often_as_was_asked_for_and_no_connection_ends_meanwhile() {
    let house = House::new(None).await;
    let (mut client, _stop) = listen(&house, "types=*&closeafter=no&ping=1").await;
    let begun = Instant::now();
    let heard = until(&mut client, "event: ping").await;
    assert!(heard.contains("text/event-stream") && heard.contains("data: {\"interval\":30}"), "{heard}");
    assert_eq!(begun.elapsed().as_secs(), 30);
    for _ in 0..10 {
        assert!(until(&mut client, "event: ping").await.contains("interval"));
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_listener_asks_for_means_something() {
    let house = House::new(None).await;
    for (query, wrong) in [
        ("types=*&closeafter=no&ping=", "ping"),
        ("types=*&closeafter=no&ping=-1", "ping"),
        ("types=*&closeafter=no&ping=soon", "ping"),
        ("types=*&closeafter=&ping=0", "closeafter"),
        ("types=*&closeafter=State&ping=0", "closeafter"),
        ("types=*&closeafter=yes&ping=0", "closeafter"),
        ("types=&closeafter=no&ping=0", "types"),
        ("types=Email,&closeafter=no&ping=0", "types"),
        ("types=*,Email&closeafter=no&ping=0", "types"),
        ("types=Email,%20Mailbox&closeafter=no&ping=0", "types"),
        ("types=%ff&closeafter=no&ping=0", "types"),
    ] {
        let (mut client, _stop) = listen(&house, query).await;
        let heard = until(&mut client, "}").await;
        assert!(heard.starts_with("HTTP/1.1 400 ") && heard.contains("application/problem+json"), "{query}: {heard}");
        assert!(heard.contains(&format!("\"detail\":\"`{wrong}` is ")), "{query}: {heard}");
    }
    for query in
        ["types=*&closeafter=state&ping=99999", "types=Email,CalendarEvent&closeafter=no&ping=0", "types=Email", ""]
    {
        let (mut client, _stop) = listen(&house, query).await;
        assert!(until(&mut client, ":\n").await.contains("200 OK"), "{query}");
    }
}

#[tokio::test(start_paused = true)]
async fn j25_a_listener_goes_with_the_password_and_with_the_server() {
    let house = House::new(None).await;
    let (mut client, _stop) = listen(&house, "types=*&closeafter=no&ping=0").await;
    assert!(until(&mut client, ":\n").await.contains("200 OK"));
    house.directory.suspend(&"anna@example.org".parse().unwrap(), "unpaid").await.unwrap();
    let begun = Instant::now();
    // the last chunk (RFC 9112, 7.1)
    assert!(until(&mut client, "0\r\n\r\n").await.ends_with("0\r\n\r\n"));
    assert!(begun.elapsed() < Duration::from_secs(1));
    house.directory.resume(&"anna@example.org".parse().unwrap()).await.unwrap();
    let (mut client, stop) = listen(&house, "types=*&closeafter=no&ping=0").await;
    assert!(until(&mut client, ":\n").await.contains("200 OK"));
    stop.cancel();
    let begun = Instant::now();
    until(&mut client, "never").await;
    assert!(begun.elapsed() < Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn j25_an_account_has_so_many_listeners() {
    let house = House::new(None).await;
    let mut listeners = Vec::new();
    for _ in 0..20 {
        let (mut client, stop) = listen(&house, "types=*&closeafter=no&ping=0").await;
        assert!(until(&mut client, ":\n").await.contains("200 OK"));
        listeners.push((client, stop));
    }
    let (mut client, _stop) = listen(&house, "types=*&closeafter=no&ping=0").await;
    assert!(until(&mut client, "\r\n\r\n").await.contains("429"));
    drop(listeners.pop());
    tokio::time::sleep(Duration::from_secs(1)).await;
    let (mut client, _stop) = listen(&house, "types=*&closeafter=no&ping=0").await;
    assert!(until(&mut client, ":\n").await.contains("200 OK"));
}
