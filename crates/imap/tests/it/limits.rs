//! Limits of the account, as a client meets them.
use crate::mirror::Mirror;
use crate::stage::House;
use store::Flags;

#[tokio::test(start_paused = true)]
async fn keywords_have_a_limit() {
    let mut house = House::new().await;
    house.deliver("INBOX", b"Subject: x\r\n\r\nhello\r\n", Flags::default()).await.unwrap();
    let mut client = Mirror::new(house.open()).await;
    client.ok("SELECT INBOX").await;
    let keywords: Vec<String> = (0..1_500).map(|number| format!("k{number}")).collect();
    let refused = client.say(&format!("STORE 1 +FLAGS ({})", keywords.join(" "))).await;
    assert_eq!((refused.status.as_str(), refused.code_word()), ("NO", Some("LIMIT")));
    client.ok("STORE 1 +FLAGS (work)").await;
    // Longer than any list that is read.
    let refused = client.say(&format!("STORE 1 +FLAGS ({})", "a ".repeat(2_500).trim_end())).await;
    assert_eq!((refused.status.as_str(), refused.code_word()), ("BAD", Some("LIMIT")));
}

#[tokio::test(start_paused = true)]
async fn messages_of_one_append_have_a_limit() {
    let mut house = House::new().await;
    let mut client = Mirror::new(house.open()).await;
    let many = |count: usize| format!("APPEND INBOX{}", " {3+}\r\nabc".repeat(count));
    client.ok(&many(1_000)).await;
    let refused = client.say(&many(1_001)).await;
    assert_eq!((refused.status.as_str(), refused.code_word()), ("NO", Some("LIMIT")));
    // A hundred headers of 90 KiB.
    let header = format!("To: {}\r\n\r\n", "a@example.nl, ".repeat(6_600));
    let long = format!(" {{{}+}}\r\n{header}", header.len());
    let refused = client.say(&format!("APPEND INBOX{}", long.repeat(100))).await;
    assert_eq!((refused.status.as_str(), refused.code_word()), ("NO", Some("LIMIT")));
    client.ok("SELECT INBOX").await;
    assert_eq!(client.rows.len(), 1_000);
}

#[tokio::test(start_paused = true)]
async fn a_line_has_a_limit() {
    let mut house = House::new().await;
    let mut client = Mirror::new(house.open()).await;
    let refused = client.say(&format!("LIST \"\" {}", "x".repeat(70_000))).await;
    assert_eq!((refused.status.as_str(), refused.code_word()), ("BAD", Some("TOOBIG")));
    let refused = client.say(&format!("LIST \"\" {}", "%*".repeat(1_000))).await;
    assert_eq!((refused.status.as_str(), refused.code_word()), ("BAD", Some("LIMIT")));
    client.ok(&format!("LIST \"\" {}", "%*".repeat(500))).await;
}

/// RFC 3501, 7.1: `\*` says that new keywords can be made; at the limit it is not said.
#[tokio::test(start_paused = true)]
async fn at_the_limit_no_new_keywords_are_promised() {
    let mut house = House::new().await;
    house.deliver("INBOX", b"Subject: x\r\n\r\nhello\r\n", Flags::default()).await.unwrap();
    let mut client = Mirror::new(house.open()).await;
    client.ok("SELECT INBOX").await;
    assert!(client.new_keywords);
    let keywords: Vec<String> = (0..1_000).map(|number| format!("k{number}")).collect();
    client.ok(&format!("STORE 1 +FLAGS.SILENT ({})", keywords.join(" "))).await;
    assert!(!client.new_keywords);
    client.ok("SELECT INBOX").await;
    assert!(!client.new_keywords);
    client.ok("STORE 1 -FLAGS.SILENT (k7)").await;
    client.ok("STORE 1 +FLAGS.SILENT (k7)").await;
}
