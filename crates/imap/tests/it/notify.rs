//! NOTIFY where a client is late (RFC 5465, 5.8).
use crate::stage::House;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

/// Reads until `end` has come; gives all that was read.
async fn until(stream: &mut DuplexStream, end: &str) -> String {
    let mut heard = String::new();
    while !heard.contains(end) {
        let mut piece = [0; 4096];
        let read = stream.read(&mut piece).await.unwrap();
        assert!(read > 0, "hung up after {heard}");
        heard.push_str(&String::from_utf8_lossy(&piece[..read]));
    }
    heard
}

/// A session that watches names and is in the middle of a literal while `commits` are made by others; gives what it is
/// told then, and what it is told of a name after that.
async fn after(commits: u64) -> (String, String) {
    let mut house = House::new().await;
    let mut stream = house.open();
    stream.write_all(b"a LOGIN anna geheim\r\nb NOTIFY SET (personal (SubscriptionChange))\r\n").await.unwrap();
    until(&mut stream, "b OK").await;
    stream.write_all(b"c APPEND INBOX {3}\r\n").await.unwrap();
    until(&mut stream, "+ ").await;
    let anna = house.anna().await;
    anna.unsubscribe(&crate::stage::mailbox("Sent")).await.unwrap();
    for quota in 1..commits {
        anna.set_quota(Some(1_000_000 + quota)).await.unwrap();
    }
    stream.write_all(b"a\r\n\r\n").await.unwrap();
    let late = until(&mut stream, "c OK").await;
    anna.subscribe(&crate::stage::mailbox("Sent")).await.unwrap();
    stream.write_all(b"d NOOP\r\n").await.unwrap();
    (late, until(&mut stream, "d OK").await)
}

#[tokio::test(start_paused = true)]
async fn who_is_too_far_behind_is_told_so_and_nothing_more() {
    let (late, then) = after(9_999).await;
    assert!(late.contains("* LIST (\\HasNoChildren \\Sent) \"/\" Sent\r\n"), "{late}");
    assert!(then.contains("* LIST (\\HasNoChildren \\Subscribed \\Sent) \"/\" Sent\r\n"), "{then}");
    let (late, then) = after(10_001).await;
    assert!(late.contains("* OK [NOTIFICATIONOVERFLOW] ") && !late.contains("LIST"), "{late}");
    assert!(!then.contains("LIST"), "{then}");
}
