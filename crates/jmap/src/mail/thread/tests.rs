//! Threads as a client meets them.
use crate::bench::Bench;
use serde_json::{Value, json};
use std::time::Duration;
use store::{FlagChange, Flags, SystemFlags, Uid};

fn letter(number: u32, of: u32) -> String {
    let reply = if number == of { String::new() } else { format!("References: <{of}@x>\n") };
    format!("Subject: Re: s{of}\nMessage-ID: <{number}@x>\n{reply}\n.\n")
}

async fn thread_of(bench: &Bench, email: &str) -> String {
    let got = bench.call("Email/get", json!({"ids": [email], "properties": ["threadId"]})).await;
    got["list"][0]["threadId"].as_str().unwrap().to_owned()
}

#[tokio::test(start_paused = true)]
async fn a_thread_has_its_emails_by_date() {
    let bench = Bench::new().await;
    let mut ids = Vec::new();
    for number in [1, 2, 3] {
        ids.push(bench.append("INBOX", &letter(number, 1), Flags::default()).await.to_string());
        bench.clock.advance(Duration::from_secs(60)).await;
    }
    let other = bench.append("Sent", &letter(9, 9), Flags::default()).await.to_string();
    let (thread, alone) = (thread_of(&bench, &ids[0]).await, thread_of(&bench, &other).await);
    let got = bench.call("Thread/get", json!({"ids": [&thread, "t7777", &alone]})).await;
    assert_eq!(got["list"], json!([{"id": &thread, "emailIds": &ids}, {"id": &alone, "emailIds": [&other]}]));
    assert_eq!(got["notFound"], json!(["t7777"]));
    assert_eq!(bench.call("Thread/get", json!({"ids": null})).await["list"].as_array().unwrap().len(), 2);
    assert_eq!(bench.call("Thread/get", json!({"ids": [], "properties": ["x"]})).await["type"], "invalidArguments");
}

#[tokio::test]
async fn a_thread_changes_with_what_is_in_it() {
    let bench = Bench::new().await;
    let account = bench.account().await;
    let inbox = bench.mailbox("INBOX").await;
    let first = bench.append("INBOX", &letter(1, 1), Flags::default()).await.to_string();
    let thread = thread_of(&bench, &first).await;
    let begin = bench.call("Thread/get", json!({"ids": []})).await["state"].clone();
    let changes = async |since: &Value| bench.call("Thread/changes", json!({"sinceState": since})).await;
    // a flag is nothing to a thread
    let flag = |flag| FlagChange::Add(Flags::system(flag));
    account.store_flags(inbox, &[Uid::MIN], &flag(SystemFlags::SEEN), None).await.unwrap();
    let told = changes(&begin).await;
    assert_eq!((&told["updated"], &told["newState"]), (&json!([]), &begin));
    bench.append("INBOX", &letter(2, 1), Flags::default()).await;
    let new = bench.append("INBOX", &letter(3, 3), Flags::default()).await.to_string();
    let new = thread_of(&bench, &new).await;
    let told = changes(&begin).await;
    assert_eq!((&told["created"], &told["updated"]), (&json!([new]), &json!([thread])));
    account.store_flags(inbox, &[Uid::new(3).unwrap()], &flag(SystemFlags::DELETED), None).await.unwrap();
    let gone = changes(&told["newState"]).await;
    assert_eq!((&gone["created"], &gone["updated"], &gone["destroyed"]), (&json!([]), &json!([]), &json!([new])));
    assert_eq!(gone["newState"], bench.call("Thread/get", json!({"ids": []})).await["state"]);
}

#[tokio::test]
async fn threads_of_one_call_have_a_limit() {
    let bench = Bench::new().await;
    let (account, inbox) = (bench.account().await, bench.mailbox("INBOX").await);
    let mut threads = Vec::new();
    for of in 1..=6 {
        let first = bench.append("INBOX", &letter(of, of), Flags::default()).await.to_string();
        threads.push(thread_of(&bench, &first).await);
        let mut batch = Vec::new();
        for number in 0..999 {
            let mut writer = bench.parts().store.blob_writer(store::LineEnds::ToCrlf);
            writer.write(letter(of * 10_000 + number, of).as_bytes()).await.unwrap();
            batch.push(store::NewEmail::new(writer.finish().await.unwrap(), store::ReceivedAt::default()));
        }
        account.append(inbox, batch).await.unwrap();
    }
    let get = async |count: usize| bench.call("Thread/get", json!({"ids": &threads[..count]})).await;
    assert_eq!(get(5).await["list"].as_array().unwrap().len(), 5);
    assert_eq!(get(6).await["type"], "requestTooLarge");
    for method in ["Email/get", "Thread/get"] {
        assert_eq!(bench.call(method, json!({"ids": null})).await["type"], "requestTooLarge", "{method}");
    }
}
