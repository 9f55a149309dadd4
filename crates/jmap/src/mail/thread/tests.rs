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
async fn answers_of_programs_in_other_languages_are_of_the_thread() {
    let bench = Bench::new().await;
    let first = bench.append("INBOX", "Subject: Vergadering\nMessage-ID: <1@x>\n\n.\n", Flags::default()).await;
    let thread = thread_of(&bench, &first.to_string()).await;
    for (number, subject, same) in [
        (2, "Antw: Vergadering", true),
        (3, "RE: AW: Vergadering", true),
        (4, "Doorst: Antw : Vergadering", true),
        (5, "Antwoord: Vergadering", false),
        (6, "Antw: iets anders", false),
    ] {
        let text = format!("Subject: {subject}\nMessage-ID: <{number}@x>\nIn-Reply-To: <1@x>\n\n.\n");
        let answer = bench.append("INBOX", &text, Flags::default()).await.to_string();
        assert_eq!(thread_of(&bench, &answer).await == thread, same, "{subject}");
    }
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

#[tokio::test]
async fn a_new_thread_is_created_also_on_a_page_that_has_not_all_of_it() {
    let bench = Bench::new().await;
    let old = bench.append("INBOX", &letter(1, 1), Flags::default()).await.to_string();
    let old = thread_of(&bench, &old).await;
    let begin = bench.call("Thread/get", json!({"ids": []})).await["state"].clone();
    let first = bench.append("INBOX", &letter(2, 2), Flags::default()).await.to_string();
    bench.append("INBOX", &letter(3, 2), Flags::default()).await;
    bench.append("INBOX", &letter(4, 1), Flags::default()).await;
    let new = thread_of(&bench, &first).await;
    let page = async |since: &Value| bench.call("Thread/changes", json!({"sinceState": since, "maxChanges": 1})).await;
    let told = page(&begin).await;
    assert_eq!((&told["created"], &told["updated"]), (&json!([&new]), &json!([])));
    // and it is known from then on
    let told = page(&told["newState"]).await;
    assert_eq!((&told["created"], &told["updated"]), (&json!([]), &json!([&new])));
    let told = page(&told["newState"]).await;
    assert_eq!((&told["updated"], &told["hasMoreChanges"]), (&json!([&old]), &json!(false)));
}

/// Puts so many replies into a mailbox.
async fn replies(bench: &Bench, mailbox: &str, of: u32, numbers: std::ops::Range<u32>) {
    let (account, mailbox) = (bench.account().await, bench.mailbox(mailbox).await);
    let mut batch = Vec::new();
    for number in numbers {
        let mut writer = bench.parts().store.blob_writer(store::LineEnds::ToCrlf);
        writer.write(letter(number, of).as_bytes()).await.unwrap();
        batch.push(store::NewEmail::new(writer.finish().await.unwrap(), store::ReceivedAt::default()));
    }
    account.append(mailbox, batch).await.unwrap();
}

#[tokio::test]
async fn the_newest_emails_of_a_long_thread_are_told_and_deleted_ones_take_no_place() {
    let bench = Bench::new().await;
    let account = bench.account().await;
    let first = bench.append("Sent", &letter(1, 1), Flags::default()).await.to_string();
    let thread = thread_of(&bench, &first).await;
    replies(&bench, "Trash", 1, 1_000..1_900).await;
    replies(&bench, "Trash", 1, 1_900..2_100).await;
    account.expunge(bench.mailbox("Trash").await, store::Expunge::Deleted).await.unwrap();
    let trash = bench.mailbox("Trash").await;
    let uids: Vec<Uid> = account.view(trash).await.unwrap().iter().map(|message| message.uid).collect();
    let told = async || {
        let got = bench.call("Thread/get", json!({"ids": [&thread]})).await;
        got["list"][0]["emailIds"].as_array().cloned().unwrap_or_default()
    };
    let all = told().await;
    assert_eq!((all.len(), all.contains(&json!(first))), (1_000, false));
    let deleted = FlagChange::Add(Flags::system(SystemFlags::DELETED));
    for some in uids.chunks(900) {
        account.store_flags(trash, some, &deleted, None).await.unwrap();
    }
    account.expunge(trash, store::Expunge::Deleted).await.unwrap();
    assert_eq!(told().await, [json!(first)]);
    let last = bench.append("INBOX", &letter(3_000, 1), Flags::default()).await.to_string();
    assert_eq!(told().await, [json!(first), json!(last)]);
}
