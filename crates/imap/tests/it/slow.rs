//! A client that does not read, and the others (docs/security.md, I15): it slows only itself, and is hung up on in the end.
use crate::mirror::Mirror;
use crate::stage::House;
use std::time::Duration;
use store::Flags;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// 4 MiB of text, more than any buffer between.
fn large() -> Vec<u8> {
    let mut message = b"Subject: large\r\n\r\n".to_vec();
    while message.len() < 4 << 20 {
        message.extend_from_slice(b"seventy characters a line are what most programs write, and so is this one\r\n");
    }
    message
}

#[tokio::test(start_paused = true)]
async fn who_does_not_read_slows_only_himself() {
    let mut house = House::new().await;
    house.deliver("INBOX", &large(), Flags::default()).await.unwrap();
    let mut slow = house.open();
    slow.write_all(b"a LOGIN anna geheim\r\nb SELECT INBOX\r\nc FETCH 1 BODY.PEEK[]\r\nd FETCH 1 BODY.PEEK[]\r\n")
        .await
        .unwrap();
    let mut other = Mirror::new(house.open()).await;
    other.ok("SELECT INBOX").await;
    let began = tokio::time::Instant::now();
    other.ok("NOOP").await;
    assert!(began.elapsed() < Duration::from_secs(1));
    // Nobody reads for more than the time to write: the session ends, in the middle of what it said.
    tokio::time::sleep(Duration::from_secs(61)).await;
    let mut heard = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(5), slow.read_to_end(&mut heard)).await;
    assert!(read.is_ok(), "the session still stands");
    assert!(heard.len() < 1 << 20, "{} bytes were held for a client that does not read", heard.len());
    other.ok("NOOP").await;
}

#[tokio::test(start_paused = true)]
async fn what_is_stored_is_what_is_served() {
    let mut house = House::new().await;
    let message = large();
    house.deliver("INBOX", &message, Flags::default()).await.unwrap();
    let mut client = house.open();
    client.write_all(b"a LOGIN anna geheim\r\nb EXAMINE INBOX\r\nc FETCH 1 BODY[]\r\nd LOGOUT\r\n").await.unwrap();
    let mut heard = Vec::new();
    client.read_to_end(&mut heard).await.unwrap();
    let start = format!("* 1 FETCH (BODY[] {{{}}}\r\n", message.len());
    let at = heard.windows(start.len()).position(|window| window == start.as_bytes()).unwrap() + start.len();
    assert!(heard[at..].starts_with(&message));
    assert!(heard[at + message.len()..].starts_with(b")\r\nc OK "));
}
