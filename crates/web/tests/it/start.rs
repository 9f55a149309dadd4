//! The start of a page: who is in, and what the webmail asks first, in one answer (docs/jmap.md, "The start of a page").
use crate::house::{ANNA, House, anna};
use serde_json::Value;
use store::{LineEnds, NewEmail, ReceivedAt};
use world::Clock;

const START: &str = "/jmap/start";

/// The result of the first call of that name.
fn told<'v>(start: &'v Value, name: &str) -> &'v Value {
    let responses = start["answers"].as_array().unwrap().iter().flat_map(|one| {
        let calls = one["response"]["methodResponses"].as_array().unwrap();
        calls.iter().map(|call| (&call[0], &call[1]))
    });
    responses.into_iter().find(|(other, _)| *other == name).unwrap_or_else(|| panic!("{name}: {start}")).1
}

async fn deliver(house: &House, subject: &str) {
    let account = house.store.account(ANNA).await.unwrap();
    let inbox = account.mailboxes().await.unwrap().inbox().unwrap().id;
    let mut writer = house.store.blob_writer(LineEnds::Keep);
    writer.write(format!("Subject: {subject}\r\n\r\n").as_bytes()).await.unwrap();
    let blob = writer.finish().await.unwrap();
    account.append(inbox, vec![NewEmail::new(blob, ReceivedAt::utc(house.clock.now()))]).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_page_begins_with_all_that_its_first_list_needs() {
    let house = House::new(None).await;
    deliver(&house, "first").await;
    let answer = house.call("GET", START, &anna(), "").await;
    assert_eq!(answer.status, 200);
    // RFC 8620, 2; no cache and no other login ever has it
    assert_eq!(answer.fields("cache-control"), ["no-cache, no-store, must-revalidate"]);
    let start = answer.json();
    let session = house.call("GET", "/.well-known/jmap", &anna(), "").await.json();
    assert_eq!(start["session"], session);
    let inbox = &told(&start, "Mailbox/get")["list"][0];
    assert_eq!((&inbox["role"], &inbox["totalEmails"]), (&"inbox".into(), &1.into()));
    assert_eq!(told(&start, "Email/query")["total"], 1);
    let asked = &start["answers"][1]["request"]["methodCalls"][0][1];
    assert_eq!((&asked["accountId"], &asked["filter"]["inMailbox"]), (&ANNA.to_string().into(), &inbox["id"]));
    let rows = start["answers"][1]["response"]["methodResponses"].as_array().unwrap();
    assert_eq!(rows.last().unwrap()[1]["list"][0]["subject"], "first");
    for answer in start["answers"].as_array().unwrap() {
        assert_eq!(answer["response"]["sessionState"], session["state"]);
        assert!(!answer["response"].to_string().contains("\"error\""), "{answer}");
    }
}

#[tokio::test(start_paused = true)]
async fn j07_it_is_that_of_whoever_asks() {
    let house = House::new(None).await;
    deliver(&house, "of anna").await;
    let both = data_encoding::BASE64.encode(b"bram@example.org:bram geheim");
    let bram = house.call("GET", START, &format!("Authorization: Basic {both}\r\n"), "").await;
    assert_eq!(bram.json()["session"]["username"], "bram@example.org");
    assert_eq!(told(&bram.json(), "Email/query")["total"], 0);
    assert!(!bram.body.contains("of anna") && !bram.body.contains(&ANNA.to_string()), "{}", bram.body);
    let nobody = house.call("GET", START, "", "").await;
    assert_eq!((nobody.status, nobody.fields("content-type")), (401, vec!["application/problem+json"]));
}

#[tokio::test(start_paused = true)]
async fn j10_a_page_of_another_site_is_told_nothing() {
    let house = House::new(None).await;
    let login = r#"{"username":"anna@example.org","password":"anna geheim","for":"browser"}"#;
    let answer = house.call("POST", "/jmap/login", "Content-Type: application/json\r\n", login).await;
    let cookie = answer.fields("set-cookie")[0].split(';').next().unwrap().to_owned();
    let with = |site: &str| format!("Cookie: {cookie}\r\nSec-Fetch-Site: {site}\r\n");
    assert_eq!(house.call("GET", START, &with("same-origin"), "").await.status, 200);
    let other = house.call("GET", START, &with("cross-site"), "").await;
    assert_eq!(other.status, 403);
    assert!(!other.body.contains("anna"));
}
