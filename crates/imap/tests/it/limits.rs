//! Limits of the account, as a client meets them.
use crate::mirror::Mirror;
use crate::stage::House;
use imap_wire::client::Data;
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
async fn urls_of_one_append_have_a_limit() {
    let mut house = House::new().await;
    house.deliver("INBOX", b"Subject: x\r\n\r\nhello\r\n", Flags::default()).await.unwrap();
    let mut client = Mirror::new(house.open()).await;
    let many = |count: usize| format!("APPEND INBOX CATENATE ({})", vec!["URL /INBOX/;UID=1"; count].join(" "));
    client.ok(&many(1_000)).await;
    let refused = client.say(&many(1_001)).await;
    assert_eq!((refused.status.as_str(), refused.code_word()), ("NO", Some("LIMIT")));
    client.ok("SELECT INBOX").await;
    assert_eq!(client.rows.len(), 2);
}

/// docs/security.md, I22: one subject for all, and one message that names more others than there are.
#[tokio::test(start_paused = true)]
async fn i22_equal_subjects_and_many_references() {
    let mut house = House::new().await;
    for _ in 0..1_500 {
        house.deliver("INBOX", b"Subject: Re: x\r\n\r\nhello\r\n", Flags::default()).await.unwrap();
    }
    let ids: Vec<String> = (0..10_000).map(|number| format!("<{number}@x.nl>")).collect();
    let message = format!("Subject: x\r\nReferences: {}\r\n\r\nhello\r\n", ids.join("\r\n "));
    house.deliver("INBOX", message.as_bytes(), Flags::default()).await.unwrap();
    let mut client = Mirror::new(house.open()).await;
    client.ok("SELECT INBOX").await;
    client.ok("SORT (REVERSE SUBJECT FROM TO) UTF-8 ALL").await;
    assert_eq!(client.told, [Data::Search("SORT".to_owned(), (1..=1_501).collect(), None)]);
    client.ok("THREAD REFERENCES UTF-8 ALL").await;
    let threaded: Vec<u32> = std::iter::once(1_501).chain(1..=1_500).collect();
    assert_eq!(client.told, [Data::Thread(threaded)]);
    client.ok("THREAD ORDEREDSUBJECT UTF-8 ALL").await;
    assert_eq!(client.told, [Data::Thread((1..=1_501).collect())]);
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
