//! NOTIFY where a client is late (RFC 5465, 5.8).
use crate::stage::House;
use store::{FlagChange, Flags, SystemFlags, Uid};
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

/// Flags that change so often that the log has pages of it: the last word is what there is, and it is said (RFC 5465, 5.1).
#[tokio::test(start_paused = true)]
async fn flags_that_change_beyond_a_page_are_told_as_they_are() {
    for condstore in ["", "ENABLE CONDSTORE"] {
        let mut house = House::new().await;
        house.deliver("INBOX", b"Subject: x\r\n\r\nhallo\r\n", Flags::default()).await.unwrap();
        let mut stream = house.open();
        let watch = "b NOTIFY SET (personal (MessageNew MessageExpunge FlagChange))";
        let enable = if condstore.is_empty() { String::new() } else { format!("e {condstore}\r\n") };
        stream.write_all(format!("a LOGIN anna geheim\r\n{enable}{watch}\r\n").as_bytes()).await.unwrap();
        until(&mut stream, "b OK").await;
        stream.write_all(b"c APPEND Sent {3}\r\n").await.unwrap();
        until(&mut stream, "+ ").await;
        let anna = house.anna().await;
        let inbox = anna.mailboxes().await.unwrap().named(&crate::stage::mailbox("INBOX")).unwrap().id;
        let seen = Flags::system(SystemFlags::SEEN);
        for number in 0..251 {
            let change = if number % 2 == 0 { FlagChange::Add(seen.clone()) } else { FlagChange::Remove(seen.clone()) };
            anna.store_flags(inbox, &[Uid::MIN], &change, None).await.unwrap();
        }
        stream.write_all(b"abc\r\n").await.unwrap();
        let late = until(&mut stream, "c OK").await;
        let last = late.lines().rfind(|line| line.starts_with("* STATUS INBOX")).unwrap();
        assert!(last.contains("UNSEEN 0"), "{late}");
        assert_eq!(last.contains("HIGHESTMODSEQ"), !condstore.is_empty(), "{late}");
        stream.write_all(b"d NOOP\r\n").await.unwrap();
        let then = until(&mut stream, "d OK").await;
        assert!(!then.contains("STATUS"), "{then}");
    }
}
