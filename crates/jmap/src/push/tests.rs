//! What a listener is told.
use super::{StateChange, Wanted};
use crate::bench::Bench;
use futures_util::FutureExt;
use serde_json::json;
use store::{FlagChange, Flags, SystemFlags, Uid};

#[test]
fn types_are_all_or_some() {
    assert_eq!(Wanted::read("*"), Wanted::All);
    assert!(Wanted::read("Email,Nothing").has("Email") && !Wanted::read("Email").has("Mailbox"));
    assert_eq!(Wanted::read(""), Wanted::Some(Vec::new()));
}

#[tokio::test]
async fn what_is_the_callers_own_is_told_and_anothers_is_not() {
    let bench = Bench::new().await;
    bench.share("INBOX", "lr").await;
    let types = "Identity,VacationResponse,EmailSubmission";
    let (mut anna, _) = bench.jmap.push(&bench.anna, types, None).await.unwrap();
    let (mut bram, _) = bench.jmap.push(&bench.bram, types, None).await.unwrap();
    bench.call("VacationResponse/set", json!({"update": {"singleton": {"isEnabled": true}}})).await;
    bench.call("Identity/get", json!({"ids": null})).await;
    let told = anna.next().await.unwrap().object["changed"][bench.anna.account.to_string()].clone();
    assert_eq!(told.as_object().unwrap().keys().collect::<Vec<_>>(), ["Identity", "VacationResponse"]);
    assert!(bram.next().now_or_never().is_none());
}

#[tokio::test]
async fn a_commit_of_another_type_is_not_told() {
    let bench = Bench::new().await;
    let (mut push, at_once) = bench.jmap.push(&bench.anna, "", None).await.unwrap();
    assert_eq!(at_once, None);
    bench.append("INBOX", "Subject: x\r\n\r\n", Flags::default()).await;
    assert!(push.next().now_or_never().is_none());
}

#[tokio::test]
async fn a_new_email_is_a_delivery_and_a_flag_is_none() {
    let bench = Bench::new().await;
    let (mut push, _) = bench.jmap.push(&bench.anna, "EmailDelivery", None).await.unwrap();
    bench.append("INBOX", "Subject: x\r\n\r\n", Flags::default()).await;
    let told = push.next().await.unwrap().object["changed"][bench.anna.account.to_string()].clone();
    assert_eq!(told.as_object().unwrap().keys().collect::<Vec<_>>(), ["EmailDelivery"]);
    let inbox = bench.mailbox("INBOX").await;
    let seen = FlagChange::Add(Flags::system(SystemFlags::SEEN));
    bench.account().await.store_flags(inbox, &[Uid::MIN], &seen, None).await.unwrap();
    assert!(push.next().now_or_never().is_none());
}

#[tokio::test]
async fn what_was_missed_is_told_at_once() {
    let bench = Bench::new().await;
    let (push, _) = bench.jmap.push(&bench.anna, "*", None).await.unwrap();
    let known = push.id();
    let again = bench.jmap.push(&bench.anna, "*", Some(&known)).await.unwrap();
    assert_eq!(again.1, None);
    bench.append("INBOX", "Subject: x\r\n\r\n", Flags::default()).await;
    let (later, _) = bench.jmap.push(&bench.anna, "*", Some(&known)).await.unwrap();
    assert_ne!(later.id(), known);
}

#[tokio::test]
async fn a_change_of_mail_is_told_once() {
    let bench = Bench::new().await;
    let (mut push, _) = bench.jmap.push(&bench.anna, "*", None).await.unwrap();
    let (mut mailboxes, _) = bench.jmap.push(&bench.anna, "Mailbox,Nothing", None).await.unwrap();
    bench.append("INBOX", "Subject: x\r\n\r\n", Flags::default()).await;
    let types = |change: StateChange| {
        assert_eq!(change.object["@type"], "StateChange");
        let states = change.object["changed"][bench.anna.account.to_string()].as_object().unwrap().clone();
        states.keys().cloned().collect::<Vec<_>>()
    };
    let told = push.next().now_or_never().unwrap().unwrap();
    let state = told.object["changed"][bench.anna.account.to_string()]["Email"].clone();
    assert_eq!(types(told), ["Email", "EmailDelivery", "Mailbox", "Quota", "Thread"]);
    assert!(push.next().now_or_never().is_none());
    assert_eq!(types(mailboxes.next().now_or_never().unwrap().unwrap()), ["Mailbox"]);
    // the state is the one that a method tells
    assert_eq!(bench.call("Email/get", json!({"ids": []})).await["state"], state);
}

#[tokio::test]
async fn what_is_shared_is_told_while_it_is() {
    let bench = Bench::new().await;
    let (mut push, _) = bench.jmap.push(&bench.bram, "Email", None).await.unwrap();
    bench.share("INBOX", "lr").await;
    bench.subscribe("INBOX").await;
    // the note in his own account makes him look
    assert!(push.next().now_or_never().is_none());
    bench.append("INBOX", "Subject: x\r\n\r\n", Flags::default()).await;
    let told = push.next().now_or_never().unwrap().unwrap();
    assert!(told.object["changed"][bench.anna.account.to_string()]["Email"].is_string());
    bench.share("INBOX", "").await;
    bench.append("INBOX", "Subject: y\r\n\r\n", Flags::default()).await;
    assert!(push.next().now_or_never().is_none());
    bench.share("INBOX", "lr").await;
    bench.append("INBOX", "Subject: z\r\n\r\n", Flags::default()).await;
    assert!(push.next().now_or_never().is_some());
}
